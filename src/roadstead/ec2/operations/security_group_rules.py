"""Rules of security groups: authorize, revoke, modify, and their descriptions."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import (
    group_not_found,
    invalid_combination,
    invalid_parameter,
    missing_parameter,
    rule_not_found,
)
from roadstead.ec2.operations.security_groups import requested_group
from roadstead.ec2.records.network import (
    GROUPS_BY_NAME,
    Permission,
    SecurityGroup,
    group_name_key,
)
from roadstead.ec2.rules import named
from roadstead.ec2.rules.permissions import (
    check_count,
    checked_description,
    duplicate,
    one_permission,
    peer_of,
    read_permissions,
)
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions.security_groups import new_rule_id, put_permissions
from roadstead.ec2.views.security_groups import revoked_rule, security_group_rule
from roadstead.state.plans import Call
from roadstead.state.view import Tx

Request = dict[str, Any]
Response = dict[str, Any]


def authorize_security_group_ingress(tx: Tx, call: Call, request: Request) -> Response:
    """Rules for what may come in. All are added, or none.

    Raises: InvalidGroup.NotFound, InvalidPermission.Duplicate, InvalidParameterValue,
        MissingParameter, RulesPerSecurityGroupLimitExceeded, UnsupportedOperation
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    """
    return _authorize(tx, call, request, is_egress=False)


def authorize_security_group_egress(tx: Tx, call: Call, request: Request) -> Response:
    """Rules for what may leave. All are added, or none.

    Raises: as for ingress
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html
    """
    return _authorize(tx, call, request, is_egress=True)


def revoke_security_group_ingress(tx: Tx, call: Call, request: Request) -> Response:
    """Rules for what may come in, by id or word for word, are gone.

    Raises: InvalidGroup.NotFound, InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound,
        InvalidParameterValue, InvalidParameterCombination, MissingParameter
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
    """
    return _revoke(tx, call, request, is_egress=False)


def revoke_security_group_egress(tx: Tx, call: Call, request: Request) -> Response:
    """Rules for what may leave, by id or word for word, are gone.

    Raises: as for ingress
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html
    """
    return _revoke(tx, call, request, is_egress=True)


def modify_security_group_rules(tx: Tx, call: Call, request: Request) -> Response:
    """Other words for rules that keep their ids; a rule keeps its direction.

    Raises: InvalidGroup.NotFound, InvalidSecurityGroupRuleId.NotFound, InvalidPermission.Duplicate,
        InvalidParameterValue
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
    """
    group = named.group(tx, call.scope, request["GroupId"])
    rules = {rule.rule_id: rule for rule in group.permissions}
    for update in request["SecurityGroupRules"]:
        before = rules.get(update["SecurityGroupRuleId"])
        if before is None:
            raise rule_not_found(update["SecurityGroupRuleId"])
        wanted = one_permission(
            update.get("SecurityGroupRule", {}),
            is_egress=before.is_egress,
            group_id_of=_group_finder(tx, group),
        )
        rules[before.rule_id] = replace(wanted, rule_id=before.rule_id, tags=before.tags)
    seen = set()
    for rule in rules.values():
        if peer_of(rule) in seen:
            raise duplicate(rule)
        seen.add(peer_of(rule))
    put_permissions(tx, group, rules.values())
    return {"Return": True}


def update_rule_descriptions_ingress(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: InvalidGroup.NotFound, InvalidPermission.NotFound, InvalidParameterValue,
        InvalidSecurityGroupRuleId.NotFound, MissingParameter

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html
    """
    return _describe_rules(tx, call, request, is_egress=False)


def update_rule_descriptions_egress(tx: Tx, call: Call, request: Request) -> Response:
    """Raises: as for ingress

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html
    """
    return _describe_rules(tx, call, request, is_egress=True)


def _authorize(tx: Tx, call: Call, request: Request, *, is_egress: bool) -> Response:
    group = requested_group(tx, call, request)
    tags = given_tags(request, "security-group-rule")
    there = {peer_of(rule) for rule in group.permissions}
    added = []
    for wanted in _wanted(tx, group, request, is_egress=is_egress):
        if peer_of(wanted) in there:
            raise duplicate(wanted)
        there.add(peer_of(wanted))
        added.append(replace(wanted, rule_id=new_rule_id(call), tags=tags))
    permissions = (*group.permissions, *added)
    check_count(permissions)
    put_permissions(tx, group, permissions)
    return {
        "Return": True,
        "SecurityGroupRules": [security_group_rule(group, rule) for rule in added],
    }


