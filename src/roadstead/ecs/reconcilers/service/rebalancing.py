"""Availability Zone rebalancing of one service: part of what the service reconciler looks at.

It begins only when the service is steady. Tasks are started where there are few; as soon as all of
them are healthy, as many are stopped where there are too many. Anything else that the service has
to do comes first and ends it; it begins again once the service is steady again.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from roadstead.ecs.reconcilers.service.choice import tasks_of_zone_to_stop
from roadstead.ecs.reconcilers.service.fleet import STARTED_AT_ONCE_MAX, FleetPlan, scaling_reason
from roadstead.ecs.reconcilers.service.rebalancing_actions import (
    AnnounceFullZone,
    AnnounceStuck,
    BeginRebalancing,
    CompleteRebalancing,
    StartExtraTasks,
    StopMovedTasks,
    StopRebalancing,
)
from roadstead.ecs.reconcilers.service.repeats import is_due
from roadstead.ecs.reconcilers.service.survey import is_healthy, next_health_at
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import Rebalancing, Service
from roadstead.ecs.records.service_tasks import PROTECTIONS_BY_END, standing
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.zone import EC2
from roadstead.ecs.rules.deployment.rolling import maximum_total
from roadstead.ecs.rules.fleets import has_shares
from roadstead.ecs.rules.network import zones_of
from roadstead.ecs.rules.placement.choose import Placed
from roadstead.ecs.rules.rebalancing import Shift, is_balanced, next_shifts
from roadstead.ecs.rules.service_parameters.rebalancing import why_not_rebalanced
from roadstead.ecs.transitions.rebalancing import rebalancing_of
from roadstead.ecs.transitions.service_tasks import next_place, waiting_cause
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.view import View

LOOKED_AT_AFTER = timedelta(seconds=60)
"""The zones of a steady service are compared so often: instances come and go without its doing."""
RETRIED_AFTER = timedelta(minutes=15)
"""After tasks that were to be moved failed. AWS gives neither number."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When a service of unknown age was made."""


def why_to_stop(service: Service, draining: Iterable[Task]) -> StopRebalancing | None:
    """What ends a rebalancing that goes on, before the service's tasks are counted."""
    now = rebalancing_of(service)
    why = ""
    if not _is_wanted(service) or has_shares(service):
        why = "the service is not rebalanced any more"
    elif now.deployment_id != service.deployments[0].id or len(service.deployments) > 1:
        why = "there is a deployment"
    elif now.desired_count != service.desired_count:
        why = "desiredCount is another"
    elif any(draining):
        why = "an instance drains"
    return StopRebalancing(service.arn, why) if why else None


def go_on(view: View, service: Service, plan: FleetPlan, now: datetime) -> Plan:
    """The next step of a rebalancing that goes on."""
    extra = rebalancing_of(service).extra
    tasks = [view.get(TASKS, arn) for arn, _ in extra]
    if any(task is None or standing(task) in (None, "UNHEALTHY") for task in tasks):
        retry_at = now + RETRIED_AFTER
        return Plan((StopRebalancing(service.arn, "a task that it started failed", retry_at),))
    if not plan.is_quiet or plan.starts or plan.moves.start:
        return Plan((StopRebalancing(service.arn, "the service has something else to do"),))
    if not extra:
        return _next_round(view, service, plan, now)
    if not all(is_healthy(task, plan.found) for task in tasks if task is not None):
        return Plan((), next_health_at(view, plan.found, now))
    moved = tuple(
        arn
        for zone, count in sorted(Counter(giver for _, giver in extra).items())
        for arn in tasks_of_zone_to_stop(
            view, service, plan.found, zone, count, kept=frozenset(arn for arn, _ in extra)
        )
    )
    if not moved:
        retry_at = now + RETRIED_AFTER
        return Plan((StopRebalancing(service.arn, "its tasks may not be stopped", retry_at),))
    reason = scaling_reason(service.deployments[0].id)
    return Plan((StopMovedTasks(service.arn, moved, reason),))


def begin(view: View, service: Service, plan: FleetPlan, now: datetime) -> Plan:
    """Whether to begin, for a service that is steady; and when to ask again."""
    if not _is_wanted(service) or has_shares(service):
        return SETTLED
    retry_at = rebalancing_of(service).retry_at
    if retry_at is not None and retry_at > now:
        return Plan((), retry_at)
    tasks_by_zone = _tasks_by_zone(view, service)
    shifts, notes = _shifts(view, service, plan, tasks_by_zone, now)
    actions: list[Action] = [*notes]
    if shifts:
        actions.append(BeginRebalancing(service.arn, tasks_by_zone))
        actions.append(StartExtraTasks(service.arn, shifts))
    return Plan(tuple(actions), next_comparison(service, now))


