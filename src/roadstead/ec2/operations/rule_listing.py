"""DescribeSecurityGroupRules: rules of security groups by themselves, with their ids."""

from collections.abc import Iterable, Iterator
from typing import Any

from roadstead.ec2.errors import rule_not_found
from roadstead.ec2.operations.listing import in_scope, one_page, page_start
from roadstead.ec2.records.network import (
    GROUPS_BY_RULE,
    GROUPS_BY_SCOPE,
    SECURITY_GROUPS,
    Permission,
    SecurityGroup,
    ec2_arn,
)
from roadstead.ec2.rules.filters import passes, read_filters
from roadstead.ec2.views.security_groups import RULE_FIELDS, security_group_rule
from roadstead.state.plans import Call
from roadstead.state.view import View

Request = dict[str, Any]
Response = dict[str, Any]


def describe_security_group_rules(view: View, call: Call, request: Request) -> Response:
    """Rules by id or by filters, in pages.

    Raises: InvalidSecurityGroupRuleId.NotFound, InvalidParameterValue, InvalidPaginationToken
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
    """
    operation = "DescribeSecurityGroupRules"
    filters = read_filters(request, RULE_FIELDS)
    after = page_start(operation, request)
    ids = request.get("SecurityGroupRuleIds")
    rules: Iterable[tuple[SecurityGroup, Permission]]
    if ids:
        rules = [_rule(view, call, rule_id) for rule_id in dict.fromkeys(ids)]
    else:
        groups = [
            group_id
            for each in filters
            if each.name == "group-id" and each.plain_values is not None
            for group_id in each.values
        ]
        rules = _rules(view, call, groups, after)
    found, token = one_page(
        operation,
        request,
        (
            (group, rule)
            for group, rule in rules
            if passes(
                filters,
                rule.tags,
                lambda name, group=group, rule=rule: RULE_FIELDS[name](group, rule),  # type: ignore[misc]  # bound now
            )
        ),
        lambda each: f"{each[0].arn} {each[1].rule_id}",
    )
    shown = [security_group_rule(group, rule) for group, rule in found]
    return {"SecurityGroupRules": shown, **token}


def _rules(
    view: View, call: Call, group_ids: list[str], after: str | None
) -> Iterator[tuple[SecurityGroup, Permission]]:
    """The rules of these groups, or of all in the caller's account and region, in order."""
    groups: Iterable[SecurityGroup]
    if group_ids:
        found = (
            view.get(SECURITY_GROUPS, ec2_arn(call.scope, "security-group", each))
            for each in sorted(set(group_ids))
        )
        groups = [each for each in found if each is not None]
    else:
        groups = view.walk(GROUPS_BY_SCOPE, call.scope)
    after_arn = "" if after is None else after.partition(" ")[0]
    for group in groups:
        if group.arn < after_arn:
            continue
        for rule in sorted(group.permissions, key=lambda each: each.rule_id):
            if after is None or f"{group.arn} {rule.rule_id}" > after:
                yield group, rule


def _rule(view: View, call: Call, rule_id: str) -> tuple[SecurityGroup, Permission]:
    group = view.first(GROUPS_BY_RULE, rule_id)
    if group is None or not in_scope(group.arn, call.scope):
        raise rule_not_found(rule_id)
    return group, next(rule for rule in group.permissions if rule.rule_id == rule_id)
