"""Route tables: create, describe, delete, their routes and which subnets use them."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import (
    association_not_found,
    dependency_violation,
    invalid_combination,
    invalid_parameter,
    limit_exceeded,
    missing_parameter,
)
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.operations.tokens import creation_token, made_before
from roadstead.ec2.records.network import VPCS, ec2_arn
from roadstead.ec2.records.routing import (
    ROUTE_TABLES_BY_ASSOCIATION,
    ROUTE_TABLES_BY_SCOPE,
    ROUTE_TABLES_BY_SUBNET,
    ROUTE_TABLES_BY_TOKEN,
    ROUTE_TABLES_BY_VPC,
    Route,
    RouteTable,
)
from roadstead.ec2.rules import named
from roadstead.ec2.rules.beyond import refuse_others
from roadstead.ec2.rules.ranges import any_range
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions import routing as transitions
from roadstead.ec2.views.routing import ROUTE_TABLE_FIELDS, route_table
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

TABLES_MAX = 200
"""Of a VPC. Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""
ROUTES_MAX = 500
"""Of a table, as above."""

_ROUTE_MEMBERS = frozenset(
    {
        "RouteTableId",
        "DestinationCidrBlock",
        "DestinationIpv6CidrBlock",
        "GatewayId",
        "NetworkInterfaceId",
    }
)


def create_route_table(tx: Tx, call: Call, request: Request) -> Response:
    """A table that knows the way within the VPC and no other.

    Raises: InvalidVpcID.NotFound, InvalidParameterValue, RouteTableLimitExceeded,
        IdempotentParameterMismatch
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html
    """
    made = made_before(tx, call, ROUTE_TABLES_BY_TOKEN, request)
    if made is None:
        vpc = named.vpc(tx, call.scope, request["VpcId"])
        if tx.count(ROUTE_TABLES_BY_VPC, vpc.vpc_id) >= TABLES_MAX:
            raise limit_exceeded(
                "RouteTableLimitExceeded",
                f"The maximum number of route tables has been reached: {TABLES_MAX}.",
            )
        made = transitions.create_route_table(
            tx,
            call,
            scope=call.scope,
            vpc_id=vpc.vpc_id,
            tags=given_tags(request, "route-table"),
            creation_token=creation_token(request),
        )
    return {"RouteTable": route_table(tx, made), "ClientToken": request.get("ClientToken")}


DESCRIBE_ROUTE_TABLES = Listing(
    operation="DescribeRouteTables",
    result="RouteTables",
    ids="RouteTableIds",
    named=named.route_table,
    fields=ROUTE_TABLE_FIELDS,
    by_scope=ROUTE_TABLES_BY_SCOPE,
    narrower={
        "association.route-table-association-id": ROUTE_TABLES_BY_ASSOCIATION,
        "association.subnet-id": ROUTE_TABLES_BY_SUBNET,
        "vpc-id": ROUTE_TABLES_BY_VPC,
    },
    shown=route_table,
)


