"""The only writer of DiscoveryService: created, changed, deleted; what instances do, counted."""

from collections.abc import Mapping

from msgspec.structs import replace

from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES, DiscoveryService
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_service(tx: Tx, call: Call, settings: DiscoveryService) -> DiscoveryService:
    """A new service of these settings, with an id of its own."""
    ident = f"srv-{call.ids.hex32()[:16]}"
    return tx.put(
        DISCOVERY_SERVICES,
        replace(
            settings,
            arn=call.arn("servicediscovery", f"service/{ident}"),
            service_id=ident,
            scope=call.scope,
            created_at=call.now,
        ),
    )


def change_service(tx: Tx, service: DiscoveryService, **changes: object) -> DiscoveryService:
    """The service with these members changed."""
    changed: DiscoveryService = replace(service, **changes)
    return service if changed == service else tx.put(DISCOVERY_SERVICES, changed)


def count_change(tx: Tx, service_arn: str) -> None:
    """One of its instances came, changed or went."""
    service = tx.must(DISCOVERY_SERVICES, service_arn)
    change_service(tx, service, instances_revision=service.instances_revision + 1)


def set_tags(tx: Tx, service: DiscoveryService, tags: Mapping[str, str]) -> None:
    """Let these be its tags."""
    change_service(tx, service, tags=dict(tags))


def delete_service(tx: Tx, service: DiscoveryService) -> None:
    """The service, of which no instance is left, is gone."""
    tx.delete(DISCOVERY_SERVICES, service.arn)
