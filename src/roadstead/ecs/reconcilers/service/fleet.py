"""One fleet of a service: what to stop and to start of it now.

Counts first (`counts`), decides by numbers (`rules.deployment.rolling`), and only then chooses
tasks (`choice`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from roadstead.ecs.reconcilers.service.actions import (
    AnnounceWaiting,
    RestoreTasks,
    StartTasks,
    StopTasks,
    StopUnhealthyTasks,
    StopWaiting,
)
from roadstead.ecs.reconcilers.service.choice import tasks_to_stop, unhealthy_to_stop
from roadstead.ecs.reconcilers.service.counts import count_tasks
from roadstead.ecs.reconcilers.service.failed_starts import failures
from roadstead.ecs.reconcilers.service.protections import complaint
from roadstead.ecs.reconcilers.service.survey import (
    Survey,
    after_stopping,
    next_health_at,
)
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.deployment.rolling import Moves, next_moves
from roadstead.ecs.rules.fleets import Fleet
from roadstead.ecs.rules.placement.choose import Placed
from roadstead.ecs.rules.service_events import REPEATED_AFTER
from roadstead.ecs.transitions.service_tasks import next_place, waiting_cause
from roadstead.state.plans import Action
from roadstead.state.view import View

STARTED_AT_ONCE_MAX = 50
STOPPED_AT_ONCE_MAX = 50
"""Tasks in one plan, so that an update stays within its 10 ms."""
WAITING_LOOKED_AT_AFTER = timedelta(seconds=60)
"""A service that waits for room is looked at so often even if nothing seems to change."""


class FleetPlan(msgspec.Struct, kw_only=True):
    """What one fleet wants done, in the order in which it is to be done."""

    found: Survey
    """As it will be once all is stopped, if all can be."""
    moves: Moves
    failures: list[Action]
    stops: list[Action]
    starts: list[Action]
    wakes: list[datetime | None]
    has_stopped_all: bool
    """Not more must be stopped than one plan takes."""
    stop_count: int = 0
    start_count: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of it moves."""
        return not (self.failures or self.stops)


class Room(msgspec.Struct):
    """How many tasks the plan may still start and stop."""

    starts: int = STARTED_AT_ONCE_MAX
    stops: int = STOPPED_AT_ONCE_MAX


def plan_fleet(
    view: View,
    service: Service,
    fleet: Fleet,
    draining: Iterable[Task],
    now: datetime,
    room: Room,
) -> FleetPlan:
    """What the fleet needs now. room: of the plan; what is used is taken from it."""
    found = count_tasks(view, service, fleet, draining, now)
    moves = next_moves(found.population)
    stops, stopped = _stops(view, service, found, moves, room.stops)
    room.stops -= len(stopped)
    has_stopped_all = len(stopped) == moves.stops
    counted, tries_at = failures(view, service, fleet.target, now)
    plan = FleetPlan(
        found=found,
        moves=moves,
        failures=counted,
        stops=stops,
        starts=[],
        wakes=[tries_at],
        has_stopped_all=has_stopped_all,
    )
    if moves.start and has_stopped_all and tries_at is None:
        _add_starts(view, service, plan, now, room)
    elif fleet.waiting_reason and not _is_missing(found):
        plan.starts = [StopWaiting(service.arn, _alone(fleet))]
    if moves.start_former and has_stopped_all:
        _add_restores(view, service, plan, now, room)  # the new revision comes first
    if moves.protected:
        said, told_again_at = complaint(service, fleet.target, moves.protected, now)
        plan.stops += said
        plan.wakes.append(told_again_at)
    plan.wakes.append(next_health_at(view, found, now))
    if has_stopped_all:
        plan.found = after_stopping(view, found, moves, stopped)
    return plan


def _is_missing(found: Survey) -> bool:
    return not found.fleet.is_failed and found.population.current < found.fleet.desired_count


def _alone(fleet: Fleet) -> str:
    return "" if fleet.is_rolling else fleet.target.id


def _stops(
    view: View, service: Service, found: Survey, moves: Moves, most: int
) -> tuple[list[Action], tuple[str, ...]]:
    """The tasks to stop, of all that must go as many as the plan takes."""
    actions: list[Action] = []
    chosen = tasks_to_stop(view, service, found, moves, most)
    if chosen:
        actions.append(StopTasks(service.arn, chosen, scaling_reason(found.fleet.target.id)))
    unhealthy = unhealthy_to_stop(view, found, moves, most - len(chosen))
    if unhealthy:
        actions.append(StopUnhealthyTasks(service.arn, unhealthy))
    return actions, chosen + unhealthy


def scaling_reason(deployment_id: str) -> str:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""
    return f"Scaling activity initiated by (deployment {deployment_id})"


def _add_starts(view: View, service: Service, plan: FleetPlan, now: datetime, room: Room) -> None:
    """Tasks to start, unless they are known to have no place; and when to ask for one again."""
    fleet, moves = plan.found.fleet, plan.moves
    target = fleet.target
    count = min(moves.start, room.starts)
    if (
        count <= 0
        or view.get(CLUSTERS, service.cluster_arn) is None
        or view.get(TASK_DEFINITIONS, target.task_definition_arn) is None
    ):
        return
    start = StartTasks(service.arn, target.id, count, moves.replaces_unhealthy)
    if fleet.waiting_reason and not plan.stops:
        place = next_place(view, service, target)
        if not isinstance(place, Placed):
            cause, closest_id = waiting_cause(place)
            since = fleet.waiting_since
            if cause != fleet.waiting_reason or since is None or now - since >= REPEATED_AFTER:
                said = AnnounceWaiting(service.arn, cause, closest_id, _alone(fleet))
                plan.starts.append(said)
            else:
                plan.wakes.append(now + WAITING_LOOKED_AT_AFTER)
            return
    plan.starts.append(start)
    room.starts -= count


def _add_restores(view: View, service: Service, plan: FleetPlan, now: datetime, room: Room) -> None:
    """Tasks of the former deployment to start, if there is a place; else when to ask again."""
    former_id = plan.found.former_id
    (former,) = (each for each in plan.found.fleet.older if each.id == former_id)
    count = min(plan.moves.start_former, room.starts)
    if count <= 0 or view.get(CLUSTERS, service.cluster_arn) is None:
        return
    if not isinstance(next_place(view, service, former), Placed):
        plan.wakes.append(now + WAITING_LOOKED_AT_AFTER)
        return
    plan.starts.append(RestoreTasks(service.arn, former.id, count))
    room.starts -= count
