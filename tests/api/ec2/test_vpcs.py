"""VPCs over the API: the default one, new ones, their attributes, and what keeps them."""

from typing import Any

import pytest
from ec2_world import a_group, a_subnet, a_vpc, filters

from refusals import code_of, refused


def test_there_is_a_default_vpc_from_the_start(ec2: Any) -> None:
    vpcs = ec2.describe_vpcs(Filters=filters(is_default="true"))["Vpcs"]
    assert [(vpc["CidrBlock"], vpc["State"]) for vpc in vpcs] == [("172.31.0.0/16", "available")]
    subnets = ec2.describe_subnets(Filters=filters(vpc_id=vpcs[0]["VpcId"]))["Subnets"]
    assert sorted((each["AvailabilityZone"], each["CidrBlock"]) for each in subnets) == [
        ("us-east-1a", "172.31.0.0/20"),
        ("us-east-1b", "172.31.16.0/20"),
        ("us-east-1c", "172.31.32.0/20"),
    ]
    groups = ec2.describe_security_groups(Filters=filters(vpc_id=vpcs[0]["VpcId"]))
    assert [each["GroupName"] for each in groups["SecurityGroups"]] == ["default"]
    assert ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"] == [
        {
            "AttributeName": "default-vpc",
            "AttributeValues": [{"AttributeValue": vpcs[0]["VpcId"]}],
        }
    ]


def test_a_new_vpc_has_a_group_a_route_table_and_a_network_acl(ec2: Any) -> None:
    made = ec2.create_vpc(
        CidrBlock="10.1.2.3/16",
        AmazonProvidedIpv6CidrBlock=False,
        InstanceTenancy="default",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "n"}]}],
    )["Vpc"]
    assert made["CidrBlock"] == "10.1.0.0/16"
    assert made["Tags"] == [{"Key": "Name", "Value": "n"}]
    assert ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"] == [made]
    of_vpc = filters(vpc_id=made["VpcId"])
    (group,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    assert group["GroupName"] == "default"
    assert group["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]
    (table,) = ec2.describe_route_tables(
        Filters=[*of_vpc, *filters(**{"association.main": "true"})]
    )["RouteTables"]
    assert table["Routes"][0]["GatewayId"] == "local"
    (acl,) = ec2.describe_network_acls(Filters=[*of_vpc, *filters(default="true")])["NetworkAcls"]
    assert [each["RuleAction"] for each in acl["Entries"]] == ["allow", "deny", "allow", "deny"]


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.0.0.0/8", "InvalidVpc.Range"),
        ("10.0.0.0/29", "InvalidVpc.Range"),
        ("10.0.0.0", "InvalidParameterValue"),
        ("300.0.0.0/16", "InvalidParameterValue"),
        ("fd00::/64", "InvalidParameterValue"),
    ],
)
def test_a_vpc_needs_a_range_of_ipv4(ec2: Any, cidr: str, code: str) -> None:
    assert code_of(ec2.create_vpc, CidrBlock=cidr) == code


def test_a_vpc_without_a_range_is_refused(ec2: Any) -> None:
    assert refused(ec2.create_vpc) == (
        "MissingParameter",
        "The request must contain the parameter cidrBlock",
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"AmazonProvidedIpv6CidrBlock": True},
        {"InstanceTenancy": "dedicated"},
        {"Ipv4IpamPoolId": "ipam-pool-1"},
    ],
)
def test_what_no_vpc_here_can_be_is_refused(ec2: Any, parameters: dict[str, Any]) -> None:
    code, message = refused(ec2.create_vpc, CidrBlock="10.0.0.0/16", **parameters)
    assert code == "UnsupportedOperation"
    assert next(iter(parameters)) in message


def test_attributes_are_changed_one_at_a_time(ec2: Any, vpc: str) -> None:
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    found = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert (found["VpcId"], found["EnableDnsHostnames"]) == (vpc, {"Value": True})
    found = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")
    assert found["EnableDnsSupport"] == {"Value": False}
    found = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableNetworkAddressUsageMetrics")
    assert found["EnableNetworkAddressUsageMetrics"] == {"Value": False}
    both = {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
    assert code_of(ec2.modify_vpc_attribute, VpcId=vpc, **both) == "InvalidParameterCombination"
    metrics = {"EnableNetworkAddressUsageMetrics": {"Value": True}}
    assert code_of(ec2.modify_vpc_attribute, VpcId=vpc, **metrics) == "UnsupportedOperation"


def test_a_vpc_that_is_not_there_is_not_found(ec2: Any) -> None:
    assert refused(ec2.describe_vpcs, VpcIds=["vpc-1"]) == (
        "InvalidVpcID.NotFound",
        "The vpc ID 'vpc-1' does not exist",
    )
    assert code_of(ec2.describe_vpcs, VpcIds=["1"]) == "InvalidVpcID.Malformed"
    assert code_of(ec2.delete_vpc, VpcId="vpc-1") == "InvalidVpcID.NotFound"


def test_a_vpc_goes_once_nothing_is_left_in_it(ec2: Any, vpc: str) -> None:
    subnet = a_subnet(ec2, vpc)
    code, message = refused(ec2.delete_vpc, VpcId=vpc)
    assert code == "DependencyViolation"
    assert message.startswith(f"The vpc '{vpc}' has dependencies and cannot be deleted")
    ec2.delete_subnet(SubnetId=subnet)
    group = a_group(ec2, vpc)
    assert code_of(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    assert code_of(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.delete_route_table(RouteTableId=table)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert code_of(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)
    of_vpc = filters(vpc_id=vpc)
    assert ec2.describe_vpcs(Filters=of_vpc)["Vpcs"] == []
    assert ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"] == []
    assert ec2.describe_route_tables(Filters=of_vpc)["RouteTables"] == []


def test_the_default_vpc_can_be_made_anew_once_it_is_gone(ec2: Any) -> None:
    assert code_of(ec2.create_default_vpc) == "DefaultVpcAlreadyExists"
    (before,) = ec2.describe_vpcs()["Vpcs"]
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    gateway_id = gateway["InternetGatewayId"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=before["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=before["VpcId"])
    made = ec2.create_default_vpc()["Vpc"]
    assert made["IsDefault"]
    assert len(ec2.describe_subnets()["Subnets"]) == 3


def test_each_region_has_its_own_vpcs(server: Any, ec2: Any) -> None:
    a_vpc(ec2)
    elsewhere = server.client("ec2", region="eu-west-1")
    assert elsewhere.describe_vpcs()["Vpcs"] == []
    vpc = a_vpc(elsewhere)
    assert code_of(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"
    zone = elsewhere.describe_availability_zones()["AvailabilityZones"][0]
    assert (zone["ZoneName"], zone["ZoneId"]) == ("eu-west-1a", "euw1-az1")


def test_a_dry_run_says_what_would_have_happened_and_does_nothing(ec2: Any) -> None:
    code, message = refused(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert (code, message) == (
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
    )
    assert code_of(ec2.create_vpc, CidrBlock="10.0.0.0/8", DryRun=True) == "InvalidVpc.Range"
    assert code_of(ec2.describe_vpcs, DryRun=True) == "DryRunOperation"
    assert len(ec2.describe_vpcs()["Vpcs"]) == 1


def test_there_are_as_many_vpcs_as_the_limit_says(
    ec2: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roadstead.ec2.operations.vpcs.VPCS_MAX", 2)
    a_vpc(ec2)
    assert code_of(ec2.create_vpc, CidrBlock="10.1.0.0/16") == "VpcLimitExceeded"
    assert ec2.describe_vpn_gateways()["VpnGateways"] == []
