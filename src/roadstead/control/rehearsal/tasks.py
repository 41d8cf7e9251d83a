"""What a rehearsal supposes of tasks: how long they take to start, to become healthy, to end.

A simple model of agents that answer: a PENDING task gets RUNNING, a container with a health check
passes it, a target answers its load balancer (`traffic`), a task that is asked to stop ends in
time. Nothing fails, and an agent that is not connected does nothing.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from roadstead.control.rehearsal.traffic import answer_checks, first_answer_at, reported_ports
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.task_interface import has_interface
from roadstead.ecs.rules.task_lifecycle import is_known_to_agent
from roadstead.ecs.transitions.task_interfaces import network_interface_of
from roadstead.ecs.transitions.task_reports import TaskReport, report_task, report_task_health
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Move = Literal["ATTACHED", "RUNNING", "HEALTHY", "ANSWERING", "STOPPED", "DETACHED"]
Turn = tuple[str, ...]
"""What decides who reports first of those whose time has come at one moment."""

STOP_TIMEOUT_SECONDS_DEFAULT = 30
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""
HEALTH_INTERVAL_SECONDS_DEFAULT = 30
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"""
_SOON = timedelta(seconds=1)
"""What is overdue when the rehearsal begins happens so soon."""


_REPORTERS: dict[Move, str] = {
    "ATTACHED": "1: machine",
    "DETACHED": "1: machine",
    "RUNNING": "2: agent",
    "HEALTHY": "2: agent",
    "STOPPED": "2: agent",
    "ANSWERING": "3: load balancer",
}


START_SECONDS = 15.0
STOP_SECONDS = 10.0
INTERFACE_SECONDS = 1.0


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that no state tells."""

    start_seconds: float = START_SECONDS
    """From PENDING to RUNNING."""
    stop_seconds: float = STOP_SECONDS
    """From being asked to stop to STOPPED; less where the containers' stopTimeout is less."""
    interface_seconds: float = INTERFACE_SECONDS
    """Until a machine has made the device of an interface, or removed it."""


def next_move(
    view: View, task: Task, assumptions: Assumptions, now: datetime
) -> tuple[datetime, Move] | None:
    """What the task's agent or machine would report next, and when; None: nothing more."""
    if has_interface(task) and not is_known_to_agent(task.last_status):
        return _next_of_machine(view, task, assumptions, now)
    if not is_known_to_agent(task.last_status) or not _is_heard(view, task):
        return None
    if task.last_status in ("ACTIVATING", "DEACTIVATING"):
        return None  # its load balancers' turn
    if task.desired_status == "STOPPED":
        since = task.deactivated_at or task.stopping_at or now
        return _at(since, _stop_seconds(view, task, assumptions), now), "STOPPED"
    if task.last_status != "RUNNING":
        return _at(task.created_at or now, assumptions.start_seconds, now), "RUNNING"
    if standing(task) != "CHECKING" and (task.service_arn or not _is_unchecked(task)):
        return None
    if _is_unchecked(task):
        return _at(task.started_at or now, _health_seconds(view, task), now), "HEALTHY"
    checked_at = first_answer_at(view, task)
    return None if checked_at is None else (_at(checked_at, 0, now), "ANSWERING")


def turn_of(task: Task, move: Move) -> Turn:
    """First machines tell of devices, then agents of tasks, then load balancers of checks.

    Of each the oldest task first, and of tasks made together all of one machine, then the next:
    as agents report. The ARN comes last, since new tasks have others in reality. Who is first
    matters where what ends makes room for somebody who waits: he takes it at once.
    """
    return (
        _REPORTERS[move],
        "" if task.created_at is None else task.created_at.isoformat(timespec="microseconds"),
        task.container_instance_arn,
        task.service_arn,
        task.task_definition_arn,
        task.arn,
    )


def _next_of_machine(
    view: View, task: Task, assumptions: Assumptions, now: datetime
) -> tuple[datetime, Move] | None:
    """A machine makes and removes devices whether its agents are connected or not."""
    eni = network_interface_of(view, task)
    if eni is None or eni.attachment is None or eni.failure:
        return None
    seconds = assumptions.interface_seconds
    match eni.attachment.status:
        case "attaching":
            return _at(eni.attachment.attached_at or now, seconds, now), "ATTACHED"
        case "detaching":
            return _at(now, seconds, now), "DETACHED"
    return None


def report(tx: Tx, call: Call, task_arn: str, move: Move) -> None:
    """The agent or the machine reports it."""
    task = tx.must(TASKS, task_arn)
    if move in ("ATTACHED", "DETACHED"):
        eni = network_interface_of(tx, task)
        assert eni is not None
        tell = interface_attached if move == "ATTACHED" else interface_detached
        tell(tx, call, eni)
    elif move == "ANSWERING":
        answer_checks(tx, call, task)
    elif move == "HEALTHY":
        healths = {each.name: "HEALTHY" for each in task.containers if each.has_health_check}
        report_task_health(tx, call, task.container_instance_arn, task.arn, healths)
    else:
        containers = reported_ports(tx, task) if move == "RUNNING" else ()
        report_task(tx, call, task, TaskReport(status=move, containers=containers))


def _is_heard(view: View, task: Task) -> bool:
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and instance.agent_connected and instance.status != "INACTIVE"


def _is_unchecked(task: Task) -> bool:
    return any(
        each.essential and each.has_health_check and each.health_status == "UNKNOWN"
        for each in task.containers
    )


def _at(since: datetime, seconds: float, now: datetime) -> datetime:
    due = since + timedelta(seconds=seconds)
    return due if due > now or since == now else now + _SOON


def _stop_seconds(view: View, task: Task, assumptions: Assumptions) -> float:
    """No longer than its slowest container may take."""
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    containers = () if definition is None else definition.document["containerDefinitions"]
    timeouts = [each.get("stopTimeout") or STOP_TIMEOUT_SECONDS_DEFAULT for each in containers]
    return min(assumptions.stop_seconds, max(timeouts, default=STOP_TIMEOUT_SECONDS_DEFAULT))


def _health_seconds(view: View, task: Task) -> float:
    """The first check that counts passes: after the slowest container's interval."""
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    containers = () if definition is None else definition.document["containerDefinitions"]
    checks = [each["healthCheck"] for each in containers if each.get("healthCheck")]
    intervals = [each.get("interval") or HEALTH_INTERVAL_SECONDS_DEFAULT for each in checks]
    return float(max(intervals, default=HEALTH_INTERVAL_SECONDS_DEFAULT))
