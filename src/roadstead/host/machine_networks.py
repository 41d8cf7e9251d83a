"""What is wanted of networks, made true on this machine. Level-triggered; blocks.

`settle` compares all that is wanted with all that there is, makes what lacks and removes what is
too much; `follow` does the same for a few interfaces and groups. In both, what goes is gone before
its rules are, and what comes has its rules before it is there.
"""

from collections.abc import Mapping

import msgspec

from roadstead.control.fabric_items import InterfaceItem, SecurityGroupItem, VpcItem
from roadstead.host import devices, fabric, flows, links, presence
from roadstead.host.devices import Device
from roadstead.host.fabric import Names
from roadstead.host.firewall import Firewall
from roadstead.host.presence import ABSENT, InterfaceReport, Presence
from roadstead.host.records import HostError, Instance, Vpc
from roadstead.host.ruleset import Network, Port, Seat


class Wanted(msgspec.Struct, frozen=True):
    """All that is wanted, at one moment."""

    vpcs: Mapping[str, VpcItem]
    interfaces: Mapping[str, InterfaceItem]
    groups: Mapping[str, SecurityGroupItem]
    instances: Mapping[str, Instance]


class MachineNetworks:
    """The VPCs, devices and addresses of one data directory on this machine."""

    def __init__(self, names: Names, own: Vpc, firewall: Firewall) -> None:
        self._names = names
        self._own = own
        self._firewall = firewall
        self._presences: dict[str, Presence] = {}
        self.networks: dict[str, Network] = {own.vpc_id: fabric.network_of(own, names)}
        self.refusals: dict[str, str] = {}
        """VPCs that something needs and that cannot be carried here, and why not."""
        self.is_stale = False
        """Whether a VPC may be needed no more: settling removes it."""

    def settle(self, wanted: Wanted) -> list[InterfaceReport]:
        """Make the machine as it is wanted.

        Raises: NftablesError or netlink's errors: then some of it may not be so.
        """
        self.is_stale = False
        self._make_networks(wanted)
        after = {
            name: self._presence(item, wanted.instances) for name, item in wanted.interfaces.items()
        }
        bridges = {network.bridge for network in self.networks.values()}
        there = devices.found(bridges)
        kept = {
            one.device.near: one.device
            for one in after.values()
            if one.device is not None and there.get(one.device.near) == one.device.alias
        }
        devices.remove(set(there) - set(kept))
        self._remove_other_addresses(wanted, after)
        for bridge in fabric.found_bridges(self._names) - bridges:
            links.remove_bridge(bridge)
        self._firewall.dismiss([name for name in there if name not in kept])
        self._firewall.admit_all({name: _port(one) for name, one in kept.items()})
        self._firewall.replace(
            tuple(self.networks.values()),
            wanted.groups,
            {name: one.seat for name, one in after.items() if one.seat is not None},
        )
        before, self._presences = self._presences, after
        _forget_flows(before, after)
        return self._bring(after, wanted.interfaces)

    def follow(
        self,
        changed: Mapping[str, InterfaceItem | None],
        groups: Mapping[str, SecurityGroupItem | None],
        instances: Mapping[str, Instance],
    ) -> list[InterfaceReport]:
        """Make the machine as it is wanted where these differ from before.

        Raises: as settle.
        """
        after = {name: self._presence(item, instances) for name, item in changed.items()}
        before = {name: self._presences.get(name, ABSENT) for name in changed}
        gone = [
            one.device.near
            for name, one in before.items()
            if one.device is not None and one.device != after[name].device
        ]
        if gone:
            devices.remove(gone)
        for name, one in before.items():
            if one.balancer is not None and one.balancer != after[name].balancer:
                links.set_addresses(one.balancer.bridge, go=[f"{one.balancer.address}/32"])
        self._firewall.dismiss(gone)
        seats: dict[str, Seat | None] = {name: one.seat for name, one in after.items()}
        self._firewall.change(groups, seats)
        _forget_flows(before, after)
        own = self._names.bridge
        self.is_stale = self.is_stale or any(
            _bridge(one) not in ("", own, _bridge(after[name])) for name, one in before.items()
        )
        for name, one in after.items():
            if one == ABSENT:
                self._presences.pop(name, None)
            else:
                self._presences[name] = one
        return self._bring(after, changed)

    def has_rules(self) -> bool:
        """Whether security groups are in force at all.

        Raises: NftablesError
        """
        return self._firewall.is_found()

    def lacks_network(self, item: InterfaceItem, instances: Mapping[str, Instance]) -> bool:
        """Whether the interface needs a VPC that nothing here needed before: then settle."""
        return (
            item.vpc_id not in self.networks
            and item.vpc_id not in self.refusals
            and presence.needs_network(item, instances)
        )

    def _presence(self, item: InterfaceItem | None, instances: Mapping[str, Instance]) -> Presence:
        return presence.presence_of(item, self.networks, self.refusals, instances)

    def _make_networks(self, wanted: Wanted) -> None:
        own = self._own.vpc_id
        needed = {
            item.vpc_id
            for item in wanted.interfaces.values()
            if presence.needs_network(item, wanted.instances)
        }
        self.networks = {own: fabric.network_of(self._own, self._names)}
        self.refusals = {}
        taken = {self._names.bridge: own}
        for vpc_id in [own, *sorted(needed - {own})]:
            item = wanted.vpcs.get(vpc_id)
            if item is None:
                continue
            bridge = self._names.bridge if vpc_id == own else self._names.bridge_of(vpc_id)
            try:
                if taken.setdefault(bridge, vpc_id) != vpc_id:
                    raise HostError(f"The VPC {vpc_id} needs the bridge of {taken[bridge]}.")
                self.networks[vpc_id] = fabric.make_further(item, self._names, bridge)
            except HostError as error:
                self.refusals[vpc_id] = str(error)

    def _remove_other_addresses(self, wanted: Wanted, after: Mapping[str, Presence]) -> None:
        for vpc_id, network in self.networks.items():
            item = wanted.vpcs.get(vpc_id)
            if item is None:
                continue  # the machine's own, of which a control plane does not know: left alone
            right = fabric.lasting_addresses(item) | {
                f"{one.balancer.address}/32"
                for one in after.values()
                if one.balancer is not None and one.balancer.bridge == network.bridge
            }
            if vpc_id == self._own.vpc_id:
                right |= fabric.own_addresses(self._own)
            links.set_addresses(network.bridge, go=links.addresses(network.bridge) - right)

    def _bring(
        self, after: Mapping[str, Presence], items: Mapping[str, InterfaceItem | None]
    ) -> list[InterfaceReport]:
        """Make what lacks. Returns what is to be told."""
        come: dict[str, list[str]] = {}
        for one in after.values():
            if one.balancer is not None:
                come.setdefault(one.balancer.bridge, []).append(f"{one.balancer.address}/32")
        for bridge, some in come.items():
            links.set_addresses(bridge, come=some)
        to_make = [one.device for one in after.values() if one.device is not None and one.is_made]
        self._firewall.admit_all({device.near: _port(device) for device in to_make})
        failures = devices.make(to_make) if to_make else {}
        self._firewall.dismiss([devices.near_name(name) for name in failures])
        reports = [
            one.report
            for name, one in after.items()
            if one.report is not None and name not in failures
        ]
        return reports + [
            presence.failed(item, reason)
            for name, reason in failures.items()
            if (item := items[name]) is not None
        ]


def _forget_flows(before: Mapping[str, Presence], after: Mapping[str, Presence]) -> None:
    """What was let through to an interface's address must not reach the address's next owner."""
    freed = [
        one.seat.address
        for name, one in before.items()
        if one.seat is not None
        and ((seat := after.get(name, ABSENT).seat) is None or seat.address != one.seat.address)
    ]
    if freed:
        flows.forget(freed)


def _bridge(one: Presence) -> str:
    """The bridge that it needs, if it needs one."""
    if one.device is not None:
        return one.device.bridge
    return "" if one.balancer is None else one.balancer.bridge


def _port(device: Device) -> Port:
    return Port(device.mac, device.address)
