"""A target's health as DescribeTargetHealth shows it: the record's, unless nobody leads there.

Also `zones_in_use`, by which the proxy knows the targets that no load balancer may send to.
"""

from typing import Any

from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS, RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import Target, TargetGroup
from roadstead.elbv2.rules.health_check import checked_port_of
from roadstead.elbv2.rules.target_health import (
    FAILED_HEALTH_CHECKS,
    NOT_IN_USE,
    NOT_REGISTERED,
    ZONE_NOT_ENABLED,
    Health,
    because,
)
from roadstead.state.view import View


def zones_in_use(view: View, group_arn: str) -> frozenset[str]:
    """The zones of the load balancers that lead to the group; empty if none does."""
    rule = view.first(RULES_BY_TARGET_GROUP, group_arn)
    if rule is None:
        return frozenset()
    # A group belongs to one load balancer: CreateRule and CreateListener see to it.
    load_balancer = view.must(LOAD_BALANCERS, rule.load_balancer_arn)
    return frozenset(each.zone for each in load_balancer.addresses)


def is_in_use(target: Target, zones: frozenset[str]) -> bool:
    """Whether requests may go to the target, by `zones_in_use` of its group."""
    return bool(zones) and (target.zone in zones or target.zone in ("", "all"))


def health_of(target: Target, zones: frozenset[str]) -> Health:
    """What is shown of a registered target."""
    if target.status == "draining":
        if target.is_unhealthy:
            return because("unhealthy.draining", FAILED_HEALTH_CHECKS)
        return because("draining", target.reason)
    if target.status == "unused":
        return because("unused", target.reason, target.description)
    if not zones:
        return because("unused", NOT_IN_USE)
    if not is_in_use(target, zones):
        return because("unused", NOT_IN_USE, ZONE_NOT_ENABLED)
    if target.status == "healthy":
        return Health("healthy")
    return because(target.status, target.reason, target.description)


def target_health_view(group: TargetGroup, target: Target, zones: frozenset[str]) -> dict[str, Any]:
    """Source: botocore:elbv2#TargetHealthDescription"""
    described: dict[str, Any] = {"Id": target.id, "Port": target.port}
    if group.target_type == "ip":
        described["AvailabilityZone"] = target.zone
    return {
        "Target": described,
        "HealthCheckPort": checked_port_of(group.health_check, target.port),
        "TargetHealth": _shown(health_of(target, zones)),
    }


def unregistered_view(target_id: str, port: int) -> dict[str, Any]:
    """What is shown of a target that is asked for by name and is not in the group."""
    return {
        "Target": {"Id": target_id, "Port": port},
        "HealthCheckPort": str(port),
        "TargetHealth": _shown(because("unused", NOT_REGISTERED)),
    }


def _shown(health: Health) -> dict[str, str]:
    shown = {"State": health.state}
    if health.reason:
        shown |= {"Reason": health.reason, "Description": health.description}
    return shown
