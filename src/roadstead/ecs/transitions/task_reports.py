"""What agents report of tasks and their containers, and what becomes of the records.

Reports may be late, doubled, or skip states: status only moves forward, and a report that says
nothing new changes nothing and raises nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from sys import intern
from typing import Any

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Container, Task
from roadstead.ecs.rules.health import task_health
from roadstead.ecs.rules.stop_codes import (
    REASON_CHARACTERS_MAX,
    has_essential_ended,
    stop_of,
)
from roadstead.ecs.rules.task_lifecycle import (
    TaskEvent,
    course_of,
    has_started,
    later_container_status,
    next_status,
    reported_event,
)
from roadstead.ecs.transitions.service_revisions import note_images
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class ContainerReport(msgspec.Struct, frozen=True, kw_only=True):
    """News of one container; what is empty or None was not told."""

    name: str
    status: str = ""
    """PENDING, RUNNING or STOPPED."""
    runtime_id: str = ""
    exit_code: int | None = None
    reason: str = ""
    image_digest: str = ""
    network_bindings: tuple[dict[str, Any], ...] | None = None


class ManagedAgentReport(msgspec.Struct, frozen=True, kw_only=True):
    container_name: str
    name: str
    status: str
    reason: str = ""


class TaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """One SubmitTaskStateChange. `status` is empty when only attachments were reported."""

    status: str = ""
    reason: str = ""
    containers: tuple[ContainerReport, ...] = ()
    """In order; the same container may come twice."""
    managed_agents: tuple[ManagedAgentReport, ...] = ()
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    execution_stopped_at: datetime | None = None


def report_task(tx: Tx, call: Call, task: Task, report: TaskReport) -> Task:
    """Merge a report into the task; returns it as it is now."""
    if task.last_status == "STOPPED" or not _may_report(tx, task):
        return task
    after = _with_status(call, _with_times(_with_containers(task, report), report), report)
    if after == task:
        return task
    if after.service_arn and has_started(after.last_status) and not has_started(task.last_status):
        note_images(tx, after)
    return tx.put(TASKS, after)


def report_task_health(
    tx: Tx,
    call: Call,  # noqa: ARG001  # transitions are all called alike
    container_instance_arn: str,
    task_arn: str,
    healths: Mapping[str, str],
) -> Task | None:
    """Merge container name → HEALTHY, UNHEALTHY or UNKNOWN, as telemetry told it.

    None, and nothing changes, when that instance has no such task.
    """
    task = tx.get(TASKS, task_arn)
    if (
        task is None
        or task.container_instance_arn != container_instance_arn
        or task.last_status == "STOPPED"
        or not _may_report(tx, task)
    ):
        return None
    containers = tuple(
        msgspec.structs.replace(each, health_status=healths[each.name])
        if healths.get(each.name) in _HEALTHS
        else each
        for each in task.containers
    )
    if containers == task.containers:
        return task
    return tx.put(
        TASKS,
        msgspec.structs.replace(task, containers=containers, health_status=task_health(containers)),
    )


_HEALTHS = frozenset({"HEALTHY", "UNHEALTHY", "UNKNOWN"})
_IDENTITY_CHARACTERS_MAX = 255
"""Of digests and runtime ids. Source: agent:ecs-agent/api/ecs/client/ecs_client.go"""


def _may_report(tx: Tx, task: Task) -> bool:
    """The agent of a deregistered instance, or of one that is gone, has no say any more."""
    instance = tx.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and instance.status != "INACTIVE"


def _with_containers(task: Task, report: TaskReport) -> Task:
    if not report.containers and not report.managed_agents:
        return task
    containers = {each.name: each for each in task.containers}
    for news in report.containers:
        known = containers.get(news.name)
        if known is not None:
            containers[news.name] = _merged(known, news)
    for agent in report.managed_agents:
        known = containers.get(agent.container_name)
        if known is not None:
            containers[agent.container_name] = _with_managed_agent(known, agent)
    return msgspec.structs.replace(task, containers=tuple(containers.values()))


def _merged(container: Container, news: ContainerReport) -> Container:
    """An exit code counts only with STOPPED: agents send one with a RUNNING that came late."""
    if container.last_status == "STOPPED":
        return container
    status = later_container_status(container.last_status, news.status)
    return msgspec.structs.replace(
        container,
        last_status=status,
        exit_code=news.exit_code if status == "STOPPED" else None,
        reason=news.reason[:REASON_CHARACTERS_MAX] or container.reason,
        runtime_id=news.runtime_id[:_IDENTITY_CHARACTERS_MAX] or container.runtime_id,
        image_digest=intern(news.image_digest[:_IDENTITY_CHARACTERS_MAX]) or container.image_digest,
        network_bindings=(
            tuple(_binding(each) for each in news.network_bindings)
            if news.network_bindings
            else container.network_bindings
        ),
    )


def _binding(document: Mapping[str, Any]) -> dict[str, Any]:
    """The binding in shared strings: there may be a hundred thousand of them."""
    return {
        intern(name): intern(value) if isinstance(value, str) else value
        for name, value in document.items()
    }


def _with_managed_agent(container: Container, news: ManagedAgentReport) -> Container:
    others = tuple(each for each in container.managed_agents if each["name"] != news.name)
    told: dict[str, Any] = {"name": news.name, "lastStatus": news.status}
    if news.reason:
        told["reason"] = news.reason[:REASON_CHARACTERS_MAX]
    return msgspec.structs.replace(container, managed_agents=(*others, told))


def _with_times(task: Task, report: TaskReport) -> Task:
    return msgspec.structs.replace(
        task,
        pull_started_at=task.pull_started_at or report.pull_started_at,
        pull_stopped_at=report.pull_stopped_at or task.pull_stopped_at,
        execution_stopped_at=report.execution_stopped_at or task.execution_stopped_at,
    )


def _with_status(call: Call, task: Task, report: TaskReport) -> Task:
    event = reported_event(report.status) if report.status else None
    had_started = has_started(task.last_status)
    if event is not None and event is not TaskEvent.REPORTED_STOPPED:
        status = next_status(task.last_status, event, course_of(task))
        is_first = status == "RUNNING" and task.started_at is None
        task = msgspec.structs.replace(
            task, last_status=status, started_at=call.now if is_first else task.started_at
        )
    if task.desired_status != "STOPPED" and (
        event is TaskEvent.REPORTED_STOPPED or has_essential_ended(task.containers)
    ):
        code, reason = stop_of(task.containers, was_running=had_started, task_reason=report.reason)
        task = msgspec.structs.replace(
            task,
            desired_status="STOPPED",
            stop_code=code,
            stopped_reason=reason,
            stopping_at=call.now,
        )
    if event is TaskEvent.REPORTED_STOPPED:
        task = _ended(call, task)
    return task


def _ended(call: Call, task: Task) -> Task:
    """Its last container has ended; the task has, unless it has an interface to give back."""
    status = next_status(task.last_status, TaskEvent.REPORTED_STOPPED, course_of(task))
    return msgspec.structs.replace(
        task,
        last_status=status,
        stopped_at=call.now if status == "STOPPED" else None,
        connectivity="CONNECTED",
        connectivity_at=task.started_at or task.created_at,
        containers=tuple(
            each
            if each.last_status == "STOPPED"
            else msgspec.structs.replace(each, last_status="STOPPED")
            for each in task.containers
        ),
        tags={},
        was_tagged=task.was_tagged or bool(task.tags),
    )
