"""What a client may ask about the targets of a group.

ECS asks the same way: a target of its tasks is registered by `register_targets` as any other.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from roadstead.ec2.records.instances import primary_interface
from roadstead.ec2.records.network import SUBNETS_BY_VPC, VPCS, ec2_arn
from roadstead.elbv2.errors import invalid_target, too_many, validation
from roadstead.elbv2.operations.references import the_target_group
from roadstead.elbv2.records.target_group import (
    TARGETS,
    TARGETS_BY_GROUP,
    Target,
    TargetGroup,
    target_arn,
)
from roadstead.elbv2.rules.quotas import TARGETS_MAX
from roadstead.elbv2.rules.target_ranges import is_ipv4, is_permitted, subnet_of
from roadstead.elbv2.transitions import targets as transitions
from roadstead.elbv2.views.target_health import (
    target_health_view,
    unregistered_view,
    zones_in_use,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register_targets(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Register targets with the group; those that are registered already stay as they are.

    Raises: TargetGroupNotFound; InvalidTarget for an instance that is not running, or is in
        another VPC, and for what is no target of the group's type; ValidationError for a zone
        that is not the target's; TooManyTargets.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
    """
    group = the_target_group(tx, call, request["TargetGroupArn"])
    described = request["Targets"]
    _check_described(described)
    if group.target_type == "instance":
        _check_instances(tx, group, described)
    else:
        for each in described:
            _check_address(tx, call, group, each)
    arns = {target_arn(group.arn, each["Id"], each.get("Port") or group.port) for each in described}
    new = sum(tx.get(TARGETS, arn) is None for arn in arns)
    count = tx.count(TARGETS_BY_GROUP, group.arn) + new
    if new and count > TARGETS_MAX:
        raise too_many(
            "Targets", f"A target group can have at most {TARGETS_MAX} targets, not {count}"
        )
    for each in described:
        zone = each.get("AvailabilityZone") or "" if group.target_type == "ip" else ""
        transitions.register(tx, call, group, each["Id"], each.get("Port") or group.port, zone)
    return {}


def deregister_targets(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Deregister targets; what is not registered is no error.

    An id without a port means every port that it is registered with.

    Raises: TargetGroupNotFound; ValidationError for no target.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
    """
    group = the_target_group(tx, call, request["TargetGroupArn"])
    _check_described(request["Targets"])
    for target in _registered(tx, group, request["Targets"]):
        if target is not None:
            transitions.deregister(tx, call, target)
    return {}


def describe_target_health(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The health of the targets that are named, or of all.

    Raises: TargetGroupNotFound; InvalidTarget for what is no target of the group's type.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
    """
    group = the_target_group(view, call, request["TargetGroupArn"])
    zones = zones_in_use(view, group.arn)
    named = request.get("Targets")
    if not named:
        found: Iterable[Target | None] = view.find(TARGETS_BY_GROUP, group.arn)
        return {
            "TargetHealthDescriptions": [
                target_health_view(group, each, zones) for each in found if each is not None
            ]
        }
    shown = []
    for each in named:
        targets = [one for one in _registered(view, group, (each,)) if one is not None]
        shown += [target_health_view(group, one, zones) for one in targets]
        if not targets:
            _check_kind(group, each["Id"])
            shown.append(unregistered_view(each["Id"], each.get("Port") or group.port))
    return {"TargetHealthDescriptions": shown}


def _registered(
    view: View, group: TargetGroup, described: Iterable[dict[str, Any]]
) -> list[Target | None]:
    """The targets that are meant; None for one that is not registered."""
    found: list[Target | None] = []
    for each in described:
        port = each.get("Port")
        if port is not None:
            found.append(view.get(TARGETS, target_arn(group.arn, each["Id"], port)))
            continue
        prefix = f"{group.arn}|{each['Id']}|"
        of_all_ports = []
        for target in view.walk(TARGETS_BY_GROUP, group.arn, after=prefix):
            if not target.arn.startswith(prefix):
                break
            of_all_ports.append(target)
        found += of_all_ports or [None]
    return found


def _check_described(described: list[dict[str, Any]]) -> None:
    if not described:
        raise validation("At least one target must be specified")
    for each in described:
        if each.get("QuicServerId"):
            raise validation("QuicServerId is for QUIC target groups, which are not supported")


def _check_kind(group: TargetGroup, target_id: str) -> None:
    if group.target_type == "instance":
        if not target_id.startswith("i-"):
            raise validation(f"Instance ID '{target_id}' is not valid")
    elif not is_ipv4(target_id):
        raise validation(f"The IP address '{target_id}' is not a valid IPv4 address")


def _check_instances(view: View, group: TargetGroup, described: list[dict[str, Any]]) -> None:
    gone, elsewhere = [], []
    for each in described:
        _check_kind(group, each["Id"])
        if each.get("AvailabilityZone"):
            raise validation(
                "You cannot specify an Availability Zone for target groups with the target type "
                "'instance'"
            )
        interface = primary_interface(view, each["Id"])
        if interface is None:
            gone.append(each["Id"])
        elif interface.vpc_id != group.vpc_id:
            elsewhere.append(each["Id"])
    if gone:
        raise invalid_target(
            "The following targets are not in a running state and cannot be registered: "
            + ", ".join(f"'{each}'" for each in gone)
        )
    if elsewhere:
        raise invalid_target(
            f"The following targets are not in the target group VPC '{group.vpc_id}': "
            + ", ".join(f"'{each}'" for each in elsewhere)
        )


def _check_address(view: View, call: Call, group: TargetGroup, described: dict[str, Any]) -> None:
    address, zone = described["Id"], described.get("AvailabilityZone")
    _check_kind(group, address)
    vpc = view.get(VPCS, ec2_arn(call.scope, "vpc", group.vpc_id))
    subnet = subnet_of(view.find(SUBNETS_BY_VPC, group.vpc_id), address)
    if subnet is not None:
        if zone and zone != subnet.zone:
            raise validation(
                f"The IP address '{address}' is within the VPC, and cannot have its Availability "
                f"Zone overridden to '{zone}' from '{subnet.zone}'"
            )
        if _is_reserved(address, subnet.network):
            raise invalid_target(
                f"The IP address '{address}' is reserved in its subnet and cannot be a target"
            )
        return
    if vpc is not None and not is_permitted(address):
        raise invalid_target(
            f"The IP address '{address}' is not within the subnets of the VPC, nor within "
            "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10"
        )
    if not zone:
        raise validation(
            "You must specify a valid Availability Zone or select 'all' for all enabled "
            f"Availability zones, since the IP address '{address}' is outside the VPC"
        )
    if zone != "all" and not zone.startswith(call.region):
        raise validation(
            f"The Availability Zone '{zone}' is not valid: it must be one of {call.region}, or "
            "'all'"
        )


def _is_reserved(address: str, network: IPv4Network) -> bool:
    """The network's own address, its router's and its broadcast address are nobody's."""
    return address in (
        str(network.network_address),
        str(network.network_address + 1),
        str(network.broadcast_address),
    )
