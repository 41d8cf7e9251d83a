"""What load balancers have to do with a task, in sentences for people."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from roadstead.control.plan_notes import Note, counted
from roadstead.control.rehearsal.journal import Drain
from roadstead.control.spans import span
from roadstead.ecs.records.balancer_states import classic_arn
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import Task, TaskTarget, target_key
from roadstead.ecs.transitions.task_targets import group_of, place_to_register
from roadstead.elb.records.instance import CLASSIC_INSTANCES, classic_instance_arn
from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.state.view import View


def traffic_notes(view: View, task: Task) -> list[str]:
    """One sentence for each of the task's targets, in order; none for those that are gone."""
    return [
        f"{said[0].upper()}{said[1:]}."
        for each in task.targets
        if (said := _of_target(view, task, each))
    ]


def waits_for_traffic(view: View, task: Task) -> str:
    """What load balancers keep the task waiting for; empty if it is nothing."""
    match task.last_status:
        case "ACTIVATING":
            left = [each for each in task.targets if not each.state]
            return _of_target(view, task, left[0]) if left else ""
        case "DEACTIVATING":
            return _drains(drained_at(view, (task,)))
    return ""


def drain_note(view: View, tasks: Iterable[Task]) -> str:
    """How many of these tasks wait for their connections, and how long at most; may be empty."""
    waiting = [task for task in tasks if task.last_status == "DEACTIVATING"]
    if not waiting:
        return ""
    return f"{counted(len(waiting), 'task')} DEACTIVATING: {_drains(drained_at(view, waiting))}"


def drained_at(view: View, tasks: Iterable[Task]) -> datetime | None:
    """When the last connection to these tasks has ended at the latest; None if none drains."""
    moments = (
        _until(view, task, each)
        for task in tasks
        for each in task.targets
        if each.state == "DRAINING"
    )
    return max((each for each in moments if each is not None), default=None)


def notes_of_drains(drains: dict[str, Drain]) -> Iterator[Note]:
    """What a plan says of the target groups in which targets drain."""
    for arn, drain in drains.items():
        yield {
            "code": "TARGETS_DRAIN",
            "message": (
                f"{counted(drain.count, 'target')} in target group {_name(arn)} "
                f"{'drains' if drain.count == 1 else 'drain'} for up to "
                f"{_text(drain.longest)}: no new requests, and those under way are answered before "
                "a task is stopped or an orphan loses its interface."
            ),
        }


def _of_target(view: View, task: Task, target: TaskTarget) -> str:
    name = _name(group_of(target))
    what = "load balancer" if target.load_balancer_name else "target group"
    place = f"{target.target_id}:{target.port}"
    match target.state:
        case "":
            return f"it is not registered in {what} {name}: {_why_not(view, task, target)}"
        case "REGISTERED":
            return f"it is registered in {what} {name} as {place}, {_health(view, target)}"
        case "DRAINING":
            return f"it drains in {what} {name} ({place}): {_drains(_until(view, task, target))}"
    return ""


def _why_not(view: View, task: Task, target: TaskTarget) -> str:
    if task.desired_status != "RUNNING":
        return "it was asked to stop before"
    if task.last_status not in ("ACTIVATING", "RUNNING"):
        return "it does not run yet"
    service = view.get(SERVICES, task.service_arn)
    trouble = None if service is None else service.traffic_troubles.get(group_of(target))
    if trouble is not None:
        return f"{trouble.error}; tried again at {trouble.retry_at:%H:%M:%S} UTC"
    if place_to_register(view, task, target) is None:
        return (
            f"the agent has not told the host port of {target.container_name}:"
            f"{target.container_port}, or another task still drains there"
        )
    return "it is about to be"


def _health(view: View, target: TaskTarget) -> str:
    group = target.target_group_arn
    if group and not view.count(RULES_BY_TARGET_GROUP, group):
        return "unused: no listener leads to that group"
    because = f" because: {target.description or target.reason}" if target.reason else ""
    match target.health:
        case "HEALTHY":
            return "healthy"
        case "UNHEALTHY":
            return f"unhealthy{because}"
    return f"without a result of its health checks yet{because}"


def _until(view: View, task: Task, target: TaskTarget) -> datetime | None:
    if target.load_balancer_name:
        arn = classic_instance_arn(classic_arn(task.arn, target), target.target_id)
        instance = view.get(CLASSIC_INSTANCES, arn)
        return None if instance is None else instance.draining_until
    found = view.get(TARGETS, target_key(target))
    return None if found is None else found.draining_until


def _drains(until: datetime | None) -> str:
    if until is None:
        return "requests that are under way are answered"
    return f"requests that are under way are answered, until {until:%H:%M:%S} UTC at most"


def _text(time: timedelta) -> str:
    return span(time.total_seconds())


def _name(group: str) -> str:
    """A target group's name; a Classic load balancer is called by its own."""
    return group.split("/")[1] if group.startswith("arn:") else group
