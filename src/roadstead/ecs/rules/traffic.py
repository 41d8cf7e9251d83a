"""What traffic means to a task: when it is registered, healthy, and free of requests."""

from collections.abc import Iterable

from roadstead.ecs.records.task import Task, TaskTarget
from roadstead.ecs.rules.task_lifecycle import TaskEvent, course_of, next_status

ORPHAN_CONNECTIVITY = "DISCONNECTED"


def is_activated(task: Task) -> bool:
    """Whether the task is registered wherever traffic should come from."""
    return all(each.state == "REGISTERED" for each in task.targets) and all(
        each.is_registered for each in task.registrations
    )


def is_deactivated(task: Task) -> bool:
    """Whether no request is led to the task any more, and those that were are answered."""
    return not any(each.state in ("REGISTERED", "DRAINING") for each in task.targets) and not any(
        each.is_registered for each in task.registrations
    )


def progressed(task: Task) -> str:
    """The lastStatus that the task's targets and registrations let it have."""
    if task.desired_status == "RUNNING" and is_activated(task):
        return next_status(task.last_status, TaskEvent.ACTIVATED, course_of(task))
    if is_deactivated(task):
        return next_status(task.last_status, TaskEvent.DEACTIVATED, course_of(task))
    return task.last_status


def will_drain(task: Task) -> bool:
    """Whether connections to the task would have to end first if it were asked to stop now."""
    after = next_status(task.last_status, TaskEvent.STOP_WANTED, course_of(task))
    return after == "DEACTIVATING" and not is_deactivated(task)


def is_dead(task: Task) -> bool:
    """Whether its containers have ended. Those of an orphan run on, and answer what they got."""
    return task.last_status in ("DEPROVISIONING", "STOPPED") and not is_orphan(task)


def is_orphan(task: Task) -> bool:
    """Whether the task was recorded as STOPPED though nobody has told that it ended."""
    return task.last_status == "STOPPED" and task.connectivity == ORPHAN_CONNECTIVITY


def health_of_state(state: str) -> str:
    """HEALTHY, UNHEALTHY or UNKNOWN: what a state of a target says of its task.

    initial, unused, draining and unavailable say nothing: such a task is not healthy yet, and no
    reason to stop it.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    return {"healthy": "HEALTHY", "unhealthy": "UNHEALTHY"}.get(state, "UNKNOWN")


def health_of_targets(targets: Iterable[TaskTarget]) -> str:
    """All targets together: healthy in every target group, or unhealthy in one; empty without any.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
    """
    found = {each.health for each in targets}
    if not found:
        return ""
    if "UNHEALTHY" in found:
        return "UNHEALTHY"
    return "HEALTHY" if found == {"HEALTHY"} else "UNKNOWN"
