"""CreateTargetGroup, ModifyTargetGroup, attributes, DescribeTargetGroups, DeleteTargetGroup."""

from typing import Any

import pytest
from elbv2_world import World

from refusals import refusal_with
from roadstead.elbv2.records.target_group import TARGETS


def test_a_new_group_has_elbs_defaults(world: World, elbv2: Any) -> None:
    (group,) = elbv2.create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=world.vpc_id
    )["TargetGroups"]
    arn = group.pop("TargetGroupArn")
    assert arn.startswith("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/")
    assert group == {
        "TargetGroupName": "web",
        "Protocol": "HTTP",
        "ProtocolVersion": "HTTP1",
        "Port": 8080,
        "VpcId": world.vpc_id,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "HealthCheckPath": "/",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [],
        "TargetType": "instance",
        "IpAddressType": "ipv4",
    }


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (
            {"Protocol": "TCP"},
            {"HealthCheckProtocol": "TCP", "HealthCheckTimeoutSeconds": 10},
        ),
        (
            {"Protocol": "TCP", "HealthCheckProtocol": "HTTP"},
            {
                "HealthCheckTimeoutSeconds": 6,
                "HealthCheckPath": "/",
                "Matcher": {"HttpCode": "200-399"},
            },
        ),
        ({"Protocol": "HTTPS"}, {"HealthCheckProtocol": "HTTP", "HealthCheckTimeoutSeconds": 5}),
        (
            {"ProtocolVersion": "GRPC"},
            {"HealthCheckPath": "/AWS.ALB/healthcheck", "Matcher": {"GrpcCode": "12"}},
        ),
        ({"ProtocolVersion": "HTTP2"}, {"Matcher": {"HttpCode": "200"}}),
        ({"Protocol": "UDP", "HealthCheckPort": "8080"}, {"HealthCheckPort": "8080"}),
        ({"Matcher": {"HttpCode": "200,300-399"}}, {"Matcher": {"HttpCode": "200,300-399"}}),
    ],
)
def test_the_health_check_follows_the_protocol(
    world: World, elbv2: Any, asked: dict[str, Any], shown: dict[str, Any]
) -> None:
    group = world.group(**asked)
    (found,) = elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert {key: found.get(key) for key in shown} == shown


def test_the_same_settings_again_are_the_same_group(world: World) -> None:
    assert world.group(Port=81) == world.group(Port=81)
    with refusal_with("DuplicateTargetGroupName", "'web' exists, but with different settings"):
        world.group(Port=82)


@pytest.mark.parametrize(
    ("asked", "code", "text"),
    [
        ({"Name": "a" * 33}, "ValidationError", "cannot be longer than '32' characters"),
        ({"Name": "a_b"}, "ValidationError", "alphanumeric characters or hyphens(-)"),
        ({"Name": "-a"}, "ValidationError", "cannot begin or end with '-'"),
        ({"VpcId": "vpc-none"}, "ValidationError", "The VPC ID 'vpc-none' is not found"),
        ({"VpcId": ""}, "ValidationError", "A VPC ID must be specified"),
        ({"Port": 0}, "ValidationError", "'Port'"),
        ({"Protocol": "GENEVE"}, "OperationNotPermitted", "Protocol 'GENEVE' is not supported"),
        ({"Protocol": "FTP"}, "ValidationError", "FTP"),
        ({"TargetType": "lambda"}, "OperationNotPermitted", "Target type 'lambda'"),
        ({"TargetType": "alb"}, "OperationNotPermitted", "Target type 'alb'"),
        ({"IpAddressType": "ipv6"}, "OperationNotPermitted", "ipv6"),
        ({"ProtocolVersion": "HTTP3"}, "ValidationError", "Protocol version 'HTTP3'"),
        (
            {"Protocol": "TCP", "ProtocolVersion": "HTTP2"},
            "InvalidConfigurationRequest",
            "protocol version",
        ),
        ({"HealthCheckProtocol": "TCP"}, "ValidationError", "'TCP' is not supported"),
        ({"HealthCheckProtocol": "UDP"}, "ValidationError", "'UDP' is not supported"),
        ({"HealthCheckPath": "ping"}, "ValidationError", "must begin with a '/'"),
        ({"HealthCheckPath": "/a b"}, "ValidationError", "without spaces"),
        ({"HealthCheckPort": "0"}, "ValidationError", "Health check port '0'"),
        ({"HealthCheckPort": "65536"}, "ValidationError", "Health check port '65536'"),
        ({"HealthCheckIntervalSeconds": 4}, "ValidationError", "5"),
        ({"HealthCheckTimeoutSeconds": 121}, "ValidationError", "120"),
        ({"HealthyThresholdCount": 11}, "ValidationError", "10"),
        ({"UnhealthyThresholdCount": 1}, "ValidationError", "2"),
        (
            {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5},
            "ValidationError",
            "Health check interval must be greater than the timeout. They are 5 and 5 seconds.",
        ),
        ({"HealthCheckEnabled": False}, "InvalidConfigurationRequest", "must be true"),
        ({"Matcher": {"HttpCode": "199"}}, "ValidationError", "within '200-499'"),
        ({"Matcher": {"HttpCode": "500"}}, "ValidationError", "within '200-499'"),
        ({"Matcher": {"HttpCode": "299-200"}}, "ValidationError", "within '200-499'"),
        ({"Matcher": {"HttpCode": "200;DROP"}}, "ValidationError", "within '200-499'"),
        ({"Matcher": {"GrpcCode": "0"}}, "ValidationError", "HttpCode"),
        (
            {"Protocol": "TCP", "HealthCheckPath": "/"},
            "InvalidConfigurationRequest",
            "health check path",
        ),
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]},
            "DuplicateTagKeys",
            "'a'",
        ),
        ({"Tags": [{"Key": "aws:a", "Value": "1"}]}, "ValidationError", "reserved"),
    ],
)
def test_what_no_group_can_be_is_refused(
    world: World, elbv2: Any, asked: dict[str, Any], code: str, text: str
) -> None:
    with refusal_with(code, text):
        elbv2.create_target_group(
            **{"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": world.vpc_id} | asked
        )
    assert elbv2.describe_target_groups()["TargetGroups"] == []


