"""What a client may ask about where a Classic load balancer is: subnets, zones, security groups."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import Subnet
from roadstead.elb.errors import invalid_configuration, invalid_subnet, validation
from roadstead.elb.operations.places import (
    check_together,
    named_subnets,
    of_subnets,
    security_groups_of,
    subnets_of_zones,
)
from roadstead.elb.operations.references import the_load_balancer
from roadstead.elb.records.load_balancer import ClassicLoadBalancer
from roadstead.elb.transitions import load_balancers as transitions
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def apply_security_groups(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let these security groups hold, in place of those before, at once.

    Raises: LoadBalancerNotFound; InvalidSecurityGroup; InvalidConfigurationRequest;
        ValidationError for none
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ApplySecurityGroupsToLoadBalancer.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    if not request["SecurityGroups"]:
        raise validation("At least one security group must be specified")
    groups = security_groups_of(tx, call, found.vpc_id, request["SecurityGroups"])
    transitions.set_security_groups(tx, call, found, groups)
    return {"SecurityGroups": list(groups)}


def attach_to_subnets(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let it be in these subnets too. Answers with all of them.

    Raises: LoadBalancerNotFound; SubnetNotFound, InvalidSubnet; InvalidConfigurationRequest
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_AttachLoadBalancerToSubnets.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    changed = _enter(tx, call, found, named_subnets(tx, call, request["Subnets"]))
    return {"Subnets": list(changed.subnets)}


def detach_from_subnets(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let it leave these subnets; instances in their zones are out of service.

    Answers with the subnets that are left.
    Raises: LoadBalancerNotFound; InvalidConfigurationRequest when none would be left.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DetachLoadBalancerFromSubnets.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    gone = set(request["Subnets"])
    changed = _stay(tx, call, found, [each for each in found.subnets if each not in gone])
    return {"Subnets": list(changed.subnets)}


def enable_zones(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let it be in the default subnets of these zones too. Answers with all its zones.

    Raises: LoadBalancerNotFound; ValidationError; InvalidConfigurationRequest for a load balancer
        that is not in the default VPC.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_EnableAvailabilityZonesForLoadBalancer.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    zones = [each for each in request["AvailabilityZones"] if each not in found.zones]
    changed = _enter(tx, call, found, subnets_of_zones(tx, call, zones))
    return {"AvailabilityZones": list(changed.zones)}


def disable_zones(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let it leave these zones; instances there are out of service. Answers with the rest.

    Raises: LoadBalancerNotFound; InvalidConfigurationRequest when none would be left.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DisableAvailabilityZonesForLoadBalancer.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    gone = set(request["AvailabilityZones"])
    kept = [
        subnet for subnet, zone in zip(found.subnets, found.zones, strict=True) if zone not in gone
    ]
    return {"AvailabilityZones": list(_stay(tx, call, found, kept).zones)}


def _enter(
    tx: Tx, call: Call, found: ClassicLoadBalancer, added: list[Subnet]
) -> ClassicLoadBalancer:
    held = named_subnets(tx, call, found.subnets)
    subnets = [*held, *(each for each in added if each.subnet_id not in found.subnets)]
    if any(each.vpc_id != found.vpc_id for each in added):
        raise invalid_subnet(f"The subnets must be in the VPC of the load balancer, {found.vpc_id}")
    check_together(subnets)
    try:
        return transitions.set_subnets(tx, call, found, subnets)
    except ApiError as refusal:
        raise of_subnets(refusal) from None


def _stay(tx: Tx, call: Call, found: ClassicLoadBalancer, kept: list[str]) -> ClassicLoadBalancer:
    if not kept:
        raise invalid_configuration("A load balancer must be in at least one subnet")
    return transitions.set_subnets(tx, call, found, named_subnets(tx, call, kept))
