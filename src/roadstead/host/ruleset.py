"""The rules of the fabric as nftables reads them: two tables, `ip` and `bridge`. Pure text.

All traffic of the VPCs passes this machine's routing (ports of their bridges are isolated), so the
`ip` table sees it with its connections: what leaves an interface is judged by its groups' egress
(`leaving`), then, whoever it is for, by the ingress of that one's groups (`entering`). Addresses
find their groups in two maps, so that a packet's cost does not grow with the interfaces, and one
interface's or one group's change is a few lines. The `bridge` table has each port send as itself.

What comes from a VPC for this machine itself is refused, quickly, but for what a VPC needs.

Allowed by a group's egress goes on in `entering`, by its ingress is accepted: neither ever returns.
"""

import hashlib
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

import msgspec

from roadstead.control.fabric_items import SecurityGroupItem
from roadstead.host import machine_rules, permissions

LAYOUT = "layout-4"
"""A chain without rules that says which version of this module made a table."""
OPEN = "open"
"""What stands for a combination of groups where there are none and nobody is refused."""
APART_COMING = 'iifname "{bridge}" ip daddr @balancers ip daddr != {cidr} drop'
APART_GOING = 'ip saddr {cidr} oifname @bridges oifname != "{bridge}" drop'
"""VPCs do not reach each other by this machine's own addresses either."""
OUTSIDERS = "iifname != @bridges ip saddr {cidr} drop"
"""Who comes from elsewhere is nobody of a VPC: groups name its addresses."""
LINK_LOCAL = "169.254.0.0/16"
"""Never routed (RFC 3927): there a cloud tells this machine its credentials."""
AS_ITSELF = " ".join(
    f"iifname . {mac} . arp saddr ip @senders" for mac in ("ether saddr", "arp saddr ether")
)
"""Of ARP: who sends a frame, and whom the message in it speaks of."""
MASQUERADE = "ip saddr {cidr} ip daddr != {cidr} oifname != @bridges masquerade"


class Seat(msgspec.Struct, frozen=True):
    """An address in a VPC and the groups that decide who speaks with it."""

    address: str
    groups: tuple[str, ...]
    is_balancers: bool = False
    """The machine itself holds it."""

    @property
    def combination(self) -> str:
        """The name of the chains that judge it; empty: nobody comes, and it goes nowhere.

        A network load balancer that was made without groups lets everybody in.
        """
        if not self.groups and self.is_balancers:
            return OPEN
        return combination(self.groups)


class Port(msgspec.Struct, frozen=True):
    """Who sends through a port of a bridge."""

    mac: str
    address: str
    is_instances: bool = False
    """An instance's primary interface, which reaches the control plane whatever its groups say."""


class Network(msgspec.Struct, frozen=True):
    """A VPC as this machine carries it."""

    bridge: str
    cidr: IPv4Network
    resolver: str


class ControlPlane(msgspec.Struct, frozen=True):
    """Where instances find it."""

    address: str
    port: int


def combination(groups: Iterable[str]) -> str:
    """The name that a set of groups has in chains; empty when there is no group in it."""
    known = sorted(each for each in set(groups) if permissions.is_group_id(each))
    return hashlib.sha256(",".join(known).encode()).hexdigest()[:16] if known else ""


def skeleton(
    table: str,
    networks: Iterable[Network],
    control_plane: ControlPlane,
    *,
    reach_machine: bool = False,
) -> str:
    """Both tables anew, with nobody in them: what they held before is gone in the same moment.

    reach_machine: groups' egress alone decides what of this machine itself is reached from a VPC.
    """
    networks = tuple(networks)
    return f"""
add table ip {table}
delete table ip {table}
table ip {table} {{
    chain {LAYOUT} {{
    }}
    {_sets(networks)}
    {_judgements(networks, control_plane, reach_machine=reach_machine)}
    chain translation {{
        type nat hook postrouting priority srcnat; policy accept;
        {_lines(networks, MASQUERADE)}
    }}
}}
add table bridge {table}
delete table bridge {table}
table bridge {table} {{
    set ports {{ type ifname; }}
    set senders {{ type ifname . ether_addr . ipv4_addr; }}
    chain sent {{
        type filter hook prerouting priority filter; policy accept;
        iifname != @ports accept
        ether type ip iifname . ether saddr . ip saddr @senders accept
        ether type arp {AS_ITSELF} accept
        drop
    }}
}}
"""


def _sets(networks: tuple[Network, ...]) -> str:
    bridges = ", ".join(f'"{each.bridge}"' for each in networks)
    within = ", ".join(f'"{each.bridge}" . "{each.bridge}"' for each in networks)
    resolvers = ", ".join(f'"{each.bridge}" . {each.resolver}' for each in networks)
    return f"""
    set bridges {{ type ifname; elements = {{ {bridges} }}; }}
    set within {{ type ifname . ifname; elements = {{ {within} }}; }}
    set resolvers {{ type ifname . ipv4_addr; elements = {{ {resolvers} }}; }}
    set instances {{ type ipv4_addr; }}
    set balancers {{ type ipv4_addr; }}
    set itself {{ type ipv4_addr . ipv4_addr; }}
    map egress {{ type ipv4_addr : verdict; }}
    map ingress {{ type ipv4_addr : verdict; }}
    """


