"""What the scheduler finds out about a service: that it is steady, blocked, or waits for room."""

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


def note_waiting(tx: Tx, call: Call, service: Service, cause: str, closest_id: str) -> Service:
    """Say that no container instance can take the service's next task.

    cause, closest_id: as `rules.service_events.unplaceable` takes them.
    """
    service = msgspec.structs.replace(
        service, is_steady=False, waiting_reason=cause, waiting_since=call.now
    )
    message = service_events.unplaceable(service.name, cause, closest_id)
    return announce(tx, call, service, message)


def note_not_waiting(tx: Tx, service: Service) -> Service:
    """The service wants no room any more."""
    return tx.put(SERVICES, msgspec.structs.replace(service, waiting_reason="", waiting_since=None))
