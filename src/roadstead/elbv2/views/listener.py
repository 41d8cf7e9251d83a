"""Listeners and rules as the API shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.elbv2.records.load_balancer import RULES_BY_LISTENER, Listener, Rule
from roadstead.elbv2.rules.attributes import all_of
from roadstead.elbv2.rules.conditions import WITH_LEGACY_VALUES, config_of
from roadstead.elbv2.rules.listener_attributes import attributes_of
from roadstead.elbv2.rules.protocols import WITH_CERTIFICATE
from roadstead.state.view import View


def listener_view(view: View, listener: Listener) -> dict[str, Any]:
    """Source: botocore:elbv2#Listener"""
    default = view.first(RULES_BY_LISTENER, listener.arn)
    assert default is not None, "a listener has its default rule"
    shown: dict[str, Any] = {
        "ListenerArn": listener.arn,
        "LoadBalancerArn": listener.load_balancer_arn,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "DefaultActions": actions_view(default.actions),
    }
    if listener.protocol in WITH_CERTIFICATE:
        shown["Certificates"] = [{"CertificateArn": each} for each in listener.certificates[:1]]
        shown["SslPolicy"] = listener.ssl_policy
    if listener.protocol == "HTTPS":
        shown["MutualAuthentication"] = {"Mode": "off"}
    if listener.alpn_policy:
        shown["AlpnPolicy"] = list(listener.alpn_policy)
    return shown


def rule_view(rule: Rule) -> dict[str, Any]:
    """Source: botocore:elbv2#Rule"""
    return {
        "RuleArn": rule.arn,
        "Priority": str(rule.priority) if rule.priority else "default",
        "Conditions": [_condition_view(each) for each in rule.conditions],
        "Actions": actions_view(rule.actions),
        "IsDefault": rule.priority == 0,
    }


def actions_view(actions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Actions as they are stored; a forward to one group has its ARN besides, as it always had."""
    shown = []
    for each in actions:
        action = dict(each)
        groups = each.get("ForwardConfig", {}).get("TargetGroups", ())
        if len(groups) == 1:
            action["TargetGroupArn"] = groups[0]["TargetGroupArn"]
        shown.append(action)
    return shown


def listener_attributes_view(listener: Listener) -> list[dict[str, str]]:
    """All attributes, with the values in force."""
    table = attributes_of(listener.protocol)
    return [
        {"Key": key, "Value": value} for key, value in all_of(table, listener.attributes).items()
    ]


def _condition_view(condition: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(condition)
    if condition["Field"] in WITH_LEGACY_VALUES:
        shown["Values"] = list(config_of(condition)["Values"])
    return shown
