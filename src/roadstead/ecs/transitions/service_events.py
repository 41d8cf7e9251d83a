"""Events of a service are written here; only the newest are kept."""

import msgspec

from roadstead.ecs.records.service import (
    EVENTS_KEPT_MAX,
    SERVICE_EVENTS,
    SERVICES,
    Service,
    ServiceEvent,
    event_key,
)
from roadstead.ecs.rules.service_events import Announcement
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def announce(tx: Tx, call: Call, service: Service, said: Announcement) -> Service:
    """Add an event to the service, dropping the oldest beyond the limit."""
    number = service.event_count + 1
    tx.put(
        SERVICE_EVENTS,
        ServiceEvent(
            arn=event_key(service.arn, number),
            service_arn=service.arn,
            number=number,
            id=call.ids.uuid(),
            created_at=call.now,
            message=said.message,
            event_name=said.event_name,
            event_type=said.event_type,
            extras=said.extras,
        ),
    )
    tx.delete(SERVICE_EVENTS, event_key(service.arn, number - EVENTS_KEPT_MAX))
    return tx.put(SERVICES, msgspec.structs.replace(service, event_count=number))


def forget_events(tx: Tx, service: Service) -> None:
    """Remove all events of the service."""
    oldest = max(1, service.event_count - EVENTS_KEPT_MAX + 1)
    for number in range(oldest, service.event_count + 1):
        tx.delete(SERVICE_EVENTS, event_key(service.arn, number))
