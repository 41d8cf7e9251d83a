"""RegisterTargets, DeregisterTargets, DescribeTargetHealth."""

from typing import Any

import pytest
from elbv2_world import World

from refusals import refusal_with

UNKNOWN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/none/0000000000000000"


def test_a_target_of_a_group_in_use_is_initial_then_healthy(world: World) -> None:
    _, _, group = world.in_use()
    address = world.address()
    world.register(group, address)
    assert world.health(group) == {address: ("initial", "Elb.RegistrationInProgress")}
    world.report(group, address, healthy=True)
    (shown,) = world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert shown == {
        "Target": {"Id": address, "Port": 80, "AvailabilityZone": "us-east-1a"},
        "HealthCheckPort": "80",
        "TargetHealth": {"State": "healthy"},
    }


@pytest.mark.parametrize(
    ("reason", "description", "shown"),
    [
        ("Target.Timeout", "", "Request timed out"),
        ("Target.FailedHealthChecks", "", "Health checks failed"),
        (
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [502]",
            "Health checks failed with these codes: [502]",
        ),
    ],
)
def test_an_unhealthy_target_says_why(
    world: World, reason: str, description: str, shown: str
) -> None:
    _, _, group = world.in_use()
    world.register(group, world.address())
    world.report(group, world.address(), healthy=False, reason=reason, description=description)
    (found,) = world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert found["TargetHealth"] == {
        "State": "unhealthy",
        "Reason": reason,
        "Description": shown,
    }


def test_unused_target(world: World) -> None:
    group = world.group()
    world.register(group, world.address())
    assert world.health(group) == {world.address(): ("unused", "Target.NotInUse")}
    world.listener(world.load_balancer(), group)
    assert world.health(group)[world.address()][0] == "initial"


def test_a_target_in_a_zone_without_the_load_balancer_is_unused(world: World) -> None:
    _, _, group = world.in_use()
    elsewhere = world.address(subnet=2)
    world.register(group, elsewhere)
    (shown,) = world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert shown["TargetHealth"] == {
        "State": "unused",
        "Reason": "Target.NotInUse",
        "Description": (
            "Target is in an Availability Zone that is not enabled for the load balancer"
        ),
    }


def test_deregister_target_state_sequence(world: World) -> None:
    _, _, group = world.in_use()
    address = world.address()
    world.elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}],
    )
    world.register(group, address)
    world.report(group, address, healthy=True)
    world.deregister(group, address)
    assert world.health(group) == {address: ("draining", "Target.DeregistrationInProgress")}
    world.server.advance(19)
    assert world.health(group) == {address: ("draining", "Target.DeregistrationInProgress")}
    world.server.advance(1.5)
    assert world.health(group) == {}
    assert world.health(group, address) == {address: ("unused", "Target.NotRegistered")}


def test_a_target_that_drains_and_fails_its_checks_is_both(world: World) -> None:
    _, _, group = world.in_use()
    world.register(group, world.address())
    world.deregister(group, world.address())
    world.report(group, world.address(), healthy=False)
    assert world.health(group)[world.address()][0] == "unhealthy.draining"


def test_deregistration_of_unknown_target_is_ok(world: World) -> None:
    group = world.group()
    world.deregister(group, world.address())
    with refusal_with("TargetGroupNotFound", f"Target groups '[{UNKNOWN}]' not found"):
        world.deregister(UNKNOWN, world.address())


