"""Where a Classic load balancer is asked to be: subnets or zones, and security groups, checked."""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import (
    SECURITY_GROUPS,
    SUBNETS,
    SUBNETS_BY_VPC,
    VPCS_BY_SCOPE,
    Subnet,
    ec2_arn,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_VPC
from roadstead.ec2.rules.groups import default_group
from roadstead.elb.errors import (
    invalid_configuration,
    invalid_security_group,
    invalid_subnet,
    subnet_not_found,
    validation,
)
from roadstead.elb.rules.quotas import SECURITY_GROUPS_MAX
from roadstead.state.plans import Call
from roadstead.state.view import View


def asked_subnets(view: View, call: Call, request: Mapping[str, Any]) -> list[Subnet]:
    """The subnets of a new load balancer: those named, or the default ones of the zones named.

    Raises: ValidationError; SubnetNotFound; InvalidConfigurationRequest
    """
    ids, zones = request.get("Subnets"), request.get("AvailabilityZones")
    if ids and zones:
        raise validation("Only one of SubnetIds or AvailabilityZones may be specified")
    if not ids and not zones:
        raise validation("Either AvailabilityZones or SubnetIds must be specified")
    found = named_subnets(view, call, ids) if ids else subnets_of_zones(view, call, zones or ())
    check_together(found)
    return found


def named_subnets(view: View, call: Call, ids: Iterable[str]) -> list[Subnet]:
    """Raises: SubnetNotFound"""
    found = []
    for each in dict.fromkeys(ids):
        subnet = view.get(SUBNETS, ec2_arn(call.scope, "subnet", each))
        if subnet is None:
            raise subnet_not_found(each)
        found.append(subnet)
    return found


def subnets_of_zones(view: View, call: Call, zones: Iterable[str]) -> list[Subnet]:
    """The default subnet of each zone: without subnets, it is the default VPC that is meant.

    Raises: ValidationError
    """
    vpcs = [each for each in view.find(VPCS_BY_SCOPE, call.scope) if each.is_default]
    by_zone = {
        each.zone: each
        for vpc in vpcs
        for each in view.find(SUBNETS_BY_VPC, vpc.vpc_id)
        if each.is_default
    }
    found = []
    for zone in dict.fromkeys(zones):
        if zone not in by_zone:
            raise validation(
                f"Invalid Availability Zone: {zone}. There are default subnets in "
                f"{', '.join(sorted(by_zone)) or 'none'}"
            )
        found.append(by_zone[zone])
    return found


def check_together(subnets: Iterable[Subnet]) -> None:
    """Return if one load balancer can be in these subnets.

    Raises: InvalidConfigurationRequest
    """
    zones: dict[str, str] = {}
    vpcs: dict[str, str] = {}
    for each in subnets:
        vpcs.setdefault(each.vpc_id, each.subnet_id)
        other = zones.setdefault(each.zone, each.subnet_id)
        if other != each.subnet_id:
            raise invalid_configuration(
                "ELB cannot be attached to multiple subnets in the same AZ: "
                f"{other} and {each.subnet_id} are in {each.zone}."
            )
    if len(vpcs) > 1:
        raise invalid_configuration(
            f"All subnets must belong to the same VPC: {', '.join(vpcs.values())} do not."
        )


def security_groups_of(
    view: View, call: Call, vpc_id: str, asked: list[str] | None
) -> tuple[str, ...]:
    """The ids of the security groups; without any, the VPC's default one.

    Raises: InvalidSecurityGroup; InvalidConfigurationRequest for too many
    """
    if not asked:
        return (default_group(view, vpc_id).group_id,)
    ids = tuple(dict.fromkeys(asked))
    if len(ids) > SECURITY_GROUPS_MAX:
        raise invalid_configuration(
            f"A load balancer can have at most {SECURITY_GROUPS_MAX} security groups, not "
            f"{len(ids)}"
        )
    for each in ids:
        group = view.get(SECURITY_GROUPS, ec2_arn(call.scope, "security-group", each))
        if group is None:
            raise invalid_security_group(f"The security group '{each}' does not exist")
        if group.vpc_id != vpc_id:
            raise invalid_security_group(
                f"The security group '{each}' is in {group.vpc_id}, the load balancer in {vpc_id}"
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


def of_subnets(refusal: ApiError) -> ApiError:
    """EC2's refusal of an address, as ELB says it."""
    return invalid_subnet(refusal.message)