def _revoke(tx: Tx, call: Call, request: Request, *, is_egress: bool) -> Response:
    group = requested_group(tx, call, request)
    gone = _existing(tx, group, request, is_egress=is_egress)
    left = [rule for rule in group.permissions if rule.rule_id not in gone]
    put_permissions(tx, group, left)
    return {
        "Return": True,
        "RevokedSecurityGroupRules": [revoked_rule(group, rule) for rule in gone.values()],
    }


def _describe_rules(tx: Tx, call: Call, request: Request, *, is_egress: bool) -> Response:
    group = requested_group(tx, call, request)
    texts: dict[str, str] = {}
    for each in request.get("SecurityGroupRuleDescriptions", ()):
        rule_id = each.get("SecurityGroupRuleId", "")
        if not any(r.rule_id == rule_id and r.is_egress is is_egress for r in group.permissions):
            raise rule_not_found(rule_id)
        texts[rule_id] = checked_description(each.get("Description", ""))
    if request.get("IpPermissions"):
        by_peer = {peer_of(rule): rule for rule in group.permissions}
        for wanted in _wanted(tx, group, request, is_egress=is_egress):
            before = by_peer.get(peer_of(wanted))
            if before is None:
                raise _no_such_rule()
            texts[before.rule_id] = wanted.description
    if not texts:
        raise missing_parameter("ipPermissions or securityGroupRuleDescriptions")
    put_permissions(
        tx,
        group,
        [
            replace(rule, description=texts.get(rule.rule_id, rule.description))
            for rule in group.permissions
        ],
    )
    return {"Return": True}


def _existing(
    tx: Tx, group: SecurityGroup, request: Request, *, is_egress: bool
) -> dict[str, Permission]:
    """The rules of the group that a request names, by id."""
    ids = request.get("SecurityGroupRuleIds")
    if ids:
        if request.get("IpPermissions"):
            raise invalid_combination(
                "The parameters securityGroupRuleIds and ipPermissions cannot be used together."
            )
        there = {r.rule_id: r for r in group.permissions if r.is_egress is is_egress}
        for rule_id in ids:
            if rule_id not in there:
                raise rule_not_found(rule_id)
        return {rule_id: there[rule_id] for rule_id in ids}
    by_peer = {peer_of(rule): rule for rule in group.permissions}
    found = {}
    for wanted in _wanted(tx, group, request, is_egress=is_egress):
        rule = by_peer.get(peer_of(wanted))
        if rule is None:
            raise _no_such_rule()
        found[rule.rule_id] = rule
    return found


def _wanted(tx: Tx, group: SecurityGroup, request: Request, *, is_egress: bool) -> list[Permission]:
    """The permissions in a request, of the present form or of the old one."""
    given = request.get("IpPermissions")
    if not given:
        given = [_old_form(request)]
    return read_permissions(given, is_egress=is_egress, group_id_of=_group_finder(tx, group))


def _old_form(request: Request) -> dict[str, Any]:
    """One permission spelled out in the request itself."""
    source = request.get("SourceSecurityGroupName")
    if not request.get("CidrIp") and not source:
        raise missing_parameter("ipPermissions")
    found: dict[str, Any] = {
        name: request[name] for name in ("FromPort", "ToPort") if name in request
    }
    found["IpProtocol"] = request.get("IpProtocol") or ("-1" if source else "")
    if request.get("CidrIp"):
        found["IpRanges"] = [{"CidrIp": request["CidrIp"]}]
    if source:
        found["UserIdGroupPairs"] = [{"GroupName": source}]
    return found


def _group_finder(tx: Tx, group: SecurityGroup) -> Callable[[Mapping[str, Any]], str]:
    """Finds the group that a pair of account and group names, in the VPC of `group`."""

    def find(pair: Mapping[str, Any]) -> str:
        account = group.scope.partition("/")[0]
        if pair.get("UserId", account) != account:
            raise group_not_found(pair.get("GroupId") or pair.get("GroupName", ""))
        if pair.get("GroupId"):
            peer = named.group(tx, group.scope, pair["GroupId"])
        elif pair.get("GroupName"):
            by_name = tx.first(GROUPS_BY_NAME, group_name_key(group.vpc_id, pair["GroupName"]))
            if by_name is None:
                raise group_not_found(pair["GroupName"])
            peer = by_name
        else:
            raise missing_parameter("groupId")
        if peer.vpc_id != group.vpc_id:
            raise invalid_parameter(
                "You have specified two resources that belong to different networks: "
                f"{peer.group_id} is in {peer.vpc_id}, {group.group_id} in {group.vpc_id}."
            )
        return peer.group_id

    return find


def _no_such_rule() -> ApiError:
    return ApiError(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
