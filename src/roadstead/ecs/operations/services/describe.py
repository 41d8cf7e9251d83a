"""DescribeServices: services by name or ARN."""

from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.views.service import SERVICE_FIELDS, service_view
from roadstead.state.plans import Call
from roadstead.state.view import View

_DESCRIBED_MAX = 10


def describe_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to ten services of a cluster; those that are not there are failures.

    Raises: ClusterNotFoundException; InvalidParameterException for none or more than ten, for a
        reference that is malformed or of another cluster, and for an unknown `include`.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    references = request["services"]
    if not references:
        raise invalid_parameter("Services cannot be empty.")
    if len(references) > _DESCRIBED_MAX:
        raise invalid_parameter(
            f"Services cannot have more than {_DESCRIBED_MAX} elements, the request has "
            f"{len(references)}."
        )
    include = request.get("include") or ()
    for field in include:
        if field not in SERVICE_FIELDS:
            raise invalid_parameter(f"include should be one of [TAGS], not {field[:100]!r}.")
    arns = dict.fromkeys(arn_in_cluster(call, cluster, "service", each) for each in references)
    found = [(arn, view.get(SERVICES, arn)) for arn in arns]
    return {
        "services": [service_view(view, each, include) for _, each in found if each is not None],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, each in found if each is None],
    }
