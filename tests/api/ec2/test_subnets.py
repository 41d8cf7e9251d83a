"""Subnets over the API."""

from typing import Any

import pytest
from ec2_world import a_subnet, an_interface, filters

from refusals import code_of, refused


def test_a_subnet_is_shown_as_ec2_shows_it(ec2: Any, vpc: str) -> None:
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.0.7.0/24",
        AvailabilityZone="us-east-1b",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}],
    )["Subnet"]
    assert made["AvailableIpAddressCount"] == 251
    assert (made["AvailabilityZone"], made["AvailabilityZoneId"]) == ("us-east-1b", "use1-az2")
    assert (made["State"], made["DefaultForAz"]) == ("available", False)
    assert made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"] == [made]


def test_a_zone_may_be_chosen_by_id_or_not_at_all(ec2: Any, vpc: str) -> None:
    chosen = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZoneId="use1-az3")
    assert chosen["Subnet"]["AvailabilityZone"] == "us-east-1c"
    first = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24")
    assert first["Subnet"]["AvailabilityZone"] == "us-east-1a"
    wrong = {"VpcId": vpc, "CidrBlock": "10.0.3.0/24", "AvailabilityZone": "us-east-1z"}
    code, message = refused(ec2.create_subnet, **wrong)
    assert code == "InvalidParameterValue"
    assert message.endswith("us-east-1a, us-east-1b, us-east-1c.")


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.0.0/15", "InvalidSubnet.Range"),
        ("10.0.5.0/29", "InvalidSubnet.Range"),
        ("10.0.1.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/16", "InvalidSubnet.Conflict"),
        ("nowhere", "InvalidParameterValue"),
    ],
)
def test_a_subnet_is_a_free_part_of_its_vpc(ec2: Any, vpc: str, cidr: str, code: str) -> None:
    a_subnet(ec2, vpc, "10.0.1.0/24")
    assert code_of(ec2.create_subnet, VpcId=vpc, CidrBlock=cidr) == code


def test_ipv6_is_refused_and_not_passed_over(ec2: Any, vpc: str, subnet: str) -> None:
    wanted = {"VpcId": vpc, "CidrBlock": "10.0.2.0/24", "Ipv6CidrBlock": "fd00::/64"}
    assert code_of(ec2.create_subnet, **wanted) == "UnsupportedOperation"
    on = {"AssignIpv6AddressOnCreation": {"Value": True}}
    assert code_of(ec2.modify_subnet_attribute, SubnetId=subnet, **on) == "UnsupportedOperation"
    off = {"AssignIpv6AddressOnCreation": {"Value": False}}
    ec2.modify_subnet_attribute(SubnetId=subnet, **off)
    ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="ip-name")
    named = {"PrivateDnsHostnameTypeOnLaunch": "resource-name"}
    assert code_of(ec2.modify_subnet_attribute, SubnetId=subnet, **named) == "UnsupportedOperation"


def test_whether_addresses_would_be_public_is_kept(ec2: Any, subnet: str) -> None:
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    public = ec2.describe_subnets(Filters=filters(map_public_ip_on_launch="true", vpc_id="vpc-*"))
    assert subnet in [each["SubnetId"] for each in public["Subnets"]]


def test_a_subnet_goes_once_no_interface_is_in_it(ec2: Any, vpc: str, subnet: str) -> None:
    eni = an_interface(ec2, subnet)
    found = ec2.describe_subnets(Filters=filters(subnet_id=subnet))["Subnets"][0]
    assert found["AvailableIpAddressCount"] == 250
    code, message = refused(ec2.delete_subnet, SubnetId=subnet)
    assert code == "DependencyViolation"
    assert eni["NetworkInterfaceId"] in message
    ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.delete_subnet(SubnetId=subnet)
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert found["Associations"] == []
    assert code_of(ec2.delete_subnet, SubnetId=subnet) == "InvalidSubnetID.NotFound"
    assert code_of(ec2.delete_subnet, SubnetId="x") == "InvalidSubnetID.Malformed"


def test_a_vpc_has_as_many_subnets_as_the_limit_says(
    ec2: Any, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roadstead.ec2.operations.subnets.SUBNETS_MAX", 1)
    a_subnet(ec2, vpc)
    wanted = {"VpcId": vpc, "CidrBlock": "10.0.2.0/24"}
    assert code_of(ec2.create_subnet, **wanted) == "SubnetLimitExceeded"
    assert code_of(ec2.create_subnet, VpcId=vpc) == "MissingParameter"
