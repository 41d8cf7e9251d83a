"""The only writer of Rule. A group that the last rule leaves begins anew (`targets.begin_anew`)."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from roadstead.elbv2.records.load_balancer import (
    RULES,
    RULES_BY_TARGET_GROUP,
    Listener,
    Rule,
    forwarded,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS
from roadstead.elbv2.transitions.targets import begin_anew
from roadstead.state.plans import Call
from roadstead.state.view import Tx

Parts = tuple[dict[str, Any], ...]


def create_rule(
    tx: Tx,
    call: Call,
    listener: Listener,
    *,
    priority: int,
    conditions: Parts,
    actions: Parts,
    tags: Mapping[str, str] | None = None,
) -> Rule:
    """A rule of the listener; with priority 0 its default rule."""
    ident = call.ids.hex32()[:16]
    return tx.put(
        RULES,
        Rule(
            arn=listener.arn.replace(":listener/", ":listener-rule/") + f"/{ident}",
            listener_arn=listener.arn,
            load_balancer_arn=listener.load_balancer_arn,
            priority=priority,
            conditions=conditions,
            actions=actions,
            tags=dict(tags or {}),
        ),
    )


def change_rule(
    tx: Tx, call: Call, rule: Rule, *, conditions: Parts | None = None, actions: Parts | None = None
) -> Rule:
    """The rule with other conditions or actions; None leaves them as they are."""
    changed = replace(
        rule,
        conditions=rule.conditions if conditions is None else conditions,
        actions=rule.actions if actions is None else actions,
    )
    if changed == rule:
        return rule
    changed = tx.put(RULES, changed)
    _leave(tx, call, forwarded(rule))
    return changed


def set_priority(tx: Tx, rule: Rule, priority: int) -> Rule:
    """The rule at another place among its listener's."""
    return rule if rule.priority == priority else tx.put(RULES, replace(rule, priority=priority))


def delete_rule(tx: Tx, call: Call, rule: Rule) -> None:
    """The rule is gone."""
    tx.delete(RULES, rule.arn)
    _leave(tx, call, forwarded(rule))


def _leave(tx: Tx, call: Call, group_arns: Iterable[str]) -> None:
    """Let those groups begin anew that no rule leads to any more."""
    for arn in group_arns:
        if not tx.count(RULES_BY_TARGET_GROUP, arn):
            group = tx.get(TARGET_GROUPS, arn)
            if group is not None:
                begin_anew(tx, call, group)
