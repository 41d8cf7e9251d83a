"""What the tasks of a fleet are doing: their numbers, and what a single task counts as."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_tasks import (
    TASKS_BY_STANDING,
    Standing,
    running_since,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment.rolling import Moves, Population, after_stops
from roadstead.ecs.rules.fleets import Fleet
from roadstead.state.view import View

COMING: tuple[Standing, ...] = ("PENDING", "CHECKING")
"""Where tasks stand that do not serve yet."""
SERVING: tuple[Standing, ...] = ("RUNNING", "HEALTHY")


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    fleet: Fleet
    population: Population
    healthy_before: datetime
    """A RUNNING task without health check is healthy if it started then or earlier."""
    graced_after: datetime
    """An UNHEALTHY task is left alone if it started later."""
    draining: tuple[Task, ...] = ()
    """The fleet's tasks on DRAINING instances that were not asked to stop."""
    healthy_on_target: int = 0
    """Healthy tasks of the target, those on DRAINING instances included."""
    former_id: str = ""
    """The last deployment that was completed, if it is not the target."""
    left_of_older: dict[str, int] = {}
    """How many tasks each older deployment has that were not asked to stop."""


def edges(view: View, service: Service, now: datetime) -> tuple[datetime, datetime]:
    """Since when a task must be RUNNING to be healthy, and to be UNHEALTHY in earnest."""
    return (
        now - timedelta(seconds=tuning(view).healthy_after_running_seconds),
        now - timedelta(seconds=service.health_check_grace_period_seconds),
    )


def healthy_count(view: View, service: Service, deployment: Deployment, now: datetime) -> int:
    """How many tasks of the deployment count as healthy now."""
    healthy_before, _ = edges(view, service, now)
    running = standing_key(deployment.id, "RUNNING")
    return (
        view.count(TASKS_BY_STANDING, running)
        - view.count_after(TASKS_BY_STANDING, running, healthy_before)
        + view.count(TASKS_BY_STANDING, standing_key(deployment.id, "HEALTHY"))
    )


def next_healthy_at(
    view: View, service: Service, deployment: Deployment, now: datetime
) -> datetime | None:
    """When time alone makes the next task of the deployment healthy."""
    healthy_before, _ = edges(view, service, now)
    young = _first_after(view, standing_key(deployment.id, "RUNNING"), healthy_before)
    return None if young is None else running_since(young) + (now - healthy_before)


def is_sick(task: Task, found: Survey) -> bool:
    """Whether the task failed its health check, and had its grace period."""
    return standing(task) == "UNHEALTHY" and running_since(task) <= found.graced_after


def may_come(found: Survey, deployment_id: str) -> bool:
    """Whether what does not serve yet of the deployment may be waited for.

    That is the former one; after a rollout that was given up every older one, as nothing takes the
    place of what they have.
    """
    if not found.fleet.is_failed:
        return deployment_id == found.former_id
    return any(deployment_id == each.id for each in found.fleet.older)


def is_coming(task: Task, found: Survey) -> bool:
    """Whether the task does not serve yet, and may be waited for though it must go."""
    if not may_come(found, task.started_by):
        return False
    where = standing(task)
    return where in COMING or (where == "UNHEALTHY" and not is_sick(task, found))


def serves(task: Task) -> bool:
    """Whether the task does its work, however young it is."""
    return standing(task) in SERVING


def after_stopping(view: View, found: Survey, moves: Moves, arns: Iterable[str]) -> Survey:
    """The survey as it would be once these tasks, all that the moves want stopped, are stopped."""
    target = found.fleet.target.id
    healthy = found.healthy_on_target
    left = dict(found.left_of_older)
    for arn in arns:
        task = view.must(TASKS, arn)
        if task.started_by in left:
            left[task.started_by] -= 1
        elif task.started_by == target and is_healthy(task, found):
            healthy -= 1
    return msgspec.structs.replace(
        found,
        population=after_stops(found.population, moves),
        healthy_on_target=healthy,
        left_of_older=left,
    )


def is_healthy(task: Task, found: Survey) -> bool:
    """Whether a task counts as healthy, wherever it belongs."""
    match standing(task):
        case "HEALTHY":
            return True
        case "RUNNING":
            return running_since(task) <= found.healthy_before
        case _:
            return False


def next_health_at(view: View, found: Survey, now: datetime) -> datetime | None:
    """When time alone makes a difference: a task becomes healthy, or its grace period ends.

    While tasks wait to be stopped the next task counts, else only the last. Of older deployments
    those count that may not go, as the others go while they are young.
    """
    moments: list[datetime] = []
    tasks, fleet = found.population, found.fleet
    running = standing_key(fleet.target.id, "RUNNING")
    young = _first_after(view, running, found.healthy_before)
    waits = tasks.leaving or tasks.staying or tasks.current > tasks.desired_count
    if young is not None and not (waits or tasks.unhealthy):
        young = view.last(TASKS_BY_STANDING, running) or young
    held = [young]
    not_yet = tasks.leaving_young + tasks.protected_leaving_young + tasks.staying_young
    if waits and not_yet:
        held += [
            _first_after(view, standing_key(each.id, "RUNNING"), found.healthy_before)
            for each in fleet.older
        ]
    moments += [running_since(each) + (now - found.healthy_before) for each in held if each]
    for each in (fleet.target, *fleet.older):
        if each.id == fleet.target.id or may_come(found, each.id):
            graced = _first_after(view, standing_key(each.id, "UNHEALTHY"), found.graced_after)
            if graced is not None:
                moments.append(running_since(graced) + (now - found.graced_after))
    return min(moments, default=None)


def newest_running_since(view: View, deployment_id: str) -> datetime | None:
    """When the newest RUNNING task of the deployment started."""
    serving: tuple[Standing, ...] = ("RUNNING", "HEALTHY", "CHECKING", "UNHEALTHY")
    newest = (view.last(TASKS_BY_STANDING, standing_key(deployment_id, each)) for each in serving)
    return max((running_since(task) for task in newest if task is not None), default=None)


def _first_after(view: View, key: str, after: datetime) -> Task | None:
    return next(iter(islice(view.walk(TASKS_BY_STANDING, key, after=after), 1)), None)
