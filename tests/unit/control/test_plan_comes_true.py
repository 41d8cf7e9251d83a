"""A plan is what then happens, and it leaves no trace: on states drawn at random."""

import re
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from balancing import a_listener, a_load_balancer, a_rule, a_target_group
from given import (
    a_cluster,
    a_family,
    a_security_group,
    a_subnet,
    a_task,
    a_task_definition,
    a_vpc,
    an_instance,
    instance_arn,
    service_arn,
)
from networking import a_primary_interface
from roadstead.aws.errors import ApiError
from roadstead.control.planned import Refused
from unit.control.picture import picture
from unit.control.planned_moves import WATCHED_SECONDS, rehearsed
from unit.control.reality import Reality

STRATEGIES: list[list[dict[str, str]]] = [
    [],
    [{"type": "spread", "field": "instanceId"}],
    [{"type": "binpack", "field": "memory"}],
    [{"type": "spread", "field": "attribute:ecs.availability-zone"}],
]
SUBNETS = st.lists(
    st.sampled_from([a_subnet(1).subnet_id, a_subnet(2).subnet_id]), min_size=1, unique=True
)
CHECKED = {
    "containerDefinitions": [
        {
            "name": "app",
            "image": "busybox",
            "cpu": 300,
            "memory": 64,
            "essential": True,
            "healthCheck": {"command": ["CMD", "true"]},
            "portMappings": [],
        }
    ]
}


SHOWN = {
    "containerDefinitions": [
        {
            "name": "app",
            "image": "busybox",
            "cpu": 200,
            "memory": 64,
            "essential": True,
            "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
        }
    ]
}
GROUPS = [
    a_target_group("blue", target_type="instance"),
    a_target_group(
        "green",
        target_type="instance",
        attributes={"deregistration_delay.timeout_seconds": "60"},
    ),
]


@st.composite
def services(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A CreateService request; the first service can be of any deployment strategy."""
    minimum, maximum = draw(st.sampled_from([(100, 200), (50, 100), (50, 150), (0, 100)]))
    request: dict[str, Any] = {
        "serviceName": f"service-{number}",
        "taskDefinition": draw(
            st.sampled_from(["web:1", "big:1", "checked:1", "vpc:1", "shown:1", "shown:1"])
        ),
        "deploymentConfiguration": {"minimumHealthyPercent": minimum, "maximumPercent": maximum},
        "placementConstraints": draw(st.sampled_from([[], [], [{"type": "distinctInstance"}]])),
    }
    if request["taskDefinition"] == "vpc:1":
        request["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": draw(SUBNETS)}}
    if request["taskDefinition"] == "shown:1":
        request["loadBalancers"] = [
            {"targetGroupArn": group.arn, "containerName": "app", "containerPort": 80}
            for group in draw(st.sampled_from([GROUPS[:1], GROUPS[1:], GROUPS]))
        ]
    if draw(st.integers(0, 5)) == 0:
        return {
            **request,
            "schedulingStrategy": "DAEMON",
            "placementConstraints": [],
            "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100},
        }
    request["desiredCount"] = draw(st.integers(1, 4))
    request["placementStrategy"] = draw(st.sampled_from(STRATEGIES))
    rollout = draw(st.sampled_from(["ROLLING", "ROLLING", "BLUE_GREEN", "CANARY"]))
    if "loadBalancers" in request:
        rollout = "ROLLING"
    if rollout != "ROLLING":
        request["deploymentConfiguration"] |= {"strategy": rollout, "bakeTimeInMinutes": 1}
    return request


@st.composite
def worlds(draw: st.DrawFn) -> Reality:
    """Two to four machines, one to three services anywhere between their beginning and rest."""
    machines = draw(st.integers(2, 4))
    records: list[Any] = [a_cluster(), a_family("big"), a_family()]
    records += [
        a_task_definition(cpu_units=256),
        a_task_definition(revision=2, cpu_units=256),
        a_task_definition("big", cpu_units=900),
        a_task_definition("checked", cpu_units=300, document=CHECKED),
        a_task_definition("vpc", cpu_units=200, network_mode="awsvpc"),
        a_vpc(),
        a_security_group("default"),
        a_subnet(1),
        a_subnet(2, zone="us-east-1b"),
    ]
    for number in range(1, machines + 1):
        zone = draw(st.sampled_from(["us-east-1a", "us-east-1b"]))
        cpu = draw(st.sampled_from([1024, 2048]))
        records.append(an_instance(number, availability_zone=zone, cpu_units=cpu))
    records += [
        a_task_definition("shown", cpu_units=200, document=SHOWN),
        a_load_balancer(),
        a_listener(),
        a_rule(groups={"blue": 1, "green": 1}),
        *GROUPS,
        *(a_primary_interface(number) for number in range(1, machines + 1)),
    ]
    records += [
        a_task(900 + number, instance=draw(st.integers(1, machines)))
        for number in range(draw(st.integers(0, 2)))
    ]
    world = Reality(*records, seed=draw(st.integers(1, 5)))
    world.settle()
    for number in range(1, draw(st.integers(1, 3)) + 1):
        world.do("CreateService", draw(services(number)))
    world.live(draw(st.sampled_from([1, 10, 20, 60, 120])))
    return world


machines_of = st.integers(1, 2).map(instance_arn)
changes = st.one_of(
    st.builds(
        lambda arns: (
            "UpdateContainerInstancesState",
            {"containerInstances": arns, "status": "DRAINING"},
        ),
        st.lists(machines_of, min_size=1, max_size=2, unique=True),
    ),
    st.builds(
        lambda arn, force: (
            "DeregisterContainerInstance",
            {"containerInstance": arn, "force": force},
        ),
        machines_of,
        st.booleans(),
    ),
    st.builds(
        lambda count, definition, force: (
            "UpdateService",
            {
                "service": service_arn("service-1"),
                "desiredCount": count,
                "taskDefinition": definition,
                "forceNewDeployment": force,
            },
        ),
        st.integers(0, 6),
        st.sampled_from(["web:1", "web:2", "big:1"]),
        st.booleans(),
    ),
    st.just(("DeleteService", {"service": service_arn("service-1"), "force": True})),
    st.just(("DeregisterTaskDefinition", {"taskDefinition": "web:1"})),
    st.just(("RunTask", {"taskDefinition": "big:1", "count": 2})),
)


@settings(max_examples=30, deadline=None)
@drawn(worlds(), changes)
def test_a_rehearsal_leaves_no_trace(world: Reality, change: tuple[str, dict[str, Any]]) -> None:
    before = picture(world.view)
    first = rehearsed(world, *change)
    assert picture(world.view) == before
    assert rehearsed(world, *change) == first, "the same plan of the same state"


@settings(max_examples=60, deadline=None)
@drawn(worlds(), changes)
def test_what_is_planned_is_what_happens(
    world: Reality, change: tuple[str, dict[str, Any]]
) -> None:
    moved, end, refusal = rehearsed(world, *change)
    world.remember()
    if refusal is not None:
        with pytest.raises((ApiError, Refused), match=re.escape(refusal)):
            world.do(*change)
        return
    assert end == "AT_REST"
    world.do(*change)
    world.live(WATCHED_SECONDS)
    assert world.moved == moved
