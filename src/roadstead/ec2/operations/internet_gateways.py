"""Internet gateways: create, attach, detach, describe, delete."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import dependency_violation
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.records.routing import GATEWAYS_BY_SCOPE, GATEWAYS_BY_VPC
from roadstead.ec2.rules import named
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions import routing as transitions
from roadstead.ec2.views.routing import GATEWAY_FIELDS, internet_gateway
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]


def create_internet_gateway(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidParameterValue

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html
    """
    tags = given_tags(request, "internet-gateway")
    made = transitions.create_gateway(tx, call, scope=call.scope, tags=tags)
    return {"InternetGateway": internet_gateway(tx, made)}


DESCRIBE_INTERNET_GATEWAYS = Listing(
    operation="DescribeInternetGateways",
    result="InternetGateways",
    ids="InternetGatewayIds",
    named=named.gateway,
    fields=GATEWAY_FIELDS,
    by_scope=GATEWAYS_BY_SCOPE,
    narrower={"attachment.vpc-id": GATEWAYS_BY_VPC},
    shown=internet_gateway,
)


def describe_internet_gateways(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidInternetGatewayID.NotFound, and those of `describe`

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html
    """
    return describe(view, call, request, DESCRIBE_INTERNET_GATEWAYS)


def attach_internet_gateway(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidInternetGatewayID.NotFound, InvalidVpcID.NotFound, Resource.AlreadyAssociated,
        InvalidParameterValue for a VPC that has a gateway

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html
    """
    gateway = named.gateway(tx, call.scope, request["InternetGatewayId"])
    vpc = named.vpc(tx, call.scope, request["VpcId"])
    if gateway.vpc_id:
        raise ApiError(
            "Resource.AlreadyAssociated",
            f"resource {gateway.internet_gateway_id} is already attached to network "
            f"{gateway.vpc_id}",
        )
    if tx.count(GATEWAYS_BY_VPC, vpc.vpc_id):
        raise ApiError(
            "InvalidParameterValue",
            f"Network {vpc.vpc_id} already has an internet gateway attached",
        )
    transitions.attach_gateway(tx, gateway, vpc.vpc_id)
    return {}


def detach_internet_gateway(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidInternetGatewayID.NotFound, Gateway.NotAttached

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
    """
    gateway = named.gateway(tx, call.scope, request["InternetGatewayId"])
    if gateway.vpc_id != request["VpcId"]:
        raise ApiError(
            "Gateway.NotAttached",
            f"resource {gateway.internet_gateway_id} is not attached to network {request['VpcId']}",
        )
    transitions.attach_gateway(tx, gateway, "")
    return {}


def delete_internet_gateway(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidInternetGatewayID.NotFound, DependencyViolation while it is attached

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html
    """
    gateway = named.gateway(tx, call.scope, request["InternetGatewayId"])
    if gateway.vpc_id:
        raise dependency_violation("internetGateway", gateway.internet_gateway_id, gateway.vpc_id)
    transitions.delete_gateway(tx, gateway)
    return {}
