"""What agents tell of their tasks, and where they are sent.

An agent that gets InvalidParameterException for a report forgets it, and repeats it for ever on any
other error. So a report that is late, doubled, or about something that is gone is acknowledged;
only what makes no sense at all is refused.
Source: agent:ecs-agent/api/ecs/client/ecs_client.go
"""

from collections.abc import Mapping
from typing import Any

from roadstead.aws.arns import is_arn
from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.references import cluster_arn
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import TASKS_BY_ATTACHMENT
from roadstead.ecs.rules.callers import speaks_for
from roadstead.ecs.rules.task_lifecycle import reported_event
from roadstead.ecs.transitions.task_interfaces import attachment_reported
from roadstead.ecs.transitions.task_reports import (
    ContainerReport,
    ManagedAgentReport,
    TaskReport,
    report_task,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

ACS_FOLDER = "/acs/"
TCS_FOLDER = "/tcs/"
"""Agents append `ws` and their query."""
_ACKNOWLEDGED = {"acknowledgment": "ACK"}


def submit_task_state_change(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Merge what an agent reports of a task and its containers.

    What an agent reports of another machine's task is acknowledged, and changes nothing.

    Raises: InvalidParameterException when no task is named, or a status is no status at all.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitTaskStateChange.html
    """
    status = request.get("status") or ""
    _check_status(status)
    report = TaskReport(
        status=status,
        reason=request.get("reason") or "",
        containers=tuple(_container_report(each) for each in request.get("containers") or ()),
        managed_agents=tuple(
            ManagedAgentReport(
                container_name=each.get("containerName") or "",
                name=each.get("managedAgentName") or "",
                status=each.get("status") or "",
                reason=each.get("reason") or "",
            )
            for each in request.get("managedAgents") or ()
        ),
        pull_started_at=request.get("pullStartedAt"),
        pull_stopped_at=request.get("pullStoppedAt"),
        execution_stopped_at=request.get("executionStoppedAt"),
    )
    answer = _reported(tx, call, request, report)
    if request.get("attachments"):
        task = _reported_task(tx, call, request)
        if task is not None and _is_own_task(tx, call, task):
            for each in request["attachments"]:
                attachment_reported(tx, call, task, each["attachmentArn"], each["status"])
    return answer


def submit_container_state_change(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Merge what an old agent reports of one container.

    Raises: InvalidParameterException when no task is named, or the status is no status at all.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitContainerStateChange.html
    """
    return _reported(tx, call, request, TaskReport(containers=(_container_report(request),)))


def submit_attachment_state_changes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Confirm the interfaces of tasks that an agent has seen come to its machine.

    What is said of another machine's tasks, or of attachments that there are not, is acknowledged.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitAttachmentStateChanges.html
    """
    for each in request["attachments"]:
        reference = each["attachmentArn"]
        for task in tx.find(TASKS_BY_ATTACHMENT, reference.rpartition("/")[2]):
            if _is_own_task(tx, call, task):
                attachment_reported(tx, call, task, reference, each["status"])
    return dict(_ACKNOWLEDGED)


def discover_poll_endpoint(
    view: View,  # noqa: ARG001  # operations are all called alike
    call: Call,
    request: dict[str, Any],  # noqa: ARG001  # the same
) -> dict[str, Any]:
    """Where agents open their channels: this server, as the caller reached it.

    Agents keep the answer for twelve hours.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DiscoverPollEndpoint.html
    """
    base = call.endpoint.rstrip("/")
    return {"endpoint": f"{base}{ACS_FOLDER}", "telemetryEndpoint": f"{base}{TCS_FOLDER}"}


def _reported(tx: Tx, call: Call, request: Mapping[str, Any], report: TaskReport) -> dict[str, Any]:
    task = _reported_task(tx, call, request)
    if task is not None and _is_own_task(tx, call, task):
        report_task(tx, call, task, report)
    return dict(_ACKNOWLEDGED)


def _reported_task(view: View, call: Call, request: Mapping[str, Any]) -> Task | None:
    """The task of a report; None when it is gone, or another account's.

    The cluster does not matter: it may have been deleted since.
    """
    reference = request.get("task")
    if not reference:
        raise invalid_parameter("Task cannot be empty: name the task whose state changed.")
    if not is_arn(reference):
        cluster = cluster_arn(call, request.get("cluster"))
        return view.get(TASKS, f"{cluster.replace(':cluster/', ':task/', 1)}/{reference}")
    task = view.get(TASKS, reference)
    return task if task is not None and scope_of(task.arn) == call.scope else None


def _is_own_task(view: View, call: Call, task: Task) -> bool:
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and speaks_for(call.caller_arn, instance.ec2_instance_id)


def _container_report(document: Mapping[str, Any]) -> ContainerReport:
    status = document.get("status") or ""
    _check_status(status)
    bindings = document.get("networkBindings")
    return ContainerReport(
        name=document.get("containerName") or "",
        status=status,
        runtime_id=document.get("runtimeId") or "",
        exit_code=document.get("exitCode"),
        reason=document.get("reason") or "",
        image_digest=document.get("imageDigest") or "",
        network_bindings=None if bindings is None else tuple(dict(each) for each in bindings),
    )


def _check_status(status: str) -> None:
    if status and reported_event(status) is None:
        raise invalid_parameter(
            f"{status[:64]!r} is no status; expected PENDING, RUNNING or STOPPED."
        )
