"""CreateRule, ModifyRule, DeleteRule, SetRulePriorities, DescribeRules."""

from typing import Any

import pytest
from elbv2_world import World

from refusals import refusal_with

FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
PATH = [{"Field": "path-pattern", "Values": ["/img/*"]}]


@pytest.fixture
def listener(world: World) -> str:
    """An HTTP listener on port 80."""
    return world.listener(world.load_balancer(), DefaultActions=FIXED)


def a_rule(elbv2: Any, listener: str, priority: int = 10, **fields: Any) -> Any:
    """The rule as CreateRule shows it."""
    (rule,) = elbv2.create_rule(
        **{"ListenerArn": listener, "Priority": priority, "Conditions": PATH, "Actions": FIXED}
        | fields
    )["Rules"]
    return rule


def test_a_rule_is_shown_whole(elbv2: Any, listener: str) -> None:
    rule = a_rule(elbv2, listener)
    arn = rule.pop("RuleArn")
    assert arn.startswith(listener.replace(":listener/", ":listener-rule/") + "/")
    assert rule == {
        "Priority": "10",
        "Conditions": [
            {
                "Field": "path-pattern",
                "Values": ["/img/*"],
                "PathPatternConfig": {"Values": ["/img/*"]},
            }
        ],
        "Actions": FIXED,
        "IsDefault": False,
    }


@pytest.mark.parametrize(
    "condition",
    [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com", "a.b"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a?c", "*.jpg"]}},
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*Chrome*", r"a\*"]},
        },
        {
            "Field": "http-request-method",
            "HttpRequestMethodConfig": {"Values": ["GET", "MY_METHOD-X"]},
        },
        {
            "Field": "query-string",
            "QueryStringConfig": {"Values": [{"Key": "version", "Value": "v1"}, {"Value": "*x*"}]},
        },
        {
            "Field": "source-ip",
            "SourceIpConfig": {"Values": ["192.0.2.0/24", "2001:db8::/32"]},
        },
    ],
    ids=lambda each: each["Field"],
)
def test_every_kind_of_condition(elbv2: Any, listener: str, condition: dict[str, Any]) -> None:
    (shown,) = a_rule(elbv2, listener, Conditions=[condition])["Conditions"]
    assert {key: value for key, value in shown.items() if key != "Values"} == condition


