"""ListServices and ListServicesByNamespace."""

from collections.abc import Iterator
from typing import Any

from roadstead.ecs.errors import invalid_parameter, namespace_not_found
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import the_cluster
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.service import LISTED_SERVICES, Service
from roadstead.ecs.rules.service_parameters.members import check_words
from roadstead.state.plans import Call
from roadstead.state.view import View

_PAGE_DEFAULT = 10
_PAGE_MAX = 100


def list_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The ARNs of a cluster's ACTIVE services, ten a page unless said otherwise.

    Raises: ClusterNotFoundException; InvalidParameterException for an unknown filter value, a page
        size out of bounds, or a token of another list.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    check_words(request)
    size = page_size(request, default=_PAGE_DEFAULT, most=_PAGE_MAX)
    after = after_text("ListServices", request)
    page, token = one_page(
        "ListServices",
        request,
        _listed(view, cluster, request, after),
        size,
        lambda service: service.arn,
    )
    return {"serviceArns": [service.arn for service in page], **token}


def list_services_by_namespace(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001  # every operation is called so
    """The services of a Cloud Map namespace: there are no namespaces yet, so none is ever found.

    Raises: InvalidParameterException for a page size out of bounds or a token of another list;
        NamespaceNotFoundException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServicesByNamespace.html
    """
    page_size(request, default=_PAGE_DEFAULT, most=_PAGE_MAX)
    after_text("ListServicesByNamespace", request)
    if not request["namespace"]:
        raise invalid_parameter("namespace cannot be empty.")
    raise namespace_not_found(request["namespace"][:300])


def _listed(
    view: View, cluster: Cluster, request: dict[str, Any], after: str | None
) -> Iterator[Service]:
    """The ACTIVE services that the filters let through."""
    if request.get("resourceManagementType") == "ECS":
        return
    key = f"{cluster.arn}|ACTIVE"
    if request.get("launchType"):
        key += f"|{request['launchType']}"
    strategy = request.get("schedulingStrategy")
    for service in view.walk(LISTED_SERVICES, key, after=after):
        if strategy is None or service.scheduling_strategy == strategy:
            yield service
