"""Elastic network interfaces as agents are told of them, in payloads and in messages of their own.

Source: agent:ecs-agent/netlib/model/networkinterface/networkinterface.go
"""

import re
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv6Interface
from typing import Literal

import msgspec

_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Spelled in lower camel case; members that have their default are left out."""


class Ipv4Address(_Wire, frozen=True, kw_only=True):
    primary: bool = False
    private_address: str = ""


class Ipv6Address(_Wire, frozen=True, kw_only=True):
    address: str = ""


class InterfaceVlanProperties(_Wire, frozen=True, kw_only=True):
    vlan_id: str = ""
    trunk_interface_mac_address: str = ""


class ElasticNetworkInterface(_Wire, frozen=True, kw_only=True):
    """`subnet_gateway_ipv4_address`: `address/prefix length`; the latter is the address's too."""

    attachment_arn: str = ""
    ec2_id: str = ""
    mac_address: str = ""
    ipv4_addresses: tuple[Ipv4Address, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    subnet_gateway_ipv4_address: str = ""
    subnet_gateway_ipv6_address: str = ""
    domain_name_servers: tuple[str, ...] = ()
    domain_name: tuple[str, ...] = ()
    private_dns_name: str = ""
    interface_association_protocol: Literal["default", "vlan", "V2N", ""] = ""
    interface_vlan_properties: InterfaceVlanProperties | None = None
    index: int = 0


def primary_address(eni: ElasticNetworkInterface) -> str:
    """The IPv4 address that the interface is known by; empty when it has none."""
    addresses = eni.ipv4_addresses
    return next((a.private_address for a in addresses if a.primary), "") or next(
        (a.private_address for a in addresses), ""
    )


def fault_of(interfaces: Sequence[ElasticNetworkInterface]) -> str:
    """Why agents refuse these interfaces; empty when they do not."""
    return next((text for each in interfaces if (text := _fault(each))), "")


def _fault(eni: ElasticNetworkInterface) -> str:
    if not eni.ec2_id:
        return "eni: an interface has no ec2Id"
    if not _MAC.fullmatch(eni.mac_address):
        return f"eni {eni.ec2_id}: macAddress {eni.mac_address!r} is none"
    gateway4, gateway6 = eni.subnet_gateway_ipv4_address, eni.subnet_gateway_ipv6_address
    if not (eni.ipv4_addresses or eni.ipv6_addresses):
        return f"eni {eni.ec2_id}: it has no address"
    if eni.ipv4_addresses and (text := _ipv4_fault(eni, gateway4)):
        return f"eni {eni.ec2_id}: {text}"
    if not eni.ipv4_addresses:
        try:
            IPv6Interface(gateway6)
        except ValueError:
            return f"eni {eni.ec2_id}: subnetGatewayIpv6Address {gateway6!r} is no address/prefix"
    if eni.interface_association_protocol == "vlan":
        vlan = eni.interface_vlan_properties
        if vlan is None or not (vlan.vlan_id and vlan.trunk_interface_mac_address):
            return f"eni {eni.ec2_id}: interfaceVlanProperties are missing"
    return ""


def _ipv4_fault(eni: ElasticNetworkInterface, gateway: str) -> str:
    for each in eni.ipv4_addresses:
        try:
            IPv4Address(each.private_address)
        except AddressValueError:
            return f"privateAddress {each.private_address!r} is no IPv4 address"
    try:
        IPv4Interface(gateway)
    except ValueError:
        gateway = ""
    if "/" not in gateway:
        return (
            f"subnetGatewayIpv4Address {eni.subnet_gateway_ipv4_address!r} is not of the form "
            "address/prefix"
        )
    return ""
