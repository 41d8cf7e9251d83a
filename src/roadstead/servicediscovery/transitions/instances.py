"""The only writer of DiscoveryInstance: registered, healthy or not, deregistered."""

from collections.abc import Mapping

from msgspec.structs import replace

from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DiscoveryInstance,
    discovery_instance_arn,
)
from roadstead.servicediscovery.records.service import DiscoveryService
from roadstead.servicediscovery.rules.instances import INITIAL_HEALTH
from roadstead.servicediscovery.transitions.services import count_change
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def register(
    tx: Tx,
    call: Call,
    service: DiscoveryService,
    instance_id: str,
    attributes: Mapping[str, str],
    creator_request_id: str = "",
) -> DiscoveryInstance:
    """The instance with these attributes, which were checked; one that is there has them anew."""
    arn = discovery_instance_arn(service.arn, instance_id)
    found = tx.get(DISCOVERY_INSTANCES, arn)
    health = ""
    if service.has_custom_health:
        initial = attributes.get(INITIAL_HEALTH, "HEALTHY")
        health = initial if found is None else found.custom_health
    instance = DiscoveryInstance(
        arn=arn,
        version=found.version if found else 0,
        instance_id=instance_id,
        scope=service.scope,
        service_arn=service.arn,
        attributes=dict(attributes),
        custom_health=health,
        creator_request_id=creator_request_id,
        registered_at=found.registered_at if found else call.now,
    )
    if instance == found:
        return instance
    count_change(tx, service.arn)
    return tx.put(DISCOVERY_INSTANCES, instance)


def set_custom_health(tx: Tx, instance: DiscoveryInstance, status: str) -> DiscoveryInstance:
    """Note what its registrant says: HEALTHY or UNHEALTHY."""
    if instance.custom_health == status:
        return instance
    count_change(tx, instance.service_arn)
    return tx.put(DISCOVERY_INSTANCES, replace(instance, custom_health=status))


def deregister(tx: Tx, instance: DiscoveryInstance) -> None:
    """Nobody is led there any more."""
    count_change(tx, instance.service_arn)
    tx.delete(DISCOVERY_INSTANCES, instance.arn)
