"""Availability Zone rebalancing of a service begins, moves tasks, ends, and says what hinders it.

Invariant: `extra` names only tasks that the service has beyond its desired count because of this.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.service import SERVICES, Rebalancing, Service
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.rebalancing import Shift
from roadstead.ecs.rules.stop_codes import SCHEDULER_INITIATED
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.service_tasks import start_tasks_in_zone
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def begin_rebalancing(
    tx: Tx, call: Call, service: Service, tasks_by_zone: Mapping[str, int]
) -> Service:
    """Say that the service's tasks are to be moved between zones."""
    service = _with(
        service,
        is_active=True,
        deployment_id=service.deployments[0].id,
        desired_count=service.desired_count,
        extra=(),
        retry_at=None,
    )
    service = msgspec.structs.replace(service, is_steady=False)
    return announce(
        tx, call, service, service_events.rebalancing_started(service.name, tasks_by_zone)
    )


def start_extra_tasks(tx: Tx, call: Call, service: Service, shifts: Mapping[Shift, int]) -> Service:
    """Start a task in the emptier zone for each that is to be moved, as far as there are places."""
    deployment = service.deployments[0]
    extra = list(rebalancing_of(service).extra)
    cluster = service.cluster_arn.replace(":cluster/", ":task/", 1)
    for taker in sorted({taker for _, taker in shifts}):
        givers = [
            giver
            for (giver, zone), count in sorted(shifts.items())
            if zone == taker
            for _ in range(count)
        ]
        started = start_tasks_in_zone(tx, call, service, deployment, len(givers), taker)
        if not started:
            continue
        extra += [
            (f"{cluster}/{task_id}", giver) for task_id, giver in zip(started, givers, strict=False)
        ]
        said = service_events.started_to_rebalance(service.name, taker, started)
        service = announce(tx, call, service, said)
    service = _with(service, extra=tuple(extra))
    return tx.put(SERVICES, msgspec.structs.replace(service, is_steady=False))


def stop_moved_tasks(
    tx: Tx, call: Call, service: Service, task_arns: tuple[str, ...], *, reason: str
) -> Service:
    """The extra tasks serve: stop these, which they stand in for. reason: their stoppedReason."""
    by_zone: dict[str, list[str]] = {}
    for arn in task_arns:
        task = tx.must(TASKS, arn)
        stop_task(tx, call, task, reason=reason, stop_code=SCHEDULER_INITIATED)
        by_zone.setdefault(task.availability_zone, []).append(last_part(arn))
    service = _with(service, extra=())
    for zone, task_ids in by_zone.items():
        said = service_events.stopped_to_rebalance(service.name, zone, task_ids)
        service = announce(tx, call, service, said)
    return tx.put(SERVICES, service)


def complete_rebalancing(
    tx: Tx, call: Call, service: Service, tasks_by_zone: Mapping[str, int]
) -> Service:
    """The zones are balanced."""
    service = _with(service, is_active=False, extra=(), told_stuck_at=None, told_full={})
    return announce(
        tx, call, service, service_events.rebalancing_completed(service.name, tasks_by_zone)
    )


def stop_rebalancing(tx: Tx, call: Call, service: Service, retry_at: Any = None) -> Service:
    """Something else goes first, or it cannot go on: extra tasks become ordinary ones."""
    service = _with(service, is_active=False, extra=(), retry_at=retry_at)
    return announce(tx, call, service, service_events.rebalancing_stopped(service.name))


def note_full_zone(tx: Tx, call: Call, service: Service, zone: str, cause: str) -> Service:
    """Say that a zone with too few tasks has no place for one."""
    told = {**rebalancing_of(service).told_full, zone: call.now}
    said = service_events.unplaceable_in_zone(service.name, zone, cause)
    return announce(tx, call, _with(service, told_full=told), said)


def note_stuck(tx: Tx, call: Call, service: Service, count: int) -> Service:
    """Say that so many protected tasks are in zones that have too many."""
    said = service_events.unable_to_rebalance(service.name, service.deployments[0].id, count)
    return announce(tx, call, _with(service, told_stuck_at=call.now), said)


def rebalancing_of(service: Service) -> Rebalancing:
    """What is known of the service's rebalancing."""
    return service.rebalancing or Rebalancing()


def _with(service: Service, **changes: Any) -> Service:
    rebalancing = msgspec.structs.replace(rebalancing_of(service), **changes)
    return msgspec.structs.replace(service, rebalancing=rebalancing)
