"""Where tasks are reached, which side has which group, and how percents become weights."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from given import a_container, a_task, a_task_definition, a_task_interface
from roadstead.ecs.records.service_revision import ServiceRevision
from roadstead.ecs.records.task import Task, TaskTarget
from roadstead.ecs.rules.load_balancers.places import Place, place_of
from roadstead.ecs.rules.load_balancers.sides import (
    RuleShare,
    resolved_groups,
    traffic_between,
    weights,
)
from roadstead.ecs.rules.traffic import health_of_targets, is_activated, is_deactivated

TARGET = TaskTarget(container_name="app", container_port=80, target_group_arn="blue")
EC2 = "i-0123456789abcdef0"


def shows(mode: str, **mapping: Any) -> Any:
    container = {"name": "app", "portMappings": [{"containerPort": 80, **mapping}]}
    return a_task_definition(
        network_mode=mode, document={"networkMode": mode, "containerDefinitions": [container]}
    )


def bound(**binding: Any) -> Task:
    return a_task(containers=(a_container(network_bindings=({"containerPort": 80, **binding},)),))


def test_host_mode_instance_targets() -> None:
    """LB-09."""
    assert place_of(shows("host", hostPort=80), a_task(), TARGET, EC2) == Place(EC2, 80)


def test_in_bridge_mode_the_host_port_counts() -> None:
    static = shows("bridge", hostPort=8080)
    assert place_of(static, a_task(), TARGET, EC2) == Place(EC2, 8080)
    dynamic = shows("bridge", hostPort=0, protocol="tcp")
    assert place_of(dynamic, a_task(), TARGET, EC2) is None, "the agent has not told it yet"
    task = bound(hostPort=32_768, protocol="tcp")
    assert place_of(dynamic, task, TARGET, EC2) == Place(EC2, 32_768)
    udp = bound(hostPort=32_768, protocol="udp")
    assert place_of(dynamic, udp, TARGET, EC2) is None, "another protocol's port"


def test_a_task_with_its_own_interface_is_reached_at_its_address() -> None:
    task = a_task(interface=a_task_interface(7))
    assert place_of(shows("awsvpc"), task, TARGET, EC2) == Place("10.1.1.7", 80)
    unknown = a_task(interface=a_task_interface(7, private_ipv4_address=""))
    assert place_of(shows("awsvpc"), unknown, TARGET, EC2) is None


def two_sided(primary: str = "blue", alternate: str = "green", **more: str) -> dict[str, Any]:
    return {
        "targetGroupArn": primary,
        "containerName": "app",
        "containerPort": 80,
        "advancedConfiguration": {
            "alternateTargetGroupArn": alternate,
            "productionListenerRule": "production",
            **more,
        },
    }


def revision(entry: dict[str, Any], group: str = "", number: int = 1) -> ServiceRevision:
    return ServiceRevision(
        arn=f"revision-{number}",
        load_balancers=(entry,),
        resolved_target_groups=(group,) if group else (),
    )


@pytest.mark.parametrize(
    ("former", "is_staged", "group"),
    [
        (None, True, "blue"),
        (revision(two_sided(), "blue"), True, "green"),
        (revision(two_sided(), "green"), True, "blue"),
        (revision(two_sided(), "blue"), False, "blue"),
        (revision(two_sided(), "green"), False, "green"),
        (revision({"targetGroupArn": "blue"}), True, "green"),
        (revision({"targetGroupArn": "other"}), True, "blue"),
    ],
)
def test_a_new_revision_takes_the_group_that_the_former_one_does_not_have(
    former: ServiceRevision | None, is_staged: bool, group: str
) -> None:
    assert resolved_groups((two_sided(),), former, is_staged=is_staged) == (group,)


def test_without_an_advanced_configuration_nothing_is_resolved() -> None:
    assert resolved_groups(({"targetGroupArn": "blue"},), None, is_staged=True) == ()


def test_traffic_between_two_sides() -> None:
    target = revision(two_sided(testListenerRule="test"), "green", 2)
    source = revision(two_sided(testListenerRule="test"), "blue")
    found = traffic_between(target, source, 5.5, 100.0)
    assert found.production == {"revision-2": 5.5, "revision-1": 94.5}
    assert found.test == {"revision-2": 100.0}
    assert found.rules == (
        RuleShare("production", (("blue", 94.5), ("green", 5.5))),
        RuleShare("test", (("blue", 0.0), ("green", 100.0))),
    )


def test_a_source_without_rules_of_its_own_is_met_in_the_pair() -> None:
    source = revision({"targetGroupArn": "blue"})
    found = traffic_between(revision(two_sided(), "green", 2), source, 0.0, 0.0)
    assert found.rules == (RuleShare("production", (("blue", 100.0), ("green", 0.0))),)


def test_alone_a_side_has_all_of_it() -> None:
    found = traffic_between(revision(two_sided(), "blue"), None, 100.0, 100.0)
    assert found.rules == (RuleShare("production", (("blue", 100.0), ("green", 0.0))),)


@drawn(st.integers(0, 1000))
def test_weights_say_what_percents_do(tenths: int) -> None:
    one, other = weights((tenths / 10, round(100 - tenths / 10, 1)))
    assert one * 1000 == tenths * (one + other)
    assert all(0 <= each <= 999 for each in (one, other))


def test_health_of_all_targets_together() -> None:
    def of(*healths: str) -> str:
        return health_of_targets(TaskTarget(health=each) for each in healths)

    assert of() == ""
    assert of("HEALTHY", "HEALTHY") == "HEALTHY"
    assert of("HEALTHY", "UNKNOWN") == "UNKNOWN"
    assert of("UNKNOWN", "UNHEALTHY") == "UNHEALTHY"


def test_when_a_task_is_wherever_it_should_be_and_when_nowhere() -> None:
    def with_states(*states: str) -> Task:
        return a_task(targets=tuple(TaskTarget(state=each) for each in states))

    assert is_activated(with_states("REGISTERED", "REGISTERED"))
    assert not is_activated(with_states("REGISTERED", ""))
    assert is_deactivated(with_states("GONE", ""))
    assert not is_deactivated(with_states("GONE", "DRAINING"))
