"""The only writer of the records of service deployments: what became of each rollout."""

from datetime import timedelta
from typing import Any

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_deployment import (
    DEPLOYMENTS_BY_SERVICE,
    SERVICE_DEPLOYMENTS,
    HookRun,
    ServiceDeployment,
    SourceRevision,
)
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.rules.deployment import circuit_breaker, rollback_reasons
from roadstead.ecs.rules.deployment.hooks import pause_hooks
from roadstead.ecs.rules.deployment.stages import Stage
from roadstead.ecs.rules.deployment.status import SUPERSEDED, is_final, may_follow
from roadstead.ecs.transitions.service_revisions import forget_revisions
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_BEFORE_RUNNING = ("PROVISIONING", "PENDING", "ACTIVATING")
_ID_CHARACTERS = 21


def open_record(
    tx: Tx, call: Call, service: Service, target: Deployment, sources: tuple[Deployment, ...]
) -> ServiceDeployment:
    """The record of a deployment that begins, PENDING. target: the new PRIMARY deployment."""
    cluster = last_part(service.cluster_arn)
    identifier = call.ids.token()[:_ID_CHARACTERS]
    return tx.put(
        SERVICE_DEPLOYMENTS,
        ServiceDeployment(
            arn=call.arn("ecs", f"service-deployment/{cluster}/{service.name}/{identifier}"),
            service_arn=service.arn,
            cluster_arn=service.cluster_arn,
            deployment_id=target.id,
            created_at=call.now,
            updated_at=call.now,
            source_revisions=tuple(revision_counts(tx, service, each) for each in sources),
            target_revision_arn=target.service_revision_arn,
            target_task_count=service.desired_count,
            deployment_configuration=service.deployment_configuration,
        ),
    )


def revision_counts(view: View, service: Service, deployment: Deployment) -> SourceRevision:
    """A deployment's revision with its tasks in numbers."""
    counts = view.projection(TaskCounts)
    running = counts.of_deployment(deployment.id, "RUNNING")
    pending = sum(counts.of_deployment(deployment.id, each) for each in _BEFORE_RUNNING)
    if deployment.scale_percent is not None or deployment.id == service.deployments[0].id:
        requested = deployment.desired_count
    else:
        requested = running + pending
    return SourceRevision(
        arn=deployment.service_revision_arn,
        requested_task_count=requested,
        running_task_count=running,
        pending_task_count=pending,
    )


def move(
    tx: Tx, call: Call, record: ServiceDeployment, status: str, **changes: Any
) -> ServiceDeployment:
    """Give the record another status, which the table of moves must allow."""
    assert may_follow(record.status, status), f"{record.arn}: {record.status} → {status}"
    if is_final(status):
        changes["finished_at"] = call.now
        if status == "STOPPED":
            changes["stopped_at"] = call.now
    return _changed(tx, call, record, status=status, **changes)


def begin(tx: Tx, call: Call, record: ServiceDeployment, service: Service) -> ServiceDeployment:
    """PENDING is over: tasks may start, and the circuit breaker looks on."""
    configuration = service.deployment_configuration
    is_watched = circuit_breaker.is_enabled(configuration)
    return move(
        tx,
        call,
        record,
        "IN_PROGRESS",
        started_at=call.now,
        breaker_status="MONITORING" if is_watched else "DISABLED",
    )


def finish(
    tx: Tx, call: Call, record: ServiceDeployment, service: Service, status: str, **changes: Any
) -> ServiceDeployment:
    """The deployment has ended so; its last numbers are kept."""
    if record.status == "PENDING" and status == "SUCCESSFUL":
        record = begin(tx, call, record, service)
    configuration = service.deployment_configuration
    if record.breaker_status == "MONITORING":
        changes.setdefault("breaker_status", "MONITORING_COMPLETE")
    if record.breaker_status != "TRIGGERED" and service.deployments:
        changes.setdefault("failure_count", service.deployments[0].failed_tasks)
    if not record.breaker_threshold:
        changes["breaker_threshold"] = circuit_breaker.failure_threshold(
            configuration, service.desired_count
        )
    by_arn = {each.service_revision_arn: each for each in service.deployments}
    gone = msgspec.structs.replace
    return move(
        tx,
        call,
        record,
        status,
        target_task_count=service.desired_count,
        target_running_count=_running(tx, by_arn.get(record.target_revision_arn)),
        source_revisions=tuple(
            revision_counts(tx, service, by_arn[each.arn])
            if each.arn in by_arn
            else gone(each, requested_task_count=0, running_task_count=0, pending_task_count=0)
            for each in record.source_revisions
        ),
        **changes,
    )


