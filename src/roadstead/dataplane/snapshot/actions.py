"""What a rule does with a request → fields of a route: forward, redirect, answer.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#rule-action-types
"""

from collections.abc import Callable
from typing import Any

from roadstead.dataplane.snapshot.messages import Json, header, seconds, typed
from roadstead.dataplane.snapshot.names import cluster_name
from roadstead.dataplane.snapshot.redirects import redirect
from roadstead.elbv2.records.target_group import TargetGroup, attribute

STICKY = "envoy.filters.http.stateful_session"
STICKY_COOKIES = {"lb_cookie": "AWSALB", "app_cookie": "AWSALBAPP-0"}
GROUP_COOKIE = "AWSALBTG"
DAY_SECONDS = 86_400
NO_LIMIT = "0s"
"""Of the whole answer: what ends a request that takes too long is the idle timeout."""

Groups = Callable[[str], TargetGroup | None]
"""ARN → target group."""


def action(rule_action: dict[str, Any], protocol: str, port: int, groups: Groups) -> Json:
    """The fields of a route that do what the action says, on a listener of that protocol, port."""
    match rule_action["Type"]:
        case "forward":
            return _forward(rule_action["ForwardConfig"], groups)
        case "redirect":
            return redirect(rule_action["RedirectConfig"], protocol, port)
        case "fixed-response":
            return _answer(rule_action["FixedResponseConfig"])
        case unknown:
            raise AssertionError(f"no such action: {unknown}")


def weighted(config: dict[str, Any], groups: Groups) -> list[tuple[TargetGroup, int]]:
    """The groups that get something, with their weights."""
    found = []
    for each in config["TargetGroups"]:
        group = groups(each["TargetGroupArn"])
        weight = each.get("Weight")
        weight = 1 if weight is None else weight
        if group is not None and weight > 0:
            found.append((group, weight))
    return found


def _forward(config: dict[str, Any], groups: Groups) -> Json:
    found = weighted(config, groups)
    if not found:
        return {"direct_response": {"status": 503}}
    if len(found) == 1:
        return {
            "route": {"cluster": cluster_name(found[0][0].arn), "timeout": NO_LIMIT},
            **_sticky(found[0][0]),
        }
    clusters: Json = {
        "clusters": [
            {"name": cluster_name(group.arn), "weight": weight, **_sticky(group)}
            for group, weight in found
        ]
    }
    route: Json = {"weighted_clusters": clusters, "timeout": NO_LIMIT}
    stickiness = config.get("TargetGroupStickinessConfig") or {}
    if stickiness.get("Enabled"):
        clusters["use_hash_policy"] = True
        ttl = seconds(stickiness.get("DurationSeconds") or DAY_SECONDS)
        route["hash_policy"] = [{"cookie": {"name": GROUP_COOKIE, "ttl": ttl, "path": "/"}}]
    return {"route": route}


def _sticky(group: TargetGroup) -> Json:
    """A cookie that brings a client back to its target, where the group has that on."""
    if attribute(group, "stickiness.enabled", "false") != "true":
        return {}
    kind = attribute(group, "stickiness.type", "lb_cookie")
    if kind not in STICKY_COOKIES:
        return {}
    ttl = attribute(group, f"stickiness.{kind}.duration_seconds", str(DAY_SECONDS))
    state = typed(
        "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
        cookie={"name": STICKY_COOKIES[kind], "path": "/", "ttl": seconds(int(ttl))},
    )
    return {
        "typed_per_filter_config": {
            STICKY: typed(
                "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
                stateful_session={
                    "session_state": {
                        "name": "envoy.http.stateful_session.cookie",
                        "typed_config": state,
                    }
                },
            )
        }
    }


def _answer(config: dict[str, Any]) -> Json:
    found: Json = {"direct_response": {"status": int(config["StatusCode"])}}
    if config.get("MessageBody"):
        found["direct_response"]["body"] = {"inline_string": config["MessageBody"]}
    if config.get("ContentType"):
        found["response_headers_to_add"] = [
            header("content-type", config["ContentType"].replace("%", "%%"))
        ]
    return found
