"""Services are created, changed and deleted.

Their deployments are written in `deployments`, their tasks started and stopped in `service_tasks`,
and what the scheduler finds out about them in `service_notes`.
"""

from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_tasks import STANDINGS, TASKS_BY_STANDING, standing_key
from roadstead.ecs.transitions.deployments import start_deployment
from roadstead.ecs.transitions.service_events import forget_events
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_service(tx: Tx, call: Call, service: Service) -> Service:
    """Store a new service with its first deployment; an INACTIVE one of the name is replaced."""
    former = tx.get(SERVICES, service.arn)
    if former is not None:
        assert former.status == "INACTIVE", f"{service.arn} is created twice"
        forget_events(tx, former)
    return start_deployment(tx, call, service)


def change_service(
    tx: Tx, call: Call, service: Service, *, deploy: bool, **changes: Any
) -> Service:
    """Write other fields of an ACTIVE service, and roll them out if `deploy`.

    Without a deployment the PRIMARY one goes on towards the new desired count.
    """
    changed = msgspec.structs.replace(service, **changes)
    if deploy:
        return start_deployment(tx, call, changed)
    if changed == service:
        return service
    primary = service.deployments[0]
    if changed.desired_count != primary.desired_count:
        primary = msgspec.structs.replace(
            primary, desired_count=changed.desired_count, updated_at=call.now
        )
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            changed,
            deployments=(primary, *service.deployments[1:]),
            is_steady=service.is_steady and changed.desired_count == service.desired_count,
            blocked_since=None,
        ),
    )


def begin_deletion(tx: Tx, service: Service) -> Service:
    """The service wants no tasks any more and starts none; DRAINING until they were stopped."""
    primary = msgspec.structs.replace(service.deployments[0], desired_count=0)
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            status="DRAINING",
            desired_count=0,
            deployments=(primary, *service.deployments[1:]),
            is_steady=False,
            waiting_reason="",
            waiting_since=None,
        ),
    )


def has_tasks(view: View, service: Service) -> bool:
    """Whether the service has tasks that were not asked to stop."""
    return any(
        view.count(TASKS_BY_STANDING, standing_key(each.id, where))
        for each in service.deployments
        for where in STANDINGS
    )


def finish_deletion(tx: Tx, call: Call, service: Service) -> Service:
    """All its tasks ended or are ending: INACTIVE. Its tags and older deployments go."""
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            status="INACTIVE",
            deleted_at=call.now,
            deployments=service.deployments[:1],
            tags={},
        ),
    )


def forget_service(tx: Tx, service: Service) -> None:
    """Remove an INACTIVE service and its events for good."""
    forget_events(tx, service)
    tx.delete(SERVICES, service.arn)
