"""Room that a change makes in another zone: rebalancing takes it, and a plan says so."""

import pytest

from given import (
    a_cluster,
    a_family,
    a_task_definition,
    an_instance,
    instance_arn,
    service_arn,
)
from unit.control.planned_moves import WATCHED_SECONDS, rehearsed
from unit.control.reality import Reality

EITHER = service_arn("either")


@pytest.mark.parametrize("waited_seconds", [100, 130, 159])
def test_a_steady_service_moves_into_room_that_gets_free_in_another_zone(
    waited_seconds: int,
) -> None:
    """When, is in the state: whole minutes after the service was made, whoever looked last."""
    world = Reality(
        a_cluster(),
        a_family("big"),
        a_task_definition("big", cpu_units=900),
        an_instance(1, availability_zone="us-east-1a", cpu_units=1024),
        an_instance(2, availability_zone="us-east-1b", cpu_units=2048),
    )
    first_zone = "attribute:ecs.availability-zone == us-east-1a"
    for name, count, where in (
        ("in-the-way", 1, [{"type": "memberOf", "expression": first_zone}]),
        ("either", 2, []),
    ):
        request = {
            "serviceName": name,
            "taskDefinition": "big:1",
            "desiredCount": count,
            "placementConstraints": where,
        }
        world.do("CreateService", request)
    world.live(waited_seconds)
    assert {task.container_instance_arn for task in world.tasks(EITHER)} == {instance_arn(2)}
    change = "DeleteService", {"service": service_arn("in-the-way"), "force": True}

    moved, end, _ = rehearsed(world, *change)
    started = [
        (at, where) for at, kind, name, where in moved if (kind, name) == ("STARTED", EITHER)
    ]
    first_minute = 120 if waited_seconds < 120 else 180
    assert end == "AT_REST"
    assert started == [(first_minute - waited_seconds, instance_arn(1))]

    world.remember()
    world.do(*change)
    world.live(WATCHED_SECONDS)
    assert world.moved == moved
