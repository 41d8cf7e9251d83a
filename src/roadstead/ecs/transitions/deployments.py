"""Deployments of a service begin, complete, fail to start tasks and go.

Invariant: a service that is not INACTIVE has exactly one PRIMARY deployment, and it is the first.
"""

from collections.abc import Collection
from datetime import timedelta
from itertools import islice
from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_tasks import FAILED_STARTS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules import service_events, throttle
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.plans import Call
from roadstead.state.view import Tx

FAILURES_COUNTED_AT_ONCE_MAX = 100


def start_deployment(tx: Tx, call: Call, service: Service) -> Service:
    """Roll out the service as it is now: a new PRIMARY deployment, the former one becomes ACTIVE.

    Waits and complaints about the former one end with it.
    """
    identifier = f"ecs-svc/{call.ids.digits(19)}"
    primary = Deployment(
        id=identifier,
        task_definition_arn=service.task_definition_arn,
        desired_count=service.desired_count,
        rollout_state_reason=f"ECS deployment {identifier} in progress.",
        launch_type=service.launch_type,
        network_configuration=service.network_configuration,
        created_at=call.now,
        updated_at=call.now,
    )
    former = tuple(
        msgspec.structs.replace(each, status="ACTIVE", next_try_at=None)
        for each in service.deployments
    )
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            deployments=(primary, *former),
            is_steady=False,
            waiting_reason="",
            waiting_since=None,
            blocked_since=None,
            throttled_since=None,
        ),
    )


def complete_deployment(tx: Tx, call: Call, service: Service) -> Service:
    """The PRIMARY deployment's tasks are all there and healthy, and no other is left."""
    primary = service.deployments[0]
    done = msgspec.structs.replace(
        primary,
        rollout_state="COMPLETED",
        rollout_state_reason=f"ECS deployment {primary.id} completed.",
        updated_at=call.now,
    )
    service = msgspec.structs.replace(service, deployments=(done,))
    message = service_events.deployment_completed(service.name, primary.id)
    return announce(tx, call, service, message)


def drop_deployments(tx: Tx, service: Service, deployment_ids: Collection[str]) -> Service:
    """Remove ACTIVE deployments that have no task left."""
    kept = tuple(each for each in service.deployments if each.id not in deployment_ids)
    assert kept[0].status == "PRIMARY", "the PRIMARY deployment was to be dropped"
    return tx.put(SERVICES, msgspec.structs.replace(service, deployments=kept))


def count_failed_starts(tx: Tx, call: Call, service: Service) -> Service:
    """Take note of tasks of the PRIMARY deployment that never reached RUNNING, and wait longer."""
    primary = service.deployments[0]
    failed = list(islice(tx.walk(FAILED_STARTS, primary.id), FAILURES_COUNTED_AT_ONCE_MAX))
    for task in failed:
        tx.put(TASKS, msgspec.structs.replace(task, is_failure_counted=True))
    failed_tasks = primary.failed_tasks + len(failed)
    wait = timedelta(seconds=throttle.wait_seconds(failed_tasks, service.desired_count))
    service = _with_primary(
        service,
        failed_tasks=failed_tasks,
        failed_at=call.now,
        next_try_at=call.now + wait,
        updated_at=call.now,
    )
    service = tx.put(SERVICES, msgspec.structs.replace(service, is_steady=False))
    since = service.throttled_since
    if throttle.is_announced(failed_tasks, service.desired_count) and (
        since is None or call.now - since >= service_events.REPEATED_AFTER
    ):
        service = msgspec.structs.replace(service, throttled_since=call.now)
        service = announce(tx, call, service, service_events.throttled(service.name))
    return service


def forgive_failures(tx: Tx, call: Call, service: Service) -> Service:
    """A task of the PRIMARY deployment reached RUNNING: failures before it do not count."""
    service = _with_primary(
        service, failed_tasks=0, failed_at=None, next_try_at=None, updated_at=call.now
    )
    return tx.put(SERVICES, msgspec.structs.replace(service, throttled_since=None))


def _with_primary(service: Service, **changes: Any) -> Service:
    primary = msgspec.structs.replace(service.deployments[0], **changes)
    return msgspec.structs.replace(service, deployments=(primary, *service.deployments[1:]))
