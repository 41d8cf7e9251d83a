"""What a client may ask about service deployments and revisions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from roadstead.aws.pages import after_token
from roadstead.ecs.errors import (
    conflict,
    invalid_parameter,
    service_deployment_not_found,
    service_not_found,
    unsupported_feature,
)
from roadstead.ecs.operations.paged import invalid_token, one_page, page_size
from roadstead.ecs.operations.references import arn_in_cluster, id_in_arn, the_cluster
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import (
    DEPLOYMENTS_BY_SERVICE,
    SERVICE_DEPLOYMENTS,
    ServiceDeployment,
)
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.rules.deployment.status import MOVES, STOPPABLE
from roadstead.ecs.transitions import service_deployments as transitions
from roadstead.ecs.views.service_deployment import (
    service_deployment_brief,
    service_deployment_view,
)
from roadstead.ecs.views.service_revision import service_revision_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_DESCRIBED_MAX = 20
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html"""
_PAGE_DEFAULT = 20
_PAGE_MAX = 100
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html"""
_STOP_TYPES = ("ABORT", "ROLLBACK")
_ACTIONS = ("CONTINUE", "ROLLBACK")


def describe_service_deployments(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to twenty deployments; those that are not there are failures.

    Raises: InvalidParameterException for none or more than twenty, and for a malformed ARN.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html
    """
    arns = _checked_arns(call, request, "serviceDeploymentArns", "service-deployment")
    found = [(arn, view.get(SERVICE_DEPLOYMENTS, arn)) for arn in arns]
    return {
        "serviceDeployments": [
            service_deployment_view(view, each) for _, each in found if each is not None
        ],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, each in found if each is None],
    }


def describe_service_revisions(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to twenty service revisions; those that are not there are failures.

    Raises: InvalidParameterException for none or more than twenty, and for a malformed ARN.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
    """
    arns = _checked_arns(call, request, "serviceRevisionArns", "service-revision")
    found = [(arn, view.get(SERVICE_REVISIONS, arn)) for arn in arns]
    return {
        "serviceRevisions": [service_revision_view(each) for _, each in found if each is not None],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, each in found if each is None],
    }


def list_service_deployments(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A service's deployments, the newest first, twenty a page unless said otherwise.

    Raises: ClusterNotFoundException; ServiceNotFoundException, also when the service was deleted;
        InvalidParameterException for an unknown status, a page size out of bounds, or a token of
        another list.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    arn = arn_in_cluster(call, cluster, "service", request["service"])
    service = view.get(SERVICES, arn)
    if service is None or service.status == "INACTIVE":
        raise service_not_found()
    statuses = request.get("status") or ()
    for status in statuses:
        if status not in MOVES:
            raise invalid_parameter(
                f"status should be one of [{', '.join(MOVES)}], not {status[:100]!r}."
            )
    size = page_size(request, default=_PAGE_DEFAULT, most=_PAGE_MAX)
    page, token = one_page(
        "ListServiceDeployments",
        request,
        _listed(view, arn, request, _after(request)),
        size,
        lambda record: (str(record.created_at), record.arn),
    )
    return {"serviceDeployments": [service_deployment_brief(each) for each in page], **token}


def stop_service_deployment(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Take a deployment back to the last service revision that was completed.

    Raises: ServiceDeploymentNotFoundException; ConflictException when it has ended;
        InvalidParameterException for a malformed ARN or an unknown stopType;
        UnsupportedFeatureException for ABORT, which ECS names and does not accept either.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
    """
    record = _the_deployment(tx, call, request)
    stop_type = request.get("stopType") or "ROLLBACK"
    if stop_type not in _STOP_TYPES:
        raise invalid_parameter(
            f"stopType should be one of [{', '.join(_STOP_TYPES)}], not {stop_type[:100]!r}."
        )
    if stop_type == "ABORT":
        raise unsupported_feature("The stopType ABORT: only ROLLBACK is accepted, as by ECS.")
    if record.status not in STOPPABLE:
        raise conflict(
            f"The service deployment cannot be stopped: its status is {record.status}.",
            [record.arn],
        )
    transitions.request_rollback(tx, call, record)
    return {"serviceDeploymentArn": record.arn}


def continue_service_deployment(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let a deployment go on that a hook of type PAUSE holds up, or take it back.

    Raises: ServiceDeploymentNotFoundException; InvalidParameterException for a malformed ARN, an
        unknown action, a hook that the deployment does not have or that does not wait any more.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
    """
    record = _the_deployment(tx, call, request)
    action = request.get("action") or "CONTINUE"
    if action not in _ACTIONS:
        raise invalid_parameter(
            f"action should be one of [{', '.join(_ACTIONS)}], not {action[:100]!r}."
        )
    hook_id = request["hookId"]
    waiting = {each.hook_id: each.status for each in record.hooks}
    if hook_id not in waiting:
        raise invalid_parameter(f"The service deployment has no hook {hook_id[:200]!r}.")
    if waiting[hook_id] != "AWAITING_ACTION" or record.status != "IN_PROGRESS":
        raise invalid_parameter(
            f"The hook {hook_id} does not wait: its status is {waiting[hook_id]}, that of the "
            f"service deployment {record.status}."
        )
    status = "SUCCEEDED" if action == "CONTINUE" else "FAILED"
    transitions.end_hook(tx, call, record, hook_id, status)
    return {"serviceDeploymentArn": record.arn}


def _checked_arns(call: Call, request: dict[str, Any], member: str, kind: str) -> list[str]:
    arns = request[member]
    if not arns:
        raise invalid_parameter(f"{member} cannot be empty.")
    if len(arns) > _DESCRIBED_MAX:
        raise invalid_parameter(
            f"{member} cannot have more than {_DESCRIBED_MAX} elements, the request has "
            f"{len(arns)}."
        )
    for arn in arns:
        id_in_arn(call, arn, kind)
    return list(dict.fromkeys(arns))


def _the_deployment(view: View, call: Call, request: dict[str, Any]) -> ServiceDeployment:
    arn = request["serviceDeploymentArn"]
    id_in_arn(call, arn, "service-deployment")
    record = view.get(SERVICE_DEPLOYMENTS, arn)
    if record is None:
        raise service_deployment_not_found()
    return record


def _after(request: dict[str, Any]) -> tuple[datetime, str] | None:
    """Behind which deployment the page starts; they are ordered by time and ARN."""
    after = after_token("ListServiceDeployments", request)
    if after is None:
        return None
    match after:
        case (str() as created_at, str() as arn):
            try:
                return datetime.fromisoformat(created_at), arn
            except ValueError as problem:
                raise invalid_token("ListServiceDeployments") from problem
    raise invalid_token("ListServiceDeployments")


def _listed(
    view: View,
    service_arn: str,
    request: dict[str, Any],
    after: tuple[datetime, str] | None,
) -> Iterator[ServiceDeployment]:
    """The deployments that the filters let through."""
    created = request.get("createdAt") or {}
    statuses = request.get("status") or ()
    for record in view.walk(DEPLOYMENTS_BY_SERVICE, service_arn, after=after, reverse=True):
        at = record.created_at
        assert at is not None
        if created.get("after") is not None and at <= created["after"]:
            return
        if created.get("before") is not None and at >= created["before"]:
            continue
        if not statuses or record.status in statuses:
            yield record
