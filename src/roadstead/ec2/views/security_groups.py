"""Security groups and their rules as EC2 shows them, and what filters find of them."""

from collections.abc import Callable, Iterable
from typing import Any

from roadstead.ec2.records.network import Permission, SecurityGroup, ec2_arn
from roadstead.ec2.views.tags import owner_of, tag_list, yes_no
from roadstead.state.view import View

Shown = dict[str, Any]


def security_group(_view: View, one: SecurityGroup) -> Shown:
    return {
        "GroupId": one.group_id,
        "GroupName": one.name,
        "Description": one.description,
        "OwnerId": owner_of(one.scope),
        "VpcId": one.vpc_id,
        "SecurityGroupArn": one.arn,
        "IpPermissions": _merged(one, (each for each in one.permissions if not each.is_egress)),
        "IpPermissionsEgress": _merged(one, (each for each in one.permissions if each.is_egress)),
        "Tags": tag_list(one.tags),
    }


def security_group_rule(one: SecurityGroup, rule: Permission) -> Shown:
    peer: Shown = {}
    if rule.group_id:
        peer["ReferencedGroupInfo"] = {"GroupId": rule.group_id, "UserId": owner_of(one.scope)}
    else:
        peer["CidrIpv6" if ":" in rule.cidr else "CidrIpv4"] = rule.cidr
    return {
        "SecurityGroupRuleId": rule.rule_id,
        "SecurityGroupRuleArn": ec2_arn(one.scope, "security-group-rule", rule.rule_id),
        "GroupId": one.group_id,
        "GroupOwnerId": owner_of(one.scope),
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        **peer,
        "Description": rule.description or None,
        "Tags": tag_list(rule.tags),
    }


def revoked_rule(one: SecurityGroup, rule: Permission) -> Shown:
    """A rule that was in the group."""
    shown = security_group_rule(one, rule)
    for name in ("SecurityGroupRuleArn", "GroupOwnerId", "Tags", "ReferencedGroupInfo"):
        shown.pop(name, None)
    return {**shown, "ReferencedGroupId": rule.group_id or None}


def _merged(one: SecurityGroup, rules: Iterable[Permission]) -> list[Shown]:
    """The rules as permissions: one for each protocol and range of ports, with all its peers."""
    found: dict[tuple[str, int, int], Shown] = {}
    for rule in rules:
        permission = found.setdefault(
            (rule.protocol, rule.from_port, rule.to_port),
            {
                "IpProtocol": rule.protocol,
                "FromPort": None if rule.protocol == "-1" else rule.from_port,
                "ToPort": None if rule.protocol == "-1" else rule.to_port,
                "UserIdGroupPairs": [],
                "IpRanges": [],
                "Ipv6Ranges": [],
                "PrefixListIds": [],
            },
        )
        description = rule.description or None
        if rule.group_id:
            permission["UserIdGroupPairs"].append(
                {
                    "GroupId": rule.group_id,
                    "UserId": owner_of(one.scope),
                    "Description": description,
                }
            )
        elif ":" in rule.cidr:
            permission["Ipv6Ranges"].append({"CidrIpv6": rule.cidr, "Description": description})
        else:
            permission["IpRanges"].append({"CidrIp": rule.cidr, "Description": description})
    return list(found.values())


def _of_rules(
    is_egress: bool, field: Callable[[SecurityGroup, Permission], str]
) -> Callable[[View, SecurityGroup], list[str]]:
    def found(_view: View, one: SecurityGroup) -> list[str]:
        texts = (field(one, rule) for rule in one.permissions if rule.is_egress is is_egress)
        return [text for text in texts if text]

    return found


_RULE_FIELDS: dict[str, Callable[[SecurityGroup, Permission], str]] = {
    "cidr": lambda _one, rule: "" if ":" in rule.cidr else rule.cidr,
    "from-port": lambda _one, rule: str(rule.from_port),
    "group-id": lambda _one, rule: rule.group_id,
    "ipv6-cidr": lambda _one, rule: rule.cidr if ":" in rule.cidr else "",
    "protocol": lambda _one, rule: rule.protocol,
    "to-port": lambda _one, rule: str(rule.to_port),
    "user-id": lambda one, rule: owner_of(one.scope) if rule.group_id else "",
}

GROUP_FIELDS: dict[str, Callable[[View, SecurityGroup], Iterable[str]]] = {
    "description": lambda _view, one: (one.description,),
    "group-id": lambda _view, one: (one.group_id,),
    "group-name": lambda _view, one: (one.name,),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "vpc-id": lambda _view, one: (one.vpc_id,),
    **{f"ip-permission.{name}": _of_rules(False, field) for name, field in _RULE_FIELDS.items()},
    **{
        f"egress.ip-permission.{name}": _of_rules(True, field)
        for name, field in _RULE_FIELDS.items()
    },
}

RULE_FIELDS: dict[str, Callable[[SecurityGroup, Permission], Iterable[str]]] = {
    "group-id": lambda one, _rule: (one.group_id,),
    "is-egress": lambda _one, rule: yes_no(rule.is_egress),
    "security-group-rule-id": lambda _one, rule: (rule.rule_id,),
}
