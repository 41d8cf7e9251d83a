"""Listeners are told which side of a service gets how much; the service remembers what they do.

The rules belong to Elastic Load Balancing, which is asked as a client would ask it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ecs.records.service import SERVICES, Service, TrafficShares
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.rules.deployment.rollback_reasons import listener_refused
from roadstead.ecs.rules.load_balancers.entries import is_rule_of_alb
from roadstead.ecs.rules.load_balancers.sides import RuleShare, Traffic, weights
from roadstead.ecs.transitions.deployment_course import fail_deployment
from roadstead.ecs.transitions.traffic_troubles import note_troubles, without_troubles
from roadstead.elbv2.operations.table import WRITES
from roadstead.elbv2.records.load_balancer import RULES, RULES_BY_LISTENER, Rule
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

SETTLES_AFTER = timedelta(seconds=5)
"""Ours: as long after a shift requests may still come by the rule as it was."""


def shift_traffic(tx: Tx, call: Call, service: Service, wanted: Traffic) -> Service:
    """Let the listeners divide requests so; a deployment under way that cannot is given up."""
    refusals: dict[str, ApiError] = {}
    for rule in wanted.rules:
        if _rule(tx, rule.rule_arn) is None:
            refusals[rule.rule_arn] = ApiError(
                "RuleNotFound", f"The listener rule {rule.rule_arn} does not exist."
            )
        elif not is_level(tx, rule):
            try:
                _modify(tx, call, rule)
            except ApiError as problem:
                refusals[rule.rule_arn] = problem
    before = service.traffic or TrafficShares()
    gone = [arn for arn in before.production if arn not in wanted.production]
    leaving = tuple(
        each for each in dict.fromkeys((*before.leaving, *gone)) if each not in wanted.production
    )
    after = TrafficShares(
        production=wanted.production,
        test=wanted.test,
        leaving=leaving,
        settles_at=call.now + SETTLES_AFTER if leaving else None,
    )
    service = tx.put(SERVICES, msgspec.structs.replace(service, traffic=after))
    level = {each.rule_arn for each in wanted.rules} - set(refusals)
    service = without_troubles(tx, service, level)
    service = note_troubles(tx, call, service, refusals)
    record = tx.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    if refusals and record is not None and record.status == "IN_PROGRESS":
        failure = listener_refused(next(iter(refusals.values())).message)
        return fail_deployment(tx, call, service, failure, rolls_back=True)
    return service


def forget_traffic(tx: Tx, service: Service) -> Service:
    """No listener shifts the service's traffic any more."""
    return tx.put(SERVICES, msgspec.structs.replace(service, traffic=None))


def settle_traffic(tx: Tx, service: Service) -> Service:
    """No request comes any more by a rule as it was before the last shift."""
    assert service.traffic is not None
    settled = msgspec.structs.replace(service.traffic, leaving=(), settles_at=None)
    return tx.put(SERVICES, msgspec.structs.replace(service, traffic=settled))


def is_level(view: View, share: RuleShare) -> bool:
    """Whether the rule does as it is to do. One that is gone does nothing wrong."""
    rule = _rule(view, share.rule_arn)
    if rule is None:
        return True
    forward = _forward(rule)
    if forward is None:
        return False
    groups = forward.get("ForwardConfig", {}).get("TargetGroups", ())
    now = {each["TargetGroupArn"]: each.get("Weight", 1) for each in groups}
    return now == dict(_weighted(share))


def _modify(tx: Tx, call: Call, share: RuleShare) -> None:
    """Raises: ApiError, as ModifyRule and ModifyListener do."""
    rule = _rule(tx, share.rule_arn)
    assert rule is not None
    if _forward(rule) is None:
        raise ApiError(
            "InvalidConfigurationRequest", f"The rule {share.rule_arn} does not forward requests."
        )
    actions = [_changed(each, share) for each in rule.actions]
    if rule.priority:
        WRITES["ModifyRule"](tx, call, {"RuleArn": rule.arn, "Actions": actions})
    else:
        request = {"ListenerArn": rule.listener_arn, "DefaultActions": actions}
        WRITES["ModifyListener"](tx, call, request)


def _changed(action: Mapping[str, Any], share: RuleShare) -> dict[str, Any]:
    """The action as it is to be; stickiness and all other actions stay.

    A group with the weight 0 is named all the same: its targets are checked.
    """
    if action["Type"] != "forward":
        return dict(action)
    kept = {name: value for name, value in action.items() if name != "TargetGroupArn"}
    kept["ForwardConfig"] = {
        **(action.get("ForwardConfig") or {}),
        "TargetGroups": [
            {"TargetGroupArn": arn, "Weight": weight} for arn, weight in _weighted(share)
        ],
    }
    return kept


def _weighted(share: RuleShare) -> list[tuple[str, int]]:
    found = weights(percent for _, percent in share.percents)
    return [(arn, weight) for (arn, _), weight in zip(share.percents, found, strict=True)]


def _forward(rule: Rule) -> dict[str, Any] | None:
    return next((each for each in rule.actions if each["Type"] == "forward"), None)


def _rule(view: View, arn: str) -> Rule | None:
    """The rule, or the default rule of a network load balancer's listener."""
    return view.get(RULES, arn) if is_rule_of_alb(arn) else view.first(RULES_BY_LISTENER, arn)
