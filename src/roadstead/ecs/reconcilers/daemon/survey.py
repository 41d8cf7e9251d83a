"""What the tasks of a DAEMON service are doing, in numbers.

Counted from indexes and from the arrays of `Capacity`. Only tasks on instances that do not match
(any more) are looked at one by one, and only while something is on the move.
"""

from datetime import datetime

import msgspec

from roadstead.ecs.reconcilers.service.survey import edges
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import (
    PROTECTED_BY_STANDING,
    PROTECTIONS_BY_END,
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    running_since,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Task
from roadstead.ecs.rules.daemon import DaemonPopulation
from roadstead.ecs.rules.daemon_places import DaemonPlaces, daemon_places
from roadstead.ecs.transitions.daemon_tasks import may_start, needs_of
from roadstead.state.records import Index
from roadstead.state.view import View

SERVING: tuple[Standing, ...] = ("RUNNING", "HEALTHY")
UNTOLD: tuple[Standing, ...] = ("PENDING", "CHECKING")
"""Where a task stands until its agent says something."""


class DaemonSurvey(msgspec.Struct, frozen=True, kw_only=True):
    population: DaemonPopulation
    places: DaemonPlaces
    healthy_before: datetime
    """A RUNNING task without health check is healthy if it started then or earlier."""
    graced_after: datetime
    """An UNHEALTHY task is left alone if it started later."""
    left_of_older: dict[str, int]
    """How many tasks each older deployment has that were not asked to stop, wherever they run."""


class _Counts(msgspec.Struct):
    current: int = 0
    current_healthy: int = 0
    leaving: int = 0
    idle: int = 0
    unhealthy: int = 0
    unheard: int = 0
    protected: int = 0
    protected_healthy: int = 0


def daemon_survey(view: View, service: Service, now: datetime, *, most: int) -> DaemonSurvey | None:
    """The service as of now; None when its task definition is gone, and nothing can be said.

    most: as many instances are named that can get a task.
    """
    needs = needs_of(view, service)
    if needs is None:
        return None
    primary = service.deployments[0]
    places = daemon_places(
        view.projection(Capacity), service.cluster_arn, service.arn, *needs, most=most
    )
    healthy_before, graced_after = edges(view, service, now)
    counts = _Counts()
    of = _standings(view, primary.id)
    young = view.count_after(TASKS_BY_STANDING, standing_key(primary.id, "RUNNING"), healthy_before)
    graced = view.count_after(
        TASKS_BY_STANDING, standing_key(primary.id, "UNHEALTHY"), graced_after
    )
    counts.unhealthy = of["UNHEALTHY"] - graced
    counts.current = sum(of.values()) - counts.unhealthy
    counts.current_healthy = of["RUNNING"] - young + of["HEALTHY"]
    left = {}
    for older in service.deployments[1:]:
        left[older.id] = _count_older(view, older.id, counts)
        if view.count(PROTECTIONS_BY_END, service.arn):
            _count_protected(view, older.id, counts, healthy_before)
    if places.strays:
        for task in _on_strays(view, service, places):
            _leave_out(task, primary.id, counts, healthy_before, graced_after)
    if counts.unhealthy:
        counts.unheard = _unheard(view, primary.id, frozenset(places.strays))
    return DaemonSurvey(
        population=DaemonPopulation(
            matching=places.matching,
            minimum_healthy_percent=service.minimum_healthy_percent,
            missing=places.missing,
            ending=places.ending,
            startable=len(places.startable),
            is_held=not may_start(view, service, now),
            **msgspec.structs.asdict(counts),
        ),
        places=places,
        healthy_before=healthy_before,
        graced_after=graced_after,
        left_of_older=left,
    )


def _count_older(view: View, deployment_id: str, counts: _Counts) -> int:
    of = _standings(view, deployment_id)
    serving = sum(of[where] for where in SERVING)
    counts.leaving += serving
    counts.idle += sum(of.values()) - serving
    return sum(of.values())


def _count_protected(
    view: View, deployment_id: str, counts: _Counts, healthy_before: datetime
) -> None:
    """Protected tasks were counted as if they were not: they are not stopped."""
    of = _standings(view, deployment_id, PROTECTED_BY_STANDING)
    running = standing_key(deployment_id, "RUNNING")
    serving = sum(of[where] for where in SERVING)
    counts.leaving -= serving
    counts.idle -= sum(of.values()) - serving
    counts.protected += sum(of.values())
    counts.protected_healthy += serving
    counts.protected_healthy -= view.count_after(PROTECTED_BY_STANDING, running, healthy_before)


def _standings(
    view: View, deployment_id: str, index: Index[Task] = TASKS_BY_STANDING
) -> dict[Standing, int]:
    return {each: view.count(index, standing_key(deployment_id, each)) for each in STANDINGS}


def _unheard(view: View, deployment_id: str, strays: frozenset[str]) -> int:
    """Tasks that wait for an agent which is away, to be started or to tell of their health."""
    found = 0
    for where in UNTOLD:
        for task in view.walk(TASKS_BY_STANDING, standing_key(deployment_id, where)):
            instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
            is_away = instance is None or not instance.agent_connected
            found += is_away and task.container_instance_arn not in strays
    return found


def _on_strays(view: View, service: Service, places: DaemonPlaces) -> list[Task]:
    return [
        task
        for arn in places.strays
        for task in view.find(LIVE_TASKS_BY_INSTANCE, arn)
        if task.service_arn == service.arn and standing(task) is not None
    ]


def _leave_out(
    task: Task,
    primary_id: str,
    counts: _Counts,
    healthy_before: datetime,
    graced_after: datetime,
) -> None:
    """Take a task out of the numbers: it is on an instance that the service does not count."""
    where = standing(task)
    serves = where in SERVING
    since = running_since(task)
    is_healthy = where == "HEALTHY" or (where == "RUNNING" and since <= healthy_before)
    if task.started_by != primary_id:
        counts.protected -= task.protection_enabled
        counts.protected_healthy -= task.protection_enabled and is_healthy
        counts.leaving -= serves and not task.protection_enabled
        counts.idle -= not (serves or task.protection_enabled)
        return
    if where == "UNHEALTHY" and since <= graced_after:
        counts.unhealthy -= 1
        return
    counts.current -= 1
    counts.current_healthy -= is_healthy
