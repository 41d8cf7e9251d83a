"""What a security group lets through, as nftables says it. Pure text; whatever is odd lets nothing.

Values come from a client's request by way of the control plane and end up in commands that root
carries out: each is read as what it must be (a network, a number, an id) and written anew.
"""

import re
from ipaddress import IPv4Network

from roadstead.control.fabric_items import PermissionItem, SecurityGroupItem

PORT_MAX = 65_535
GROUP_ID = re.compile(r"sg-[0-9a-z]{1,32}")
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}
"""Source: botocore:ec2#IpPermission (IpProtocol)"""
ALL = "-1"


def members(group_id: str) -> str:
    """The set of the addresses that a group's interfaces have."""
    return f"members-{group_id}"


def is_group_id(text: str) -> bool:
    """Whether it can be a part of nftables' names."""
    return GROUP_ID.fullmatch(text) is not None


def peers(group: SecurityGroupItem) -> set[str]:
    """The groups that a group's rules speak of."""
    return {each.group_id for each in group.permissions if is_group_id(each.group_id)}


def rules(group: SecurityGroupItem, *, is_egress: bool, verdict: str) -> list[str]:
    """A line for each permission of one direction, which ends in `verdict` where it matches."""
    found = (
        match(each)
        for each in group.permissions
        if each.is_egress == is_egress and not is_of_ipv6(each)
    )
    return [" ".join(filter(None, (line, verdict))) for line in found if line is not None]


def is_of_ipv6(permission: PermissionItem) -> bool:
    """Whether it is about traffic that the fabric does not carry."""
    return ":" in permission.cidr or permission.protocol in ("icmpv6", "58")


def match(permission: PermissionItem) -> str | None:
    """What a packet must be; None when that cannot be said, empty when it may be any."""
    peer = _peer(permission)
    kind = _kind(permission)
    if peer is None or kind is None:
        return None
    return " ".join(filter(None, (peer, kind)))


def _peer(permission: PermissionItem) -> str | None:
    side = "daddr" if permission.is_egress else "saddr"
    if permission.group_id:
        if not is_group_id(permission.group_id):
            return None
        return f"ip {side} @{members(permission.group_id)}"
    try:
        network = IPv4Network(permission.cidr, strict=False)
    except ValueError:
        return None
    return "" if network.prefixlen == 0 else f"ip {side} {network}"


def _kind(permission: PermissionItem) -> str | None:
    if permission.protocol == ALL:
        return ""
    number = PROTOCOLS.get(permission.protocol)
    if number is None:
        if not (permission.protocol.isascii() and permission.protocol.isdigit()):
            return None
        number = int(permission.protocol)
    if not 0 <= number <= 255:
        return None
    if number == PROTOCOLS["icmp"]:
        return _icmp(permission.from_port, permission.to_port)
    name = {6: "tcp", 17: "udp"}.get(number)
    if name is None:
        return f"ip protocol {number}"
    first, last = permission.from_port, permission.to_port
    if first == -1 or (first <= 0 and last == PORT_MAX):
        return f"ip protocol {name}"
    if not 0 <= first <= last <= PORT_MAX:
        return None
    return f"{name} dport {first}" if first == last else f"{name} dport {first}-{last}"


def _icmp(kind: int, code: int) -> str | None:
    if not (-1 <= kind <= 255 and -1 <= code <= 255):
        return None
    if kind == -1:
        return "ip protocol icmp"
    return f"icmp type {kind}" + ("" if code == -1 else f" icmp code {code}")
