"""What the scheduler finds out about a service: that it is steady, blocked, or waits for room."""

from typing import Any

import msgspec

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.rules import service_events
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def note_steady(tx: Tx, call: Call, service: Service) -> Service:
    """Say that the service has as many healthy tasks as it wants, and nothing left to do."""
    service = msgspec.structs.replace(
        service, is_steady=True, steady_at=call.now, blocked_since=None
    )
    return announce(tx, call, service, service_events.steady(service.name))


def note_blocked(tx: Tx, call: Call, service: Service) -> Service:
    """Say that the service's percentages allow neither to stop nor to start a task."""
    service = msgspec.structs.replace(service, is_steady=False, blocked_since=call.now)
    return announce(tx, call, service, service_events.blocked(service.name))


def note_waiting(
    tx: Tx, call: Call, service: Service, cause: str, closest_id: str, *, deployment_id: str = ""
) -> Service:
    """Say that no container instance can take the service's next task.

    cause, closest_id: as `rules.service_events.unplaceable` takes them.
    deployment_id: of the fleet that waits, if the service has several.
    """
    changes = {"waiting_reason": cause, "waiting_since": call.now}
    service = _with_deployment(service, deployment_id, **changes)
    service = msgspec.structs.replace(service, is_steady=False, **changes)
    message = service_events.unplaceable(service, cause, closest_id)
    return announce(tx, call, service, message)


def note_not_waiting(tx: Tx, service: Service, *, deployment_id: str = "") -> Service:
    """The service, or this fleet of it, wants no room any more."""
    changes: dict[str, Any] = {"waiting_reason": "", "waiting_since": None}
    service = _with_deployment(service, deployment_id, **changes)
    if deployment_id:
        for each in service.deployments:
            if each.waiting_reason:
                changes = {
                    "waiting_reason": each.waiting_reason,
                    "waiting_since": each.waiting_since,
                }
    return tx.put(SERVICES, msgspec.structs.replace(service, **changes))


def note_protected(tx: Tx, call: Call, service: Service, deployment_id: str, count: int) -> Service:
    """Say that so many tasks would be stopped if they were not protected."""
    service = _with_deployment(service, deployment_id, protection_told_at=call.now)
    service = msgspec.structs.replace(service, is_steady=False)
    return announce(tx, call, service, service_events.protected(service, deployment_id, count))


def _with_deployment(service: Service, deployment_id: str, **changes: Any) -> Service:
    return msgspec.structs.replace(
        service,
        deployments=tuple(
            msgspec.structs.replace(each, **changes) if each.id == deployment_id else each
            for each in service.deployments
        ),
    )
