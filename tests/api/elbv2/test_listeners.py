"""CreateListener and what changes, describes and deletes one."""

from typing import Any

import pytest
from elbv2_world import World

from refusals import refusal_with


def fixed(status: str = "200", **fields: Any) -> list[dict[str, Any]]:
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, **fields}}]


def test_a_listener_has_its_default_rule(world: World, elbv2: Any) -> None:
    load_balancer, listener, group = world.in_use()
    (shown,) = elbv2.describe_listeners(LoadBalancerArn=load_balancer)["Listeners"]
    forward = {
        "Type": "forward",
        "TargetGroupArn": group,
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
            "TargetGroupStickinessConfig": {"Enabled": False},
        },
    }
    assert shown == {
        "ListenerArn": listener,
        "LoadBalancerArn": load_balancer,
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [forward],
    }
    assert listener.startswith(load_balancer.replace(":loadbalancer/", ":listener/") + "/")
    (rule,) = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    arn = rule.pop("RuleArn")
    assert arn.startswith(listener.replace(":listener/", ":listener-rule/") + "/")
    assert rule == {
        "Priority": "default",
        "Conditions": [],
        "Actions": [forward],
        "IsDefault": True,
    }
    with refusal_with("OperationNotPermitted", "cannot be deleted"):
        elbv2.delete_rule(RuleArn=arn)
    with refusal_with("OperationNotPermitted", "modify its listener"):
        elbv2.modify_rule(RuleArn=arn, Actions=fixed())


def test_a_port_has_one_listener(world: World) -> None:
    load_balancer, listener, group = world.in_use()
    assert world.listener(load_balancer, group) == listener
    with refusal_with("DuplicateListener", "already exists on this port"):
        world.listener(load_balancer, DefaultActions=fixed())


def test_udp_stands_beside_tcp_on_one_port(world: World) -> None:
    load_balancer = world.load_balancer(Type="network")
    tcp, udp = world.group("tcp", Protocol="TCP"), world.group("udp", Protocol="UDP")
    both = world.group("both", Protocol="TCP_UDP")
    world.listener(load_balancer, tcp, Protocol="TCP", Port=53)
    world.listener(load_balancer, udp, Protocol="UDP", Port=53)
    with refusal_with("DuplicateListener"):
        world.listener(load_balancer, both, Protocol="TCP_UDP", Port=53)


