"""VPCs on this machine: each a bridge with its subnets' gateways and its resolver's address.

The machine reaches every address in a VPC over its bridge and routes between them; what instances
send elsewhere leaves under the machine's own address. Making one again completes what is missing
and harms nothing, so a restarted host simply makes it.
"""

import hashlib
import re
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

from roadstead.control.fabric_items import VpcItem
from roadstead.host import devices, firewall, links, nftables
from roadstead.host.firewall import Firewall
from roadstead.host.records import HostError, Vpc
from roadstead.host.ruleset import ControlPlane, Network

DEFAULT_CIDR = "172.31.0.0/16"
CIDRS = (
    DEFAULT_CIDR,
    *(f"172.{second}.0.0/16" for second in range(30, 19, -1)),
    *(f"10.{second}.0.0/16" for second in range(213, 224)),
)
"""Where a VPC may lie, in the order in which they are tried. Docker's own networks begin at
172.17.0.0/16 and go up, so we come down from the other end."""

IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
FORWARD_CHAIN = "ip filter FORWARD"


class Names(msgspec.Struct, frozen=True):
    """What one data directory's fabric is called on this machine."""

    short_id: str

    @property
    def bridge(self) -> str:
        return f"rsbr-{self.short_id}"

    @property
    def further(self) -> str:
        """How bridges of further VPCs begin; a device name has at most 15 letters."""
        return f"rsb{self.short_id}"

    def bridge_of(self, vpc_id: str) -> str:
        """The bridge of a VPC other than the machine's own."""
        return f"{self.further}{vpc_id.removeprefix('vpc-')[:6]}"

    @property
    def mac(self) -> str:
        return "02:00:00:" + ":".join(self.short_id[i : i + 2] for i in (0, 2, 4))

    @property
    def table(self) -> str:
        return f"roadstead-{self.short_id}"

    @property
    def cgroup(self) -> str:
        return f"/roadstead-{self.short_id}"


def choose_cidr(asked: str, taken: list[IPv4Network]) -> str:
    """The /16 to use: the one asked for, or the first that overlaps nothing on this machine.

    Raises: HostError when the one asked for is no /16 or overlaps, or none is free.
    """
    if asked:
        try:
            network = IPv4Network(asked)
        except ValueError as error:
            raise HostError(
                f"The VPC's range '{asked}' is not a network ({error}). "
                "Give a /16 such as 172.31.0.0/16 with --vpc-cidr."
            ) from error
        if network.prefixlen != 16 or not network.is_private:
            raise HostError(
                f"The VPC's range '{asked}' is not a private /16. Give one such as 172.31.0.0/16."
            )
        if overlapping := [str(one) for one in taken if one.overlaps(network)]:
            raise HostError(
                f"The VPC's range {asked} overlaps {overlapping[0]}, which this machine uses "
                "already (`ip route`). Choose another /16 with --vpc-cidr."
            )
        return asked
    for cidr in CIDRS:
        if not any(one.overlaps(IPv4Network(cidr)) for one in taken):
            return cidr
    raise HostError(
        "Every range that Roadstead would use for its VPC overlaps one that this machine uses "
        "already (`ip route`). Choose a free private /16 with --vpc-cidr."
    )


def make(vpc: Vpc, names: Names, alias: str) -> None:
    """Make the machine's own VPC: its bridge with the gateways, and forwarding.

    Raises: HostError when the VPC's range has come to overlap something of this machine's.
    """
    overlap = overlapping(vpc.cidr, names.bridge)
    if overlap is not None:
        raise HostError(
            f"The VPC's range {vpc.cidr} overlaps {overlap}, which this machine now uses "
            "(`ip route`). Take that route away, or start from nothing with "
            "`roadstead down --purge` and --vpc-cidr."
        )
    links.make_bridge(names.bridge, alias, names.mac, own_addresses(vpc))
    if IP_FORWARD.read_text().strip() != "1":
        IP_FORWARD.write_text("1")
    _let_through(names)


def guard(
    vpc: Vpc, names: Names, control_plane: ControlPlane, *, reach_machine: bool = False
) -> Firewall:
    """The rules of the machine's VPC: those that are found in force, else closed ones.

    Raises: NftablesError
    """
    wall = Firewall(names.table, control_plane, reach_machine=reach_machine)
    wall.begin(network_of(vpc, names))
    return wall


