"""What a machine that carries instances is told of networks: the values of the fabric feed.

One line of the feed is an item: its kind, its key, and its value, or none once it is gone. Server
and host read the same structs; a newer one may add members, which the other passes over.
"""

from typing import Literal

import msgspec


class SubnetItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    subnet_id: str
    cidr: str
    zone: str


class VpcItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Key: its id."""

    vpc_id: str
    cidr: str
    subnets: tuple[SubnetItem, ...] = ()
    """By id."""


class AttachmentItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    attachment_id: str
    instance_id: str
    device_index: int
    status: str
    """attaching, attached or detaching."""


class InterfaceItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Key: its id."""

    network_interface_id: str
    vpc_id: str
    subnet_id: str
    mac_address: str
    private_ip_address: str
    groups: tuple[str, ...] = ()
    is_load_balancers: bool = False
    """Its address is the machine's own, on the VPC's bridge; it has no device."""
    is_managed: bool = False
    """A service made it, for something that ends: a device that vanished is not made again."""
    attachment: AttachmentItem | None = None
    failure: str = ""
    """Why the machine said that it cannot be carried: it is not tried again."""


class PermissionItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a group lets in or out; either `cidr` or `group_id` names the peer."""

    is_egress: bool = False
    protocol: str = "-1"
    from_port: int = -1
    to_port: int = -1
    cidr: str = ""
    group_id: str = ""


class SecurityGroupItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Key: its id."""

    group_id: str
    vpc_id: str
    permissions: tuple[PermissionItem, ...] = ()


class ZoneItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A domain of ours: a name in it that no `name` item has does not exist. Key: its owner's."""

    name: str
    vpc_id: str = ""
    """Where it is seen; empty: in every VPC."""


class NameItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Records of one type under one name. Key: type and owner. Several owners may share a name."""

    name: str
    """In lower case, without a dot at its end."""
    type: Literal["A", "SRV"]
    ttl: int
    """Units: seconds."""
    records: tuple[str, ...]
    """A: addresses. SRV: `priority weight port target`."""
    vpc_id: str = ""
    """Where it is seen; empty: in every VPC."""
    answered_max: int = 0
    """How many of the records an answer has; 0: as many as any answer may."""


Value = VpcItem | InterfaceItem | SecurityGroupItem | ZoneItem | NameItem

VALUES: dict[str, type[Value]] = {
    "vpc": VpcItem,
    "interface": InterfaceItem,
    "security-group": SecurityGroupItem,
    "zone": ZoneItem,
    "name": NameItem,
}


class Line(msgspec.Struct, frozen=True):
    """One line of the feed, its value still as it came. `in-sync` has neither key nor value."""

    kind: str
    key: str = ""
    value: msgspec.Raw = msgspec.Raw(b"null")


IN_SYNC = b'{"kind":"in-sync"}\n'
"""All that was committed so far has been told; also sent now and then as a sign of life."""


def line(kind: str, key: str, value: Value | None) -> bytes:
    """An item as it goes over the wire."""
    return msgspec.json.encode({"kind": kind, "key": key, "value": value}) + b"\n"
