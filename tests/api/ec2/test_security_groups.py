"""Security groups over the API."""

from typing import Any

import pytest
from ec2_world import a_group, an_interface, filters

from refusals import code_of, refused


def test_a_new_group_lets_everything_out_and_nothing_in(ec2: Any, vpc: str) -> None:
    made = ec2.create_security_group(
        GroupName="web",
        Description="the web",
        VpcId=vpc,
        TagSpecifications=[
            {"ResourceType": "security-group", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
    )
    assert made["Tags"] == [{"Key": "a", "Value": "b"}]
    (group,) = ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
    assert (group["GroupName"], group["Description"], group["VpcId"]) == ("web", "the web", vpc)
    assert group["IpPermissions"] == []
    assert group["IpPermissionsEgress"] == [
        {
            "IpProtocol": "-1",
            "UserIdGroupPairs": [],
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [],
            "PrefixListIds": [],
        }
    ]


def test_a_group_without_a_vpc_is_in_the_default_one(ec2: Any) -> None:
    made = ec2.create_security_group(GroupName="web", Description="d")["GroupId"]
    (found,) = ec2.describe_security_groups(GroupNames=["web"])["SecurityGroups"]
    assert found["GroupId"] == made
    assert code_of(ec2.describe_security_groups, GroupNames=["no"]) == "InvalidGroup.NotFound"
    ec2.delete_security_group(GroupName="web")
    assert code_of(ec2.delete_security_group, GroupId=made) == "InvalidGroup.NotFound"


def test_without_a_default_vpc_a_group_needs_one_named(server: Any) -> None:
    elsewhere = server.client("ec2", region="eu-west-1")
    named = {"GroupName": "web", "Description": "d"}
    assert code_of(elsewhere.create_security_group, **named) == "VPCIdNotSpecified"


def test_a_name_is_taken_once_in_a_vpc(ec2: Any, vpc: str) -> None:
    a_group(ec2, vpc)
    assert refused(ec2.create_security_group, GroupName="web", Description="d", VpcId=vpc) == (
        "InvalidGroup.Duplicate",
        f"The security group 'web' already exists for VPC '{vpc}'",
    )
    ec2.create_security_group(GroupName="web", Description="d")


@pytest.mark.parametrize(
    ("name", "description"),
    [("default", "d"), ("sg-mine", "d"), ("größe", "d"), ("web", "größe"), ("a" * 256, "d")],
)
def test_names_and_descriptions_are_of_ec2s_letters(
    ec2: Any, vpc: str, name: str, description: str
) -> None:
    wanted = {"GroupName": name, "Description": description, "VpcId": vpc}
    assert code_of(ec2.create_security_group, **wanted) == "InvalidParameterValue"


def test_a_group_goes_once_nobody_needs_it(ec2: Any, vpc: str, subnet: str) -> None:
    group, other = a_group(ec2, vpc), a_group(ec2, vpc, "other")
    eni = an_interface(ec2, subnet, Groups=[group])["NetworkInterfaceId"]
    code, message = refused(ec2.delete_security_group, GroupId=group)
    assert (code, message) == (
        "DependencyViolation",
        f"resource {group} has a dependent object",
    )
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    from_group = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=from_group)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=from_group)
    assert code_of(ec2.delete_security_group, GroupId=group) == "DependencyViolation"
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=from_group)
    ec2.delete_security_group(GroupId=group)


def test_the_default_group_stays(ec2: Any, vpc: str) -> None:
    (group,) = ec2.describe_security_groups(Filters=filters(vpc_id=vpc, group_name="default"))[
        "SecurityGroups"
    ]
    assert code_of(ec2.delete_security_group, GroupId=group["GroupId"]) == "CannotDelete"
    assert code_of(ec2.delete_security_group) == "MissingParameter"
    assert code_of(ec2.delete_security_group, GroupId="g") == "InvalidGroupId.Malformed"


def test_groups_are_found_by_their_rules(ec2: Any, vpc: str) -> None:
    group = a_group(ec2, vpc)
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=81, CidrIp="10.0.0.0/8"
    )
    for name, value in {
        "ip-permission.cidr": "10.0.0.0/8",
        "ip-permission.from-port": "80",
        "ip-permission.to-port": "81",
        "ip-permission.protocol": "tcp",
    }.items():
        found = ec2.describe_security_groups(Filters=[{"Name": name, "Values": [value]}])
        assert [each["GroupId"] for each in found["SecurityGroups"]] == [group]
    outgoing = filters(**{"egress.ip-permission.cidr": "0.0.0.0/0", "group-id": group})
    assert len(ec2.describe_security_groups(Filters=outgoing)["SecurityGroups"]) == 1


def test_a_vpc_has_as_many_groups_as_the_limit_says(
    ec2: Any, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roadstead.ec2.operations.security_groups.GROUPS_MAX", 1)
    wanted = {"GroupName": "web", "Description": "d", "VpcId": vpc}
    assert code_of(ec2.create_security_group, **wanted) == "SecurityGroupLimitExceeded"
