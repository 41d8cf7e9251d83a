"""Actions of listeners and rules: checked, and brought into the form in which they are stored.

Whether the target groups exist and go with the listener, `operations/forwarding.py` looks up.

Source: botocore:elbv2#Action
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.elbv2.errors import invalid_action, too_many, unsupported, validation
from roadstead.elbv2.rules.quotas import TARGET_GROUPS_OF_ACTION_MAX
from roadstead.elbv2.rules.redirects import checked_fixed_response, checked_redirect

WEIGHT_MAX = 999
STICKY_SECONDS_MAX = 604_800
ENDING = ("forward", "redirect", "fixed-response")
"""One of them ends each rule. What may come before them is not built."""
_CONFIGS = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixed-response": "FixedResponseConfig",
}

Action = dict[str, Any]


def checked_actions(
    requested: Iterable[Mapping[str, Any]], listener_protocol: str, listener_port: int
) -> tuple[Action, ...]:
    """The actions as they are stored; there is one.

    Raises: InvalidLoadBalancerAction; TooManyActions; ValidationError;
        OperationNotPermitted for actions that authenticate.
    """
    actions = list(requested)
    for each in actions:
        kind = each.get("Type")
        if kind in ("authenticate-oidc", "authenticate-cognito", "jwt-validation"):
            raise unsupported(f"An action of type '{kind}'")
        if kind not in ENDING:
            raise validation(f"Action type '{kind}' must be one of '[{', '.join(ENDING)}]'")
    if not actions:
        raise validation("At least one action must be specified")
    if len(actions) > 1:
        raise too_many(
            "Actions", "A rule must have exactly one action of forward, redirect or fixed-response"
        )
    return (_checked(actions[0], listener_protocol, listener_port),)


def _checked(action: Mapping[str, Any], listener_protocol: str, listener_port: int) -> Action:
    kind = action["Type"]
    strange = [
        name for other, name in _CONFIGS.items() if other != kind and action.get(name) is not None
    ]
    if kind != "forward" and action.get("TargetGroupArn"):
        strange.append("TargetGroupArn")
    if strange:
        raise invalid_action(f"{strange[0]} cannot be specified for an action of type '{kind}'")
    if kind != "forward" and listener_protocol not in ("HTTP", "HTTPS"):
        raise invalid_action(
            f"An action of type '{kind}' is not supported for listeners with the protocol "
            f"{listener_protocol}"
        )
    stored: Action = {"Type": kind}
    if action.get("Order") is not None:
        stored["Order"] = action["Order"]
    match kind:
        case "redirect":
            stored["RedirectConfig"] = checked_redirect(
                action.get("RedirectConfig"), listener_protocol, listener_port
            )
        case "fixed-response":
            stored["FixedResponseConfig"] = checked_fixed_response(
                action.get("FixedResponseConfig")
            )
        case "forward":
            stored["ForwardConfig"] = _checked_forward(action)
    return stored


def _checked_forward(action: Mapping[str, Any]) -> dict[str, Any]:
    arn, config = action.get("TargetGroupArn"), action.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or ([{"TargetGroupArn": arn}] if arn else [])
    if not groups:
        raise validation("A target group ARN must be specified")
    if arn and [each.get("TargetGroupArn") for each in groups] != [arn]:
        raise invalid_action(
            "ForwardConfig must have one target group, the same as TargetGroupArn, if you specify "
            "both"
        )
    if len(groups) > TARGET_GROUPS_OF_ACTION_MAX:
        raise too_many(
            "TargetGroups",
            f"A forward action can have at most {TARGET_GROUPS_OF_ACTION_MAX} target groups",
        )
    weighted = []
    for each in groups:
        weight = each.get("Weight")
        weight = 1 if weight is None else weight
        if not each.get("TargetGroupArn"):
            raise validation("A target group ARN must be specified")
        if not 0 <= weight <= WEIGHT_MAX:
            raise validation(f"Weight '{weight}' must be between 0 and {WEIGHT_MAX}")
        weighted.append({"TargetGroupArn": each["TargetGroupArn"], "Weight": weight})
    if len({each["TargetGroupArn"] for each in weighted}) < len(weighted):
        raise invalid_action("A target group can be specified only once in a forward action")
    return {
        "TargetGroups": weighted,
        "TargetGroupStickinessConfig": _checked_stickiness(
            config.get("TargetGroupStickinessConfig") or {}
        ),
    }


def _checked_stickiness(config: Mapping[str, Any]) -> dict[str, Any]:
    seconds = config.get("DurationSeconds")
    if seconds is not None and not 1 <= seconds <= STICKY_SECONDS_MAX:
        raise validation(
            f"Target group stickiness duration must be between 1 and {STICKY_SECONDS_MAX} seconds, "
            f"not {seconds}"
        )
    if not config.get("Enabled"):
        return (
            {"Enabled": False}
            if seconds is None
            else {"Enabled": False, "DurationSeconds": seconds}
        )
    if seconds is None:
        raise validation("You must specify DurationSeconds when enabling target group stickiness")
    return {"Enabled": True, "DurationSeconds": seconds}
