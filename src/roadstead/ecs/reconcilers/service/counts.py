"""Counting a fleet's tasks: the numbers that the service reconciler decides by.

Counted from indexes, so the price does not grow with the number of tasks; only tasks on DRAINING
instances are looked at one by one.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.reconcilers.service.survey import (
    COMING,
    SERVING,
    Survey,
    edges,
    healthy_count,
    is_coming,
    is_healthy,
    is_sick,
    may_come,
    serves,
)
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_tasks import (
    FAILED_STARTS,
    PROTECTED_BY_STANDING,
    PROTECTIONS_BY_END,
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    standing_key,
)
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.deployment.rolling import Population
from roadstead.ecs.rules.fleets import Fleet
from roadstead.ecs.rules.placement.choose import Placed
from roadstead.ecs.transitions.service_tasks import next_place
from roadstead.state.records import Index
from roadstead.state.view import View


class _Counts(msgspec.Struct):
    """A fleet's tasks as they are being counted; the words are those of `Population`."""

    current: int = 0
    current_healthy: int = 0
    current_young: int = 0
    leaving: int = 0
    leaving_young: int = 0
    idle: int = 0
    unhealthy: int = 0
    coming: int = 0
    protected: int = 0
    protected_unready: int = 0
    protected_young: int = 0
    protected_leaving: int = 0
    protected_leaving_young: int = 0
    protected_idle: int = 0
    staying: int = 0
    staying_young: int = 0
    restorable: int = 0


def count_tasks(
    view: View, service: Service, fleet: Fleet, draining: Iterable[Task], now: datetime
) -> Survey:
    """The fleet's tasks in numbers, as of now. draining: those of the service."""
    healthy_before, graced_after = edges(view, service, now)
    former = former_deployment(fleet)
    target = fleet.target.id
    found = Survey(
        fleet=fleet,
        population=Population(desired_count=0),
        healthy_before=healthy_before,
        graced_after=graced_after,
        draining=tuple(
            task
            for task in draining
            if task.started_by == target or any(task.started_by == each.id for each in fleet.older)
        ),
        healthy_on_target=healthy_count(view, service, fleet.target, now),
        former_id="" if former is None else former.id,
        left_of_older={each.id: sum(_standings(view, each.id).values()) for each in fleet.older},
    )
    counts = _Counts()
    has_protected = view.count(PROTECTIONS_BY_END, service.arn) > 0
    _count_target(view, found, counts, has_protected=has_protected)
    for older in fleet.older:
        _count_older(view, found, older, counts, has_protected=has_protected)
    for task in found.draining:
        _move_draining(task, found, counts)
    return msgspec.structs.replace(
        found,
        population=Population(
            desired_count=fleet.desired_count,
            minimum_healthy_percent=fleet.minimum_healthy_percent,
            maximum_percent=fleet.maximum_percent,
            is_primary_held=counts.restorable > 0 and _is_held(view, service, fleet, now),
            is_failed=fleet.is_failed,
            **{name: getattr(counts, name) for name in counts.__struct_fields__},
        ),
    )


def _count_target(view: View, found: Survey, counts: _Counts, *, has_protected: bool) -> None:
    target = found.fleet.target.id
    of = _standings(view, target)
    sick = standing_key(target, "UNHEALTHY")
    counts.unhealthy = of["UNHEALTHY"] - view.count_after(
        TASKS_BY_STANDING, sick, found.graced_after
    )
    counts.current = sum(of.values()) - counts.unhealthy
    counts.current_healthy = found.healthy_on_target
    counts.current_young = _young(view, found, target)
    if has_protected:
        of = _standings(view, target, PROTECTED_BY_STANDING)
        graced = view.count_after(PROTECTED_BY_STANDING, sick, found.graced_after)
        counts.protected = sum(of.values()) - of["UNHEALTHY"] + graced
        counts.protected_young = _young(view, found, target, PROTECTED_BY_STANDING)
        counts.protected_unready = of["PENDING"] + of["CHECKING"] + graced + counts.protected_young


