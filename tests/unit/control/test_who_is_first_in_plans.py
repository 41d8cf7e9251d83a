"""Who reports first and who is looked at first in a plan: it decides who takes what gets free."""

from typing import Any

import pytest

from given import (
    a_cluster,
    a_family,
    a_security_group,
    a_subnet,
    a_task_definition,
    a_vpc,
    an_instance,
    instance_arn,
    service_arn,
)
from networking import a_primary_interface
from unit.control.planned_moves import WATCHED_SECONDS, rehearsed
from unit.control.reality import Reality

CHANCES = pytest.mark.parametrize("seed", range(1, 9))
"""Of ids: no plan may depend on what tasks happen to be called."""
DELETED = "DeleteService", {"service": service_arn("service-1"), "force": True}


def a_world(seed: int, *cpu_units: int) -> Reality:
    """Machines with so many CPU units; each has interfaces for two tasks."""
    return Reality(
        a_cluster(),
        a_family("big"),
        a_family("vpc"),
        a_task_definition("big", cpu_units=900),
        a_task_definition("vpc", cpu_units=200, network_mode="awsvpc"),
        a_vpc(),
        a_security_group("default"),
        a_subnet(1),
        *(an_instance(number, cpu_units=cpu) for number, cpu in enumerate(cpu_units, start=1)),
        *(a_primary_interface(number) for number in range(1, len(cpu_units) + 1)),
        seed=seed,
    )


def a_service(name: str, definition: str, count: int, **fields: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "serviceName": name,
        "taskDefinition": definition,
        "desiredCount": count,
        **fields,
    }
    if definition == "vpc:1":
        subnets = [a_subnet(1).subnet_id]
        request["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": subnets}}
    return request


def starts(world: Reality, operation: str, request: dict[str, Any]) -> set[tuple[float, str, str]]:
    """Who is planned to start where and when; and so it happens."""
    moved, end, _ = rehearsed(world, operation, request)
    assert end == "AT_REST"
    world.remember()
    world.do(operation, request)
    world.live(WATCHED_SECONDS)
    assert world.moved == moved
    return {(at, service, where) for at, kind, service, where in moved if kind == "STARTED"}


@CHANCES
def test_of_tasks_that_end_at_once_the_first_machine_tells_first(seed: int) -> None:
    world = a_world(seed, 1024, 1024)
    world.do("CreateService", a_service("service-1", "vpc:1", 4))
    world.do("CreateService", a_service("service-2", "vpc:1", 1))
    world.live(120)
    assert starts(world, *DELETED) == {(11, service_arn("service-2"), instance_arn(1))}


@CHANCES
def test_of_tasks_that_end_at_once_the_oldest_tells_first(seed: int) -> None:
    world = a_world(seed, 2048, 1024)
    binpack = [{"type": "binpack", "field": "cpu"}]
    for count in (1, 2, 3, 4):
        request = a_service("service-1", "vpc:1", count, placementStrategy=binpack)
        if count == 1:
            world.do("CreateService", request)
        else:
            world.do("UpdateService", {"service": "service-1", "desiredCount": count})
        world.live(1)
    world.do("CreateService", a_service("service-2", "vpc:1", 1))
    world.live(120)
    assert starts(world, *DELETED) == {(11, service_arn("service-2"), instance_arn(2))}


@CHANCES
def test_who_only_waits_is_not_looked_at_before_what_follows_from_the_change(seed: int) -> None:
    """The room that a rollout makes is its own, though another service waits for room longer."""
    world = a_world(seed, *[1024] * 4)
    rollout = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}
    for name in ("service-1", "service-2"):
        request = a_service(name, "big:1", 4, deploymentConfiguration=rollout)
        world.do("CreateService", request)
    world.live(1)
    service = service_arn("service-1")
    change = {"service": service, "desiredCount": 2, "forceNewDeployment": True}
    first = {name for at, name, _ in starts(world, "UpdateService", change) if at == 0}
    assert first == {service}
