"""Where the tasks of a service's deployments stand: the indexes that the scheduler counts by.

Counting under a key costs nothing, so a service of thousands of tasks is looked at for the price of
one of ten; tasks are walked only once some of them are to be chosen.
"""

from datetime import UTC, datetime
from typing import Literal

from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Index
from roadstead.state.view import View

Standing = Literal["PENDING", "RUNNING", "HEALTHY", "CHECKING", "UNHEALTHY"]

STANDINGS: tuple[Standing, ...] = ("PENDING", "UNHEALTHY", "CHECKING", "RUNNING", "HEALTHY")
"""PENDING: not RUNNING yet. RUNNING: without health check. The others RUNNING with one: HEALTHY,
UNHEALTHY, or CHECKING as long as there is no result."""

BEFORE_RUNNING = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})
FAILED_START_CODES = frozenset({"TaskFailedToStart", "EssentialContainerExited"})
"""Stop codes of tasks that ended by themselves; a task that was asked to stop is no failure."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def standing(task: Task) -> Standing | None:
    """Where a task of a service stands; None when it ended, was asked to, or has no service.

    This is where a task's health is put together from its parts: whoever adds a part adds its
    verdict to `_verdicts`, and every count and every choice follows.
    """
    if task.desired_status != "RUNNING" or not task.service_arn:
        return None
    if task.last_status in BEFORE_RUNNING:
        return "PENDING"
    if task.last_status != "RUNNING":
        return None
    verdicts = _verdicts(task)
    if not verdicts:
        return "RUNNING"
    if "UNHEALTHY" in verdicts:
        return "UNHEALTHY"
    return "HEALTHY" if set(verdicts) == {"HEALTHY"} else "CHECKING"


def has_moved(before: Task | None, after: Task | None) -> bool:
    """Whether the task came, went, or is another one to the reconcilers that count tasks."""
    return (
        before is None
        or after is None
        or before.last_status != after.last_status
        or before.desired_status != after.desired_status
        or standing(before) != standing(after)
    )


def _verdicts(task: Task) -> tuple[str, ...]:
    """HEALTHY, UNHEALTHY or UNKNOWN, by each that has a say; nobody: then time alone decides.

    The target groups together have one, and essential containers with a health check. Beside
    those, a container without a check keeps the task's own health UNKNOWN for ever; a service does
    not wait for what never comes.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
    """
    checked = [each for each in task.containers if each.has_health_check and each.essential]
    of_targets = (task.target_health,) if task.target_health else ()
    if checked and task.health_status == "UNKNOWN":
        return (*of_targets, *(each.health_status for each in checked))
    return (*of_targets, task.health_status) if checked else of_targets


def standing_key(deployment_id: str, where: Standing) -> str:
    """The key of TASKS_BY_STANDING."""
    return f"{deployment_id}|{where}"


def running_since(task: Task) -> datetime:
    """When the task became RUNNING; before that, when it was created."""
    return task.started_at or task.created_at or _LONG_AGO


def _standing_keys(task: Task) -> tuple[str, ...]:
    where = standing(task)
    return () if where is None else (f"{task.started_by}|{where}",)


TASKS_BY_STANDING = Index("tasks_by_standing", TASKS, _standing_keys, running_since)
"""Key: `deployment id|standing`. Those that run longest come first."""


def has_tasks_left(view: View, deployment_id: str) -> bool:
    """Whether the deployment has a task that was not asked to stop."""
    return any(view.count(TASKS_BY_STANDING, standing_key(deployment_id, at)) for at in STANDINGS)


PROTECTED_BY_STANDING = Index(
    "protected_by_standing",
    TASKS,
    lambda task: _standing_keys(task) if task.protection_enabled else (),
    running_since,
)
"""The same, of tasks with scale-in protection."""

_NEVER = datetime.max.replace(tzinfo=UTC)

PROTECTIONS_BY_END = Index(
    "protections_by_end",
    TASKS,
    lambda task: (
        (task.service_arn,)
        if task.service_arn and task.protection_enabled and task.desired_status == "RUNNING"
        else ()
    ),
    lambda task: task.protection_expires_at or _NEVER,
)
"""Key: service ARN. The tasks whose protection expires first come first."""


def _is_uncounted_failure(task: Task) -> bool:
    return (
        task.last_status == "STOPPED"
        and task.started_at is None
        and not task.is_failure_counted
        and task.stop_code in FAILED_START_CODES
    )


FAILED_STARTS = Index(
    "failed_starts",
    TASKS,
    lambda task: (task.started_by,) if task.service_arn and _is_uncounted_failure(task) else (),
)
"""Key: deployment id. Tasks that never reached RUNNING and were not counted yet."""