@pytest.mark.parametrize(
    "condition",
    [
        {"Field": "cookie", "Values": ["a"]},
        {"Field": "host-header", "Values": ["nodots"]},
        {"Field": "host-header", "Values": ["exa mple.com"]},
        {"Field": "host-header", "Values": ["example.com:80"]},
        {"Field": "host-header", "Values": ["example.c0m"]},
        {"Field": "host-header", "Values": ["a" * 126 + ".com"]},
        {"Field": "host-header", "Values": ["a.com", "b.com"]},
        {"Field": "host-header", "Values": []},
        {"Field": "path-pattern", "Values": ["/a b"]},
        {"Field": "path-pattern", "Values": ["/a\nb"]},
        {"Field": "path-pattern", "Values": ["/ä"]},
        {"Field": "path-pattern", "Values": ["/a[b"]},
        {"Field": "path-pattern", "Values": ["/" + "a" * 128]},
        {"Field": "path-pattern", "HostHeaderConfig": {"Values": ["a.com"]}},
        {"Field": "http-header", "Values": ["a"]},
        {"Field": "http-header", "HttpHeaderConfig": {"Values": ["a"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": ":path", "Values": ["a"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "a b", "Values": ["a"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "Host", "Values": ["a"]}},
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "x" * 41, "Values": ["a"]},
        },
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x", "Values": ["a\0"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["get"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["G*"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a"}]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "a\tb"}]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.1"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.1/33"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.*/24"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["fe80::1%eth0/64"]}},
        {"Field": "source-ip", "SourceIpConfig": {"IpAddressType": "ipv4", "Values": ["::/0"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": list("abcdef")}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["*a*b*c*d*e*f*"]}},
    ],
)
def test_a_condition_that_is_not_valid_is_refused(
    elbv2: Any, listener: str, condition: dict[str, Any]
) -> None:
    with refusal_with("ValidationError"):
        a_rule(elbv2, listener, Conditions=[condition])
    assert len(elbv2.describe_rules(ListenerArn=listener)["Rules"]) == 1


def test_what_is_not_built_is_refused(elbv2: Any, listener: str) -> None:
    regex = [{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a"]}}]
    with refusal_with("OperationNotPermitted", "RegexValues"):
        a_rule(elbv2, listener, Conditions=regex)
    transform = [
        {
            "Type": "url-rewrite",
            "UrlRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]},
        }
    ]
    with refusal_with("OperationNotPermitted", "transforms"):
        a_rule(elbv2, listener, Transforms=transform)
    for kind in ("authenticate-oidc", "authenticate-cognito", "jwt-validation"):
        with refusal_with("OperationNotPermitted", kind):
            a_rule(elbv2, listener, Actions=[{"Type": kind, "Order": 1}, *FIXED])


def test_host_path_method_and_source_stand_once_in_a_rule(elbv2: Any, listener: str) -> None:
    with refusal_with("InvalidConfigurationRequest", "one 'path-pattern' condition"):
        a_rule(elbv2, listener, Conditions=PATH * 2)
    query = {"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "a"}]}}
    assert len(a_rule(elbv2, listener, Conditions=[query, query])["Conditions"]) == 2


def redirect(**fields: Any) -> list[dict[str, Any]]:
    return [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **fields}}]


def test_a_redirect_says_all_of_its_parts(elbv2: Any, listener: str) -> None:
    rule = a_rule(elbv2, listener, Actions=redirect(Protocol="HTTPS", Port="443"))
    assert rule["Actions"][0]["RedirectConfig"] == {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }


@pytest.mark.parametrize(
    ("actions", "code", "text"),
    [
        (redirect(), "InvalidLoadBalancerAction", "creates a loop"),
        (redirect(Query="a=b"), "InvalidLoadBalancerAction", "creates a loop"),
        (redirect(Port="80", Protocol="HTTP"), "InvalidLoadBalancerAction", "creates a loop"),
        (redirect(Host="#{hos}"), "InvalidLoadBalancerAction", "'#{hos}'"),
        (redirect(Host="a b"), "InvalidLoadBalancerAction", "not a valid host name"),
        (redirect(Host="#{path}"), "InvalidLoadBalancerAction", "only have the keyword"),
        (redirect(Path="a"), "InvalidLoadBalancerAction", "must start with '/'"),
        (redirect(Path="/a?b"), "InvalidLoadBalancerAction", "cannot have"),
        (redirect(Path="/a#b"), "InvalidLoadBalancerAction", "only in keywords"),
        (redirect(Path="/a\r\nSet-Cookie: x"), "InvalidLoadBalancerAction", "cannot have"),
        (redirect(Query="?a", Path="/x"), "InvalidLoadBalancerAction", "must not start"),
        (redirect(Query="a b", Path="/x"), "InvalidLoadBalancerAction", "cannot have"),
        (redirect(Port="99999"), "InvalidLoadBalancerAction", "1 to 65535"),
        (redirect(Protocol="FTP"), "ValidationError", "FTP"),
        (redirect(StatusCode="HTTP_303"), "ValidationError", "HTTP_303"),
        ([{"Type": "redirect"}], "InvalidLoadBalancerAction", "must have a RedirectConfig"),
        ([{"Type": "fixed-response"}], "InvalidLoadBalancerAction", "FixedResponseConfig"),
        ([{"Type": "forward"}], "ValidationError", "target group ARN must be specified"),
        ([], "ValidationError", "At least one action"),
        (FIXED * 2, "TooManyActions", "exactly one action"),
    ],
)
def test_an_action_that_is_not_valid_is_refused(
    elbv2: Any, listener: str, actions: list[dict[str, Any]], code: str, text: str
) -> None:
    with refusal_with(code, text):
        a_rule(elbv2, listener, Actions=actions)


@pytest.mark.parametrize(
    "config",
    [
        {"StatusCode": "302"},
        {"StatusCode": "2000"},
        {"StatusCode": "200", "ContentType": "image/png"},
        {"StatusCode": "200", "MessageBody": "x" * 1025},
        {"StatusCode": "200", "MessageBody": "a\x01b"},
    ],
)
def test_a_fixed_response_that_is_not_valid_is_refused(
    elbv2: Any, listener: str, config: dict[str, str]
) -> None:
    actions = [{"Type": "fixed-response", "FixedResponseConfig": config}]
    with pytest.raises(elbv2.exceptions.ClientError) as refusal:
        a_rule(elbv2, listener, Actions=actions)
    code = refusal.value.response["Error"]["Code"]
    assert code in ("ValidationError", "InvalidLoadBalancerAction")


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ([("web", -1)], "ValidationError"),
        ([("web", 1000)], "ValidationError"),
        ([("web", 1), ("web", 1)], "InvalidLoadBalancerAction"),
        ([(f"g{number}", 1) for number in range(6)], "TooManyTargetGroups"),
        ([("none", 1)], "TargetGroupNotFound"),
    ],
)
def test_weights_that_are_not_valid_are_refused(
    world: World, elbv2: Any, listener: str, groups: list[tuple[str, int]], code: str
) -> None:
    arns = {name: world.group(name) for name, _ in groups if name != "none"}
    arns["none"] = (
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/none/0000000000000000"
    )
    config = {
        "TargetGroups": [{"TargetGroupArn": arns[name], "Weight": each} for name, each in groups]
    }
    with refusal_with(code):
        a_rule(elbv2, listener, Actions=[{"Type": "forward", "ForwardConfig": config}])


