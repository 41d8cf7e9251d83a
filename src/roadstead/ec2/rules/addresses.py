"""Which addresses a subnet gives away, and what an interface is called on the wire and in DNS."""

from ipaddress import IPv4Address, IPv4Network
from zlib import crc32

from roadstead.aws.domains import of_instances

RESERVED_ADDRESSES = 4
"""The first four of a subnet: network, router, DNS, future use. The last one is reserved, too.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

INSTANCE_ADDRESSES = 256
"""In the default VPC's subnets the first so many are for the instances that machines carry. A
machine chooses those itself and tells of them later, so nobody else may take one in between.

Source: ours
"""


def address_range(cidr: str, *, carries_instances: bool) -> tuple[IPv4Address, IPv4Address]:
    """The first and the last address of a subnet that an interface may have.

    carries_instances: whether machines choose addresses in this subnet by themselves.
    """
    network = IPv4Network(cidr)
    first = INSTANCE_ADDRESSES if carries_instances else RESERVED_ADDRESSES
    if first >= network.num_addresses // 2:
        first = RESERVED_ADDRESSES
    return network.network_address + first, network.broadcast_address - 1


def mac_address(vpc_id: str, address: str) -> str:
    """The hardware address of the interface with this address: the same for the same address.

    So whoever knew the address's last owner finds its next one, with no stale neighbour entries.
    Source: ours
    """
    octets = bytes([2, crc32(vpc_id.encode()) & 0xFF]) + IPv4Address(address).packed
    return octets.hex(":")


def private_dns_name(address: str, region: str) -> str:
    """`ip-10-0-0-5.ec2.internal`, which names the region except in us-east-1."""
    return f"ip-{address.replace('.', '-')}.{of_instances(region)}"
