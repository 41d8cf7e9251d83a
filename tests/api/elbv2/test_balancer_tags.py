"""AddTags, RemoveTags, DescribeTags; limits and security policies."""

from typing import Any

from elbv2_world import World

from refusals import refusal_with


def test_every_kind_of_resource_has_tags(world: World, elbv2: Any) -> None:
    load_balancer, listener, group = world.in_use()
    (rule,) = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    arns = [load_balancer, listener, group, rule["RuleArn"]]
    elbv2.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b"}])
    elbv2.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "2"}])
    shown = elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    tags = [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]
    assert shown == [{"ResourceArn": arn, "Tags": tags} for arn in arns]
    elbv2.remove_tags(ResourceArns=arns, TagKeys=["a", "none"])
    shown = elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert [each["Tags"] for each in shown] == [[{"Key": "b", "Value": ""}]] * 4


def test_tags_come_with_what_is_made(world: World, elbv2: Any) -> None:
    tags = [{"Key": "team", "Value": "web"}]
    group = world.group(Tags=tags)
    load_balancer = world.load_balancer(Tags=tags)
    listener = world.listener(load_balancer, group, Tags=tags)
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    (rule,) = elbv2.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/a"]}],
        Actions=fixed,
        Tags=tags,
    )["Rules"]
    arns = [group, load_balancer, listener, rule["RuleArn"]]
    shown = elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert [each["Tags"] for each in shown] == [tags] * 4


def test_tags_that_cannot_be_are_refused(world: World, elbv2: Any) -> None:
    group = world.group()
    with refusal_with("TooManyTags", "at most 50 tags"):
        elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": str(number)} for number in range(51)])
    with refusal_with("DuplicateTagKeys"):
        elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": "a"}, {"Key": "a"}])
    with refusal_with("TargetGroupNotFound"):
        elbv2.describe_tags(ResourceArns=[group[:-1] + "x"])
    with refusal_with("ValidationError", "not a valid ARN"):
        elbv2.describe_tags(ResourceArns=["arn:aws:s3:::bucket"])
    with refusal_with("ValidationError", "at most 20"):
        elbv2.describe_tags(ResourceArns=[f"{group}{number}" for number in range(21)])


def test_limits_are_those_that_hold(elbv2: Any) -> None:
    limits = {each["Name"]: each["Max"] for each in elbv2.describe_account_limits()["Limits"]}
    assert limits["listeners-per-application-load-balancer"] == "50"
    assert limits["rules-per-application-load-balancer"] == "100"
    assert limits["condition-values-per-alb-rule"] == "5"


def test_security_policies_are_described(elbv2: Any) -> None:
    names = [each["Name"] for each in elbv2.describe_ssl_policies()["SslPolicies"]]
    assert "ELBSecurityPolicy-2016-08" in names
    (policy,) = elbv2.describe_ssl_policies(Names=["ELBSecurityPolicy-TLS13-1-3-2021-06"])[
        "SslPolicies"
    ]
    assert policy["SslProtocols"] == ["TLSv1.3"]
    assert policy["Ciphers"][0] == {"Name": "TLS_AES_128_GCM_SHA256", "Priority": 1}
    with refusal_with("SSLPolicyNotFound", "'none'"):
        elbv2.describe_ssl_policies(Names=["none"])


def test_nothing_is_shared(world: World, elbv2: Any) -> None:
    with refusal_with("ResourceNotFound", "no resource policy"):
        elbv2.get_resource_policy(ResourceArn=world.group())
