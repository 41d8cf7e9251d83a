"""What a request names: a load balancer, a listener, a rule or a target group that there is.

Arguments are ARNs; one of another account or Region is not found, for it is not the caller's.
"""

from roadstead.elbv2.errors import (
    listener_not_found,
    load_balancer_not_found,
    rule_not_found,
    target_group_not_found,
    validation,
)
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Listener,
    LoadBalancer,
    Rule,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TargetGroup
from roadstead.state.plans import Call
from roadstead.state.view import View


def the_load_balancer(view: View, call: Call, arn: str) -> LoadBalancer:
    """Raises: LoadBalancerNotFound; ValidationError for what is no load balancer's ARN."""
    _check_kind(arn, "loadbalancer", "load balancer")
    found = view.get(LOAD_BALANCERS, arn)
    if found is None or found.scope != call.scope:
        raise load_balancer_not_found((arn,))
    return found


def the_target_group(view: View, call: Call, arn: str) -> TargetGroup:
    """Raises: TargetGroupNotFound; ValidationError for what is no target group's ARN."""
    _check_kind(arn, "targetgroup", "target group")
    found = view.get(TARGET_GROUPS, arn)
    if found is None or found.scope != call.scope:
        raise target_group_not_found((arn,))
    return found


def the_listener(view: View, call: Call, arn: str) -> Listener:
    """Raises: ListenerNotFound; ValidationError for what is no listener's ARN."""
    _check_kind(arn, "listener", "listener")
    found = view.get(LISTENERS, arn)
    if found is None or view.must(LOAD_BALANCERS, found.load_balancer_arn).scope != call.scope:
        raise listener_not_found((arn,))
    return found


def the_rule(view: View, call: Call, arn: str) -> Rule:
    """Raises: RuleNotFound; ValidationError for what is no rule's ARN."""
    _check_kind(arn, "listener-rule", "listener rule")
    found = view.get(RULES, arn)
    if found is None or view.must(LOAD_BALANCERS, found.load_balancer_arn).scope != call.scope:
        raise rule_not_found((arn,))
    return found


def _check_kind(arn: str, kind: str, words: str) -> None:
    fields = arn.split(":", 5)
    if (
        len(fields) != 6
        or fields[2] != "elasticloadbalancing"
        or not fields[5].startswith(f"{kind}/")
    ):
        raise validation(f"'{arn}' is not a valid {words} ARN")