def test_port_override_on_register(world: World) -> None:
    group = world.group(TargetType="instance")
    world.run_instance("i-1")
    world.register(group, "i-1", Port=32768)
    world.register(group, "i-1", Port=32769)
    answer = world.elbv2.describe_target_health(TargetGroupArn=group)
    shown = [
        (each["Target"], each["HealthCheckPort"]) for each in answer["TargetHealthDescriptions"]
    ]
    assert shown == [
        ({"Id": "i-1", "Port": 32768}, "32768"),
        ({"Id": "i-1", "Port": 32769}, "32769"),
    ]
    world.deregister(group, "i-1", Port=32768)
    assert (
        len(world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"])
        == 1
    )


def test_deregistering_an_id_without_port_means_all_of_its_ports(world: World) -> None:
    group = world.group(TargetType="instance")
    for number in (1, 10):
        world.run_instance(f"i-{number}", host=10 + number)
        for port in (32768, 32769):
            world.register(group, f"i-{number}", Port=port)
    world.deregister(group, "i-1")
    assert world.health(group) == {"i-10": ("unused", "Target.NotInUse")}


def test_registering_existing_target_is_idempotent(world: World) -> None:
    _, _, group = world.in_use()
    world.register(group, world.address())
    world.report(group, world.address(), healthy=True)
    world.register(group, world.address())
    assert world.health(group) == {world.address(): ("healthy", "")}
    world.deregister(group, world.address())
    world.register(group, world.address())
    assert world.health(group) == {world.address(): ("initial", "Elb.RegistrationInProgress")}
    world.server.advance(400)
    assert world.health(group) == {world.address(): ("initial", "Elb.RegistrationInProgress")}


def test_the_instance_of_a_target_decides_whether_it_is_used(world: World) -> None:
    load_balancer = world.load_balancer()
    group = world.group(TargetType="instance")
    world.listener(load_balancer, group)
    world.run_instance("i-1")
    world.register(group, "i-1")
    assert world.health(group)["i-1"][0] == "initial"
    world.terminate_instance("i-1")
    assert world.health(group) == {"i-1": ("unused", "Target.InvalidState")}


def test_what_drains_at_an_instance_ends_with_it(world: World) -> None:
    load_balancer = world.load_balancer()
    group = world.group(TargetType="instance")
    world.listener(load_balancer, group)
    world.run_instance("i-1")
    world.register(group, "i-1")
    world.deregister(group, "i-1")
    assert world.health(group)["i-1"][0] == "draining"
    world.terminate_instance("i-1")
    assert world.health(group) == {}


@pytest.mark.parametrize(
    ("target", "code", "text"),
    [
        ({"Id": "i-77"}, "InvalidTarget", "cannot be registered: 'i-77'"),
        ({"Id": "172.31.0.9"}, "ValidationError", "Instance ID '172.31.0.9' is not valid"),
        ({"Id": "i-1", "AvailabilityZone": "all"}, "ValidationError", "Availability Zone"),
    ],
    ids=["not running", "an address", "a zone"],
)
def test_an_instance_must_run_to_be_registered(
    world: World, target: dict[str, Any], code: str, text: str
) -> None:
    group = world.group(TargetType="instance")
    world.run_instance("i-1")
    with refusal_with(code, text):
        world.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-1"}, target])
    assert world.health(group) == {}


@pytest.mark.parametrize(
    ("target", "code", "text"),
    [
        ({"Id": "i-1"}, "ValidationError", "not a valid IPv4 address"),
        ({"Id": "172.31.0.300"}, "ValidationError", "not a valid IPv4 address"),
        ({"Id": "8.8.8.8"}, "InvalidTarget", "'8.8.8.8' is not within the subnets"),
        ({"Id": "10.1.2.3"}, "ValidationError", "'10.1.2.3' is outside the VPC"),
        ({"Id": "10.1.2.3", "AvailabilityZone": "eu-west-1a"}, "ValidationError", "not valid"),
        (
            {"Id": "172.31.0.100", "AvailabilityZone": "all"},
            "ValidationError",
            "cannot have its Availability Zone overridden to 'all' from 'us-east-1a'",
        ),
        ({"Id": "172.31.0.1"}, "InvalidTarget", "is reserved"),
    ],
)
def test_an_address_must_be_one_that_may_be_a_target(
    world: World, target: dict[str, Any], code: str, text: str
) -> None:
    group = world.group()
    with refusal_with(code, text):
        world.elbv2.register_targets(TargetGroupArn=group, Targets=[target])


def test_an_address_outside_the_vpc_is_for_all_zones(world: World) -> None:
    _, _, group = world.in_use()
    world.register(group, "10.1.2.3", AvailabilityZone="all")
    (shown,) = world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert shown["Target"]["AvailabilityZone"] == "all"
    assert shown["TargetHealth"]["State"] == "initial"


def test_a_group_has_a_thousand_targets_at_most(world: World) -> None:
    group = world.group()
    targets = [{"Id": world.address(), "Port": port} for port in range(1, 1001)]
    world.elbv2.register_targets(TargetGroupArn=group, Targets=targets)
    with refusal_with("TooManyTargets", "at most 1000 targets"):
        world.register(group, world.address(), Port=2000)
    assert (
        len(world.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"])
        == 1000
    )


def test_a_target_is_not_asked_for_in_a_group_of_another_type(world: World) -> None:
    group = world.group()
    with refusal_with("ValidationError", "not a valid IPv4 address"):
        world.elbv2.describe_target_health(TargetGroupArn=group, Targets=[{"Id": "i-1"}])
    with refusal_with("TargetGroupNotFound"):
        world.elbv2.describe_target_health(TargetGroupArn=UNKNOWN)
    with refusal_with("ValidationError", "'nonsense' is not a valid target group ARN"):
        world.elbv2.describe_target_health(TargetGroupArn="nonsense")


def test_deleting_the_listener_lets_its_group_begin_anew(world: World) -> None:
    _, listener, group = world.in_use()
    world.register(group, world.address(), world.address(101))
    for host in (100, 101):
        world.report(group, world.address(host), healthy=True)
    world.deregister(group, world.address(101))
    world.elbv2.delete_listener(ListenerArn=listener)
    assert world.health(group) == {world.address(): ("unused", "Target.NotInUse")}
    (load_balancer,) = world.elbv2.describe_load_balancers()["LoadBalancers"]
    world.listener(load_balancer["LoadBalancerArn"], group)
    assert world.health(group) == {world.address(): ("initial", "Elb.RegistrationInProgress")}
