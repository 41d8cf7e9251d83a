"""Services with placement constraints and strategies: where their tasks come, and which go."""

from collections import Counter
from typing import Any

from small_world import World
from test_service_rolling import WEB

from given import (
    a_cluster,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    instance_arn,
    service_arn,
)

ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}
HOSTS = {"type": "spread", "field": "instanceId"}
MEMORY = {"type": "binpack", "field": "memory"}
DISTINCT = {"type": "distinctInstance"}
NO_INSTANCE_MEETS = (
    "(service web) was unable to place a task because no container instance met all of its "
    "requirements. The closest matching (container-instance *) encountered error "
    '"MemberOf placement constraint unsatisfied.". For more information, see the Troubleshooting '
    "section of the Amazon ECS Developer Guide."
)


def member_of(expression: str) -> dict[str, str]:
    return {"type": "memberOf", "expression": expression}


def a_world(*instances: Any, **service: Any) -> World:
    return World(
        a_cluster(), a_task_definition(), *instances, a_service(**{"desired_count": 0, **service})
    )


def six_in_two_zones() -> list[Any]:
    return [
        an_instance(number, availability_zone=f"us-east-1{'ab'[number % 2]}", memory_mib=640)
        for number in range(1, 7)
    ]


def scale(world: World, count: int) -> Counter[str]:
    """Tasks by instance, once the service has so many RUNNING."""
    world.update_service(WEB, desired_count=count)
    world.work_for(WEB, 60)
    tasks = [each for each in world.tasks(WEB) if each.desired_status == "RUNNING"]
    assert len(tasks) == count
    return Counter(each.container_instance_arn for each in tasks)


def test_a_service_is_packed_within_its_zones_and_unpacked_instance_by_instance() -> None:
    world = a_world(*six_in_two_zones(), placement_strategy=(ZONES, MEMORY))
    assert sorted(scale(world, 12).values()) == [6, 6]
    assert sorted(scale(world, 24).values()) == [2, 2, 10, 10]
    assert sorted(scale(world, 20).values()) == [10, 10]
    assert sorted(scale(world, 10).values()) == [5, 5]


def test_a_service_spread_over_its_instances_stays_so() -> None:
    world = a_world(*six_in_two_zones(), placement_strategy=(HOSTS,))
    assert sorted(scale(world, 14).values()) == [2, 2, 2, 2, 3, 3]
    assert sorted(scale(world, 7).values()) == [1, 1, 1, 1, 1, 2]


def test_PL_21_each_task_of_a_service_is_on_another_instance() -> None:
    world = a_world(*six_in_two_zones(), placement_constraints=(DISTINCT,))
    assert sorted(scale(world, 6).values()) == [1] * 6
    world.update_service(WEB, desired_count=7)
    world.work_for(WEB, 60)
    assert world.service(WEB).waiting_reason == "DistinctInstance placement constraint unsatisfied."


def test_a_constraint_that_no_instance_meets_is_told_in_an_event() -> None:
    world = a_world(an_instance(1), placement_constraints=(member_of("attribute:stack == prod"),))
    world.update_service(WEB, desired_count=1)
    assert world.tasks(WEB) == []
    assert NO_INSTANCE_MEETS in world.events(WEB)
    world.put(an_instance(1, custom_attributes={"stack": "prod"}))
    assert len(world.tasks(WEB)) == 1


def test_PL_22_running_tasks_stay_where_attributes_change() -> None:
    world = a_world(
        an_instance(1, custom_attributes={"stack": "prod"}),
        an_instance(2),
        placement_constraints=(member_of("attribute:stack == prod"),),
    )
    assert scale(world, 2) == {instance_arn(1): 2}
    world.put(an_instance(1), an_instance(2, custom_attributes={"stack": "prod"}))
    assert scale(world, 3) == {instance_arn(1): 2, instance_arn(2): 1}


def test_PL_23_a_service_that_waits_for_company_comes_when_it_is_there() -> None:
    world = a_world(
        an_instance(1),
        an_instance(2),
        placement_constraints=(member_of("task:group == databases"),),
    )
    world.update_service(WEB, desired_count=1)
    assert world.tasks(WEB) == []
    world.put(a_task(99, instance=2, group="databases"))
    (task,) = world.tasks(WEB)
    assert task.container_instance_arn == instance_arn(2)
    assert task.service_arn == service_arn("web")


def test_random_places_are_those_of_the_seed() -> None:
    def places(seed: int) -> list[str]:
        records = six_in_two_zones()
        service = a_service(desired_count=0, placement_strategy=({"type": "random"},))
        world = World(a_cluster(), a_task_definition(), *records, service, seed=seed)
        world.update_service(WEB, desired_count=20)
        return sorted(each.container_instance_arn for each in world.tasks(WEB))

    assert places(1) == places(1)
    assert len({tuple(places(seed)) for seed in range(1, 6)}) > 1
