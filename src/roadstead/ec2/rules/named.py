"""The resource that an id names, or the error of EC2 for an id that names none."""

from typing import TypeVar

from roadstead.ec2.errors import (
    attachment_not_found,
    gateway_not_found,
    group_not_found,
    interface_not_found,
    malformed_id,
    route_table_not_found,
    subnet_not_found,
    vpc_not_found,
)
from roadstead.ec2.records.network import (
    INTERFACES_BY_ATTACHMENT,
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    VPCS,
    NetworkInterface,
    SecurityGroup,
    Subnet,
    Vpc,
    ec2_arn,
)
from roadstead.ec2.records.routing import (
    INTERNET_GATEWAYS,
    ROUTE_TABLES,
    InternetGateway,
    RouteTable,
)
from roadstead.state.records import Record, Table
from roadstead.state.view import View

R = TypeVar("R", bound=Record)


def vpc(view: View, scope: str, vpc_id: str) -> Vpc:
    """Raises: InvalidVpcID.NotFound, InvalidVpcID.Malformed"""
    found = _named(view, VPCS, scope, "vpc", "vpc-", vpc_id, "InvalidVpcID.Malformed")
    if found is None:
        raise vpc_not_found(vpc_id)
    return found


def subnet(view: View, scope: str, subnet_id: str) -> Subnet:
    """Raises: InvalidSubnetID.NotFound, InvalidSubnetID.Malformed"""
    found = _named(
        view, SUBNETS, scope, "subnet", "subnet-", subnet_id, "InvalidSubnetID.Malformed"
    )
    if found is None:
        raise subnet_not_found(subnet_id)
    return found


def group(view: View, scope: str, group_id: str) -> SecurityGroup:
    """Raises: InvalidGroup.NotFound, InvalidGroupId.Malformed"""
    found = _named(
        view, SECURITY_GROUPS, scope, "security-group", "sg-", group_id, "InvalidGroupId.Malformed"
    )
    if found is None:
        raise group_not_found(group_id)
    return found


def interface(view: View, scope: str, interface_id: str) -> NetworkInterface:
    """Raises: InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterfaceId.Malformed"""
    found = _named(
        view,
        NETWORK_INTERFACES,
        scope,
        "network-interface",
        "eni-",
        interface_id,
        "InvalidNetworkInterfaceId.Malformed",
    )
    if found is None:
        raise interface_not_found(interface_id)
    return found


def attached_interface(view: View, scope: str, attachment_id: str) -> NetworkInterface:
    """The interface of an attachment. Raises: InvalidAttachmentID.NotFound"""
    found = view.first(INTERFACES_BY_ATTACHMENT, attachment_id)
    if found is None or found.scope != scope:
        raise attachment_not_found(attachment_id)
    return found


def route_table(view: View, scope: str, table_id: str) -> RouteTable:
    """Raises: InvalidRouteTableID.NotFound, InvalidRouteTableId.Malformed"""
    found = _named(
        view, ROUTE_TABLES, scope, "route-table", "rtb-", table_id, "InvalidRouteTableId.Malformed"
    )
    if found is None:
        raise route_table_not_found(table_id)
    return found


def gateway(view: View, scope: str, gateway_id: str) -> InternetGateway:
    """Raises: InvalidInternetGatewayID.NotFound, InvalidInternetGatewayId.Malformed"""
    found = _named(
        view,
        INTERNET_GATEWAYS,
        scope,
        "internet-gateway",
        "igw-",
        gateway_id,
        "InvalidInternetGatewayId.Malformed",
    )
    if found is None:
        raise gateway_not_found(gateway_id)
    return found


def _named(
    view: View,
    table: Table[R],
    scope: str,
    kind: str,
    prefix: str,
    resource_id: str,
    malformed_code: str,
) -> R | None:
    if not resource_id.startswith(prefix):
        raise malformed_id(malformed_code, resource_id, prefix)
    return view.get(table, ec2_arn(scope, kind, resource_id))
