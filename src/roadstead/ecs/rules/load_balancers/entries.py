"""What a request may say of load balancers: kinds, numbers, and what goes with a strategy.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter

TARGET_GROUPS_MAX = 5
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html"""

_RULE_ARN = re.compile(r"arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:listener-rule/app/.+")
_LISTENER_ARN = re.compile(r"arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:listener/net/.+")
_ADVANCED = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")
"""What traffic cannot be shifted without.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html
"""
_ONLY_ALB = ("LINEAR", "CANARY")
"""Strategies that lead a share of the requests: listeners of network load balancers do not.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html
"""


def checked_entries(
    given: Sequence[Mapping[str, Any]] | None, *, controller: str = "ECS", strategy: str = "ROLLING"
) -> tuple[dict[str, Any], ...]:
    """The load balancers of a request as they are kept, once they go together.

    Raises: InvalidParameterException.
    """
    entries = tuple(_kept(each) for each in given or ())
    if not entries:
        return ()
    _check_kinds(entries)
    _check_number(entries, controller)
    _check_distinct(entries)
    _check_advanced(entries, strategy)
    return entries


def is_classic(entries: Iterable[Mapping[str, Any]]) -> bool:
    """Whether they are Classic load balancers: all are, or none."""
    return any(each.get("loadBalancerName") for each in entries)


def is_rule_of_alb(arn: str) -> bool:
    """Whether this is the ARN of a rule, not of a network load balancer's listener."""
    return _RULE_ARN.fullmatch(arn) is not None


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: value for name, value in given.items() if value not in (None, "", {})}
    if not entry.get("containerName") or not entry.get("containerPort"):
        raise invalid_parameter("A load balancer needs a containerName and a containerPort.")
    if not 1 <= entry["containerPort"] <= 65_535:
        raise invalid_parameter(
            f"containerPort must be between 1 and 65535, not {entry['containerPort']}."
        )
    return entry


def _check_kinds(entries: Sequence[Mapping[str, Any]]) -> None:
    kinds = {
        (bool(each.get("loadBalancerName")), bool(each.get("targetGroupArn"))) for each in entries
    }
    if kinds not in ({(True, False)}, {(False, True)}):
        raise invalid_parameter(
            "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 "
            "(defining targetGroupArn)"
        )


def _check_number(entries: Sequence[Mapping[str, Any]], controller: str) -> None:
    most = TARGET_GROUPS_MAX
    if is_classic(entries) or controller != "ECS":
        most = 1
    if len(entries) > most:
        things = "Classic load balancer" if is_classic(entries) else "target group"
        raise invalid_parameter(
            f"load balancers can have at most {most} items. A service with the deployment "
            f"controller {controller} can have {most} {things}{'s' if most > 1 else ''}, not "
            f"{len(entries)}."
        )


def _check_distinct(entries: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for entry in entries:
        advanced = entry.get("advancedConfiguration") or {}
        for arn in (entry.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")):
            if arn in seen:
                raise invalid_parameter(f"Duplicate targetGroupArn found: {arn}")
            if arn:
                seen.add(arn)


def _check_advanced(entries: Sequence[Mapping[str, Any]], strategy: str) -> None:
    advanced = [
        each["advancedConfiguration"] for each in entries if "advancedConfiguration" in each
    ]
    if is_classic(entries):
        if advanced:
            raise invalid_parameter(
                "advancedConfiguration field is not allowed with ELBv1 loadBalancers"
            )
        if strategy != "ROLLING":
            raise invalid_parameter(
                f"The deployment strategy {strategy} is not possible with a Classic load balancer: "
                "use target groups."
            )
        return
    if advanced and len(advanced) < len(entries):
        raise invalid_parameter(
            "Either all or none of the provided loadBalancers must have advancedConfiguration "
            "defined"
        )
    if not advanced and strategy != "ROLLING":
        raise invalid_parameter(
            "advancedConfiguration field is required for all loadBalancers when using a "
            "non-ROLLING deployment strategy"
        )
    for each in advanced:
        _check_members(each, strategy)
    production = {each["productionListenerRule"] for each in advanced}
    test = {each["testListenerRule"] for each in advanced if each.get("testListenerRule")}
    both = sorted(production & test)
    if both:
        raise invalid_parameter(
            "The following rules cannot be used as both production and test listener rules: "
            f"{', '.join(both)}"
        )
    if len(production) < len(advanced):
        raise invalid_parameter(
            "Every load balancer needs a productionListenerRule of its own: one rule leads to one "
            "pair of target groups."
        )


def _check_members(advanced: Mapping[str, Any], strategy: str) -> None:
    for member in _ADVANCED:
        if not advanced.get(member):
            raise invalid_parameter(f"advancedConfiguration needs the member {member}.")
    for member in ("productionListenerRule", "testListenerRule"):
        arn = advanced.get(member)
        if arn and not _RULE_ARN.fullmatch(arn) and not _LISTENER_ARN.fullmatch(arn):
            raise invalid_parameter(
                f"{member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for "
                f"NLB. Got: {arn}"
            )
    if strategy in _ONLY_ALB and not is_rule_of_alb(advanced["productionListenerRule"]):
        raise invalid_parameter(
            f"The deployment strategy {strategy} needs an Application Load Balancer: give the ARN "
            "of one of its rules as productionListenerRule."
        )
