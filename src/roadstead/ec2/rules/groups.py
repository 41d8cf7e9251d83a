"""Security groups by name: which ones an interface is to have."""

from collections.abc import Sequence

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter
from roadstead.ec2.records.network import (
    GROUPS_BY_NAME,
    SecurityGroup,
    group_name_key,
)
from roadstead.ec2.rules import named
from roadstead.state.view import View

DEFAULT_GROUP = "default"
GROUPS_MAX = 16
"""Of one interface. Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""


def groups_of(view: View, vpc_id: str, group_ids: Sequence[str]) -> tuple[SecurityGroup, ...]:
    """The groups of these ids, which are all of one VPC. None named: the VPC's default group.

    Raises: InvalidGroup.NotFound, InvalidGroupId.Malformed, InvalidParameterValue for one of
        another VPC, SecurityGroupsPerInterfaceLimitExceeded
    """
    default = default_group(view, vpc_id)
    if not group_ids:
        return (default,)
    found = tuple(named.group(view, default.scope, each) for each in dict.fromkeys(group_ids))
    if len(found) > GROUPS_MAX:
        raise ApiError(
            "SecurityGroupsPerInterfaceLimitExceeded",
            f"The maximum number of security groups per interface has been reached: {GROUPS_MAX}.",
        )
    for each in found:
        if each.vpc_id != vpc_id:
            raise invalid_parameter(
                f"You have specified two resources that belong to different networks: "
                f"{each.group_id} is in {each.vpc_id}, not in {vpc_id}."
            )
    return found


def default_group(view: View, vpc_id: str) -> SecurityGroup:
    """The group that a VPC has from its first moment to its last."""
    found = view.first(GROUPS_BY_NAME, group_name_key(vpc_id, DEFAULT_GROUP))
    assert found is not None, f"{vpc_id} has no default group"
    return found
