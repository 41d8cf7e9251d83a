"""Deployments of a service begin, complete, fail to start tasks and go.

Invariant: a service that is not INACTIVE has exactly one PRIMARY deployment, and it is the first.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_tasks import (
    FAILED_STARTS,
    STANDINGS,
    TASKS_BY_STANDING,
    standing_key,
)
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules import service_events, throttle
from roadstead.ecs.rules.deployment.stages import Stage, course
from roadstead.ecs.rules.fleets import share_of
from roadstead.ecs.transitions import service_deployments
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.service_revisions import create_revision
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

FAILURES_COUNTED_AT_ONCE_MAX = 100


def start_deployment(tx: Tx, call: Call, service: Service) -> Service:
    """Roll out the service as it is now: a new PRIMARY deployment, the former one becomes ACTIVE.

    Waits and complaints about the former one end with it, and its record if it was under way.
    """
    former_record = tx.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    if former_record is not None:
        service_deployments.supersede(tx, call, former_record, service)
    service = _with_revisions(tx, call, service)
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
    revision = create_revision(tx, call, service, primary)
    primary = msgspec.structs.replace(primary, service_revision_arn=revision.arn)
    former = tuple(
        msgspec.structs.replace(each, status="ACTIVE", next_try_at=None)
        for each in service.deployments
    )
    service = msgspec.structs.replace(service, deployments=(primary, *former))
    service = msgspec.structs.replace(
        _with_record(tx, call, service),
        is_steady=False,
        waiting_reason="",
        waiting_since=None,
        blocked_since=None,
        throttled_since=None,
    )
    stages = course(service.deployment_configuration)
    return tx.put(SERVICES, share_out(service, stages[0]))


def adopt_deployment(tx: Tx, call: Call, service: Service) -> Service:
    """Give the PRIMARY deployment, begun before there were any, its revision and its record."""
    return tx.put(SERVICES, _with_record(tx, call, _with_revisions(tx, call, service)))


def complete_deployment(
    tx: Tx, call: Call, service: Service, *, keeps_older: bool = False
) -> Service:
    """The PRIMARY deployment's tasks are all there and healthy, and no other is left.

    keeps_older: others are still left, and go later (DEFERRED). One that FAILED stays so.
    """
    primary = service.deployments[0]
    if primary.rollout_state == "FAILED":
        return service
    record = tx.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    if record is not None:
        is_back = record.status == "ROLLBACK_IN_PROGRESS"
        status = "ROLLBACK_SUCCESSFUL" if is_back else "SUCCESSFUL"
        service_deployments.finish(tx, call, record, service, status)
    done = msgspec.structs.replace(
        primary,
        rollout_state="COMPLETED",
        rollout_state_reason=f"ECS deployment {primary.id} completed.",
        desired_count=service.desired_count,
        scale_percent=None,
        updated_at=call.now,
    )
    older = service.deployments[1:] if keeps_older else ()
    former_revision_arn = service.completed_revision_arn
    service = msgspec.structs.replace(
        service,
        deployments=(done, *older),
        service_deployment_arn="",
        completed_revision_arn=primary.service_revision_arn,
    )
    message = service_events.deployment_completed(service.name, primary.id)
    service = announce(tx, call, service, message)
    service_deployments.forget_unused_revision(tx, service.arn, former_revision_arn)
    return service


def source_deployment(service: Service) -> Deployment | None:
    """What the PRIMARY deployment replaces: the last that was completed, else the one before."""
    older = service.deployments[1:]
    for each in older:
        if each.service_revision_arn and each.service_revision_arn == (
            service.completed_revision_arn
        ):
            return each
    return older[0] if older else None


def share_out(service: Service, stage: Stage) -> Service:
    """The service with its deployments' shares as a stage wants them; not stored."""
    source = source_deployment(service)
    shares = [stage.target_percent]
    for each in service.deployments[1:]:
        is_source = source is not None and each.id == source.id
        shares.append(stage.source_percent if is_source or stage.source_percent is None else 0.0)
    return with_shares(service, shares)


def with_shares(service: Service, shares: Sequence[float | None]) -> Service:
    """The service with a share for each of its deployments; not stored."""
    return with_desired_counts(
        msgspec.structs.replace(
            service,
            deployments=tuple(
                msgspec.structs.replace(each, scale_percent=share)
                for each, share in zip(service.deployments, shares, strict=True)
            ),
        )
    )


def with_desired_counts(service: Service) -> Service:
    """The service with its deployments wanting what its desired count makes them; not stored."""
    found = []
    for each in service.deployments:
        if each.scale_percent is not None:
            count = share_of(service.desired_count, each.scale_percent)
        elif each.status == "PRIMARY":
            count = service.desired_count
        else:
            count = each.desired_count
        found.append(msgspec.structs.replace(each, desired_count=count))
    return msgspec.structs.replace(service, deployments=tuple(found))


def _with_record(tx: Tx, call: Call, service: Service) -> Service:
    """The service with a record that its PRIMARY deployment begins; the service is not stored."""
    primary, *older = service.deployments
    record = service_deployments.open_record(tx, call, service, primary, tuple(older))
    primary = msgspec.structs.replace(primary, service_deployment_arn=record.arn)
    return msgspec.structs.replace(
        service, deployments=(primary, *older), service_deployment_arn=record.arn
    )


def _with_revisions(tx: Tx, call: Call, service: Service) -> Service:
    """The service with a revision for each deployment that began before there were any."""
    found = []
    completed = service.completed_revision_arn
    for each in service.deployments:
        if each.service_revision_arn:
            found.append(each)
            continue
        revision = create_revision(tx, call, service, each)
        found.append(msgspec.structs.replace(each, service_revision_arn=revision.arn))
        if each.rollout_state == "COMPLETED":
            completed = completed or revision.arn
    return msgspec.structs.replace(
        service, deployments=tuple(found), completed_revision_arn=completed
    )


def drop_deployments(tx: Tx, service: Service, deployment_ids: Collection[str]) -> Service:
    """Remove ACTIVE deployments that have no task left."""
    kept = tuple(each for each in service.deployments if each.id not in deployment_ids)
    assert kept[0].status == "PRIMARY", "the PRIMARY deployment was to be dropped"
    return tx.put(SERVICES, msgspec.structs.replace(service, deployments=kept))


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
        "healthy_when_failed": healthy_standings(tx, deployment.id, call.now),
        "updated_at": call.now,
    }


def healthy_standings(view: View, deployment_id: str, now: datetime) -> int:
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
