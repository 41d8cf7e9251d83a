"""The network of awsvpc tasks: what a client may ask for, and the subnet that a task gets.

Subnets and security groups are EC2's; they are read here and never written.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roadstead.ec2.records.network import (
    INTERFACES_BY_SUBNET,
    SECURITY_GROUPS,
    SUBNETS,
    SecurityGroup,
    Subnet,
    ec2_arn,
)
from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task import TaskInterface
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ids import Ids
from roadstead.state.view import View

SUBNETS_MAX = 16
SECURITY_GROUPS_MAX = 5
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html"""


def checked_network(
    view: View,
    scope: str,
    network_mode: str,
    configuration: Mapping[str, Any] | None,
    launch_type: str = "EC2",
) -> dict[str, Any] | None:
    """The network configuration with its defaults; None where the network mode has none.

    scope: `account/region`, whose subnets and groups are meant.
    Raises: InvalidParameterException when it is missing or out of place, names too many subnets or
        security groups or some that do not exist or are of several VPCs, and for a public address
        on EC2.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
        and observed: the refusals of subnets and security groups.
    """
    if network_mode != "awsvpc":
        if configuration:
            raise invalid_parameter(
                "Network Configuration is not valid for the given networkMode of this task "
                "definition."
            )
        return None
    given = (configuration or {}).get("awsvpcConfiguration")
    if not given:
        raise invalid_parameter(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    subnets = list(dict.fromkeys(given.get("subnets") or ()))
    groups = list(dict.fromkeys(given.get("securityGroups") or ()))
    public = given.get("assignPublicIp") or "DISABLED"
    check_choice("assignPublicIp", public, ("ENABLED", "DISABLED"))
    if not subnets:
        raise invalid_parameter("subnets can not be empty.")
    _check_number("subnets", subnets, SUBNETS_MAX)
    _check_number("security groups", groups, SECURITY_GROUPS_MAX)
    if public == "ENABLED" and launch_type != "FARGATE":
        raise invalid_parameter("Assign public IP is not supported for this launch type.")
    vpc_id = _vpc_of(_found_subnets(view, scope, subnets))
    for group in _found_groups(view, scope, groups):
        if group.vpc_id != vpc_id:
            raise invalid_parameter(
                f"Security group {group.group_id} does not appear to belong to the same VPC as the "
                "input subnets."
            )
    return {
        "awsvpcConfiguration": {
            "subnets": subnets,
            "securityGroups": groups,
            "assignPublicIp": public,
        }
    }


def zones_of(
    view: View, scope: str, configuration: Mapping[str, Any] | None
) -> tuple[str, ...] | None:
    """The Availability Zones in which tasks of this network configuration can have an address.

    configuration: checked. None where it is None: such tasks have no address of their own. A subnet
    that is not there any more counts for nothing.
    """
    if not configuration:
        return None
    return tuple(sorted({each.zone for each in _subnets_of(view, scope, configuration)}))


def subnet_in(view: View, scope: str, configuration: Mapping[str, Any], zone: str) -> Subnet | None:
    """The subnet of a task in this zone: of several the one with most addresses left."""
    return max(
        (each for each in _subnets_of(view, scope, configuration) if each.zone == zone),
        key=lambda each: (
            each.network.num_addresses - view.count(INTERFACES_BY_SUBNET, each.subnet_id)
        ),
        default=None,
    )


def interface_in(
    view: View, scope: str, configuration: Mapping[str, Any] | None, zone: str, ids: Ids
) -> TaskInterface | None:
    """The interface that a task is to have on an instance of this zone, not made yet.

    None without a network configuration: it has none of its own.
    """
    if not configuration:
        return None
    subnet = subnet_in(view, scope, configuration, zone)
    assert subnet is not None, f"placed in {zone}, where none of the task's subnets is"
    return TaskInterface(
        attachment_id=ids.uuid(),
        subnet_id=subnet.subnet_id,
        security_groups=tuple(configuration["awsvpcConfiguration"].get("securityGroups") or ()),
    )


def _subnets_of(view: View, scope: str, configuration: Mapping[str, Any]) -> Iterable[Subnet]:
    for subnet_id in configuration["awsvpcConfiguration"]["subnets"]:
        subnet = view.get(SUBNETS, ec2_arn(scope, "subnet", subnet_id))
        if subnet is not None:
            yield subnet


def _check_number(what: str, given: Sequence[str], most: int) -> None:
    if len(given) > most:
        raise invalid_parameter(f"{what} can have up to {most} items, not {len(given)}.")


def _found_subnets(view: View, scope: str, subnet_ids: Sequence[str]) -> list[Subnet]:
    found = []
    for subnet_id in subnet_ids:
        subnet = view.get(SUBNETS, ec2_arn(scope, "subnet", subnet_id))
        if subnet is None:
            raise invalid_parameter(
                f"Error retrieving subnet information for [{', '.join(subnet_ids)}]: The subnet ID "
                f"'{subnet_id[:100]}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            )
        found.append(subnet)
    return found


def _found_groups(view: View, scope: str, group_ids: Sequence[str]) -> list[SecurityGroup]:
    found = []
    for group_id in group_ids:
        group = view.get(SECURITY_GROUPS, ec2_arn(scope, "security-group", group_id))
        if group is None:
            raise invalid_parameter(
                f"Error retrieving security group information for [{', '.join(group_ids)}]: The "
                f"security group '{group_id[:100]}' does not exist "
                "(ErrorCode: InvalidGroup.NotFound)"
            )
        found.append(group)
    return found


def _vpc_of(subnets: Sequence[Subnet]) -> str:
    vpc_ids = {each.vpc_id for each in subnets}
    if len(vpc_ids) > 1:
        raise invalid_parameter(
            "The subnets do not belong to one VPC: they are in "
            f"{' and '.join(sorted(vpc_ids))}. Name subnets of a single VPC."
        )
    return vpc_ids.pop()