def supersede(
    tx: Tx,
    call: Call,
    record: ServiceDeployment,
    service: Service,
    reason: str = rollback_reasons.SUPERSEDED,
) -> None:
    """The deployment ends before its time: a newer one takes its place, or its service goes."""
    after = SUPERSEDED.get(record.status)
    if after is None:
        return
    if is_final(after):
        finish(tx, call, record, service, after, status_reason=reason)
    else:
        move(tx, call, record, after, status_reason=reason)


def finish_stop(tx: Tx, call: Call, record: ServiceDeployment, service: Service) -> None:
    """STOP_REQUESTED is over: nothing of the deployment is under way any more."""
    finish(tx, call, record, service, "STOPPED", failure_count=record.failure_count)


def trip(
    tx: Tx, call: Call, record: ServiceDeployment, failure_count: int, threshold: int
) -> ServiceDeployment:
    """Too many tasks have failed: the circuit breaker has noticed."""
    return _changed(
        tx,
        call,
        record,
        breaker_status="TRIGGERED",
        failure_count=failure_count,
        breaker_threshold=threshold,
    )


def request_rollback(tx: Tx, call: Call, record: ServiceDeployment) -> ServiceDeployment:
    """Somebody wants the deployment taken back; one that is on its way back stays as it is."""
    if record.status not in ("PENDING", "IN_PROGRESS"):
        return record
    return move(tx, call, record, "ROLLBACK_REQUESTED", is_rollback_requested=True)


def configuration_of(service: Service, record: ServiceDeployment) -> dict[str, Any]:
    """What the deployment goes by: the service's configuration, while the strategy is the same."""
    begun_with, now_with = record.deployment_configuration, service.deployment_configuration
    is_same = (begun_with.get("strategy") or "ROLLING") == (now_with.get("strategy") or "ROLLING")
    return now_with if is_same else begun_with


def enter(
    tx: Tx, call: Call, record: ServiceDeployment, service: Service, stage: Stage
) -> ServiceDeployment:
    """The deployment reaches a stage; the hooks of the stage begin to wait."""
    runs = tuple(
        HookRun(
            hook_id=f"ecs-pause-{call.ids.uuid()}",
            stage=stage.name,
            target_type="PAUSE",
            started_at=call.now,
            expires_at=call.now + timedelta(minutes=hook.timeout_minutes),
            timeout_action=hook.timeout_action,
        )
        for hook in pause_hooks(configuration_of(service, record))
        if stage.name in hook.stages
    )
    is_scaled = stage.name not in ("RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP")
    return _changed(
        tx,
        call,
        record,
        lifecycle_stage=stage.name,
        stage_since=call.now,
        stage_step=stage.step,
        production_percent=stage.production_percent,
        test_percent=stage.test_percent,
        hooks=record.hooks + runs,
        healthy_since=record.healthy_since or (call.now if is_scaled else None),
    )


def end_hook(
    tx: Tx, call: Call, record: ServiceDeployment, hook_id: str, status: str
) -> ServiceDeployment:
    """A hook that waits has SUCCEEDED, FAILED or TIMED_OUT."""
    return _changed(
        tx,
        call,
        record,
        hooks=tuple(
            msgspec.structs.replace(each, status=status) if each.hook_id == hook_id else each
            for each in record.hooks
        ),
    )


def forget_deployment(tx: Tx, record: ServiceDeployment) -> None:
    """Remove a deployment that has ended, and its revision if the service does not use it."""
    tx.delete(SERVICE_DEPLOYMENTS, record.arn)
    forget_unused_revision(tx, record.service_arn, record.target_revision_arn)


def forget_unused_revision(tx: Tx, service_arn: str, revision_arn: str) -> None:
    """Remove a revision that neither the service nor one of its deployments' records names."""
    if tx.count(DEPLOYMENTS_BY_SERVICE, revision_arn):
        return
    service = tx.get(SERVICES, service_arn)
    if service is not None:
        used = {each.service_revision_arn for each in service.deployments}
        if revision_arn == service.completed_revision_arn or revision_arn in used:
            return
    tx.delete(SERVICE_REVISIONS, revision_arn)


def forget_deployments(tx: Tx, service_arn: str) -> None:
    """Remove all deployments and revisions of a service."""
    for record in tx.find(DEPLOYMENTS_BY_SERVICE, service_arn):
        tx.delete(SERVICE_DEPLOYMENTS, record.arn)
    forget_revisions(tx, service_arn)


def _running(view: View, deployment: Deployment | None) -> int:
    if deployment is None:
        return 0
    return view.projection(TaskCounts).of_deployment(deployment.id, "RUNNING")


def _changed(tx: Tx, call: Call, record: ServiceDeployment, **changes: Any) -> ServiceDeployment:
    return tx.put(
        SERVICE_DEPLOYMENTS, msgspec.structs.replace(record, updated_at=call.now, **changes)
    )
