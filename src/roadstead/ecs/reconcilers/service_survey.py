"""What a service's tasks are doing: the numbers that the service reconciler decides by.

Counted from indexes, so the price does not grow with the number of tasks; only tasks on DRAINING
instances are looked at one by one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
)
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_tasks import (
    FAILED_STARTS,
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    running_since,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment import Moves, Population, after_stops
from roadstead.ecs.rules.placement.choose import Placed
from roadstead.ecs.transitions.service_tasks import next_place
from roadstead.state.view import View

COMING: tuple[Standing, ...] = ("PENDING", "CHECKING")
"""Where tasks of the former deployment stand that do not serve yet."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    population: Population
    healthy_before: datetime
    """A RUNNING task without health check is healthy if it started then or earlier."""
    graced_after: datetime
    """An UNHEALTHY task is left alone if it started later."""
    draining: tuple[Task, ...] = ()
    """Tasks on DRAINING instances that were not asked to stop."""
    healthy_on_primary: int = 0
    """Healthy tasks of the PRIMARY deployment, those on DRAINING instances included."""
    former_id: str = ""
    """The last deployment that was completed, if it is not the PRIMARY one."""
    left_of_older: dict[str, int] = {}
    """How many tasks each older deployment has that were not asked to stop."""


def survey(view: View, service: Service, now: datetime) -> Survey:
    """The service's tasks in numbers, as of now."""
    healthy_before = now - timedelta(seconds=tuning(view).healthy_after_running_seconds)
    graced_after = now - timedelta(seconds=service.health_check_grace_period_seconds)
    primary = service.deployments[0].id
    count = _standings(view, primary)
    young = view.count_after(TASKS_BY_STANDING, standing_key(primary, "RUNNING"), healthy_before)
    graced = view.count_after(TASKS_BY_STANDING, standing_key(primary, "UNHEALTHY"), graced_after)
    healthy = count["RUNNING"] - young + count["HEALTHY"]
    unhealthy = count["UNHEALTHY"] - graced
    current = sum(count.values()) - unhealthy
    current_healthy = healthy
    former = former_deployment(service)
    older = _older(view, service, former)
    leaving, idle, coming = older.leaving, older.idle, older.coming
    draining = draining_tasks(view, service)
    for task in draining:
        where = standing(task)
        if former is not None and task.started_by == former.id and where in COMING:
            coming -= 1
            idle += 1
        if task.started_by != primary:
            continue
        since = running_since(task)
        if where == "UNHEALTHY" and since <= graced_after:
            unhealthy -= 1
        else:
            current -= 1
        if where == "HEALTHY" or (where == "RUNNING" and since <= healthy_before):
            current_healthy -= 1
        if where in ("RUNNING", "HEALTHY"):
            leaving += 1
        else:
            idle += 1
    return Survey(
        population=Population(
            desired_count=service.desired_count,
            minimum_healthy_percent=service.minimum_healthy_percent,
            maximum_percent=service.maximum_percent,
            current=current,
            current_healthy=current_healthy,
            leaving=leaving,
            idle=idle,
            unhealthy=unhealthy,
            coming=coming,
            restorable=older.restorable,
            is_primary_held=older.restorable > 0 and _is_held(view, service, now),
        ),
        healthy_before=healthy_before,
        graced_after=graced_after,
        draining=draining,
        healthy_on_primary=healthy,
        former_id="" if former is None else former.id,
        left_of_older=older.left,
    )


class _Older(msgspec.Struct):
    """The tasks of all older deployments, wherever they run."""

    leaving: int = 0
    idle: int = 0
    coming: int = 0
    restorable: int = 0
    left: dict[str, int] = {}


def _older(view: View, service: Service, former: Deployment | None) -> _Older:
    found = _Older()
    for older in service.deployments[1:]:
        of = _standings(view, older.id)
        serving = of["RUNNING"] + of["HEALTHY"]
        total = sum(of.values())
        found.left[older.id] = total
        found.leaving += serving
        found.idle += total - serving
        if older is former:
            found.coming = of["PENDING"] + of["CHECKING"]
            found.idle -= found.coming
            found.restorable = _restorable(view, older, total)
    return found


