"""Rules of security groups over the API: added, refused, changed, taken away."""

from typing import Any

import pytest
from ec2_world import a_group, a_vpc, filters

from refusals import code_of, refused


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    """A group named `web`."""
    return a_group(ec2, vpc)


def tcp(first: int, last: int, *cidrs: str, **more: Any) -> dict[str, Any]:
    """A permission for ranges of IPv4."""
    return {
        "IpProtocol": "tcp",
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs],
        **more,
    }


def shown(ec2: Any, group: str) -> list[dict[str, Any]]:
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    permissions: list[dict[str, Any]] = found["IpPermissions"]
    return permissions


def test_a_permission_becomes_a_rule_for_each_peer(ec2: Any, group: str) -> None:
    made = ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            tcp(80, 81, "10.0.0.0/8", "192.168.1.7/24", UserIdGroupPairs=[{"GroupId": group}])
        ],
        TagSpecifications=[
            {"ResourceType": "security-group-rule", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
    )
    assert made["Return"] is True
    rules = made["SecurityGroupRules"]
    assert [rule.get("CidrIpv4") for rule in rules] == ["10.0.0.0/8", "192.168.1.0/24", None]
    assert rules[2]["ReferencedGroupInfo"] == {"GroupId": group, "UserId": "123456789012"}
    assert {rule["SecurityGroupRuleId"][:4] for rule in rules} == {"sgr-"}
    assert all(rule["Tags"] == [{"Key": "a", "Value": "b"}] for rule in rules)
    (permission,) = shown(ec2, group)
    assert permission["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "192.168.1.0/24"}]
    assert permission["UserIdGroupPairs"] == [{"GroupId": group, "UserId": "123456789012"}]


@pytest.mark.parametrize(
    ("permission", "found"),
    [
        ({"IpProtocol": "6", "FromPort": 1, "ToPort": 2}, ("tcp", 1, 2)),
        ({"IpProtocol": "UDP", "FromPort": 0, "ToPort": 65535}, ("udp", 0, 65535)),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, ("icmp", 8, -1)),
        ({"IpProtocol": "icmp"}, ("icmp", -1, -1)),
        ({"IpProtocol": "-1", "FromPort": 5, "ToPort": 6}, ("-1", -1, -1)),
        ({"IpProtocol": "all"}, ("-1", -1, -1)),
        ({"IpProtocol": "50", "FromPort": 5, "ToPort": 6}, ("50", -1, -1)),
    ],
)
def test_a_protocol_is_known_by_name_and_by_number(
    ec2: Any, group: str, permission: dict[str, Any], found: tuple[str, int, int]
) -> None:
    permission = {**permission, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    (rule,) = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])[
        "SecurityGroupRules"
    ]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == found


@pytest.mark.parametrize(
    ("permission", "code"),
    [
        (tcp(81, 80, "0.0.0.0/0"), "InvalidParameterValue"),
        (tcp(0, 65536, "0.0.0.0/0"), "InvalidParameterValue"),
        (tcp(-1, -1, "0.0.0.0/0"), "InvalidParameterValue"),
        (tcp(1, 2), "InvalidParameterValue"),
        (tcp(1, 2, "everywhere"), "InvalidParameterValue"),
        ({"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue"),
        ({"IpProtocol": "tpc", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue"),
        ({"IpProtocol": "256", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue"),
        ({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "MissingParameter"),
        (
            {
                "IpProtocol": "icmp",
                "FromPort": 256,
                "ToPort": 0,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            },
            "InvalidParameterValue",
        ),
        (
            tcp(1, 2, UserIdGroupPairs=[{"GroupId": "sg-00000000000000000"}]),
            "InvalidGroup.NotFound",
        ),
        (
            tcp(1, 2, UserIdGroupPairs=[{"GroupId": "sg-1", "UserId": "999999999999"}]),
            "InvalidGroup.NotFound",
        ),
        (tcp(1, 2, UserIdGroupPairs=[{"GroupName": "none"}]), "InvalidGroup.NotFound"),
        (tcp(1, 2, UserIdGroupPairs=[{"Description": "whom?"}]), "MissingParameter"),
        (tcp(1, 2, PrefixListIds=[{"PrefixListId": "pl-1"}]), "UnsupportedOperation"),
        (
            tcp(1, 2, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "d" * 256}]),
            "InvalidParameterValue",
        ),
    ],
)
def test_what_is_no_permission_is_refused_and_nothing_is_added(
    ec2: Any, group: str, permission: dict[str, Any], code: str
) -> None:
    wanted = [tcp(7, 7, "0.0.0.0/0"), permission]
    assert (
        code_of(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=wanted) == code
    )
    assert shown(ec2, group) == []


def test_a_request_without_a_permission_is_refused(ec2: Any, group: str) -> None:
    assert code_of(ec2.authorize_security_group_ingress, GroupId=group) == "MissingParameter"


def test_a_rule_that_is_there_is_not_added_again(ec2: Any, group: str) -> None:
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(80, 80, "0.0.0.0/0")])
    described = tcp(80, 80, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "other words"}])
    assert refused(
        ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[described]
    ) == (
        "InvalidPermission.Duplicate",
        'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already '
        "exists",
    )
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    code, message = refused(
        ec2.authorize_security_group_egress, GroupId=group, IpPermissions=everything
    )
    assert code == "InvalidPermission.Duplicate"
    assert '"peer: 0.0.0.0/0, ALL, ALLOW"' in message