def test_a_health_check_is_changed_in_part(world: World, elbv2: Any) -> None:
    group = world.group(HealthCheckPath="/ping")
    (changed,) = elbv2.modify_target_group(
        TargetGroupArn=group, HealthCheckIntervalSeconds=10, Matcher={"HttpCode": "200-204"}
    )["TargetGroups"]
    shown = {key: value for key, value in changed.items() if key.startswith("HealthCheck")}
    assert shown == {
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 10,
        "HealthCheckTimeoutSeconds": 5,
        "HealthCheckPath": "/ping",
    }
    assert changed["Matcher"] == {"HttpCode": "200-204"}
    with refusal_with("ValidationError", "Health check interval must be greater than the timeout."):
        elbv2.modify_target_group(TargetGroupArn=group, HealthCheckTimeoutSeconds=10)


def test_a_check_of_tcp_becomes_one_of_http_and_back(world: World, elbv2: Any) -> None:
    group = world.group(Protocol="TCP")
    (http,) = elbv2.modify_target_group(
        TargetGroupArn=group, HealthCheckProtocol="HTTP", HealthCheckPath="/ping"
    )["TargetGroups"]
    assert (http["HealthCheckPath"], http["Matcher"]) == ("/ping", {"HttpCode": "200-399"})
    (tcp,) = elbv2.modify_target_group(TargetGroupArn=group, HealthCheckProtocol="TCP")[
        "TargetGroups"
    ]
    assert "HealthCheckPath" not in tcp
    assert "Matcher" not in tcp


def attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def test_all_attributes_have_their_defaults(world: World, elbv2: Any) -> None:
    http, tcp = world.group(), world.group("tcp", Protocol="TCP")
    assert attributes(elbv2.describe_target_group_attributes(TargetGroupArn=http)) == {
        "deregistration_delay.timeout_seconds": "300",
        "stickiness.enabled": "false",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
        "stickiness.app_cookie.cookie_name": "",
        "stickiness.app_cookie.duration_seconds": "86400",
        "slow_start.duration_seconds": "0",
        "load_balancing.algorithm.type": "round_robin",
        "load_balancing.algorithm.anomaly_mitigation": "off",
        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
        "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
        "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    }
    of_network = attributes(elbv2.describe_target_group_attributes(TargetGroupArn=tcp))
    assert {key: of_network[key] for key in of_network if "target_group_health" not in key} == {
        "deregistration_delay.timeout_seconds": "300",
        "stickiness.enabled": "false",
        "stickiness.type": "source_ip",
        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
        "deregistration_delay.connection_termination.enabled": "false",
        "preserve_client_ip.enabled": "false",
        "proxy_protocol_v2.enabled": "false",
        "target_health_state.unhealthy.connection_termination.enabled": "true",
        "target_health_state.unhealthy.draining_interval_seconds": "0",
    }


def test_attributes_are_set_beside_the_others(world: World, elbv2: Any) -> None:
    group = world.group()
    set_ones = {
        "deregistration_delay.timeout_seconds": "5",
        "stickiness.enabled": "true",
        "stickiness.type": "app_cookie",
        "stickiness.app_cookie.cookie_name": "session",
    }
    answer = elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": key, "Value": value} for key, value in set_ones.items()],
    )
    assert attributes(answer).items() >= set_ones.items()
    answer = elbv2.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "slow_start.duration_seconds", "Value": "30"}]
    )
    assert attributes(answer).items() >= set_ones.items()
    assert attributes(answer)["slow_start.duration_seconds"] == "30"


