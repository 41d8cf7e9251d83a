"""Route tables and internet gateways as EC2 shows them, and what filters find of them."""

from typing import Any

from roadstead.ec2.records.network import NETWORK_INTERFACES, VPCS, ec2_arn
from roadstead.ec2.records.routing import INTERNET_GATEWAYS, InternetGateway, Route, RouteTable
from roadstead.ec2.views.tags import owner_of, tag_list, yes_no
from roadstead.state.view import View

Shown = dict[str, Any]


def route_table(view: View, one: RouteTable) -> Shown:
    vpc = view.must(VPCS, ec2_arn(one.scope, "vpc", one.vpc_id))
    return {
        "RouteTableId": one.route_table_id,
        "OwnerId": owner_of(one.scope),
        "VpcId": one.vpc_id,
        "Associations": _associations(one),
        "PropagatingVgws": [],
        "Routes": [
            {
                "DestinationCidrBlock": vpc.cidr,
                "GatewayId": "local",
                "Origin": "CreateRouteTable",
                "State": "active",
            },
            *(_route(view, one, each) for each in one.routes),
        ],
        "Tags": tag_list(one.tags),
    }


def _associations(one: RouteTable) -> list[Shown]:
    main = [(one.main_association_id, None)] if one.main_association_id else []
    return [
        {
            "RouteTableAssociationId": association_id,
            "RouteTableId": one.route_table_id,
            "Main": subnet_id is None,
            "SubnetId": subnet_id,
            "AssociationState": {"State": "associated"},
        }
        for association_id, subnet_id in [*main, *one.associations.items()]
    ]


def _route(view: View, table: RouteTable, one: Route) -> Shown:
    destination = "DestinationIpv6CidrBlock" if ":" in one.destination else "DestinationCidrBlock"
    shown: Shown = {
        destination: one.destination,
        "Origin": "CreateRoute",
        "State": route_state(view, table, one),
    }
    if one.target.startswith("igw-"):
        return {**shown, "GatewayId": one.target}
    interface = view.get(NETWORK_INTERFACES, ec2_arn(table.scope, "network-interface", one.target))
    attached = interface.attachment if interface else None
    return {
        **shown,
        "NetworkInterfaceId": one.target,
        "InstanceId": attached.instance_id if attached else None,
        "InstanceOwnerId": owner_of(table.scope) if attached else None,
    }


def route_state(view: View, table: RouteTable, one: Route) -> str:
    """`active`, or `blackhole` when its target is not where it was."""
    if one.target.startswith("igw-"):
        gateway = view.get(INTERNET_GATEWAYS, ec2_arn(table.scope, "internet-gateway", one.target))
        return "active" if gateway and gateway.vpc_id == table.vpc_id else "blackhole"
    interface = view.get(NETWORK_INTERFACES, ec2_arn(table.scope, "network-interface", one.target))
    return "active" if interface and interface.attachment else "blackhole"


ROUTE_TABLE_FIELDS = {
    "association.main": lambda _view, one: [
        *(yes_no(True) if one.main_association_id else ()),
        *(yes_no(False) if one.associations else ()),
    ],
    "association.route-table-association-id": lambda _view, one: [
        each["RouteTableAssociationId"] for each in _associations(one)
    ],
    "association.route-table-id": lambda _view, one: (
        (one.route_table_id,) if _associations(one) else ()
    ),
    "association.subnet-id": lambda _view, one: one.associations.values(),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "route.destination-cidr-block": lambda view, one: _routed(view, one, "DestinationCidrBlock"),
    "route.destination-ipv6-cidr-block": lambda view, one: _routed(
        view, one, "DestinationIpv6CidrBlock"
    ),
    "route.gateway-id": lambda view, one: _routed(view, one, "GatewayId"),
    "route.instance-id": lambda view, one: _routed(view, one, "InstanceId"),
    "route.origin": lambda view, one: _routed(view, one, "Origin"),
    "route.state": lambda view, one: _routed(view, one, "State"),
    "route-table-id": lambda _view, one: (one.route_table_id,),
    "vpc-id": lambda _view, one: (one.vpc_id,),
}


def _routed(view: View, one: RouteTable, member: str) -> list[str]:
    return [each[member] for each in route_table(view, one)["Routes"] if each.get(member)]


def internet_gateway(_view: View, one: InternetGateway) -> Shown:
    return {
        "InternetGatewayId": one.internet_gateway_id,
        "OwnerId": owner_of(one.scope),
        "Attachments": [{"State": "available", "VpcId": one.vpc_id}] if one.vpc_id else [],
        "Tags": tag_list(one.tags),
    }


GATEWAY_FIELDS = {
    "attachment.state": lambda _view, one: ("available",) if one.vpc_id else (),
    "attachment.vpc-id": lambda _view, one: (one.vpc_id,) if one.vpc_id else (),
    "internet-gateway-id": lambda _view, one: (one.internet_gateway_id,),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
}