def test_the_old_form_of_a_rule_is_read_too(ec2: Any) -> None:
    ec2.create_security_group(GroupName="old", Description="d")
    ec2.authorize_security_group_ingress(
        GroupName="old", IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8"
    )
    ec2.authorize_security_group_ingress(GroupName="old", SourceSecurityGroupName="default")
    rules = ec2.describe_security_groups(GroupNames=["old"])["SecurityGroups"][0]["IpPermissions"]
    assert [rule["IpProtocol"] for rule in rules] == ["tcp", "-1"]


def test_rules_are_revoked_word_for_word_or_by_id(ec2: Any, group: str) -> None:
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, 80, "10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8")]
    )["SecurityGroupRules"]
    gone = ec2.revoke_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, 80, "11.0.0.0/8")]
    )
    assert gone["RevokedSecurityGroupRules"][0]["CidrIpv4"] == "11.0.0.0/8"
    by_id = [made[0]["SecurityGroupRuleId"]]
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=by_id)
    assert shown(ec2, group)[0]["IpRanges"] == [{"CidrIp": "12.0.0.0/8"}]
    again = ec2.revoke_security_group_ingress
    assert code_of(again, GroupId=group, IpPermissions=[tcp(80, 80, "11.0.0.0/8")]) == (
        "InvalidPermission.NotFound"
    )
    assert code_of(again, GroupId=group, SecurityGroupRuleIds=by_id) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )
    both = {"SecurityGroupRuleIds": by_id, "IpPermissions": [tcp(80, 80, "12.0.0.0/8")]}
    assert code_of(again, GroupId=group, **both) == "InvalidParameterCombination"
    assert code_of(again, GroupId=group) == "MissingParameter"


def test_what_may_leave_can_be_taken_away(ec2: Any, group: str) -> None:
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    rules = ec2.describe_security_group_rules(Filters=filters(group_id=group))
    assert rules["SecurityGroupRules"] == []


def test_rules_are_described_by_themselves(ec2: Any, group: str) -> None:
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, 80, "10.0.0.0/8")]
    )["SecurityGroupRules"]
    ids = [made[0]["SecurityGroupRuleId"]]
    assert ec2.describe_security_group_rules(SecurityGroupRuleIds=ids)["SecurityGroupRules"] == made
    of_group = ec2.describe_security_group_rules(Filters=filters(group_id=group))
    assert len(of_group["SecurityGroupRules"]) == 2
    outgoing = filters(group_id=group, is_egress="true")
    (rule,) = ec2.describe_security_group_rules(Filters=outgoing)["SecurityGroupRules"]
    assert (rule["IsEgress"], rule["FromPort"]) == (True, -1)
    assert code_of(ec2.describe_security_group_rules, SecurityGroupRuleIds=["sgr-1"]) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )


