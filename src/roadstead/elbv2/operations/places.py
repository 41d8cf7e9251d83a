"""Where a load balancer is to be: subnets and security groups of a request, checked.

Source: botocore:elbv2#CreateLoadBalancerInput (Subnets, SubnetMappings, SecurityGroups)
"""

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from roadstead.ec2.records.network import (
    GROUPS_BY_VPC,
    INTERFACES_BY_ADDRESS,
    SECURITY_GROUPS,
    SUBNETS,
    Subnet,
    ec2_arn,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_VPC
from roadstead.elbv2.errors import (
    invalid_configuration,
    invalid_security_group,
    invalid_subnet,
    subnet_not_found,
    unsupported,
    validation,
)
from roadstead.elbv2.rules.quotas import SECURITY_GROUPS_MAX
from roadstead.elbv2.rules.target_ranges import is_ipv4
from roadstead.elbv2.transitions.load_balancers import Place
from roadstead.state.plans import Call
from roadstead.state.view import View

ZONES_OF_APPLICATION_MIN = 2


def places_of(
    view: View, call: Call, request: Mapping[str, Any], *, type: str, scheme: str
) -> list[Place]:
    """The subnets that are asked for, in order.

    Raises: ValidationError; SubnetNotFound; InvalidConfigurationRequest for two subnets in a zone
        or of two VPCs; InvalidSubnet; OperationNotPermitted for Elastic IP and IPv6 addresses.
    """
    subnets, mappings = request.get("Subnets"), request.get("SubnetMappings")
    if subnets and mappings:
        raise validation("You must specify either subnets or subnet mappings, but not both")
    asked = mappings or [{"SubnetId": each} for each in subnets or ()]
    places = [_place(view, call, each, type, scheme) for each in asked]
    found = [each.subnet for each in places]
    if len({each.subnet_id for each in found}) < len(found):
        raise validation("A subnet can be specified only once")
    zones = {each.zone for each in found}
    if len({each.vpc_id for each in found}) > 1:
        raise invalid_configuration("All subnets must belong to the same VPC")
    if len(zones) < len(found):
        raise invalid_configuration(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        )
    if not found:
        raise validation("At least one subnet must be specified")
    if type == "application" and len(zones) < ZONES_OF_APPLICATION_MIN:
        raise validation(
            "At least two subnets in two different Availability Zones must be specified"
        )
    return places


def security_groups_of(
    view: View, call: Call, vpc_id: str, asked: list[str] | None, *, type: str
) -> tuple[str, ...]:
    """The ids of the security groups; without any, an application load balancer's VPC's default.

    Raises: InvalidSecurityGroup; InvalidConfigurationRequest for too many.
    """
    if not asked:
        if type == "network":
            return ()
        named = [each for each in view.find(GROUPS_BY_VPC, vpc_id) if each.name == "default"]
        return tuple(each.group_id for each in named[:1])
    ids = tuple(dict.fromkeys(asked))
    if len(ids) > SECURITY_GROUPS_MAX:
        raise invalid_configuration(
            f"A load balancer can have at most {SECURITY_GROUPS_MAX} security groups, "
            f"not {len(ids)}"
        )
    for each in ids:
        group = view.get(SECURITY_GROUPS, ec2_arn(call.scope, "security-group", each))
        if group is None:
            raise invalid_security_group(
                f"One or more security groups are invalid: '{each}' does not exist"
            )
        if group.vpc_id != vpc_id:
            raise invalid_security_group(
                f"One or more security groups are invalid: '{each}' is in {group.vpc_id}, the load "
                f"balancer in {vpc_id}"
            )
    return ids


def check_gateway(view: View, vpc_id: str, scheme: str) -> None:
    """Return if the VPC has what a load balancer of this scheme needs.

    Raises: InvalidSubnet
    Source: observed: "VPC vpc-… has no internet gateway"
    """
    if scheme == "internet-facing" and not view.count(GATEWAYS_BY_VPC, vpc_id):
        raise invalid_subnet(
            f"VPC {vpc_id} has no internet gateway. Attach one, or make the load balancer internal."
        )


def _place(view: View, call: Call, asked: Mapping[str, Any], type: str, scheme: str) -> Place:
    subnet_id = asked.get("SubnetId") or ""
    if asked.get("AllocationId"):
        raise unsupported("A load balancer with Elastic IP addresses (AllocationId)")
    if asked.get("IPv6Address") or asked.get("SourceNatIpv6Prefix"):
        raise unsupported("A load balancer with IPv6 addresses")
    subnet = view.get(SUBNETS, ec2_arn(call.scope, "subnet", subnet_id))
    if subnet is None:
        raise subnet_not_found(subnet_id)
    address = asked.get("PrivateIPv4Address") or ""
    if address:
        if type != "network" or scheme != "internal":
            raise invalid_configuration(
                "PrivateIPv4Address can be specified only for internal Network Load Balancers"
            )
        _check_address(view, subnet, address)
    return Place(subnet, address)


def _check_address(view: View, subnet: Subnet, address: str) -> None:
    if not is_ipv4(address) or IPv4Address(address) not in subnet.network:
        raise invalid_configuration(
            f"The private IPv4 address '{address}' is not in the subnet '{subnet.subnet_id}' "
            f"({subnet.cidr})"
        )
    taken = view.first(INTERFACES_BY_ADDRESS, f"{subnet.vpc_id}|{address}")
    if taken is not None:
        raise invalid_subnet(
            f"The private IPv4 address '{address}' is in use by '{taken.network_interface_id}'"
        )
