"""Which addresses may be targets, and in which subnet one lies.

Source: botocore:elbv2#CreateTargetGroupInput (TargetType)
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from roadstead.ec2.records.network import Subnet

PERMITTED = tuple(
    IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598: what may be a target outside the VPC."""


def is_ipv4(text: str) -> bool:
    """Whether the text is an IPv4 address as ELB writes one."""
    try:
        return str(IPv4Address(text)) == text
    except ValueError:
        return False


def is_permitted(address: str) -> bool:
    """Whether an address outside the VPC may be a target."""
    return any(IPv4Address(address) in network for network in PERMITTED)


def subnet_of(subnets: Iterable[Subnet], address: str) -> Subnet | None:
    """The subnet that the address lies in."""
    parsed = IPv4Address(address)
    return next((each for each in subnets if parsed in each.network), None)
