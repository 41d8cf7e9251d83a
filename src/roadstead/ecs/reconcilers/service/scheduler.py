"""The service scheduler: keeps desiredCount tasks of the PRIMARY deployment, and nothing else.

A service is one fleet or several (`rules.fleets`); each is looked at by itself (`fleet`).
A plan starts and stops a bounded number of tasks; what is left is found again in the next look,
which the plan's own changes bring about.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from roadstead.ecs.reconcilers.service.actions import (
    EndProtection,
    FinishDeletion,
    StopTasks,
    StopWaiting,
)
from roadstead.ecs.reconcilers.service.choice import all_tasks
from roadstead.ecs.reconcilers.service.draining import draining_tasks
from roadstead.ecs.reconcilers.service.ends import ends
from roadstead.ecs.reconcilers.service.fleet import (
    STOPPED_AT_ONCE_MAX,
    FleetPlan,
    Room,
    plan_fleet,
    scaling_reason,
)
from roadstead.ecs.reconcilers.service.protections import (
    ending_protections,
    is_protected_anew,
)
from roadstead.ecs.reconcilers.service.rebalancing import begin, go_on, is_going_on, why_to_stop
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.seat import frees_room, holds_room
from roadstead.ecs.records.service import SERVICES, WAITING_SERVICES, Service
from roadstead.ecs.records.service_tasks import has_moved
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.fleets import fleets_of
from roadstead.ecs.rules.placement.wishes import wishes_of
from roadstead.ecs.rules.traffic import will_drain
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change
from roadstead.state.view import View


def keys(view: View) -> Iterable[str]:
    """Every service that is not INACTIVE."""
    return [service.arn for service in view.all(SERVICES) if service.status != "INACTIVE"]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service itself, a task's service, and whoever waits for the room that became free."""
    if change.table is SERVICES:
        return (change.arn,) if change.after is not None else ()
    if change.table is TASKS:
        return _affected_by_task(view, change.before, change.after)
    if change.table is CONTAINER_INSTANCES:
        return _affected_by_instance(view, change.before, change.after)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Start and stop tasks so that the service has desiredCount healthy ones, within its limits."""
    service = view.get(SERVICES, key)
    if service is None or service.status == "INACTIVE":
        return SETTLED
    if service.status == "DRAINING":
        return _delete(view, service)
    if service.scheduling_strategy == "DAEMON":
        return SETTLED
    fleets = fleets_of(service)
    if service.waiting_reason and not any(each.waiting_reason for each in fleets):
        return Plan((StopWaiting(key),))  # what waited is gone
    if not fleets:
        return SETTLED
    protection_ends_at, expired = ending_protections(view, service, now, most=STOPPED_AT_ONCE_MAX)
    if expired:
        return Plan((EndProtection(key, expired),))
    draining = draining_tasks(view, service)
    is_rebalancing = is_going_on(service.rebalancing)
    if is_rebalancing:
        stop = why_to_stop(service, draining)
        if stop is not None:
            return Plan((stop,))
    room = Room()
    plans = [plan_fleet(view, service, fleet, draining, now, room) for fleet in fleets]
    if is_rebalancing:
        plan = go_on(view, service, plans[0], now)
        return Plan(plan.actions, _earliest(plan.wake_at, protection_ends_at))
    plan = _joined(service, plans, protection_ends_at, now)
    if plan.actions or not service.is_steady:
        return plan
    balance = begin(view, service, plans[0], now)
    return Plan(balance.actions, _earliest(plan.wake_at, balance.wake_at))


def _joined(
    service: Service,
    plans: Sequence[FleetPlan],
    protection_ends_at: datetime | None,
    now: datetime,
) -> Plan:
    """The plans of all fleets, and what follows from them together."""
    end: list[Action] = []
    wakes = [protection_ends_at, *(wake for plan in plans for wake in plan.wakes)]
    if all(plan.has_stopped_all for plan in plans):
        was_steady = service.is_steady and all(plan.is_quiet for plan in plans)
        end, wake = ends(service, plans, now, was_steady=was_steady)
        wakes.append(wake)
    return Plan(
        (
            *(each for plan in plans for each in plan.failures),
            *(each for plan in plans for each in plan.stops),
            *(each for plan in plans for each in plan.starts),
            *end,
        ),
        _earliest(*wakes),
    )


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


def _delete(view: View, service: Service) -> Plan:
    """Stop all its tasks; INACTIVE once no connection of one of them is waited for any more."""
    arns = all_tasks(view, service, STOPPED_AT_ONCE_MAX + 1)
    actions: list[Action] = []
    if arns:
        reason = scaling_reason(service.deployments[0].id)
        actions.append(StopTasks(service.arn, arns[:STOPPED_AT_ONCE_MAX], reason))
    is_drained = not view.projection(TaskCounts).draining_of(service.arn) and not any(
        will_drain(view.must(TASKS, arn)) for arn in arns
    )
    if len(arns) <= STOPPED_AT_ONCE_MAX and is_drained:
        actions.append(FinishDeletion(service.arn))
    return Plan(tuple(actions))


def _affected_by_task(view: View, before: Task | None, after: Task | None) -> Iterable[str]:
    task = after or before
    assert task is not None
    concerned: list[str] = []
    if task.service_arn and _has_moved(before, after):
        concerned.append(task.service_arn)
    if frees_room(before, after):
        concerned += _waiting_in(view, task.cluster_arn)
    elif holds_room(after) and not holds_room(before):
        concerned += _waiting_for_company_in(view, task.cluster_arn)
    return concerned


def _has_moved(before: Task | None, after: Task | None) -> bool:
    return (
        before is None
        or after is None
        or has_moved(before, after)
        or before.started_at != after.started_at
        or is_protected_anew(before, after)
    )


def _affected_by_instance(
    view: View, before: ContainerInstance | None, after: ContainerInstance | None
) -> Iterable[str]:
    instance = after or before
    assert instance is not None
    concerned = _waiting_in(view, instance.cluster_arn)
    if before is not None and after is not None and before.status != after.status:
        tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        concerned += dict.fromkeys(task.service_arn for task in tasks if task.service_arn)
    return concerned


def _waiting_in(view: View, cluster_arn: str) -> list[str]:
    return [service.arn for service in view.find(WAITING_SERVICES, cluster_arn)]


def _waiting_for_company_in(view: View, cluster_arn: str) -> list[str]:
    """Those that wait and whose constraints ask what runs on an instance: a start may be it."""
    found = []
    for service in view.find(WAITING_SERVICES, cluster_arn):
        definition = view.get(TASK_DEFINITIONS, service.task_definition_arn)
        wishes = wishes_of(definition, service.placement_constraints)
        if any(query.asks_tasks for query in wishes.queries):
            found.append(service.arn)
    return found
