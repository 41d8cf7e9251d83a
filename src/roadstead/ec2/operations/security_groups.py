"""Security groups: CreateSecurityGroup, DescribeSecurityGroups, DeleteSecurityGroup."""

import re
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import (
    invalid_parameter,
    limit_exceeded,
    missing_parameter,
    resource_in_use,
)
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.records.network import (
    GROUPS_BY_NAME,
    GROUPS_BY_PEER,
    GROUPS_BY_SCOPE,
    GROUPS_BY_VPC,
    INTERFACES_BY_GROUP,
    SecurityGroup,
    Vpc,
    group_name_key,
)
from roadstead.ec2.rules import named
from roadstead.ec2.rules.groups import DEFAULT_GROUP
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions.default_vpc import default_vpc
from roadstead.ec2.transitions.security_groups import create_group, delete_group
from roadstead.ec2.views.security_groups import GROUP_FIELDS, security_group
from roadstead.ec2.views.tags import tag_list
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

GROUPS_MAX = 2500
"""Of a VPC; on AWS, of an account in a region.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""
_LETTERS = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}", re.ASCII)


def create_security_group(tx: Tx, call: Call, request: Request) -> Response:
    """A group from which everything may leave and into which nothing may come.

    Raises: InvalidGroup.Duplicate, InvalidParameterValue, InvalidVpcID.NotFound, VPCIdNotSpecified,
        SecurityGroupLimitExceeded
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    """
    vpc = _vpc(tx, call, request)
    name, description = request["GroupName"], request["Description"]
    _check_words(name, description)
    if tx.count(GROUPS_BY_NAME, group_name_key(vpc.vpc_id, name)):
        raise ApiError(
            "InvalidGroup.Duplicate",
            f"The security group '{name}' already exists for VPC '{vpc.vpc_id}'",
        )
    if tx.count(GROUPS_BY_VPC, vpc.vpc_id) >= GROUPS_MAX:
        raise limit_exceeded(
            "SecurityGroupLimitExceeded",
            f"The maximum number of security groups has been reached: {GROUPS_MAX}.",
        )
    made = create_group(
        tx,
        call,
        scope=vpc.scope,
        vpc_id=vpc.vpc_id,
        name=name,
        description=description,
        tags=given_tags(request, "security-group"),
    )
    return {
        "GroupId": made.group_id,
        "SecurityGroupArn": made.arn,
        "Tags": tag_list(made.tags),
    }


DESCRIBE_SECURITY_GROUPS = Listing(
    operation="DescribeSecurityGroups",
    result="SecurityGroups",
    ids="GroupIds",
    named=named.group,
    fields=GROUP_FIELDS,
    by_scope=GROUPS_BY_SCOPE,
    narrower={"vpc-id": GROUPS_BY_VPC},
    shown=security_group,
)


def describe_security_groups(view: View, call: Call, request: Request) -> Response:
    """Names are names of groups in the default VPC.

    Raises: InvalidGroup.NotFound, InvalidGroupId.Malformed, and those of `describe`
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
    """
    names = request.get("GroupNames")
    if names:
        ids = [_by_name(view, call, name).group_id for name in names]
        request = {**request, "GroupIds": [*request.get("GroupIds", ()), *ids]}
    return describe(view, call, request, DESCRIBE_SECURITY_GROUPS)


def delete_security_group(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidGroup.NotFound, CannotDelete for a VPC's default group, DependencyViolation

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """
    found = requested_group(tx, call, request)
    if found.name == DEFAULT_GROUP:
        raise ApiError(
            "CannotDelete",
            f'the specified group: "{found.group_id}" name: "{DEFAULT_GROUP}" cannot be deleted by '
            "a user",
        )
    referring = (each.group_id for each in tx.find(GROUPS_BY_PEER, found.group_id))
    if tx.count(INTERFACES_BY_GROUP, found.group_id) or any(
        group_id != found.group_id for group_id in referring
    ):
        raise resource_in_use(found.group_id)
    delete_group(tx, found)
    return {"Return": True, "GroupId": found.group_id}


def requested_group(view: View, call: Call, request: Request) -> SecurityGroup:
    """The group that a request names by id or, in the default VPC, by name.

    Raises: InvalidGroup.NotFound, InvalidGroupId.Malformed, MissingParameter
    """
    if request.get("GroupId"):
        return named.group(view, call.scope, request["GroupId"])
    if request.get("GroupName"):
        return _by_name(view, call, request["GroupName"])
    raise missing_parameter("GroupName or GroupId")


def _by_name(view: View, call: Call, name: str) -> SecurityGroup:
    vpc = default_vpc(view, call.scope)
    key = group_name_key(vpc.vpc_id, name) if vpc else ""
    found = view.first(GROUPS_BY_NAME, key)
    if found is None:
        where = f"default VPC '{vpc.vpc_id}'" if vpc else "a default VPC: there is none"
        raise ApiError(
            "InvalidGroup.NotFound", f"The security group '{name}' does not exist in {where}"
        )
    return found


def _vpc(tx: Tx, call: Call, request: Request) -> Vpc:
    if request.get("VpcId"):
        return named.vpc(tx, call.scope, request["VpcId"])
    found = default_vpc(tx, call.scope)
    if found is None:
        raise ApiError("VPCIdNotSpecified", "No default VPC for this user")
    return found


def _check_words(name: str, description: str) -> None:
    if name.lower() == DEFAULT_GROUP:
        raise ApiError("InvalidParameterValue", "Cannot use reserved security group name: default")
    if name.startswith("sg-"):
        raise invalid_parameter(
            "Group names may not be in the format sg-*. The id of a group looks like that."
        )
    for parameter, text in (("GroupName", name), ("GroupDescription", description)):
        if _LETTERS.fullmatch(text) is None:
            raise invalid_parameter(
                f"Value ({text[:300]}) for parameter {parameter} is invalid. Character sets beyond "
                "ASCII are not supported, and there are 1 to 255 characters."
            )
