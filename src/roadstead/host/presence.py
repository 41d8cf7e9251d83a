"""What an interface has on this machine: a seat in the rules, a device or an address, a report.

Decided from what the control plane told and what this machine carries. Pure.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from roadstead.control.fabric_items import InterfaceItem
from roadstead.host.devices import Device
from roadstead.host.records import Instance
from roadstead.host.ruleset import Network, Seat

InterfaceState = Literal["attached", "detached", "failed"]


class InterfaceReport(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the control plane is to hear of an attachment."""

    network_interface_id: str
    attachment_id: str
    state: InterfaceState
    reason: str = ""


class BalancerAddress(msgspec.Struct, frozen=True):
    """An address that this machine holds for a load balancer."""

    bridge: str
    address: str


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """What an interface should have. Nothing of it: it is not carried here."""

    seat: Seat | None = None
    device: Device | None = None
    is_made: bool = False
    """Whether its device is made if it lacks; otherwise one that is there just stays."""
    balancer: BalancerAddress | None = None
    report: InterfaceReport | None = None
    """To be told once all this is so."""


ABSENT = Presence()


def needs_network(item: InterfaceItem, instances: Mapping[str, Instance]) -> bool:
    """Whether its VPC must be there for its sake."""
    return item.is_load_balancers or _is_to_have_device(item, instances)


def presence_of(
    item: InterfaceItem | None,
    networks: Mapping[str, Network],
    refusals: Mapping[str, str],
    instances: Mapping[str, Instance],
) -> Presence:
    """What the interface should have. refusals: VPCs that cannot be carried here, and why not."""
    if item is None:
        return ABSENT
    network = networks.get(item.vpc_id)
    if network is None:
        if needs_network(item, instances) and item.vpc_id in refusals and not item.failure:
            return Presence(report=_report(item, "failed", refusals[item.vpc_id]))
        return Presence(report=_farewell(item, instances))
    seat = Seat(item.private_ip_address, item.groups, item.is_load_balancers)
    if item.is_load_balancers:
        address = BalancerAddress(network.bridge, item.private_ip_address)
        return Presence(seat=seat, balancer=address)
    if not _is_to_have_device(item, instances):
        return Presence(seat=seat, report=_farewell(item, instances))
    attachment = item.attachment
    assert attachment is not None, "only an attached interface has a device"
    device = Device(
        interface_id=item.network_interface_id,
        attachment_id=attachment.attachment_id,
        mac=item.mac_address,
        address=item.private_ip_address,
        namespace=instances[attachment.instance_id].namespace,
        bridge=network.bridge,
    )
    if attachment.status == "attaching":
        return Presence(seat=seat, device=device, is_made=True, report=_report(item, "attached"))
    return Presence(seat=seat, device=device, is_made=not item.is_managed)


def failed(item: InterfaceItem, reason: str) -> InterfaceReport:
    """What to tell of an interface that could not be made."""
    return _report(item, "failed", reason)


def _is_to_have_device(item: InterfaceItem, instances: Mapping[str, Instance]) -> bool:
    on = item.attachment
    if on is None or on.device_index == 0 or on.status == "detaching" or item.failure:
        return False
    instance = instances.get(on.instance_id)
    return instance is not None and instance.state == "running"


def _farewell(item: InterfaceItem, instances: Mapping[str, Instance]) -> InterfaceReport | None:
    """That the interface is off its instance, if it is to be, or the instance is no more."""
    on = item.attachment
    if on is None or on.device_index == 0:
        return None
    instance = instances.get(on.instance_id)
    is_over = instance is not None and instance.state in ("shutting-down", "terminated")
    if on.status == "detaching" or is_over:
        return _report(item, "detached")
    return None


def _report(item: InterfaceItem, state: InterfaceState, reason: str = "") -> InterfaceReport:
    return InterfaceReport(
        network_interface_id=item.network_interface_id,
        attachment_id="" if item.attachment is None else item.attachment.attachment_id,
        state=state,
        reason=reason,
    )
