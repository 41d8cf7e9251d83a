"""What a client may ask about task scale-in protection: one function per API operation."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.container_instances.named import check_speaks_for
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import PROTECTED_TASKS, TASKS, Task
from roadstead.ecs.rules.task_protection import checked_minutes, is_protected
from roadstead.ecs.transitions import task_protection as transitions
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

UPDATED_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html"""
DESCRIBED_MAX = 100
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html"""

_NOT_VALID = "TASK_NOT_VALID"
_NO_SERVICE = "Only tasks of a service can be protected, and this one was started by itself."
_HAS_ENDED = "The task has ended or was asked to stop."
_BLOCKED = (
    "The service has as many protected tasks as it wants tasks, so that no deployment could end. "
    "Wait until protection expires, take it from some tasks, or raise desiredCount."
)


def update_task_protection(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tasks as they are protected from now on; `failures` name those that cannot be.

    Raises: ClusterNotFoundException; InvalidParameterException for none or more than ten tasks, for
        a reference that is malformed, and for expiresInMinutes out of bounds;
        AccessDeniedException for an agent that names a task of another machine.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
    """
    cluster = the_cluster(tx, call, request["cluster"])
    minutes = checked_minutes(request.get("expiresInMinutes"))
    expires_at = call.now + timedelta(minutes=minutes)
    shown, failures = [], []
    for arn, task, failure in _named(tx, call, cluster, request, UPDATED_MAX):
        if task is None:
            failures.append(failure)
            continue
        _check_own(tx, call, "UpdateTaskProtection", task)
        if not request["protectionEnabled"]:
            shown.append(_shown(transitions.end_protection(tx, task), call))
        elif _is_blocked(tx, call, task):
            failures.append({"arn": arn, "reason": "DEPLOYMENT_BLOCKED", "detail": _BLOCKED})
        else:
            shown.append(_shown(transitions.protect_task(tx, task, expires_at), call))
    return {"protectedTasks": shown, "failures": failures}


def get_task_protection(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Whether tasks are protected, and until when; `failures` name those that cannot be.

    Raises: ClusterNotFoundException; InvalidParameterException for none or more than a hundred
        tasks, and for a reference that is malformed; AccessDeniedException for an agent that names
        a task of another machine.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html
    """
    cluster = the_cluster(view, call, request["cluster"])
    shown, failures = [], []
    for _, task, failure in _named(view, call, cluster, request, DESCRIBED_MAX):
        if task is None:
            failures.append(failure)
        else:
            _check_own(view, call, "GetTaskProtection", task)
            shown.append(_shown(task, call))
    return {"protectedTasks": shown, "failures": failures}


def _named(
    view: View, call: Call, cluster: Cluster, request: dict[str, Any], most: int
) -> Iterator[tuple[str, Task | None, dict[str, str]]]:
    """ARN and task for each reference, or no task and why it cannot be protected."""
    references = request.get("tasks")
    if not references:
        raise invalid_parameter("Tasks cannot be empty.")
    if len(references) > most:
        raise invalid_parameter(f"Up to {most} tasks can be named, not {len(references)}.")
    for arn in dict.fromkeys(arn_in_cluster(call, cluster, "task", each) for each in references):
        task = view.get(TASKS, arn)
        if task is None:
            yield arn, None, {"arn": arn, "reason": "MISSING"}
        elif not task.service_arn:
            yield arn, None, {"arn": arn, "reason": _NOT_VALID, "detail": _NO_SERVICE}
        elif task.desired_status != "RUNNING":
            yield arn, None, {"arn": arn, "reason": _NOT_VALID, "detail": _HAS_ENDED}
        else:
            yield arn, task, {}


def _check_own(view: View, call: Call, operation: str, task: Task) -> None:
    """Raises: AccessDeniedException for an agent that does not carry the task."""
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    check_speaks_for(call, operation, "" if instance is None else instance.ec2_instance_id)


def _is_blocked(view: View, call: Call, task: Task) -> bool:
    """Whether its service would have more protected tasks than it wants tasks.

    A task that is protected can go on being it.
    """
    if is_protected(task, call.now):
        return False
    service = view.get(SERVICES, task.service_arn)
    if service is None:
        return False
    others = view.find(PROTECTED_TASKS, service.arn)
    return sum(is_protected(each, call.now) for each in others) >= service.desired_count


def _shown(task: Task, call: Call) -> dict[str, Any]:
    """Shape: ProtectedTask"""
    if not is_protected(task, call.now):
        return {"taskArn": task.arn, "protectionEnabled": False}
    return {
        "taskArn": task.arn,
        "protectionEnabled": True,
        "expirationDate": task.protection_expires_at,
    }
