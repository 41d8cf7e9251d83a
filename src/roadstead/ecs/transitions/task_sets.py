"""Task sets are created, scaled, made the primary one, found stable, drained and removed.

Each stands beside a deployment of the same id in its service, which is what the scheduler works on;
both are written here, together. Invariant: at most one is PRIMARY, and its deployment comes first.
"""

from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.task_set import TASK_SETS, TASK_SETS_BY_SERVICE, TaskSet
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.fleets import share_of
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.service_revisions import create_revision, forget_revision
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_task_set(tx: Tx, call: Call, service: Service, task_set: TaskSet) -> TaskSet:
    """Store a new task set, the deployment of its id in the service, and the revision of both."""
    deployment = Deployment(
        id=task_set.id,
        status=task_set.status,
        task_definition_arn=task_set.task_definition_arn,
        scale_percent=task_set.scale_percent,
        desired_count=share_of(service.desired_count, task_set.scale_percent),
        rollout_state="COMPLETED",  # nothing rolls out: whoever made the set watches over it
        launch_type=task_set.launch_type,
        network_configuration=task_set.network_configuration,
        created_at=call.now,
        updated_at=call.now,
    )
    revision = create_revision(
        tx, call, service, deployment, task_set.load_balancers, task_set.service_registries
    )
    deployment = msgspec.structs.replace(deployment, service_revision_arn=revision.arn)
    _put_deployments(tx, service, (*service.deployments, deployment))
    return tx.put(TASK_SETS, task_set)


def scale_task_set(
    tx: Tx, call: Call, service: Service, task_set: TaskSet, scale_percent: float
) -> TaskSet:
    """The set wants another share of the service's desired count."""
    if scale_percent == task_set.scale_percent:
        return task_set
    wanted = share_of(service.desired_count, scale_percent)
    service = _put_deployments(
        tx,
        service,
        tuple(
            msgspec.structs.replace(
                each, scale_percent=scale_percent, desired_count=wanted, updated_at=call.now
            )
            if each.id == task_set.id
            else each
            for each in service.deployments
        ),
    )
    if wanted != share_of(service.desired_count, task_set.scale_percent):
        announce(tx, call, service, service_events.desired_count_updated(wanted, task_set.arn))
    return tx.put(
        TASK_SETS,
        msgspec.structs.replace(task_set, scale_percent=scale_percent, updated_at=call.now),
    )


def make_primary(tx: Tx, call: Call, service: Service, task_set: TaskSet) -> TaskSet:
    """The set serves production: the service shows what it is made of. The former one is ACTIVE."""
    for other in tx.find(TASK_SETS_BY_SERVICE, service.arn):
        if other.status == "PRIMARY" and other.arn != task_set.arn:
            tx.put(TASK_SETS, msgspec.structs.replace(other, status="ACTIVE", updated_at=call.now))
    others = (
        msgspec.structs.replace(each, status="ACTIVE") if each.status == "PRIMARY" else each
        for each in service.deployments
        if each.id != task_set.id
    )
    (own,) = (each for each in service.deployments if each.id == task_set.id)
    _put_deployments(
        tx,
        service,
        (msgspec.structs.replace(own, status="PRIMARY"), *others),
        task_definition_arn=task_set.task_definition_arn,
        launch_type=task_set.launch_type,
        network_configuration=task_set.network_configuration,
        load_balancers=task_set.load_balancers,
        service_registries=task_set.service_registries,
    )
    if task_set.status == "PRIMARY":
        return task_set
    return tx.put(
        TASK_SETS, msgspec.structs.replace(task_set, status="PRIMARY", updated_at=call.now)
    )


def begin_task_set_deletion(tx: Tx, call: Call, service: Service, task_set: TaskSet) -> TaskSet:
    """The set wants no tasks any more; DRAINING until the last of them has ended."""
    task_set = scale_task_set(tx, call, service, task_set, 0.0)
    return tx.put(
        TASK_SETS, msgspec.structs.replace(task_set, status="DRAINING", updated_at=call.now)
    )


def note_stability(tx: Tx, call: Call, task_set: TaskSet, stability_status: str) -> None:
    """Remember whether the set has what it wants, and say so when it has."""
    tx.put(
        TASK_SETS,
        msgspec.structs.replace(
            task_set, stability_status=stability_status, stability_status_at=call.now
        ),
    )
    service = tx.get(SERVICES, task_set.service_arn)
    if service is not None and stability_status == "STEADY_STATE":
        said = service_events.task_set_steady(service.name, task_set.id, task_set.arn)
        announce(tx, call, service, said)


def drop_task_set(tx: Tx, task_set: TaskSet) -> None:
    """Remove a DRAINING set, whose last task has ended, its deployment and its revision."""
    assert task_set.status == "DRAINING", f"{task_set.arn} is removed without being drained"
    service = tx.get(SERVICES, task_set.service_arn)
    own = [each for each in service.deployments if each.id == task_set.id] if service else []
    if service is not None and own:
        left = tuple(each for each in service.deployments if each.id != task_set.id)
        _put_deployments(tx, service, left)
        forget_revision(tx, own[0].service_revision_arn)
    tx.delete(TASK_SETS, task_set.arn)


def drain_task_sets(tx: Tx, service: Service) -> None:
    """All sets of a service that is being deleted are DRAINING."""
    for task_set in tx.find(TASK_SETS_BY_SERVICE, service.arn):
        tx.put(TASK_SETS, msgspec.structs.replace(task_set, status="DRAINING"))


def forget_task_sets(tx: Tx, service: Service) -> None:
    """Remove the sets of a service that became INACTIVE."""
    for task_set in tx.find(TASK_SETS_BY_SERVICE, service.arn):
        tx.delete(TASK_SETS, task_set.arn)


def _put_deployments(
    tx: Tx, service: Service, deployments: tuple[Deployment, ...], **changes: Any
) -> Service:
    return tx.put(
        SERVICES,
        msgspec.structs.replace(service, deployments=deployments, is_steady=False, **changes),
    )
