"""What a client may ask about load balancers."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.aws.marked_pages import after_marker, one_page, page_of
from roadstead.elbv2.errors import (
    duplicate_load_balancer_name,
    invalid_configuration,
    invalid_subnet,
    load_balancer_not_found,
    operation_not_permitted,
    too_many,
    unsupported,
    validation,
)
from roadstead.elbv2.operations.places import check_gateway, places_of, security_groups_of
from roadstead.elbv2.operations.references import the_load_balancer
from roadstead.elbv2.records.load_balancer import (
    LOAD_BALANCERS_BY_NAME,
    LOAD_BALANCERS_BY_SCOPE,
    LoadBalancer,
)
from roadstead.elbv2.rules.load_balancer_attributes import DELETION_PROTECTION
from roadstead.elbv2.rules.names import check_load_balancer_name
from roadstead.elbv2.rules.quotas import LOAD_BALANCERS_MAX
from roadstead.elbv2.rules.tags import checked_tags
from roadstead.elbv2.transitions import load_balancers as transitions
from roadstead.elbv2.transitions.load_balancers import Place
from roadstead.elbv2.views.load_balancer import load_balancer_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

TYPES = ("application", "network")
SCHEMES = ("internet-facing", "internal")
DESCRIBED_MAX = 20
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html"""


