"""Deployments of a service begin, complete and go.

Invariant: a service that is not INACTIVE has exactly one PRIMARY deployment, and it is the first.
"""

from collections.abc import Collection

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.deployment.shares import share_out
from roadstead.ecs.rules.deployment.stages import course
from roadstead.ecs.transitions import service_deployments
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.service_revisions import create_revision
from roadstead.state.plans import Call
from roadstead.state.view import Tx


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
    revision = create_revision(
        tx, call, service, primary, service.load_balancers, service.service_registries
    )
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