@pytest.mark.parametrize(
    ("protocol", "asked", "code", "text"),
    [
        ("HTTP", {"nonsense": "1"}, "ValidationError", "'nonsense' is not recognized"),
        (
            "HTTP",
            {"deregistration_delay.timeout_seconds": "3601"},
            "InvalidConfigurationRequest",
            "between 0 and 3600",
        ),
        (
            "HTTP",
            {"deregistration_delay.timeout_seconds": "-1"},
            "InvalidConfigurationRequest",
            "between 0 and 3600",
        ),
        (
            "HTTP",
            {"slow_start.duration_seconds": "29"},
            "InvalidConfigurationRequest",
            "between 30 and 900, or 0",
        ),
        ("HTTP", {"stickiness.enabled": "yes"}, "InvalidConfigurationRequest", "false, true"),
        ("HTTP", {"stickiness.type": "source_ip"}, "InvalidConfigurationRequest", "lb_cookie"),
        (
            "HTTP",
            {"stickiness.enabled": "true", "stickiness.type": "app_cookie"},
            "InvalidConfigurationRequest",
            "cookie_name must be set",
        ),
        (
            "HTTP",
            {"stickiness.app_cookie.cookie_name": "AWSALB"},
            "InvalidConfigurationRequest",
            "reserved",
        ),
        (
            "HTTP",
            {"stickiness.app_cookie.cookie_name": "a b"},
            "InvalidConfigurationRequest",
            "RFC 6265",
        ),
        (
            "HTTP",
            {"load_balancing.algorithm.anomaly_mitigation": "on"},
            "InvalidConfigurationRequest",
            "weighted_random",
        ),
        (
            "HTTP",
            {
                "slow_start.duration_seconds": "30",
                "load_balancing.algorithm.type": "least_outstanding_requests",
            },
            "InvalidConfigurationRequest",
            "round_robin",
        ),
        ("TCP", {"slow_start.duration_seconds": "30"}, "ValidationError", "not recognized"),
        (
            "UDP",
            {"preserve_client_ip.enabled": "false"},
            "InvalidConfigurationRequest",
            "one of: true",
        ),
        (
            "TCP",
            {"target_health_state.unhealthy.draining_interval_seconds": "60"},
            "InvalidConfigurationRequest",
            "can be set only if",
        ),
    ],
)
def test_an_attribute_that_is_not_valid_changes_nothing(
    world: World, elbv2: Any, protocol: str, asked: dict[str, str], code: str, text: str
) -> None:
    group = world.group(Protocol=protocol)
    before = elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    with refusal_with(code, text):
        elbv2.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": key, "Value": value} for key, value in asked.items()],
        )
    assert elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"] == before


def test_groups_are_found_by_arn_name_and_load_balancer(world: World, elbv2: Any) -> None:
    load_balancer, _, web = world.in_use()
    other = world.group("other")

    def found(**asked: Any) -> list[str]:
        return [
            each["TargetGroupArn"] for each in elbv2.describe_target_groups(**asked)["TargetGroups"]
        ]

    assert found() == [other, web]
    assert found(Names=["web"]) == [web]
    assert found(TargetGroupArns=[other]) == [other]
    assert found(LoadBalancerArn=load_balancer) == [web]
    (shown,) = elbv2.describe_target_groups(Names=["web"])["TargetGroups"]
    assert shown["LoadBalancerArns"] == [load_balancer]
    with refusal_with("TargetGroupNotFound", "Target groups '[none]' not found"):
        found(Names=["none"])
    with refusal_with("TargetGroupNotFound"):
        found(TargetGroupArns=[web[:-1] + "x"])
    with refusal_with("ValidationError", "at the same time"):
        found(Names=["web"], TargetGroupArns=[web])


def test_groups_come_in_pages(world: World, elbv2: Any) -> None:
    names = [f"group-{number}" for number in range(5)]
    for name in names:
        world.group(name)
    pages = elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 2})
    shown = [[each["TargetGroupName"] for each in page["TargetGroups"]] for page in pages]
    assert shown == [names[:2], names[2:4], names[4:]]
    with refusal_with("ValidationError", "token"):
        elbv2.describe_target_groups(Marker="nonsense")


def test_a_group_in_use_is_not_deleted(world: World, elbv2: Any) -> None:
    _, listener, group = world.in_use()
    with refusal_with("ResourceInUse", f"Target group '{group}' is currently in use"):
        elbv2.delete_target_group(TargetGroupArn=group)
    elbv2.delete_listener(ListenerArn=listener)
    world.register(group, world.address())
    elbv2.delete_target_group(TargetGroupArn=group)
    elbv2.delete_target_group(TargetGroupArn=group)
    assert elbv2.describe_target_groups()["TargetGroups"] == []
    assert world.server.on_loop(lambda: world.server.plane.store.view.size(TARGETS)) == 0
