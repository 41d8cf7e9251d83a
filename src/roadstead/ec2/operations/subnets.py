"""Subnets: CreateSubnet, DescribeSubnets, ModifySubnetAttribute, DeleteSubnet."""

from typing import Any

from roadstead.ec2.errors import dependency_violation, limit_exceeded, missing_parameter
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.records.network import (
    INTERFACES_BY_SUBNET,
    SUBNETS_BY_SCOPE,
    SUBNETS_BY_VPC,
)
from roadstead.ec2.rules import named
from roadstead.ec2.rules.beyond import refuse_others
from roadstead.ec2.rules.ranges import subnet_range
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.rules.zones import chosen_zone
from roadstead.ec2.transitions.vpcs import create_subnet as make_subnet
from roadstead.ec2.transitions.vpcs import delete_subnet as remove_subnet
from roadstead.ec2.transitions.vpcs import put_subnet
from roadstead.ec2.views.vpcs import SUBNET_FIELDS, subnet
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

SUBNETS_MAX = 200
"""Of a VPC. Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""


def create_subnet(tx: Tx, call: Call, request: Request) -> Response:
    """A part of a VPC's addresses, in one zone.

    Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed, InvalidSubnet.Range,
        InvalidSubnet.Conflict, InvalidParameterValue, MissingParameter, SubnetLimitExceeded,
        UnsupportedOperation for IPv6, IPAM and Outposts
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    """
    refuse_others(
        "CreateSubnet", request, {"VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId"}
    )
    vpc = named.vpc(tx, call.scope, request["VpcId"])
    if not request.get("CidrBlock"):
        raise missing_parameter("cidrBlock")
    if tx.count(SUBNETS_BY_VPC, vpc.vpc_id) >= SUBNETS_MAX:
        raise limit_exceeded(
            "SubnetLimitExceeded",
            f"The maximum number of subnets has been reached: {SUBNETS_MAX}.",
        )
    zone = chosen_zone(
        call.region, request.get("AvailabilityZone", ""), request.get("AvailabilityZoneId", "")
    )
    taken = [each.cidr for each in tx.find(SUBNETS_BY_VPC, vpc.vpc_id)]
    made = make_subnet(
        tx,
        call,
        vpc=vpc,
        cidr=subnet_range(request["CidrBlock"], vpc.cidr, taken),
        zone=zone,
        tags=given_tags(request, "subnet"),
    )
    return {"Subnet": subnet(tx, made)}


DESCRIBE_SUBNETS = Listing(
    operation="DescribeSubnets",
    result="Subnets",
    ids="SubnetIds",
    named=named.subnet,
    fields=SUBNET_FIELDS,
    by_scope=SUBNETS_BY_SCOPE,
    narrower={"vpc-id": SUBNETS_BY_VPC},
    shown=subnet,
)


def describe_subnets(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidSubnetID.NotFound, InvalidSubnetID.Malformed, and those of `describe`

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
    """
    return describe(view, call, request, DESCRIBE_SUBNETS)


def modify_subnet_attribute(tx: Tx, call: Call, request: Request) -> Response:
    """Whether instances would get public addresses: kept and shown, as there are none here.

    Raises: InvalidSubnetID.NotFound, InvalidSubnetID.Malformed, UnsupportedOperation for what
        would change how addresses are given or names resolved
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
    """
    known = {"SubnetId", "MapPublicIpOnLaunch"}
    if request.get("PrivateDnsHostnameTypeOnLaunch") == "ip-name":
        known.add("PrivateDnsHostnameTypeOnLaunch")
    refuse_others("ModifySubnetAttribute", request, known)
    found = named.subnet(tx, call.scope, request["SubnetId"])
    put_subnet(
        tx,
        found,
        map_public_ip_on_launch=request.get("MapPublicIpOnLaunch", {}).get("Value"),
    )
    return {}


def delete_subnet(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidSubnetID.NotFound, InvalidSubnetID.Malformed, DependencyViolation

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html
    """
    found = named.subnet(tx, call.scope, request["SubnetId"])
    eni = tx.first(INTERFACES_BY_SUBNET, found.subnet_id)
    if eni is not None:
        raise dependency_violation("subnet", found.subnet_id, eni.network_interface_id)
    remove_subnet(tx, found)
    return {}
