"""A deployment goes along its course, fails, and is taken back: its service and its record at once.

Invariant: the record that a service names is of its PRIMARY deployment, and is not final.
"""

from collections.abc import Sequence

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_deployment import (
    SERVICE_DEPLOYMENTS,
    Rollback,
    ServiceDeployment,
)
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.service_tasks import has_tasks_left
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.deployment import circuit_breaker, rollback_reasons
from roadstead.ecs.rules.deployment.rollback_reasons import Failure
from roadstead.ecs.rules.deployment.shares import (
    most_led_to,
    share_out,
    stale_deployments,
    with_shares,
)
from roadstead.ecs.rules.deployment.stages import Stage
from roadstead.ecs.transitions import service_deployments as records
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def begin_deployment(tx: Tx, call: Call, service: Service) -> ServiceDeployment:
    """The deployment under way is PENDING no more."""
    record = _record(tx, service)
    return records.begin(tx, call, record, service)


def enter_stages(tx: Tx, call: Call, service: Service, stages: Sequence[Stage]) -> Service:
    """The deployment under way passes these stages, and stays in the last."""
    record = _record(tx, service)
    for stage in stages:
        if record.lifecycle_stage == "RECONCILE_SERVICE":
            service = _without_stale(tx, service)
        service = share_out(service, stage)
        record = records.enter(tx, call, record, service, stage)
    return tx.put(SERVICES, service)


def fail_deployment(
    tx: Tx, call: Call, service: Service, failure: Failure, *, rolls_back: bool
) -> Service:
    """The deployment under way is given up; taken back, if there is something to go back to."""
    record = _record(tx, service)
    primary = service.deployments[0]
    said = service_events.deployment_failed(service.name, primary.id, failure.announced)
    service = announce(tx, call, service, said)
    if failure is rollback_reasons.CIRCUIT_BREAKER:
        threshold = circuit_breaker.failure_threshold(
            service.deployment_configuration, service.desired_count
        )
        record = records.trip(tx, call, record, primary.failed_tasks, threshold)
    back = _rolled_back_to(tx, call, service) if rolls_back else None
    if back is None:
        return _given_up(tx, call, service, record, failure)
    return _going_back(tx, call, service, record, failure, back)


def fail_rollback(tx: Tx, call: Call, service: Service, failure: Failure) -> Service:
    """What the deployment went back to fails too: there is nothing more to go back to."""
    record = _record(tx, service)
    primary = service.deployments[0]
    said = service_events.deployment_failed(service.name, primary.id, failure.announced)
    service = announce(tx, call, service, said)
    records.finish(tx, call, record, service, "ROLLBACK_FAILED", failure_count=record.failure_count)
    failed = _failed(call, primary, failure)
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service, deployments=(failed, *service.deployments[1:]), service_deployment_arn=""
        ),
    )


def stop_for_deletion(tx: Tx, call: Call, service: Service) -> Service:
    """The service is deleted: its deployment goes no further."""
    record = _record(tx, service)
    records.supersede(tx, call, record, service, rollback_reasons.SERVICE_DELETED)
    return tx.put(SERVICES, msgspec.structs.replace(service, service_deployment_arn=""))


def _rolled_back_to(tx: Tx, call: Call, service: Service) -> Deployment | None:
    """The deployment that a rollback makes PRIMARY: the last completed one, or one like it."""
    completed = service.completed_revision_arn
    revision = tx.get(SERVICE_REVISIONS, completed)
    if revision is None or tx.get(TASK_DEFINITIONS, revision.task_definition_arn) is None:
        return None
    if service.deployments[0].service_revision_arn == completed:
        return None
    for each in service.deployments[1:]:
        if each.service_revision_arn == completed:
            return each
    return Deployment(
        id=f"ecs-svc/{call.ids.digits(19)}",
        task_definition_arn=revision.task_definition_arn,
        service_revision_arn=completed,
        launch_type=revision.launch_type,
        network_configuration=revision.network_configuration,
        created_at=call.now,
    )