def test_target_group_stickiness_needs_its_duration(
    world: World, elbv2: Any, listener: str
) -> None:
    group = world.group()

    def forward(**stickiness: Any) -> list[dict[str, Any]]:
        config = {
            "TargetGroups": [{"TargetGroupArn": group}],
            "TargetGroupStickinessConfig": stickiness,
        }
        return [{"Type": "forward", "ForwardConfig": config}]

    with refusal_with("ValidationError", "DurationSeconds"):
        a_rule(elbv2, listener, Actions=forward(Enabled=True))
    with refusal_with("ValidationError", "604800"):
        a_rule(elbv2, listener, Actions=forward(Enabled=True, DurationSeconds=604801))
    rule = a_rule(elbv2, listener, Actions=forward(Enabled=True, DurationSeconds=60))
    assert rule["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"] == {
        "Enabled": True,
        "DurationSeconds": 60,
    }


def test_a_priority_is_taken_once(elbv2: Any, listener: str) -> None:
    a_rule(elbv2, listener, 10)
    with refusal_with("PriorityInUse", "Priority '10' is currently in use"):
        a_rule(elbv2, listener, 10)
    for priority in (0, 50_001):
        with refusal_with("ValidationError"):
            a_rule(elbv2, listener, priority)


def test_rules_are_in_order_and_the_default_is_last(elbv2: Any, listener: str) -> None:
    arns = {each: a_rule(elbv2, listener, each)["RuleArn"] for each in (30, 10, 20)}

    def priorities() -> list[str]:
        shown = elbv2.describe_rules(ListenerArn=listener)["Rules"]
        return [each["Priority"] for each in shown]

    assert priorities() == ["10", "20", "30", "default"]
    # An exchange of two places is possible in one request, and only so.
    elbv2.set_rule_priorities(
        RulePriorities=[
            {"RuleArn": arns[10], "Priority": 20},
            {"RuleArn": arns[20], "Priority": 10},
        ]
    )
    (shown,) = elbv2.describe_rules(RuleArns=[arns[10]])["Rules"]
    assert shown["Priority"] == "20"
    with refusal_with("PriorityInUse", "'30'"):
        elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": arns[10], "Priority": 30}])
    assert priorities() == ["10", "20", "30", "default"]
    elbv2.delete_rule(RuleArn=arns[30])
    assert priorities() == ["10", "20", "default"]
    with refusal_with("RuleNotFound", f"Rules '[{arns[30]}]' not found"):
        elbv2.delete_rule(RuleArn=arns[30])


def test_a_rule_is_changed_in_part(world: World, elbv2: Any, listener: str) -> None:
    group = world.group()
    rule = a_rule(elbv2, listener)
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    (changed,) = elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=forward)["Rules"]
    assert changed["Conditions"] == rule["Conditions"]
    assert changed["Actions"][0]["TargetGroupArn"] == group
    host = [{"Field": "host-header", "Values": ["a.example.com"]}]
    (changed,) = elbv2.modify_rule(RuleArn=rule["RuleArn"], Conditions=host)["Rules"]
    assert [each["Field"] for each in changed["Conditions"]] == ["host-header"]
    assert changed["Actions"][0]["TargetGroupArn"] == group
    with refusal_with("ResourceInUse"):
        elbv2.delete_target_group(TargetGroupArn=group)
    with refusal_with("ValidationError", "Either conditions or actions"):
        elbv2.modify_rule(RuleArn=rule["RuleArn"])


def test_a_listener_of_a_network_load_balancer_has_no_rules(world: World, elbv2: Any) -> None:
    load_balancer = world.load_balancer("net", Type="network")
    listener = world.listener(load_balancer, world.group(Protocol="TCP"), Protocol="TCP")
    with refusal_with("UnsupportedProtocol", "Rules are not supported"):
        a_rule(elbv2, listener)
    with refusal_with("InvalidLoadBalancerAction", "'fixed-response' is not supported"):
        elbv2.modify_listener(ListenerArn=listener, DefaultActions=FIXED)


def test_a_load_balancer_has_a_hundred_rules_at_most(elbv2: Any, listener: str) -> None:
    for priority in range(1, 101):
        a_rule(elbv2, listener, priority)
    with refusal_with("TooManyRules", "at most 100 rules"):
        a_rule(elbv2, listener, 101)


def test_rules_are_asked_for_by_arn_or_listener(elbv2: Any, listener: str) -> None:
    rules = [a_rule(elbv2, listener, each)["RuleArn"] for each in (1, 2, 3)]
    shown = elbv2.describe_rules(RuleArns=rules[::2])["Rules"]
    assert [each["RuleArn"] for each in shown] == rules[::2]
    pages = elbv2.get_paginator("describe_rules").paginate(
        ListenerArn=listener, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["Rules"]) for page in pages] == [3, 1]
    with refusal_with("ValidationError", "either listener rule ARNs or a listener ARN"):
        elbv2.describe_rules()