def _count_older(
    view: View, found: Survey, older: Deployment, counts: _Counts, *, has_protected: bool
) -> None:
    of = _standings(view, older.id)
    young, protected_young = _young(view, found, older.id), 0
    protected = dict.fromkeys(STANDINGS, 0)
    if has_protected:
        protected = _standings(view, older.id, PROTECTED_BY_STANDING)
        protected_young = _young(view, found, older.id, PROTECTED_BY_STANDING)
    serving = protected_serving = 0
    for where in SERVING:
        serving += of[where]
        protected_serving += protected[where]
    all_protected = sum(protected.values())
    counts.protected_leaving += protected_serving
    counts.protected_leaving_young += protected_young
    counts.protected_idle += all_protected - protected_serving
    if found.fleet.is_failed:
        counts.staying += serving - protected_serving
        counts.staying_young += young - protected_young
    else:
        counts.leaving += serving - protected_serving
        counts.leaving_young += young - protected_young
    coming = 0
    if may_come(found, older.id):
        coming = sum(of[where] - protected[where] for where in COMING)
        sick = standing_key(older.id, "UNHEALTHY")
        coming += view.count_after(TASKS_BY_STANDING, sick, found.graced_after)
        coming -= view.count_after(PROTECTED_BY_STANDING, sick, found.graced_after)
        coming -= sum(
            task.started_by == older.id and is_coming(task, found) and not task.protection_enabled
            for task in found.draining
        )
    total = sum(of.values())
    idle = total - all_protected - (serving - protected_serving) - coming
    counts.coming += coming
    counts.idle += idle
    if older.id == found.former_id:
        counts.restorable = _restorable(view, older, total - idle)


def _move_draining(task: Task, found: Survey, counts: _Counts) -> None:
    """A task on a DRAINING instance was counted as if it was not there: count it as one there."""
    is_protected = task.protection_enabled
    if task.started_by != found.fleet.target.id:
        if found.fleet.is_failed and not is_protected and serves(task):
            is_young = not is_healthy(task, found)
            counts.staying -= 1
            counts.staying_young -= is_young
            counts.leaving += 1
            counts.leaving_young += is_young
        return
    if is_sick(task, found):
        counts.unhealthy -= 1
        counts.idle += 1
        return
    is_young = serves(task) and not is_healthy(task, found)
    counts.current -= 1
    counts.current_young -= is_young
    if is_healthy(task, found):
        counts.current_healthy -= 1
    elif is_protected:
        counts.protected_unready -= 1
        counts.protected_young -= is_young
    if not is_protected:
        if serves(task):
            counts.leaving += 1
            counts.leaving_young += is_young
        else:
            counts.idle += 1
        return
    counts.protected -= 1
    if serves(task):
        counts.protected_leaving += 1
        counts.protected_leaving_young += is_young
    else:
        counts.protected_idle += 1


def _is_held(view: View, service: Service, fleet: Fleet, now: datetime) -> bool:
    """Whether the target can start nothing now: given up, after failed starts, or for no place.

    That it had no place is only believed after asking again: a task that just ended made room, and
    the new revision comes first.
    """
    target = fleet.target
    if fleet.is_failed or (target.next_try_at is not None and target.next_try_at > now):
        return True
    if not fleet.waiting_reason:
        return False
    if view.get(TASK_DEFINITIONS, target.task_definition_arn) is None:
        return True
    return not isinstance(next_place(view, service, target), Placed)


def _standings(
    view: View, deployment_id: str, index: Index[Task] = TASKS_BY_STANDING
) -> dict[Standing, int]:
    """How many of a deployment's tasks stand where."""
    return {each: view.count(index, standing_key(deployment_id, each)) for each in STANDINGS}


def _young(
    view: View, found: Survey, deployment_id: str, index: Index[Task] = TASKS_BY_STANDING
) -> int:
    """How many of a deployment's tasks are RUNNING, but too young to count as healthy."""
    return view.count_after(index, standing_key(deployment_id, "RUNNING"), found.healthy_before)


def former_deployment(fleet: Fleet) -> Deployment | None:
    """The newest deployment behind the target that was once completed."""
    return next((each for each in fleet.older if each.rollout_state == "COMPLETED"), None)


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