def _is_held(view: View, service: Service, now: datetime) -> bool:
    """Whether the PRIMARY deployment can start nothing now: after failed starts, or for no place.

    That it had no place is only believed after asking again: a task that just ended made room, and
    the new revision comes first.
    """
    primary = service.deployments[0]
    if primary.next_try_at is not None and primary.next_try_at > now:
        return True
    if not service.waiting_reason:
        return False
    if view.get(TASK_DEFINITIONS, primary.task_definition_arn) is None:
        return True
    return not isinstance(next_place(view, service, primary), Placed)


def _standings(view: View, deployment_id: str) -> dict[Standing, int]:
    """How many of a deployment's tasks stand where."""
    return {
        each: view.count(TASKS_BY_STANDING, standing_key(deployment_id, each)) for each in STANDINGS
    }


def former_deployment(service: Service) -> Deployment | None:
    """The newest deployment behind the PRIMARY one that was once completed."""
    return next(
        (each for each in service.deployments[1:] if each.rollout_state == "COMPLETED"), None
    )


def _restorable(view: View, former: Deployment, total: int) -> int:
    """How many tasks a former deployment has lost, if its tasks can still be started.

    One that failed to start is enough to give up: nothing counts the failures of former
    deployments, so nothing would make them wait.
    """
    if view.count(FAILED_STARTS, former.id):
        return 0
    if view.get(TASK_DEFINITIONS, former.task_definition_arn) is None:
        return 0
    return max(0, former.desired_count - total)


def after_stopping(
    view: View, service: Service, found: Survey, moves: Moves, arns: Iterable[str]
) -> Survey:
    """The survey as it would be once these tasks, all that the moves want stopped, are stopped."""
    primary = service.deployments[0].id
    healthy = found.healthy_on_primary
    left = dict(found.left_of_older)
    for arn in arns:
        task = view.must(TASKS, arn)
        if task.started_by in left:
            left[task.started_by] -= 1
        elif task.started_by == primary and is_healthy(task, found):
            healthy -= 1
    return msgspec.structs.replace(
        found,
        population=after_stops(found.population, moves),
        healthy_on_primary=healthy,
        left_of_older=left,
    )


def is_healthy(task: Task, found: Survey) -> bool:
    """Whether a task of the PRIMARY deployment counts as healthy."""
    match standing(task):
        case "HEALTHY":
            return True
        case "RUNNING":
            return running_since(task) <= found.healthy_before
        case _:
            return False


def draining_tasks(view: View, service: Service) -> tuple[Task, ...]:
    """The service's tasks on DRAINING instances that were not asked to stop."""
    key = f"{service.cluster_arn}|DRAINING"
    draining = view.count(LISTED_CONTAINER_INSTANCES, key)
    if not draining:
        return ()
    group = view.projection(Capacity).group(service.cluster_arn, service.arn)
    if group is None:
        return ()
    instances: Iterable[str]
    if len(group.by_instance) < draining:
        instances = (arn for arn in group.by_instance if _is_draining(view, arn))
    else:
        found = view.find(LISTED_CONTAINER_INSTANCES, key)
        instances = (each.arn for each in found if each.arn in group.by_instance)
    return tuple(
        task
        for arn in instances
        for task in view.find(LIVE_TASKS_BY_INSTANCE, arn)
        if task.service_arn == service.arn and standing(task) is not None
    )


def _is_draining(view: View, container_instance_arn: str) -> bool:
    instance = view.get(CONTAINER_INSTANCES, container_instance_arn)
    return instance is not None and instance.status == "DRAINING"


def next_health_at(view: View, service: Service, found: Survey, now: datetime) -> datetime | None:
    """When time alone makes a difference: a task becomes healthy, or its grace period ends.

    While tasks wait to be stopped the next task counts, else only the last.
    """
    primary = service.deployments[0].id
    moments: list[datetime] = []
    running = standing_key(primary, "RUNNING")
    young = _first_after(view, running, found.healthy_before)
    if young is not None:
        if not (found.population.leaving or found.population.unhealthy):
            young = view.last(TASKS_BY_STANDING, running) or young
        moments.append(running_since(young) + (now - found.healthy_before))
    graced = _first_after(view, standing_key(primary, "UNHEALTHY"), found.graced_after)
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
