"""Tags of EC2's resources over the API."""

from typing import Any

import pytest
from ec2_world import a_group, an_interface, filters

from refusals import code_of


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def test_every_kind_of_resource_has_tags(ec2: Any, vpc: str, subnet: str) -> None:
    group = a_group(ec2, vpc)
    (rule,) = ec2.describe_security_group_rules(Filters=filters(group_id=group))[
        "SecurityGroupRules"
    ]
    kinds = {
        vpc: "vpc",
        subnet: "subnet",
        group: "security-group",
        rule["SecurityGroupRuleId"]: "security-group-rule",
        an_interface(ec2, subnet)["NetworkInterfaceId"]: "network-interface",
        ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]: "route-table",
        ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]: "internet-gateway",
    }
    ec2.create_tags(Resources=list(kinds), Tags=tags(a="1", b="2"))
    ec2.create_tags(Resources=list(kinds), Tags=tags(b="3"))
    found = ec2.describe_tags()["Tags"]
    assert {(each["ResourceId"], each["ResourceType"]) for each in found} == set(kinds.items())
    assert {(each["Key"], each["Value"]) for each in found} == {("a", "1"), ("b", "3")}
    ec2.delete_tags(Resources=list(kinds), Tags=[{"Key": "a"}])
    ec2.delete_tags(Resources=[vpc], Tags=tags(b="other"))
    ec2.delete_tags(Resources=[subnet], Tags=tags(b="3"))
    ec2.delete_tags(Resources=[group])
    left = {each["ResourceId"] for each in ec2.describe_tags()["Tags"]}
    assert left == set(kinds) - {subnet, group}


def test_resources_are_found_by_their_tags(ec2: Any, vpc: str, subnet: str) -> None:
    ec2.create_tags(Resources=[vpc, subnet], Tags=tags(Name="blue", **{"x:y": "1"}))
    for wanted in ({"tag:Name": "bl*"}, {"tag-key": "x:?"}, {"tag:Name": ["red", "blue"]}):
        found = ec2.describe_vpcs(Filters=filters(**wanted))["Vpcs"]
        assert [each["VpcId"] for each in found] == [vpc]
    assert ec2.describe_vpcs(Filters=filters(**{"tag:Name": "Blue"}))["Vpcs"] == []
    listed = ec2.describe_tags(Filters=filters(resource_type="subnet", key="Name"))["Tags"]
    assert [each["ResourceId"] for each in listed] == [subnet]


def test_tags_come_in_pages(ec2: Any, vpc: str, subnet: str) -> None:
    many = {f"k{number:02}": "v" for number in range(12)}
    ec2.create_tags(Resources=[vpc, subnet], Tags=tags(**many))
    pages = list(ec2.get_paginator("describe_tags").paginate(PaginationConfig={"PageSize": 7}))
    assert [len(page["Tags"]) for page in pages] == [7, 7, 7, 3]
    found = [(each["ResourceId"], each["Key"]) for page in pages for each in page["Tags"]]
    assert len(set(found)) == 24
    for odd in (-1, 0, 4, 1001):
        assert code_of(ec2.describe_tags, MaxResults=odd) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (tags(**{"aws:x": "1"}), "InvalidParameterValue"),
        ([{"Key": "", "Value": "1"}], "InvalidParameterValue"),
        (tags(**{"k" * 129: "1"}), "InvalidParameterValue"),
        (tags(k="v" * 257), "InvalidParameterValue"),
        ([*tags(k="1"), *tags(k="2")], "InvalidParameterValue"),
        (tags(**{f"k{number}": "v" for number in range(51)}), "TagLimitExceeded"),
    ],
)
def test_tags_beyond_ec2s_rules_are_refused(
    ec2: Any, vpc: str, given: list[dict[str, str]], code: str
) -> None:
    assert code_of(ec2.create_tags, Resources=[vpc], Tags=given) == code
    specification = [{"ResourceType": "vpc", "Tags": given}]
    wanted = {"CidrBlock": "10.1.0.0/16", "TagSpecifications": specification}
    assert code_of(ec2.create_vpc, **wanted) == code


def test_tags_are_for_the_resource_that_is_made(ec2: Any) -> None:
    specification = [{"ResourceType": "subnet", "Tags": tags(a="b")}]
    wanted = {"CidrBlock": "10.1.0.0/16", "TagSpecifications": specification}
    assert code_of(ec2.create_vpc, **wanted) == "InvalidParameterValue"


def test_tags_need_a_resource_that_is_there(ec2: Any, vpc: str) -> None:
    assert code_of(ec2.create_tags, Resources=["ami-1"], Tags=tags(a="b")) == "InvalidID"
    for resource, code in {
        "vpc-1": "InvalidVpcID.NotFound",
        "sgr-1": "InvalidSecurityGroupRuleId.NotFound",
        "eni-1": "InvalidNetworkInterfaceID.NotFound",
    }.items():
        assert code_of(ec2.create_tags, Resources=[vpc, resource], Tags=tags(a="b")) == code
    assert ec2.describe_tags()["Tags"] == []
