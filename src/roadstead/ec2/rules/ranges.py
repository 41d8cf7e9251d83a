"""Ranges of addresses: which a VPC, a subnet, a route or a permission may have."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter

PREFIX_MIN = 16
PREFIX_MAX = 28
"""Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""


def vpc_range(cidr: str) -> str:
    """The range of a new VPC, with the bits behind its prefix cleared.

    Raises: InvalidVpc.Range, InvalidParameterValue
    """
    network = _ipv4(cidr, "cidrBlock")
    if not PREFIX_MIN <= network.prefixlen <= PREFIX_MAX:
        raise ApiError(
            "InvalidVpc.Range",
            f"The CIDR '{cidr}' is invalid: a VPC is from /{PREFIX_MIN} to /{PREFIX_MAX}.",
        )
    return str(network)


def subnet_range(cidr: str, vpc_cidr: str, taken: Iterable[str]) -> str:
    """The range of a new subnet. taken: the ranges of the VPC's other subnets.

    Raises: InvalidSubnet.Range, InvalidSubnet.Conflict, InvalidParameterValue
    """
    network = _ipv4(cidr, "cidrBlock")
    if not (
        PREFIX_MIN <= network.prefixlen <= PREFIX_MAX and network.subnet_of(IPv4Network(vpc_cidr))
    ):
        raise ApiError(
            "InvalidSubnet.Range",
            f"The CIDR '{cidr}' is invalid: a subnet is from /{PREFIX_MIN} to /{PREFIX_MAX}, "
            f"within its VPC's {vpc_cidr}.",
        )
    for other in taken:
        if network.overlaps(IPv4Network(other)):
            raise ApiError(
                "InvalidSubnet.Conflict",
                f"The CIDR '{cidr}' conflicts with another subnet ({other})",
            )
    return str(network)


def any_range(cidr: str, parameter: str) -> str:
    """A range of IPv4 or IPv6 addresses, with the bits behind its prefix cleared.

    Raises: InvalidParameterValue
    """
    return str(_network(cidr, parameter))


def _ipv4(cidr: str, parameter: str) -> IPv4Network:
    network = _network(cidr, parameter)
    if isinstance(network, IPv6Network):
        raise _bad(cidr, parameter)
    return network


def _network(cidr: str, parameter: str) -> IPv4Network | IPv6Network:
    if "/" not in cidr:
        raise _bad(cidr, parameter)
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        raise _bad(cidr, parameter) from None


def _bad(cidr: str, parameter: str) -> ApiError:
    return invalid_parameter(
        f"Value ({cidr}) for parameter {parameter} is invalid. This is not a valid CIDR block."
    )
