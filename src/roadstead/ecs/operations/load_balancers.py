"""The load balancers of a request, checked against what there is of them and of the tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.aws.arns import is_arn
from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.load_balancers.containers import (
    check_classic,
    check_containers,
    check_target_type,
)
from roadstead.ecs.rules.load_balancers.entries import (
    checked_entries,
    is_classic,
    is_rule_of_alb,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicLoadBalancer
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    RULES,
    RULES_BY_LISTENER,
    RULES_BY_TARGET_GROUP,
    Rule,
    forwarded,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TargetGroup
from roadstead.state.plans import Call
from roadstead.state.view import View


def checked_load_balancers(
    view: View,
    call: Call,
    given: Sequence[Mapping[str, Any]] | None,
    definition: TaskDefinition,
    *,
    controller: str = "ECS",
    strategy: str = "ROLLING",
) -> tuple[dict[str, Any], ...]:
    """The load balancers as they are kept: they exist, and tasks of the definition suit them.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
    """
    entries = checked_entries(given, controller=controller, strategy=strategy)
    if not entries:
        return ()
    check_containers(entries, definition)
    if is_classic(entries):
        for entry in entries:
            balancer = _classic(view, call, entry)
            if balancer is None:
                raise invalid_parameter(
                    f"The load balancer {entry['loadBalancerName']} does not exist."
                )
            check_classic(entry, definition, _instance_ports(balancer))
        return entries
    for entry in entries:
        group = _the_group(view, call, entry["targetGroupArn"])
        check_target_type(group.arn, group.target_type, definition.network_mode)
        if not view.count(RULES_BY_TARGET_GROUP, group.arn) and not _is_behind_rule(view, entry):
            raise invalid_parameter(
                f"The target group with targetGroupArn {group.arn} does not have an associated "
                "load balancer."
            )
        if "advancedConfiguration" in entry:
            _check_advanced(view, call, entry, definition)
    return entries


def check_kept_load_balancers(
    view: View,
    call: Call,
    entries: Sequence[Mapping[str, Any]],
    definition: TaskDefinition,
    *,
    strategy: str,
) -> None:
    """Return if load balancers that a service has go with another definition and strategy.

    One that was deleted meanwhile is no reason to refuse an update.
    Raises: InvalidParameterException.
    """
    if not checked_entries(entries, strategy=strategy):
        return
    check_containers(entries, definition)
    for entry in entries:
        group = view.get(TARGET_GROUPS, entry.get("targetGroupArn", ""))
        if group is not None:
            check_target_type(group.arn, group.target_type, definition.network_mode)
        balancer = _classic(view, call, entry)
        if balancer is not None:
            check_classic(entry, definition, _instance_ports(balancer))


def check_role(request: Mapping[str, Any], definition: TaskDefinition | None) -> None:
    """Return if no role is given, or one for a single load balancer that still may have one.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if not request.get("role"):
        return
    balancers = request.get("loadBalancers") or ()
    if len(balancers) != 1:
        raise invalid_parameter(
            f"A role may only be given for a service with one load balancer; this one has "
            f"{len(balancers) or 'none'}."
        )
    if definition is not None and definition.network_mode == "awsvpc":
        raise invalid_parameter(
            "You cannot specify an IAM role for services that require a service linked role: tasks "
            "of the network mode awsvpc do."
        )


def _classic(view: View, call: Call, entry: Mapping[str, Any]) -> ClassicLoadBalancer | None:
    """The Classic load balancer that the entry names; None if none is named, or it is gone."""
    name = entry.get("loadBalancerName")
    if not name:
        return None
    return view.get(
        CLASSIC_LOAD_BALANCERS, call.arn("elasticloadbalancing", f"loadbalancer/{name}")
    )


def _instance_ports(balancer: ClassicLoadBalancer) -> list[int]:
    return [each.instance_port for each in balancer.listeners]


def _the_group(view: View, call: Call, arn: str) -> TargetGroup:
    group = view.get(TARGET_GROUPS, arn) if is_arn(arn) else None
    if group is None or group.scope != call.scope:
        raise invalid_parameter(f"The target group with targetGroupArn {arn} does not exist.")
    return group


def _is_behind_rule(view: View, entry: Mapping[str, Any]) -> bool:
    """Whether the rule that will lead to the group leads to its alternate now."""
    advanced = entry.get("advancedConfiguration") or {}
    return view.count(RULES_BY_TARGET_GROUP, advanced.get("alternateTargetGroupArn", "")) > 0


def _check_advanced(
    view: View, call: Call, entry: Mapping[str, Any], definition: TaskDefinition
) -> None:
    advanced = entry["advancedConfiguration"]
    alternate = _the_group(view, call, advanced["alternateTargetGroupArn"])
    check_target_type(alternate.arn, alternate.target_type, definition.network_mode)
    groups = {entry["targetGroupArn"], alternate.arn}
    for member in ("productionListenerRule", "testListenerRule"):
        arn = advanced.get(member)
        if not arn:
            continue
        rule = _the_rule(view, call, member, arn)
        led_to = set(forwarded(rule))
        if not led_to & groups:
            raise invalid_parameter(
                f"The {member} {arn} leads to neither target group of its load balancer. Let it "
                f"forward to {entry['targetGroupArn']}."
            )


def _the_rule(view: View, call: Call, member: str, arn: str) -> Rule:
    """The rule named, or the default rule of a network load balancer's listener."""
    rule = view.get(RULES, arn)
    if not is_rule_of_alb(arn):
        listener = view.get(LISTENERS, arn)
        rule = None if listener is None else view.first(RULES_BY_LISTENER, arn)
    if rule is None or f":{call.region}:{call.account}:" not in arn:
        raise invalid_parameter(f"The {member} {arn} does not exist.")
    return rule
