"""Tasks of a deployment fail, and it is counted: for the throttle and for the circuit breaker."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_tasks import (
    FAILED_STARTS,
    STANDINGS,
    TASKS_BY_STANDING,
    standing_key,
)
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules import service_events, throttle
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

FAILURES_COUNTED_AT_ONCE_MAX = 100


def count_failed_starts(tx: Tx, call: Call, service: Service, deployment_id: str = "") -> Service:
    """Take note of tasks of a deployment that never reached RUNNING, and wait longer.

    deployment_id: the PRIMARY one's if it is not said. The throttle counts them always, the circuit
    breaker only while none of the deployment's tasks is RUNNING.
    """
    deployment = _the_deployment(service, deployment_id)
    failed = list(islice(tx.walk(FAILED_STARTS, deployment.id), FAILURES_COUNTED_AT_ONCE_MAX))
    for task in failed:
        tx.put(TASKS, msgspec.structs.replace(task, is_failure_counted=True))
    failed_starts = deployment.failed_starts + len(failed)
    wait = timedelta(seconds=throttle.wait_seconds(failed_starts, service.desired_count))
    service = _with_deployment(
        service,
        deployment,
        failed_starts=failed_starts,
        next_try_at=call.now + wait,
        **_failure(tx, call, deployment, 0 if _has_running(tx, deployment) else len(failed)),
    )
    service = tx.put(SERVICES, msgspec.structs.replace(service, is_steady=False))
    since = service.throttled_since
    if throttle.is_announced(failed_starts, service.desired_count) and (
        since is None or call.now - since >= service_events.REPEATED_AFTER
    ):
        service = msgspec.structs.replace(service, throttled_since=call.now)
        service = announce(tx, call, service, service_events.throttled(service.name))
    return service


def count_unhealthy(
    tx: Tx, call: Call, service: Service, deployment_id: str, count: int
) -> Service:
    """Take note of tasks of a deployment that are stopped because they failed health checks."""
    deployment = _the_deployment(service, deployment_id)
    failure = _failure(tx, call, deployment, count)
    return tx.put(SERVICES, _with_deployment(service, deployment, **failure))


def forgive_failures(tx: Tx, call: Call, service: Service, deployment_id: str = "") -> Service:
    """A task of the deployment reached RUNNING: failed starts before it do not count.

    What the circuit breaker counted stays until a task is healthy: `reset_failed_tasks`.
    """
    deployment = _the_deployment(service, deployment_id)
    service = _with_deployment(
        service, deployment, failed_starts=0, next_try_at=None, updated_at=call.now
    )
    return tx.put(SERVICES, msgspec.structs.replace(service, throttled_since=None))


def reset_failed_tasks(tx: Tx, call: Call, service: Service, deployment_id: str) -> Service:
    """A task of the deployment became healthy: the circuit breaker counts from the start again."""
    deployment = _the_deployment(service, deployment_id)
    return tx.put(
        SERVICES, _with_deployment(service, deployment, failed_tasks=0, updated_at=call.now)
    )


def _failure(tx: Tx, call: Call, deployment: Deployment, count: int) -> dict[str, Any]:
    """The fields that `count` more failures change, for the circuit breaker."""
    return {
        "failed_tasks": deployment.failed_tasks + count,
        "failed_at": call.now,
        "healthy_when_failed": _healthy_standings(tx, deployment.id, call.now),
        "updated_at": call.now,
    }


def _healthy_standings(view: View, deployment_id: str, now: datetime) -> int:
    """How many tasks of the deployment count as healthy, wherever they run."""
    before = now - timedelta(seconds=tuning(view).healthy_after_running_seconds)
    running = standing_key(deployment_id, "RUNNING")
    young = view.count_after(TASKS_BY_STANDING, running, before)
    healthy = view.count(TASKS_BY_STANDING, standing_key(deployment_id, "HEALTHY"))
    return view.count(TASKS_BY_STANDING, running) - young + healthy


def _has_running(view: View, deployment: Deployment) -> bool:
    return any(
        view.count(TASKS_BY_STANDING, standing_key(deployment.id, each))
        for each in STANDINGS
        if each != "PENDING"
    )


def _the_deployment(service: Service, deployment_id: str) -> Deployment:
    """The deployment of this id; the PRIMARY one for an empty id."""
    if not deployment_id:
        return service.deployments[0]
    return next(each for each in service.deployments if each.id == deployment_id)


def _with_deployment(service: Service, deployment: Deployment, **changes: Any) -> Service:
    changed = msgspec.structs.replace(deployment, **changes)
    return msgspec.structs.replace(
        service,
        deployments=tuple(
            changed if each.id == deployment.id else each for each in service.deployments
        ),
    )