def next_comparison(service: Service, now: datetime) -> datetime:
    """When the zones of a steady service are compared next: whole minutes after it was made.

    Not a minute after the last look, of which no record tells: so a plan, and whoever becomes
    leader, know the moment too.
    """
    since = service.created_at or _LONG_AGO
    return since + ((now - since) // LOOKED_AT_AFTER + 1) * LOOKED_AT_AFTER


def is_to_be_balanced(view: View, service: Service) -> bool:
    """Whether the service's zones are not balanced, and will be as soon as there is room."""
    if not _is_wanted(service) or has_shares(service):
        return False
    return not is_balanced(_tasks_by_zone(view, service))


def _next_round(view: View, service: Service, plan: FleetPlan, now: datetime) -> Plan:
    tasks_by_zone = _tasks_by_zone(view, service)
    if is_balanced(tasks_by_zone):
        return Plan((CompleteRebalancing(service.arn, tasks_by_zone),))
    shifts, notes = _shifts(view, service, plan, tasks_by_zone, now)
    if shifts:
        return Plan((*notes, StartExtraTasks(service.arn, shifts)))
    return Plan((*notes, StopRebalancing(service.arn, "no more tasks can be moved")))


def _is_wanted(service: Service) -> bool:
    return service.availability_zone_rebalancing == "ENABLED" and not why_not_rebalanced(service)


def _tasks_by_zone(view: View, service: Service) -> dict[str, int]:
    """The service's tasks in every zone that has one or has an instance that takes tasks.

    Where awsvpc tasks have no subnet, none of them can be.
    """
    reached = zones_of(view, scope_of(service.arn), service.deployments[0].network_configuration)
    capacity = view.projection(Capacity)
    group = capacity.group(service.cluster_arn, service.arn)
    found = {} if group is None else {zone.name: n for zone, n in group.by_zone.items()}
    for zone in capacity.zones(service.cluster_arn):
        is_reached = reached is None or zone.name in reached
        if is_reached and zone.name not in found and bool((zone.takes == EC2).any()):
            found[zone.name] = 0
    found.pop("", None)
    return dict(sorted(found.items()))


def _shifts(
    view: View,
    service: Service,
    plan: FleetPlan,
    tasks_by_zone: dict[str, int],
    now: datetime,
) -> tuple[dict[Shift, int], list[Action]]:
    """What to move now, and what is to be said of the zones that cannot give or take."""
    primary = service.deployments[0]
    notes: list[Action] = []
    if (
        is_balanced(tasks_by_zone)
        or view.get(CLUSTERS, service.cluster_arn) is None
        or view.get(TASK_DEFINITIONS, primary.task_definition_arn) is None
    ):
        return {}, notes
    said = rebalancing_of(service)
    tasks = plan.found.population
    room = maximum_total(service.desired_count, service.maximum_percent) - tasks.current
    most = min(room, STARTED_AT_ONCE_MAX)
    stuck = _protected_by_zone(view, service)
    full: set[str] = set()
    while True:
        shifts = next_shifts(tasks_by_zone, most, full=full, stuck=stuck)
        found_full = False
        for zone in sorted({taker for _, taker in shifts}):
            place = next_place(view, service, primary, zone)
            if not isinstance(place, Placed):
                full.add(zone)
                found_full = True
                if _is_to_be_said(said.told_full.get(zone), now):
                    cause, _ = waiting_cause(place)
                    notes.append(AnnounceFullZone(service.arn, zone, cause))
        if not found_full:
            break
    is_stuck = not shifts and stuck and next_shifts(tasks_by_zone, most, full=full)
    if is_stuck and _is_to_be_said(said.told_stuck_at, now):
        notes.append(AnnounceStuck(service.arn, sum(stuck.values())))
    return dict(shifts), notes


def _is_to_be_said(said_at: datetime | None, now: datetime) -> bool:
    return said_at is None or is_due(said_at, now)


def _protected_by_zone(view: View, service: Service) -> Counter[str]:
    if not view.count(PROTECTIONS_BY_END, service.arn):
        return Counter()
    return Counter(task.availability_zone for task in view.walk(PROTECTIONS_BY_END, service.arn))


def is_going_on(rebalancing: Rebalancing | None) -> bool:
    """Whether tasks of the service are being moved."""
    return rebalancing is not None and rebalancing.is_active
