"""Target groups as the API shows them."""

from typing import Any

from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TargetGroup
from roadstead.elbv2.rules.attributes import all_of
from roadstead.elbv2.rules.protocols import is_of_application
from roadstead.elbv2.rules.target_attributes import attributes_of
from roadstead.state.view import View


def target_group_view(view: View, group: TargetGroup) -> dict[str, Any]:
    """Source: botocore:elbv2#TargetGroup"""
    check = group.health_check
    shown: dict[str, Any] = {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": group.port,
        "VpcId": group.vpc_id,
        "HealthCheckProtocol": check.protocol,
        "HealthCheckPort": check.port,
        "HealthCheckEnabled": check.enabled,
        "HealthCheckIntervalSeconds": check.interval_seconds,
        "HealthCheckTimeoutSeconds": check.timeout_seconds,
        "HealthyThresholdCount": check.healthy_threshold,
        "UnhealthyThresholdCount": check.unhealthy_threshold,
        "LoadBalancerArns": load_balancers_of(view, group.arn),
        "TargetType": group.target_type,
        "IpAddressType": group.ip_address_type,
    }
    if check.path:
        shown["HealthCheckPath"] = check.path
    if check.matcher:
        shown["Matcher"] = check.matcher
    if is_of_application(group.protocol):
        shown["ProtocolVersion"] = group.protocol_version
    return shown


def load_balancers_of(view: View, group_arn: str) -> list[str]:
    """The load balancers that lead to the group; there is one at most."""
    rule = view.first(RULES_BY_TARGET_GROUP, group_arn)
    return [] if rule is None else [rule.load_balancer_arn]


def target_group_attributes_view(group: TargetGroup) -> list[dict[str, str]]:
    """All attributes of the group, with the values in force."""
    table = attributes_of(group.protocol, group.target_type)
    return [{"Key": key, "Value": value} for key, value in all_of(table, group.attributes).items()]
