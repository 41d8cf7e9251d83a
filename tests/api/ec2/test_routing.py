"""Route tables and internet gateways over the API."""

from typing import Any

import pytest
from ec2_world import a_subnet, a_vpc, an_interface, filters

from refusals import code_of


@pytest.fixture
def table(ec2: Any, vpc: str) -> str:
    """A route table of `vpc` that is not the main one."""
    made: str = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return made


@pytest.fixture
def gateway(ec2: Any, vpc: str) -> str:
    """An internet gateway attached to `vpc`."""
    made: str = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


def described(ec2: Any, table: str) -> dict[str, Any]:
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return found  # type: ignore[no-any-return]  # boto3 is not typed


def test_a_table_knows_the_way_within_its_vpc(ec2: Any, vpc: str) -> None:
    made = ec2.create_route_table(VpcId=vpc, ClientToken="t")
    assert made["RouteTable"]["Routes"] == [
        {
            "DestinationCidrBlock": "10.0.0.0/16",
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        }
    ]
    again = ec2.create_route_table(VpcId=vpc, ClientToken="t")
    assert again["RouteTable"] == made["RouteTable"]
    tags = [{"ResourceType": "route-table", "Tags": []}]
    assert code_of(ec2.create_route_table, VpcId=vpc, ClientToken="t", TagSpecifications=tags) == (
        "IdempotentParameterMismatch"
    )


def test_a_route_leads_to_a_gateway_or_an_interface(
    ec2: Any, table: str, gateway: str, subnet: str
) -> None:
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    eni = an_interface(ec2, subnet)["NetworkInterfaceId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="192.168.0.0/16", NetworkInterfaceId=eni
    )
    ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=gateway)
    routes = described(ec2, table)["Routes"][1:]
    assert [
        (each.get("GatewayId") or each["NetworkInterfaceId"], each["State"]) for each in routes
    ] == [(gateway, "active"), (eni, "blackhole"), (gateway, "active")]
    assert routes[2]["DestinationIpv6CidrBlock"] == "::/0"
    found = ec2.describe_route_tables(Filters=filters(**{"route.gateway-id": gateway}))
    assert [each["RouteTableId"] for each in found["RouteTables"]] == [table]


def test_a_route_to_a_gateway_that_left_is_a_blackhole(
    ec2: Any, vpc: str, table: str, gateway: str
) -> None:
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert described(ec2, table)["Routes"][1]["State"] == "blackhole"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"DestinationCidrBlock": "10.0.0.0/16"}, "RouteAlreadyExists"),
        ({"DestinationCidrBlock": "1.0.0.0/8"}, "RouteAlreadyExists"),
        ({"DestinationCidrBlock": "1.2.3.0/8"}, "RouteAlreadyExists"),
        ({"DestinationCidrBlock": "there"}, "InvalidParameterValue"),
        ({}, "MissingParameter"),
        (
            {"DestinationCidrBlock": "2.0.0.0/8", "DestinationIpv6CidrBlock": "::/0"},
            "InvalidParameterCombination",
        ),
        (
            {"DestinationCidrBlock": "2.0.0.0/8", "GatewayId": "igw-1"},
            "InvalidInternetGatewayID.NotFound",
        ),
        ({"DestinationCidrBlock": "2.0.0.0/8", "NatGatewayId": "nat-1"}, "UnsupportedOperation"),
        (
            {"DestinationCidrBlock": "2.0.0.0/8", "GatewayId": ""},
            "InvalidParameterCombination",
        ),
    ],
)
def test_what_is_no_new_route_is_refused(
    ec2: Any, table: str, gateway: str, parameters: dict[str, Any], code: str
) -> None:
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="1.0.0.0/8", GatewayId=gateway)
    wanted = {"GatewayId": gateway, **parameters}
    assert code_of(ec2.create_route, RouteTableId=table, **wanted) == code


def test_a_route_is_replaced_and_deleted(ec2: Any, table: str, gateway: str, subnet: str) -> None:
    there = {"RouteTableId": table, "DestinationCidrBlock": "1.0.0.0/8"}
    assert code_of(ec2.replace_route, **there, GatewayId=gateway) == "InvalidRoute.NotFound"
    ec2.create_route(**there, GatewayId=gateway)
    eni = an_interface(ec2, subnet)["NetworkInterfaceId"]
    ec2.replace_route(**there, NetworkInterfaceId=eni)
    assert described(ec2, table)["Routes"][1]["NetworkInterfaceId"] == eni
    ec2.delete_route(**there)
    assert code_of(ec2.delete_route, **there) == "InvalidRoute.NotFound"
    local = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"}
    assert code_of(ec2.delete_route, **local) == "InvalidParameterValue"