def _judgements(
    networks: tuple[Network, ...], control_plane: ControlPlane, *, reach_machine: bool
) -> str:
    """What is routed, what comes to this machine, and what leaves it."""
    at_control_plane = f"ip daddr {control_plane.address} tcp dport {control_plane.port}"
    to_control_plane = f"ip saddr @instances {at_control_plane} accept"
    machine = machine_rules.chains(at_control_plane, is_reached=reach_machine)
    published = "" if reach_machine else machine_rules.PUBLISHED
    from_balancers = "" if reach_machine else machine_rules.FROM_BALANCERS
    return f"""
    {machine}
    chain entering {{
        ip daddr vmap @ingress
        oifname @bridges drop
        accept
    }}
    chain leaving {{
        ip saddr vmap @egress
        drop
    }}
    chain forwarded {{
        type filter hook forward priority filter; policy accept;
        iifname != @bridges oifname != @bridges accept
        {_lines(networks, OUTSIDERS)}
        iifname @bridges ip daddr {LINK_LOCAL} drop
        ct state established,related accept
        iifname @bridges oifname @bridges iifname . oifname != @within drop
        {to_control_plane}
        {published}
        iifname @bridges goto leaving
        goto entering
    }}
    chain incoming {{
        type filter hook input priority filter; policy accept;
        iifname "lo" accept
        {_lines(networks, OUTSIDERS)}
        iifname != @bridges ip daddr != @balancers accept
        ct state established,related accept
        iifname != @bridges goto entering
        {_lines(networks, APART_COMING)}
        iifname . ip daddr @resolvers {machine_rules.TO_DNS} accept
        {to_control_plane}
        jump to_machine
        goto leaving
    }}
    chain outgoing {{
        type filter hook output priority filter; policy accept;
        oifname @bridges icmp type redirect drop
        ip saddr != @balancers accept
        ct state established,related accept
        ip saddr . ip daddr @itself accept
        {_lines(networks, APART_GOING)}
        {from_balancers}
        goto leaving
    }}
    """


def _lines(networks: tuple[Network, ...], line: str) -> str:
    """A line for each VPC."""
    return "\n".join(line.format(bridge=each.bridge, cidr=each.cidr) for each in networks)


def group(table: str, item: SecurityGroupItem) -> list[str]:
    """Commands that make a group's two chains say what it says, whatever they said before."""
    group_id = item.group_id
    commands = declared(table, group_id)
    for peer in sorted(permissions.peers(item)):
        commands.append(f"add set ip {table} {permissions.members(peer)} {{ type ipv4_addr; }}")
    for chain, is_egress, verdict in (
        (f"in-{group_id}", False, "accept"),
        (f"out-{group_id}", True, "goto entering"),
    ):
        commands.append(f"flush chain ip {table} {chain}")
        lines = permissions.rules(item, is_egress=is_egress, verdict=verdict)
        commands += [f"add rule ip {table} {chain} {line}" for line in lines]
    return commands


def declared(table: str, group_id: str) -> list[str]:
    """Commands after which a group can be spoken of; one that is there stays as it is."""
    return [
        f"add chain ip {table} in-{group_id}",
        f"add chain ip {table} out-{group_id}",
        f"add set ip {table} {permissions.members(group_id)} {{ type ipv4_addr; }}",
    ]


def combined(table: str, seat: Seat) -> list[str]:
    """Commands that make the two chains that judge a seat, of all the groups that it has."""
    name = seat.combination
    known = sorted(each for each in set(seat.groups) if permissions.is_group_id(each))
    commands = [command for each in known for command in declared(table, each)]
    for side in ("in", "out"):
        chain = f"{side}.{name}"
        commands.append(f"add chain ip {table} {chain}")
        commands.append(f"flush chain ip {table} {chain}")
        commands += [f"add rule ip {table} {chain} jump {side}-{each}" for each in known]
        last = _WITHOUT_GROUPS[side] if name == OPEN else "drop"
        commands.append(f"add rule ip {table} {chain} {last}")
    return commands


_WITHOUT_GROUPS = {"in": "accept", "out": "goto entering"}


def elements(table: str, verb: str, seats: Iterable[Seat]) -> list[str]:
    """Commands that put seats into sets and maps (`add`) or take them out (`delete`)."""
    lots: dict[str, list[str]] = {}
    for seat in seats:
        name = seat.combination
        for map_, side in (("egress", "out"), ("ingress", "in")):
            if name:
                target = f" : goto {side}.{name}" if verb == "add" else ""
                lots.setdefault(map_, []).append(f"{seat.address}{target}")
        for each in sorted(set(seat.groups)):
            if permissions.is_group_id(each):
                lots.setdefault(permissions.members(each), []).append(seat.address)
        if seat.is_balancers:
            lots.setdefault("balancers", []).append(seat.address)
            lots.setdefault("itself", []).append(f"{seat.address} . {seat.address}")
    return [
        f"{verb} element ip {table} {name} {{ {', '.join(some)} }}" for name, some in lots.items()
    ]


def ports(table: str, verb: str, admitted: Mapping[str, Port]) -> list[str]:
    """Commands that let ports send as who they are (`add`), or not any more (`delete`)."""
    if not admitted:
        return []
    names = ", ".join(f'"{name}"' for name in admitted)
    senders = ", ".join(
        f'"{name}" . {port.mac} . {port.address}' for name, port in admitted.items()
    )
    commands = [
        f"{verb} element bridge {table} ports {{ {names} }}",
        f"{verb} element bridge {table} senders {{ {senders} }}",
    ]
    if instances := [port.address for port in admitted.values() if port.is_instances]:
        commands.append(f"{verb} element ip {table} instances {{ {', '.join(instances)} }}")
    return commands