def create_load_balancer(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new load balancer, or the one of that name if it has these very settings.

    Raises: ValidationError; DuplicateLoadBalancerName; SubnetNotFound, InvalidSubnet,
        InvalidSecurityGroup, InvalidConfigurationRequest, InvalidScheme; TooManyLoadBalancers;
        DuplicateTagKeys, TooManyTags; OperationNotPermitted for what is not built.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    """
    name = request["Name"]
    check_load_balancer_name(name)
    type, scheme = _type_of(request), _scheme_of(request)
    _refuse_later_parts(request)
    places = places_of(tx, call, request, type=type, scheme=scheme)
    groups = security_groups_of(
        tx, call, places[0].subnet.vpc_id, request.get("SecurityGroups"), type=type
    )
    tags = checked_tags(request.get("Tags"))
    found = tx.first(LOAD_BALANCERS_BY_NAME, f"{call.scope}/{name}")
    if found is not None:
        asked = (type, scheme, groups, [each.subnet.subnet_id for each in places], tags)
        held = (
            found.type,
            found.scheme,
            found.security_groups,
            [each.subnet_id for each in found.addresses],
            found.tags,
        )
        if asked != held:
            raise duplicate_load_balancer_name(name)
        return {"LoadBalancers": [load_balancer_view(found)]}
    of_type = sum(each.type == type for each in tx.find(LOAD_BALANCERS_BY_SCOPE, call.scope))
    if of_type >= LOAD_BALANCERS_MAX:
        raise too_many(
            "LoadBalancers",
            f"There can be at most {LOAD_BALANCERS_MAX} load balancers of type '{type}'",
        )
    check_gateway(tx, places[0].subnet.vpc_id, scheme)
    try:
        load_balancer = transitions.create_load_balancer(
            tx,
            call,
            name,
            type=type,
            scheme=scheme,
            places=places,
            security_groups=groups,
            tags=tags,
        )
    except ApiError as refusal:
        raise _of_subnets(refusal) from None
    return {"LoadBalancers": [load_balancer_view(load_balancer)]}


def describe_load_balancers(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The load balancers that are named, or all, in order of their names.

    Raises: LoadBalancerNotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
    """
    name = "DescribeLoadBalancers"
    arns, names = request.get("LoadBalancerArns"), request.get("Names")
    if arns and names:
        raise validation(
            "Load balancer names and load balancer ARNs cannot be specified at the same time"
        )
    if len(arns or names or ()) > DESCRIBED_MAX:
        raise validation(f"At most {DESCRIBED_MAX} load balancers can be described by name at once")
    if not arns and not names:
        after = after_marker(name, request)
        rows = view.walk(LOAD_BALANCERS_BY_SCOPE, call.scope, after=after)
        page, marker = one_page(name, request, rows, lambda each: each.name)
        return {"LoadBalancers": [load_balancer_view(each) for each in page], **marker}
    if arns:
        found = [the_load_balancer(view, call, arn) for arn in dict.fromkeys(arns)]
    else:
        found = _named(view, call, names or [])
    page, marker = page_of(name, request, found)
    return {"LoadBalancers": [load_balancer_view(each) for each in page], **marker}


def delete_load_balancer(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete it with its listeners, rules and interfaces; one that is not there is no error.

    Raises: OperationNotPermitted while deletion protection is enabled; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
    """
    arn = request["LoadBalancerArn"]
    try:
        load_balancer = the_load_balancer(tx, call, arn)
    except ApiError as refusal:
        if refusal.code == "LoadBalancerNotFound":
            return {}
        raise
    if load_balancer.attributes.get(DELETION_PROTECTION) == "true":
        raise operation_not_permitted(
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        )
    transitions.delete_load_balancer(tx, call, load_balancer)
    return {}


def set_security_groups(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let these security groups hold for the load balancer, at once.

    Raises: LoadBalancerNotFound; InvalidSecurityGroup; InvalidConfigurationRequest for a network
        load balancer that was made without any.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html
    """
    load_balancer = the_load_balancer(tx, call, request["LoadBalancerArn"])
    if load_balancer.type == "network" and not load_balancer.security_groups:
        raise invalid_configuration(
            "Security groups cannot be set for a Network Load Balancer that was created without"
        )
    if not request["SecurityGroups"]:
        raise validation("At least one security group must be specified")
    if request.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") == "off":
        raise unsupported("PrivateLink")
    groups = security_groups_of(
        tx, call, load_balancer.vpc_id, request["SecurityGroups"], type=load_balancer.type
    )
    transitions.set_security_groups(tx, call, load_balancer, groups)
    return {"SecurityGroupIds": list(groups)}


def set_subnets(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let the load balancer be in these subnets. Where it was before it keeps its address.

    Raises: LoadBalancerNotFound; SubnetNotFound, InvalidSubnet; InvalidConfigurationRequest;
        ValidationError; OperationNotPermitted for what is not built.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
    """
    load_balancer = the_load_balancer(tx, call, request["LoadBalancerArn"])
    _refuse_later_parts(request)
    held = {each.subnet_id: each.address for each in load_balancer.addresses}
    asked = {**request}
    if request.get("SubnetMappings"):
        # An address that it has there already is none to be checked for being free.
        asked["SubnetMappings"] = [
            {**each, "PrivateIPv4Address": None}
            if each.get("PrivateIPv4Address") == held.get(each.get("SubnetId") or "")
            else each
            for each in request["SubnetMappings"]
        ]
    places = places_of(tx, call, asked, type=load_balancer.type, scheme=load_balancer.scheme)
    if places[0].subnet.vpc_id != load_balancer.vpc_id:
        raise invalid_subnet(
            f"The subnets must be in the VPC of the load balancer, {load_balancer.vpc_id}"
        )
    _check_addresses_stay(load_balancer, places)
    try:
        load_balancer = transitions.set_subnets(tx, call, load_balancer, places)
    except ApiError as refusal:
        raise _of_subnets(refusal) from None
    shown = load_balancer_view(load_balancer)
    return {
        "AvailabilityZones": shown["AvailabilityZones"],
        "IpAddressType": load_balancer.ip_address_type,
    }


def set_ip_address_type(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Only ipv4 is there to be set.

    Raises: LoadBalancerNotFound; OperationNotPermitted for IPv6.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html
    """
    load_balancer = the_load_balancer(tx, call, request["LoadBalancerArn"])
    _refuse_later_parts(request)
    return {"IpAddressType": load_balancer.ip_address_type}


def _named(view: View, call: Call, names: list[str]) -> list[LoadBalancer]:
    found, missing = [], []
    for name in dict.fromkeys(names):
        each = view.first(LOAD_BALANCERS_BY_NAME, f"{call.scope}/{name}")
        if each is None:
            missing.append(name)
        else:
            found.append(each)
    if missing:
        raise load_balancer_not_found(missing)
    return found


def _type_of(request: dict[str, Any]) -> str:
    type = request.get("Type") or "application"
    if type not in TYPES:
        raise unsupported(f"Load balancer type '{type}'")
    return str(type)


def _scheme_of(request: dict[str, Any]) -> str:
    scheme = request.get("Scheme") or "internet-facing"
    if scheme not in SCHEMES:
        raise ApiError(
            "InvalidScheme", f"Scheme '{scheme}' must be one of '[internal, internet-facing]'"
        )
    return str(scheme)


def _refuse_later_parts(request: dict[str, Any]) -> None:
    if (request.get("IpAddressType") or "ipv4") != "ipv4":
        raise unsupported(f"IP address type '{request['IpAddressType']}'")
    if request.get("EnablePrefixForIpv6SourceNat") == "on":
        raise unsupported("An IPv6 prefix for source NAT")
    for member in ("CustomerOwnedIpv4Pool", "IpamPools"):
        if request.get(member):
            raise unsupported(member)


def _check_addresses_stay(load_balancer: LoadBalancer, places: list[Place]) -> None:
    held = {each.subnet_id: each.address for each in load_balancer.addresses}
    for place in places:
        kept = held.get(place.subnet.subnet_id)
        if kept and place.address and place.address != kept:
            raise invalid_configuration(
                f"The address in the subnet '{place.subnet.subnet_id}' cannot be changed: it is "
                f"{kept}"
            )


def _of_subnets(refusal: ApiError) -> ApiError:
    """EC2's refusal of an address, as ELB says it."""
    return invalid_subnet(refusal.message)
