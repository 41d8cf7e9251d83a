"""Services are created, changed and deleted.

Their deployments are written in `deployments`, their task sets in `task_sets`, their tasks started
and stopped in `service_tasks`; what the scheduler finds out about them is in `service_notes`.
"""

from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_tasks import has_tasks_left
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.deployment.shares import with_desired_counts
from roadstead.ecs.transitions.deployments import start_deployment
from roadstead.ecs.transitions.service_deployments import forget_deployments
from roadstead.ecs.transitions.service_events import announce, forget_events
from roadstead.ecs.transitions.task_sets import drain_task_sets, forget_task_sets
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_service(tx: Tx, call: Call, service: Service) -> Service:
    """Store a new service with its first deployment; an INACTIVE one of the name is replaced.

    One of the controller EXTERNAL has none: it waits for its task sets.
    """
    former = tx.get(SERVICES, service.arn)
    if former is not None:
        assert former.status == "INACTIVE", f"{service.arn} is created twice"
        forget_events(tx, former)
    if service.deployment_controller == "EXTERNAL":
        return tx.put(SERVICES, service)
    return start_deployment(tx, call, service)


def change_service(
    tx: Tx, call: Call, service: Service, *, deploy: bool, **changes: Any
) -> Service:
    """Write other fields of an ACTIVE service, and roll them out if `deploy`.

    Without a deployment those that there are go on towards the new desired count.
    """
    changed = msgspec.structs.replace(service, **changes)
    if changed == service and not deploy:
        return service
    is_rescaled = changed.desired_count != service.desired_count
    if deploy:
        changed = start_deployment(tx, call, changed)
    else:
        changed = tx.put(
            SERVICES,
            msgspec.structs.replace(
                changed,
                deployments=_rescaled(call, changed) if is_rescaled else service.deployments,
                is_steady=service.is_steady and not is_rescaled,
                blocked_since=None,
            ),
        )
    if not is_rescaled:
        return changed
    said = service_events.desired_count_updated(changed.desired_count)
    return announce(tx, call, changed, said)


def _rescaled(call: Call, service: Service) -> tuple[Deployment, ...]:
    """The deployments as the service's desired count makes them."""
    return tuple(
        after
        if after.desired_count == before.desired_count
        else msgspec.structs.replace(after, updated_at=call.now)
        for before, after in zip(
            service.deployments, with_desired_counts(service).deployments, strict=True
        )
    )


def begin_deletion(tx: Tx, service: Service) -> Service:
    """The service wants no tasks any more and starts none; DRAINING until they were stopped."""
    drain_task_sets(tx, service)
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            status="DRAINING",
            desired_count=0,
            deployments=tuple(
                msgspec.structs.replace(each, desired_count=0) for each in service.deployments
            ),
            is_steady=False,
            waiting_reason="",
            waiting_since=None,
        ),
    )


def has_tasks(view: View, service: Service) -> bool:
    """Whether the service has tasks that were not asked to stop."""
    return any(has_tasks_left(view, each.id) for each in service.deployments)


def is_draining(view: View, service: Service) -> bool:
    """Whether tasks of the service wait for their connections to end before they stop."""
    return view.projection(TaskCounts).draining_of(service.arn) > 0


def finish_deletion(tx: Tx, call: Call, service: Service) -> Service:
    """All its tasks ended or are ending: INACTIVE.

    Its tags, task sets, and the records of its deployments and revisions go.
    """
    forget_task_sets(tx, service)
    forget_deployments(tx, service.arn)
    is_external = service.deployment_controller == "EXTERNAL"
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            status="INACTIVE",
            deleted_at=call.now,
            deployments=() if is_external else service.deployments[:1],
            service_deployment_arn="",
            completed_revision_arn="",
            tags={},
        ),
    )


def forget_service(tx: Tx, service: Service) -> None:
    """Remove an INACTIVE service and its events for good."""
    forget_events(tx, service)
    tx.delete(SERVICES, service.arn)