def network_of(vpc: Vpc, names: Names) -> Network:
    """The machine's own VPC as rules speak of it."""
    return Network(names.bridge, IPv4Network(vpc.cidr), resolver_of(vpc.cidr))


def own_addresses(vpc: Vpc) -> set[str]:
    """What the bridge of the machine's own VPC always has."""
    gateways = (f"{each.gateway}/{each.network.prefixlen}" for each in vpc.subnets)
    return {*gateways, f"{resolver_of(vpc.cidr)}/32"}


def make_further(item: VpcItem, names: Names, bridge: str) -> Network:
    """Make the bridge of a VPC that a client made, or complete it; it is the machine's own if
    `bridge` is `names.bridge`.

    Raises: HostError when its range overlaps something of this machine's.
    """
    overlap = overlapping(item.cidr, bridge)
    if overlap is not None:
        raise HostError(
            f"The VPC {item.vpc_id} cannot be carried here: its range {item.cidr} overlaps "
            f"{overlap}, which this machine uses already. Use a VPC with another range."
        )
    gateways = {_gateway(subnet.cidr) for subnet in item.subnets}
    resolver = resolver_of(item.cidr)
    mac = names.mac if bridge == names.bridge else _mac(bridge)
    links.make_bridge(bridge, f"roadstead {item.vpc_id}", mac, [*gateways, f"{resolver}/32"])
    return Network(bridge, IPv4Network(item.cidr), resolver)


def overlapping(cidr: str, bridge: str) -> IPv4Network | None:
    """A network that this machine reaches other than by `bridge` and that shares addresses."""
    wanted = IPv4Network(cidr)
    taken = links.routes_and_addresses(without=bridge)
    found = (one for one in taken if one.overlaps(wanted))
    return min(found, key=lambda one: one.prefixlen, default=None)


def resolver_of(cidr: str) -> str:
    """Where a VPC's names are asked for: the second address after the network's own.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    return str(IPv4Network(cidr).network_address + 2)


def lasting_addresses(item: VpcItem) -> set[str]:
    """What a VPC's bridge has besides load balancers' addresses."""
    return {*(_gateway(each.cidr) for each in item.subnets), f"{resolver_of(item.cidr)}/32"}


def found_bridges(names: Names) -> set[str]:
    """Bridges of this data directory that are there."""
    return {one for one in links.bridges() if one.startswith((names.bridge, names.further))}


def remove(names: Names) -> None:
    """Take away bridges with their cables, and every rule. Forwarding stays on: others use it."""
    bridges = found_bridges(names)
    devices.remove(devices.found(bridges))
    for bridge in bridges:
        links.remove_bridge(bridge)
    firewall.remove(names.table)
    _stop_letting_through(names)


def _gateway(cidr: str) -> str:
    network = IPv4Network(cidr)
    return f"{network.network_address + 1}/{network.prefixlen}"


def _mac(bridge: str) -> str:
    digits = hashlib.sha256(bridge.encode()).hexdigest()
    return "02:00:00:" + ":".join(digits[i : i + 2] for i in (0, 2, 4))


def _let_through(names: Names) -> None:
    """Where a firewall (Docker's, for one) drops what is forwarded, except what is ours."""
    listing = _forward_chain()
    if "policy drop" not in listing:
        return
    lacking = [
        f'{side} "{bridge}"'
        for bridge in (names.bridge, f"{names.further}*")
        for side in ("iifname", "oifname")
        if f'{side} "{bridge}"' not in listing
    ]
    nftables.run(
        "\n".join(
            f'insert rule {FORWARD_CHAIN} {one} counter accept comment "{names.table}"'
            for one in lacking
        )
    )


def _stop_letting_through(names: Names) -> None:
    mark = re.compile(rf'comment "{re.escape(names.table)}" # handle (\d+)')
    for handle in mark.findall(_forward_chain()):
        nftables.run(f"delete rule {FORWARD_CHAIN} handle {handle}")


def _forward_chain() -> str:
    """The rules that iptables keeps for forwarding, with their handles; empty if it has none."""
    try:
        return nftables.run(f"list chain {FORWARD_CHAIN}")
    except nftables.NftablesError as error:
        if "No such file or directory" in str(error):
            return ""
        raise