def test_a_gateway_of_another_vpc_is_no_target(ec2: Any, table: str) -> None:
    stranger = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    wanted = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": stranger}
    assert code_of(ec2.create_route, RouteTableId=table, **wanted) == "InvalidParameterValue"


def test_a_subnet_uses_one_table(ec2: Any, vpc: str, table: str, subnet: str) -> None:
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    again = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    assert again == association
    by_association = filters(**{"association.route-table-association-id": association})
    (found,) = ec2.describe_route_tables(Filters=by_association)["RouteTables"]
    assert found["Associations"][0]["SubnetId"] == subnet
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    assert code_of(ec2.associate_route_table, RouteTableId=other, SubnetId=subnet) == (
        "Resource.AlreadyAssociated"
    )
    assert code_of(ec2.delete_route_table, RouteTableId=table) == "DependencyViolation"
    moved = ec2.replace_route_table_association(AssociationId=association, RouteTableId=other)
    ec2.delete_route_table(RouteTableId=table)
    assert described(ec2, other)["Associations"][0]["SubnetId"] == subnet
    ec2.disassociate_route_table(AssociationId=moved["NewAssociationId"])
    assert described(ec2, other)["Associations"] == []
    assert code_of(ec2.disassociate_route_table, AssociationId=association) == (
        "InvalidAssociationID.NotFound"
    )


def test_another_table_becomes_the_main_one(ec2: Any, vpc: str, table: str) -> None:
    main = filters(**{"vpc-id": vpc, "association.main": "true"})
    (before,) = ec2.describe_route_tables(Filters=main)["RouteTables"]
    association = before["Associations"][0]["RouteTableAssociationId"]
    assert code_of(ec2.delete_route_table, RouteTableId=before["RouteTableId"]) == (
        "DependencyViolation"
    )
    assert code_of(ec2.disassociate_route_table, AssociationId=association) == (
        "InvalidParameterValue"
    )
    ec2.replace_route_table_association(AssociationId=association, RouteTableId=table)
    (after,) = ec2.describe_route_tables(Filters=main)["RouteTables"]
    assert after["RouteTableId"] == table
    ec2.delete_route_table(RouteTableId=before["RouteTableId"])


def test_tables_and_subnets_are_of_one_vpc(ec2: Any, table: str) -> None:
    far = a_subnet(ec2, a_vpc(ec2, "10.9.0.0/16"), "10.9.0.0/24")
    assert code_of(ec2.associate_route_table, RouteTableId=table, SubnetId=far) == (
        "InvalidParameterValue"
    )
    assert code_of(ec2.associate_route_table, RouteTableId=table) == "MissingParameter"
    assert code_of(ec2.associate_route_table, RouteTableId=table, GatewayId="igw-1") == (
        "UnsupportedOperation"
    )
    assert code_of(ec2.delete_route_table, RouteTableId="rtb-1") == "InvalidRouteTableID.NotFound"


def test_a_vpc_has_one_gateway_and_a_gateway_one_vpc(ec2: Any, vpc: str, gateway: str) -> None:
    (shown,) = ec2.describe_internet_gateways(Filters=filters(**{"attachment.vpc-id": vpc}))[
        "InternetGateways"
    ]
    assert shown["InternetGatewayId"] == gateway
    assert shown["Attachments"] == [{"State": "available", "VpcId": vpc}]
    attach = ec2.attach_internet_gateway
    assert code_of(attach, InternetGatewayId=gateway, VpcId=vpc) == "Resource.AlreadyAssociated"
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert code_of(attach, InternetGatewayId=other, VpcId=vpc) == "InvalidParameterValue"
    delete, detach = ec2.delete_internet_gateway, ec2.detach_internet_gateway
    assert code_of(delete, InternetGatewayId=gateway) == "DependencyViolation"
    assert code_of(detach, InternetGatewayId=other, VpcId=vpc) == "Gateway.NotAttached"
    detach(InternetGatewayId=gateway, VpcId=vpc)
    delete(InternetGatewayId=gateway)
    assert code_of(delete, InternetGatewayId=gateway) == "InvalidInternetGatewayID.NotFound"