def test_rules_come_in_pages(ec2: Any, group: str) -> None:
    permissions = [tcp(port, port, "10.0.0.0/8") for port in range(11)]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    pages = list(
        ec2.get_paginator("describe_security_group_rules").paginate(
            Filters=filters(is_egress="false", group_id=group), PaginationConfig={"PageSize": 5}
        )
    )
    assert [len(page["SecurityGroupRules"]) for page in pages] == [5, 5, 1]
    found = {rule["FromPort"] for page in pages for rule in page["SecurityGroupRules"]}
    assert found == set(range(11))
    everywhere = list(
        ec2.get_paginator("describe_security_group_rules").paginate(
            PaginationConfig={"PageSize": 5}
        )
    )
    assert sum(len(page["SecurityGroupRules"]) for page in everywhere) == 12 + 2 + 2


def test_a_rule_changes_and_keeps_its_id_and_its_tags(ec2: Any, group: str) -> None:
    one, other = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, 80, "10.0.0.0/8", "11.0.0.0/8")]
    )["SecurityGroupRules"]
    rule_id = one["SecurityGroupRuleId"]
    ec2.create_tags(Resources=[rule_id], Tags=[{"Key": "a", "Value": "b"}])
    wanted = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "ReferencedGroupId": group}
    change = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": wanted}]
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=change)
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    assert (rule["IpProtocol"], rule["FromPort"], rule["IsEgress"]) == ("udp", 53, False)
    assert rule["ReferencedGroupInfo"]["GroupId"] == group
    assert rule["Tags"] == [{"Key": "a", "Value": "b"}]
    modify = ec2.modify_security_group_rules
    same = [{"SecurityGroupRuleId": other["SecurityGroupRuleId"], "SecurityGroupRule": wanted}]
    assert code_of(modify, GroupId=group, SecurityGroupRules=same) == (
        "InvalidPermission.Duplicate"
    )
    nobody = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": {"IpProtocol": "-1"}}]
    assert code_of(modify, GroupId=group, SecurityGroupRules=nobody) == "InvalidParameterValue"
    unknown = [{"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": wanted}]
    assert code_of(modify, GroupId=group, SecurityGroupRules=unknown) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )


def test_descriptions_are_changed_by_id_or_word_for_word(ec2: Any, group: str) -> None:
    (rule,) = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, 80, "10.0.0.0/8")]
    )["SecurityGroupRules"]
    update = ec2.update_security_group_rule_descriptions_ingress
    named = tcp(80, 80, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "ours"}])
    update(GroupId=group, IpPermissions=[named])
    assert shown(ec2, group)[0]["IpRanges"] == [{"CidrIp": "10.0.0.0/8", "Description": "ours"}]
    rule_id = rule["SecurityGroupRuleId"]
    by_id = [{"SecurityGroupRuleId": rule_id, "Description": "theirs"}]
    update(GroupId=group, SecurityGroupRuleDescriptions=by_id)
    assert shown(ec2, group)[0]["IpRanges"] == [{"CidrIp": "10.0.0.0/8", "Description": "theirs"}]
    assert code_of(update, GroupId=group, IpPermissions=[tcp(1, 1, "10.0.0.0/8")]) == (
        "InvalidPermission.NotFound"
    )
    assert code_of(update, GroupId=group) == "MissingParameter"
    outgoing = ec2.update_security_group_rule_descriptions_egress
    assert code_of(outgoing, GroupId=group, SecurityGroupRuleDescriptions=by_id) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )


def test_a_group_of_another_vpc_is_no_peer(ec2: Any, group: str) -> None:
    stranger = a_group(ec2, a_vpc(ec2, "10.9.0.0/16"))
    wanted = [tcp(1, 2, UserIdGroupPairs=[{"GroupId": stranger}])]
    code, message = refused(
        ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=wanted
    )
    assert code == "InvalidParameterValue"
    assert "different networks" in message


def test_a_group_has_60_rules_in_each_direction(ec2: Any, group: str) -> None:
    authorize = ec2.authorize_security_group_ingress
    authorize(GroupId=group, IpPermissions=[tcp(n, n, "10.0.0.0/8") for n in range(60)])
    assert code_of(authorize, GroupId=group, IpPermissions=[tcp(60, 60, "10.0.0.0/8")]) == (
        "RulesPerSecurityGroupLimitExceeded"
    )
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[tcp(1, 1, "10.0.0.0/8")])
