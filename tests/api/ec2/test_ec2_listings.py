"""Filters and pages, the same for every DescribeX; regions and zones."""

from typing import Any

from ec2_world import a_vpc, an_interface, filters

from refusals import code_of, refused


def test_all_filters_must_hold_and_of_values_one(ec2: Any, vpc: str) -> None:
    def found(**wanted: Any) -> list[str]:
        return [each["VpcId"] for each in ec2.describe_vpcs(Filters=filters(**wanted))["Vpcs"]]

    assert found(cidr="10.0.*", is_default="false") == [vpc]
    assert found(cidr="10.0.*", is_default="true") == []
    assert vpc in found(cidr=["172.*", "10.0.0.0/16"])
    assert found(vpc_id="vpc-?") == []
    assert found(cidr=[]) == []


def test_a_filter_that_ec2_does_not_have_is_refused(ec2: Any) -> None:
    assert refused(ec2.describe_vpcs, Filters=filters(colour="red")) == (
        "InvalidParameterValue",
        "The filter 'colour' is invalid",
    )
    assert code_of(ec2.describe_vpcs, Filters=[{"Values": ["x"]}]) == "MissingParameter"
    many = filters(cidr=[str(number) for number in range(201)])
    assert code_of(ec2.describe_vpcs, Filters=many) == "FilterLimitExceeded"


def test_a_list_comes_in_pages(ec2: Any, subnet: str) -> None:
    made = {an_interface(ec2, subnet)["NetworkInterfaceId"] for _ in range(12)}
    for wanted in ({}, {"Filters": filters(subnet_id=subnet)}):
        pages = list(
            ec2.get_paginator("describe_network_interfaces").paginate(
                PaginationConfig={"PageSize": 5}, **wanted
            )
        )
        assert [len(page["NetworkInterfaces"]) for page in pages] == [5, 5, 2]
        assert made == {
            each["NetworkInterfaceId"] for page in pages for each in page["NetworkInterfaces"]
        }


def test_a_page_goes_on_only_in_its_own_list(ec2: Any, subnet: str) -> None:
    for _ in range(6):
        an_interface(ec2, subnet)
    token = ec2.describe_network_interfaces(MaxResults=5)["NextToken"]
    other = {"NextToken": token, "Filters": filters(subnet_id=subnet)}
    assert code_of(ec2.describe_network_interfaces, **other) == "InvalidPaginationToken"
    assert code_of(ec2.describe_network_interfaces, NextToken="x") == "InvalidPaginationToken"
    assert len(ec2.describe_network_interfaces(NextToken=token)["NetworkInterfaces"]) == 1


def test_ids_and_pages_do_not_go_together(ec2: Any, vpc: str) -> None:
    both = {"VpcIds": [vpc], "MaxResults": 5}
    assert code_of(ec2.describe_vpcs, **both) == "InvalidParameterCombination"


def test_ids_and_filters_do(ec2: Any, vpc: str) -> None:
    assert ec2.describe_vpcs(VpcIds=[vpc], Filters=filters(is_default="true"))["Vpcs"] == []


def test_another_accounts_things_are_not_found_by_an_index(server: Any, ec2: Any, vpc: str) -> None:
    elsewhere = server.client("ec2", region="eu-west-1")
    a_vpc(elsewhere)
    assert elsewhere.describe_subnets(Filters=filters(vpc_id=vpc))["Subnets"] == []
    groups = elsewhere.describe_security_groups(Filters=filters(vpc_id=vpc))
    assert groups["SecurityGroups"] == []


def test_there_are_three_zones(ec2: Any) -> None:
    zones = ec2.describe_availability_zones(Filters=filters(state="available"))
    assert [(each["ZoneName"], each["ZoneId"]) for each in zones["AvailabilityZones"]] == [
        ("us-east-1a", "use1-az1"),
        ("us-east-1b", "use1-az2"),
        ("us-east-1c", "use1-az3"),
    ]
    one = ec2.describe_availability_zones(ZoneNames=["us-east-1b"])["AvailabilityZones"]
    assert [each["ZoneName"] for each in one] == ["us-east-1b"]
    assert code_of(ec2.describe_availability_zones, ZoneIds=["x"]) == "InvalidParameterValue"


def test_regions_are_all_at_this_endpoint(server: Any, ec2: Any) -> None:
    (region,) = ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"]
    assert region["Endpoint"] == server.endpoint.removeprefix("http://")
    names = [each["RegionName"] for each in ec2.describe_regions()["Regions"]]
    assert "us-east-1" in names
    assert code_of(ec2.describe_regions, RegionNames=["mars-1"]) == "InvalidParameterValue"
    west = ec2.describe_regions(Filters=filters(region_name="us-west-?"))["Regions"]
    assert [each["RegionName"] for each in west] == ["us-west-1", "us-west-2"]
    assert code_of(ec2.describe_account_attributes, AttributeNames=["x"]) == (
        "InvalidParameterValue"
    )


def test_what_is_not_implemented_is_said_to_be(ec2: Any) -> None:
    code, message = refused(ec2.describe_instances)
    assert code == "UnsupportedOperation"
    assert "docs/parity.md" in message