@pytest.mark.parametrize(
    ("kind", "asked", "code", "text"),
    [
        ("application", {"Protocol": "TCP"}, "UnsupportedProtocol", "[HTTP, HTTPS]"),
        ("network", {"Protocol": "HTTP"}, "UnsupportedProtocol", "[TCP, TLS, UDP, TCP_UDP]"),
        ("application", {"Protocol": None}, "ValidationError", "A protocol must be specified"),
        ("application", {"Port": None}, "ValidationError", "A port must be specified"),
        ("application", {"Port": 65536}, "ValidationError", "65535"),
        ("application", {"Protocol": "HTTPS"}, "ValidationError", "A certificate must be"),
        (
            "application",
            {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": "arn:none"}]},
            "CertificateNotFound",
            "'arn:none'",
        ),
        (
            "application",
            {"Certificates": [{"CertificateArn": "arn:none"}]},
            "InvalidConfigurationRequest",
            "cannot be specified for listeners with the protocol HTTP",
        ),
        (
            "application",
            {"SslPolicy": "ELBSecurityPolicy-2016-08"},
            "InvalidConfigurationRequest",
            "SSL policy",
        ),
        ("application", {"AlpnPolicy": ["None"]}, "InvalidConfigurationRequest", "ALPN"),
        (
            "application",
            {"MutualAuthentication": {"Mode": "verify"}},
            "OperationNotPermitted",
            "Mutual authentication",
        ),
    ],
)
def test_what_no_listener_can_be_is_refused(
    world: World, elbv2: Any, kind: str, asked: dict[str, Any], code: str, text: str
) -> None:
    load_balancer = world.load_balancer(Type=kind)
    fields = {"Protocol": "HTTP", "Port": 80, "DefaultActions": fixed()} | asked
    with refusal_with(code, text):
        elbv2.create_listener(
            LoadBalancerArn=load_balancer,
            **{key: value for key, value in fields.items() if value is not None},
        )
    assert elbv2.describe_listeners(LoadBalancerArn=load_balancer)["Listeners"] == []


@pytest.mark.parametrize(
    ("listener", "group", "fits"),
    [
        ("HTTP", "HTTPS", True),
        ("HTTP", "TCP", False),
        ("TCP", "TCP", True),
        ("TCP", "TCP_UDP", True),
        ("TCP", "HTTP", False),
        ("TCP", "TLS", False),
        ("UDP", "UDP", True),
        ("UDP", "TCP", False),
        ("TCP_UDP", "TCP_UDP", True),
        ("TCP_UDP", "UDP", False),
    ],
)
def test_a_listener_leads_to_groups_of_protocols_that_go_with_its_own(
    world: World, listener: str, group: str, fits: bool
) -> None:
    kind = "application" if listener == "HTTP" else "network"
    load_balancer = world.load_balancer(Type=kind)
    target_group = world.group(Protocol=group)
    if fits:
        world.listener(load_balancer, target_group, Protocol=listener)
        return
    with refusal_with("IncompatibleProtocols", f"has the protocol {group}"):
        world.listener(load_balancer, target_group, Protocol=listener)


def test_grpc_wants_a_listener_with_tls(world: World) -> None:
    group = world.group(Protocol="HTTP", ProtocolVersion="GRPC")
    with refusal_with("IncompatibleProtocols", "only a listener with the protocol HTTPS"):
        world.listener(world.load_balancer(), group, Protocol="HTTP")


def test_a_group_belongs_to_one_load_balancer(world: World) -> None:
    _, _, group = world.in_use()
    other = world.load_balancer("other")
    with refusal_with("TargetGroupAssociationLimit", f"more than one load balancer: {group}"):
        world.listener(other, group)
    with refusal_with("TargetGroupNotFound"):
        world.listener(other, group[:-1] + "x")


def test_a_listener_is_changed_in_part(world: World, elbv2: Any) -> None:
    load_balancer, listener, group = world.in_use()
    world.listener(load_balancer, Port=81, DefaultActions=fixed())
    (changed,) = elbv2.modify_listener(ListenerArn=listener, Port=8080)["Listeners"]
    assert (changed["Port"], changed["Protocol"]) == (8080, "HTTP")
    assert changed["DefaultActions"][0]["TargetGroupArn"] == group
    with refusal_with("DuplicateListener"):
        elbv2.modify_listener(ListenerArn=listener, Port=81)
    (changed,) = elbv2.modify_listener(ListenerArn=listener, DefaultActions=fixed("404"))[
        "Listeners"
    ]
    assert changed["DefaultActions"] == fixed("404")
    (shown,) = elbv2.describe_target_groups()["TargetGroups"]
    assert shown["LoadBalancerArns"] == []
    with refusal_with("ListenerNotFound", f"Listeners '[{listener[:-1]}x]' not found"):
        elbv2.modify_listener(ListenerArn=listener[:-1] + "x", Port=1)


def test_another_protocol_must_go_with_the_actions_that_there_are(world: World, elbv2: Any) -> None:
    load_balancer = world.load_balancer(Type="network")
    listener = world.listener(load_balancer, world.group(Protocol="TCP"), Protocol="TCP")
    with refusal_with("IncompatibleProtocols"):
        elbv2.modify_listener(ListenerArn=listener, Protocol="UDP")


def test_a_redirect_that_becomes_a_loop_by_another_port_is_refused(
    world: World, elbv2: Any
) -> None:
    load_balancer = world.load_balancer()
    redirect = [{"Type": "redirect", "RedirectConfig": {"Port": "8080", "StatusCode": "HTTP_301"}}]
    listener = world.listener(load_balancer, DefaultActions=redirect)
    with refusal_with("InvalidLoadBalancerAction", "creates a loop"):
        elbv2.modify_listener(ListenerArn=listener, Port=8080)


def test_weights_of_a_listener_are_shifted(world: World, elbv2: Any) -> None:
    load_balancer = world.load_balancer()
    blue, green = world.group("blue"), world.group("green")

    def weighted(*weights: int) -> list[dict[str, Any]]:
        groups = [
            {"TargetGroupArn": arn, "Weight": weight}
            for arn, weight in zip((blue, green), weights, strict=True)
        ]
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]

    listener = world.listener(load_balancer, DefaultActions=weighted(100, 0))
    (changed,) = elbv2.modify_listener(ListenerArn=listener, DefaultActions=weighted(90, 10))[
        "Listeners"
    ]
    (action,) = changed["DefaultActions"]
    assert "TargetGroupArn" not in action
    assert [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]] == [90, 10]
    shown = elbv2.describe_target_groups(LoadBalancerArn=load_balancer)["TargetGroups"]
    assert {each["TargetGroupArn"] for each in shown} == {blue, green}


def attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def test_attributes_of_a_listener(world: World, elbv2: Any) -> None:
    listener = world.listener(world.load_balancer(), DefaultActions=fixed())
    before = attributes(elbv2.describe_listener_attributes(ListenerArn=listener))
    assert before["routing.http.response.server.enabled"] == "true"
    key = "routing.http.response.strict_transport_security.header_value"
    answer = elbv2.modify_listener_attributes(
        ListenerArn=listener, Attributes=[{"Key": key, "Value": "max-age=60"}]
    )
    assert attributes(answer) == {**before, key: "max-age=60"}
    for value in ("a\nb", "x" * 1025):
        with refusal_with("InvalidConfigurationRequest", "the value of a header"):
            elbv2.modify_listener_attributes(
                ListenerArn=listener, Attributes=[{"Key": key, "Value": value}]
            )
    with refusal_with("ValidationError", "not recognized"):
        elbv2.modify_listener_attributes(
            ListenerArn=listener, Attributes=[{"Key": "tcp.idle_timeout.seconds", "Value": "60"}]
        )


def test_listeners_are_asked_for_by_arn_or_load_balancer(world: World, elbv2: Any) -> None:
    load_balancer = world.load_balancer()
    arns = [world.listener(load_balancer, Port=port, DefaultActions=fixed()) for port in (82, 81)]

    def found(**asked: Any) -> list[str]:
        return [each["ListenerArn"] for each in elbv2.describe_listeners(**asked)["Listeners"]]

    assert found(LoadBalancerArn=load_balancer) == arns[::-1]
    assert found(ListenerArns=[arns[0]]) == [arns[0]]
    assert len(found(LoadBalancerArn=load_balancer, PageSize=1)) == 1
    with refusal_with("ValidationError", "either listener ARNs or a load balancer ARN"):
        found()


def test_a_load_balancer_has_fifty_listeners_at_most(world: World) -> None:
    load_balancer = world.load_balancer()
    for port in range(1, 51):
        world.listener(load_balancer, Port=port, DefaultActions=fixed())
    with refusal_with("TooManyListeners", "at most 50 listeners"):
        world.listener(load_balancer, Port=51, DefaultActions=fixed())