def _going_back(
    tx: Tx,
    call: Call,
    service: Service,
    record: ServiceDeployment,
    failure: Failure,
    back: Deployment,
) -> Service:
    has_shares = any(each.scale_percent is not None for each in service.deployments)
    primary = msgspec.structs.replace(
        back,
        status="PRIMARY",
        service_deployment_arn=record.arn,
        desired_count=service.desired_count,
        rollout_state="IN_PROGRESS",
        rollout_state_reason=failure.rolling_back_to(back.id),
        failed_tasks=0,
        failed_starts=0,
        next_try_at=None,
        updated_at=call.now,
    )
    failed = msgspec.structs.replace(
        _failed(call, service.deployments[0], failure), status="ACTIVE", next_try_at=None
    )
    others = tuple(each for each in service.deployments[1:] if each.id != back.id)
    deployments = (primary, failed, *others)
    revision = tx.must(SERVICE_REVISIONS, back.service_revision_arn)
    service = msgspec.structs.replace(
        service,
        deployments=deployments,
        task_definition_arn=primary.task_definition_arn,
        launch_type=primary.launch_type,
        network_configuration=primary.network_configuration,
        load_balancers=revision.load_balancers,
        service_registries=revision.service_registries,
        is_steady=False,
        waiting_reason="",
        waiting_since=None,
        blocked_since=None,
        throttled_since=None,
    )
    shares = [100.0, *(0.0 for _ in deployments[1:])] if has_shares else [None] * len(deployments)
    service = with_shares(service, shares)
    reason = failure.rolled_back()
    records.move(
        tx,
        call,
        record,
        "ROLLBACK_IN_PROGRESS",
        status_reason=reason,
        is_rollback_requested=False,
        production_percent=0.0,
        test_percent=0.0,
        rollback=Rollback(
            reason=reason, started_at=call.now, service_revision_arn=primary.service_revision_arn
        ),
    )
    return announce(tx, call, service, service_events.rolling_back(service.name, primary.id))


def _given_up(
    tx: Tx, call: Call, service: Service, record: ServiceDeployment, failure: Failure
) -> Service:
    """It starts no more tasks. Beside a source that keeps serving, it has none at all.

    That is the one that was completed last; where none ever was, the one that has the traffic.
    """
    deployments = service.deployments
    serving = service.completed_revision_arn
    if not serving and (led := most_led_to(service, deployments[1:])) is not None:
        serving = led.service_revision_arn
    sources = [
        each.scale_percent is not None and each.service_revision_arn == serving
        for each in deployments[1:]
    ]
    shares: list[float | None] = [None] * len(deployments)
    if any(sources):
        shares = [0.0, *(100.0 if is_source else 0.0 for is_source in sources)]
    primary = _failed(call, deployments[0], failure)
    service = msgspec.structs.replace(
        service, deployments=(primary, *deployments[1:]), service_deployment_arn=""
    )
    if record.status == "ROLLBACK_REQUESTED":
        records.finish(tx, call, record, service, "STOPPED", status_reason=failure.stopped())
    else:
        records.move(tx, call, record, "STOP_REQUESTED", status_reason=failure.stopped())
    return tx.put(SERVICES, with_shares(service, shares))


def _failed(call: Call, deployment: Deployment, failure: Failure) -> Deployment:
    return msgspec.structs.replace(
        deployment,
        rollout_state="FAILED",
        rollout_state_reason=failure.rollout_reason,
        updated_at=call.now,
    )


def _without_stale(view: View, service: Service) -> Service:
    """The service without the deployments that had to go before this one could begin.

    One that still has tasks stays: the stage is also left when another configuration has no such
    stage, and then its tasks go with those of the source.
    """
    stale = {each.id for each in stale_deployments(service) if not has_tasks_left(view, each.id)}
    return msgspec.structs.replace(
        service, deployments=tuple(each for each in service.deployments if each.id not in stale)
    )


def _record(view: View, service: Service) -> ServiceDeployment:
    return view.must(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