def describe_route_tables(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, and those of `describe`

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
    """
    return describe(view, call, request, DESCRIBE_ROUTE_TABLES)


def delete_route_table(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, DependencyViolation for the main table and one in use

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html
    """
    table = named.route_table(tx, call.scope, request["RouteTableId"])
    if table.main_association_id or table.associations:
        why = "it is the main one" if table.main_association_id else "subnets use it"
        raise dependency_violation("routeTable", table.route_table_id, why)
    transitions.delete_route_table(tx, table)
    return {}


def create_route(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, RouteAlreadyExists, RouteLimitExceeded,
        InvalidGatewayID.NotFound, InvalidInternetGatewayID.NotFound,
        InvalidNetworkInterfaceID.NotFound, InvalidParameterValue, InvalidParameterCombination,
        MissingParameter, UnsupportedOperation for other targets

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    refuse_others("CreateRoute", request, _ROUTE_MEMBERS)
    table = named.route_table(tx, call.scope, request["RouteTableId"])
    route = Route(destination=_destination(request), target=_target(tx, call, table, request))
    if any(each.destination == route.destination for each in table.routes) or _is_local(
        tx, table, route.destination
    ):
        raise ApiError(
            "RouteAlreadyExists", f"The route identified by {route.destination} already exists."
        )
    if len(table.routes) >= ROUTES_MAX:
        raise limit_exceeded(
            "RouteLimitExceeded", f"The maximum number of routes has been reached: {ROUTES_MAX}."
        )
    transitions.put_routes(tx, table, (*table.routes, route))
    return {"Return": True}


def replace_route(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, InvalidRoute.NotFound, and those of a new target

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
    """
    refuse_others("ReplaceRoute", request, _ROUTE_MEMBERS)
    table = named.route_table(tx, call.scope, request["RouteTableId"])
    destination = _destination(request)
    _check_there(table, destination)
    route = Route(destination=destination, target=_target(tx, call, table, request))
    transitions.put_routes(
        tx,
        table,
        [route if each.destination == destination else each for each in table.routes],
    )
    return {}


def delete_route(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, InvalidRoute.NotFound, InvalidParameterValue for the
        local route

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html
    """
    refuse_others("DeleteRoute", request, _ROUTE_MEMBERS)
    table = named.route_table(tx, call.scope, request["RouteTableId"])
    destination = _destination(request)
    if _is_local(tx, table, destination):
        raise invalid_parameter(
            f"cannot remove local route {destination} in route table {table.route_table_id}"
        )
    _check_there(table, destination)
    left = [each for each in table.routes if each.destination != destination]
    transitions.put_routes(tx, table, left)
    return {}


def associate_route_table(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidRouteTableID.NotFound, InvalidSubnetID.NotFound, InvalidParameterValue,
        Resource.AlreadyAssociated, MissingParameter, UnsupportedOperation for a gateway

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
    """
    refuse_others("AssociateRouteTable", request, {"RouteTableId", "SubnetId"})
    table = named.route_table(tx, call.scope, request["RouteTableId"])
    if not request.get("SubnetId"):
        raise missing_parameter("subnetId")
    subnet = named.subnet(tx, call.scope, request["SubnetId"])
    _check_same_network(table, subnet.vpc_id, subnet.subnet_id)
    for other in tx.find(ROUTE_TABLES_BY_SUBNET, subnet.subnet_id):
        if other.arn == table.arn:
            there = {each: key for key, each in table.associations.items()}
            return _associated("AssociationId", there[subnet.subnet_id])
        raise ApiError(
            "Resource.AlreadyAssociated",
            f"the specified association for route table {table.route_table_id} conflicts with an "
            f"existing association of {subnet.subnet_id} with {other.route_table_id}",
        )
    return _associated("AssociationId", transitions.associate(tx, call, table, subnet.subnet_id))


def replace_route_table_association(tx: Tx, call: Call, request: Request) -> Response:
    """Another table for a subnet, or another main table for the VPC.

    Raises: InvalidAssociationID.NotFound, InvalidRouteTableID.NotFound, InvalidParameterValue
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html
    """
    association_id = request["AssociationId"]
    before = _associated_table(tx, call, association_id)
    after = named.route_table(tx, call.scope, request["RouteTableId"])
    _check_same_network(after, before.vpc_id, before.route_table_id)
    if association_id == before.main_association_id:
        new_id = transitions.make_main(tx, call, before, after)
    else:
        subnet_id = before.associations[association_id]
        transitions.disassociate(tx, before, association_id)
        after = named.route_table(tx, call.scope, request["RouteTableId"])
        new_id = transitions.associate(tx, call, after, subnet_id)
    return _associated("NewAssociationId", new_id)


def disassociate_route_table(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidAssociationID.NotFound, InvalidParameterValue for the main table's

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html
    """
    association_id = request["AssociationId"]
    table = _associated_table(tx, call, association_id)
    if association_id == table.main_association_id:
        raise invalid_parameter(
            f"cannot disassociate the main route table association {association_id}"
        )
    transitions.disassociate(tx, table, association_id)
    return {}


def _associated(member: str, association_id: str) -> Response:
    return {member: association_id, "AssociationState": {"State": "associated"}}


def _associated_table(tx: Tx, call: Call, association_id: str) -> RouteTable:
    table = tx.first(ROUTE_TABLES_BY_ASSOCIATION, association_id)
    if table is None or table.scope != call.scope:
        raise association_not_found(association_id)
    return table


def _check_same_network(table: RouteTable, vpc_id: str, other: str) -> None:
    if table.vpc_id != vpc_id:
        raise invalid_parameter(
            f"route table {table.route_table_id} and {other} belong to different networks"
        )


def _destination(request: Request) -> str:
    given = [
        any_range(request[member], member)
        for member in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
        if request.get(member)
    ]
    if not given:
        raise missing_parameter("destinationCidrBlock")
    if len(given) > 1:
        raise invalid_combination("A route has one destination.")
    return given[0]


def _target(tx: Tx, call: Call, table: RouteTable, request: Request) -> str:
    gateway_id, interface_id = request.get("GatewayId"), request.get("NetworkInterfaceId")
    if bool(gateway_id) == bool(interface_id):
        raise invalid_combination(
            "A route has one target: GatewayId, an internet gateway's, or NetworkInterfaceId."
        )
    if gateway_id:
        gateway = named.gateway(tx, call.scope, gateway_id)
        _check_same_network(table, gateway.vpc_id, f"network gateway {gateway_id}")
        return gateway.internet_gateway_id
    eni = named.interface(tx, call.scope, str(interface_id))
    _check_same_network(table, eni.vpc_id, eni.network_interface_id)
    return eni.network_interface_id


def _is_local(tx: Tx, table: RouteTable, destination: str) -> bool:
    return tx.must(VPCS, ec2_arn(table.scope, "vpc", table.vpc_id)).cidr == destination


def _check_there(table: RouteTable, destination: str) -> None:
    if not any(each.destination == destination for each in table.routes):
        raise ApiError(
            "InvalidRoute.NotFound",
            f"no route with destination-cidr-block {destination} in route table "
            f"{table.route_table_id}",
        )
