"""VPCs: CreateVpc, CreateDefaultVpc, DescribeVpcs, attributes, DeleteVpc, network ACLs."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import dependency_violation, limit_exceeded, missing_parameter
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.records.network import (
    GROUPS_BY_VPC,
    INTERFACES_BY_VPC,
    SUBNETS_BY_VPC,
    VPCS_BY_SCOPE,
    Vpc,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_VPC, ROUTE_TABLES_BY_VPC
from roadstead.ec2.rules import named
from roadstead.ec2.rules.beyond import refuse_others
from roadstead.ec2.rules.groups import DEFAULT_GROUP
from roadstead.ec2.rules.ranges import vpc_range
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions import default_vpc as defaults
from roadstead.ec2.transitions.vpcs import create_vpc as make_vpc
from roadstead.ec2.transitions.vpcs import delete_vpc as remove_vpc
from roadstead.ec2.transitions.vpcs import put_vpc
from roadstead.ec2.views.vpcs import NETWORK_ACL_FIELDS, VPC_FIELDS, network_acl, vpc
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

VPCS_MAX = 100
"""Of an account in a region. On AWS 5, which may be raised to hundreds.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""


def create_vpc(tx: Tx, call: Call, request: Request) -> Response:
    """A VPC with its default security group, its main route table and its network ACL.

    Raises: InvalidVpc.Range, InvalidParameterValue, MissingParameter, VpcLimitExceeded,
        UnsupportedOperation for IPv6, IPAM and dedicated tenancy
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
    """
    tenancy = request.get("InstanceTenancy", "default")
    given = {name: value for name, value in request.items() if name != "InstanceTenancy"}
    if tenancy != "default":
        given["InstanceTenancy"] = tenancy
    refuse_others("CreateVpc", given, {"CidrBlock"})
    if not request.get("CidrBlock"):
        raise missing_parameter("cidrBlock")
    _check_room(tx, call)
    made = make_vpc(
        tx,
        call,
        scope=call.scope,
        cidr=vpc_range(request["CidrBlock"]),
        tags=given_tags(request, "vpc"),
    )
    return {"Vpc": vpc(tx, made)}


def create_default_vpc(tx: Tx, call: Call, _request: Request) -> Response:
    """The default VPC anew, after it was deleted.

    Raises: DefaultVpcAlreadyExists, VpcLimitExceeded
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html
    """
    before = defaults.default_vpc(tx, call.scope)
    if before is not None:
        raise ApiError(
            "DefaultVpcAlreadyExists",
            f"A Default VPC already exists for this account in this region: {before.vpc_id}.",
        )
    _check_room(tx, call)
    return {"Vpc": vpc(tx, defaults.create_default_vpc(tx, call))}


DESCRIBE_VPCS = Listing(
    operation="DescribeVpcs",
    result="Vpcs",
    ids="VpcIds",
    named=named.vpc,
    fields=VPC_FIELDS,
    by_scope=VPCS_BY_SCOPE,
    narrower={},
    shown=vpc,
)


def describe_vpcs(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed, and those of `describe`

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
    """
    return describe(view, call, request, DESCRIBE_VPCS)


def modify_vpc_attribute(tx: Tx, call: Call, request: Request) -> Response:
    """Whether names in the VPC are resolved.

    Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed, InvalidParameterCombination, and
        UnsupportedOperation for address usage metrics
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
    """
    refuse_others(
        "ModifyVpcAttribute", request, {"VpcId", "EnableDnsSupport", "EnableDnsHostnames"}
    )
    found = named.vpc(tx, call.scope, request["VpcId"])
    support = request.get("EnableDnsSupport", {}).get("Value")
    hostnames = request.get("EnableDnsHostnames", {}).get("Value")
    if support is not None and hostnames is not None:
        raise ApiError(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified; only one may be specified",
        )
    put_vpc(tx, found, enable_dns_support=support, enable_dns_hostnames=hostnames)
    return {}


def describe_vpc_attribute(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html
    """
    found = named.vpc(view, call.scope, request["VpcId"])
    member, value = {
        "enableDnsSupport": ("EnableDnsSupport", found.enable_dns_support),
        "enableDnsHostnames": ("EnableDnsHostnames", found.enable_dns_hostnames),
        "enableNetworkAddressUsageMetrics": ("EnableNetworkAddressUsageMetrics", False),
    }[request["Attribute"]]
    return {"VpcId": found.vpc_id, member: {"Value": value}}


def delete_vpc(tx: Tx, call: Call, request: Request) -> Response:
    """The VPC, its default group and its main route table are gone.

    Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed, DependencyViolation
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
    """
    found = named.vpc(tx, call.scope, request["VpcId"])
    left = _dependency(tx, found)
    if left:
        raise dependency_violation("vpc", found.vpc_id, left)
    remove_vpc(tx, found)
    return {}


DESCRIBE_NETWORK_ACLS = Listing(
    operation="DescribeNetworkAcls",
    result="NetworkAcls",
    ids="NetworkAclIds",
    named=lambda view, scope, acl_id: _vpc_of_acl(view, scope, acl_id),
    fields=NETWORK_ACL_FIELDS,
    by_scope=VPCS_BY_SCOPE,
    narrower={},
    shown=network_acl,
)


def describe_network_acls(view: View, call: Call, request: Request) -> Response:
    """The default ACL of each VPC, which lets everything pass; there are no others.

    Raises: InvalidNetworkAclID.NotFound, and those of `describe`
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html
    """
    return describe(view, call, request, DESCRIBE_NETWORK_ACLS)


def describe_vpn_gateways(_view: View, _call: Call, _request: Request) -> Response:
    """None: none can be made. Tools that look a VPC up ask for them.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnGateways.html
    """
    return {"VpnGateways": []}


def _vpc_of_acl(view: View, scope: str, acl_id: str) -> Vpc:
    for each in view.find(VPCS_BY_SCOPE, scope):
        if each.network_acl_id == acl_id:
            return each
    raise ApiError("InvalidNetworkAclID.NotFound", f"The networkAcl ID '{acl_id}' does not exist")


def _check_room(tx: Tx, call: Call) -> None:
    if tx.count(VPCS_BY_SCOPE, call.scope) >= VPCS_MAX:
        raise limit_exceeded(
            "VpcLimitExceeded", f"The maximum number of VPCs has been reached: {VPCS_MAX}."
        )


def _dependency(tx: Tx, one: Vpc) -> str:
    """What is left in the VPC, or ""."""
    for eni in tx.find(INTERFACES_BY_VPC, one.vpc_id):
        return eni.network_interface_id
    for subnet in tx.find(SUBNETS_BY_VPC, one.vpc_id):
        return subnet.subnet_id
    for gateway in tx.find(GATEWAYS_BY_VPC, one.vpc_id):
        return gateway.internet_gateway_id
    for table in tx.find(ROUTE_TABLES_BY_VPC, one.vpc_id):
        if not table.main_association_id:
            return table.route_table_id
    for group in tx.find(GROUPS_BY_VPC, one.vpc_id):
        if group.name != DEFAULT_GROUP:
            return group.group_id
    return ""
