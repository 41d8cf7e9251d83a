"""Services too big to compare all their tasks behave as small ones do."""

from collections import Counter

from small_world import World
from test_service_rolling import (
    WEB,
    a_new_service,
    a_world,
    roll_out,
)

from given import (
    a_cluster,
    a_service,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
)
from roadstead.ecs.reconcilers.service.actions import StartTasks


def a_big_world(count: int) -> World:
    """A steady service on twelve instances, nine of them in zone a, the tasks anywhere."""
    return World(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(
            an_instance(n, cpu_units=10**6, memory_mib=10**6, availability_zone="ab"[n > 9])
            for n in range(1, 13)
        ),
        a_service(desired_count=count, is_steady=True),
        *(
            a_task(
                n,
                service="web",
                instance=1 + n * n % 12,
                availability_zone="ab"[1 + n * n % 12 > 9],
                started_at=ago(100 + n),
            )
            for n in range(count)
        ),
    )


def test_a_service_too_big_to_compare_all_its_tasks_scales_in_evenly_too() -> None:
    world = a_big_world(1300)
    world.update_service(WEB, desired_count=40)
    zones = Counter(task.availability_zone for task in world.tasks(WEB))
    assert zones == {"a": 20, "b": 20}
    by_instance = Counter(task.container_instance_arn for task in world.tasks(WEB))
    for zone in zones:
        here = [
            by_instance[each.container_instance_arn]
            for each in world.tasks(WEB)
            if each.availability_zone == zone
        ]
        assert max(here) - min(here) <= 1


def test_a_service_too_big_to_compare_gives_up_pending_tasks_first() -> None:
    world = a_big_world(600)
    world.update_service(WEB, desired_count=630)
    world.update_service(WEB, desired_count=590)
    assert len(world.tasks(WEB)) == 590
    assert {task.last_status for task in world.tasks(WEB)} == {"RUNNING"}


def test_a_big_service_rolls_out_to_its_end() -> None:
    world = a_big_world(600)
    roll_out(world)
    world.work_for(WEB, 100)
    assert len(world.tasks(WEB)) == 600
    assert {task.task_definition_arn for task in world.tasks(WEB)} == {definition_arn(revision=2)}
    assert world.service(WEB).is_steady


def test_a_big_service_is_started_in_batches_until_it_is_whole() -> None:
    world = a_world(a_new_service(desired_count=120), instances=10)
    starts = [
        each for plan in world.settle() for each in plan.actions if isinstance(each, StartTasks)
    ]
    assert len(world.tasks(WEB)) == 120
    assert [each.count for each in starts] == [50, 50, 20]
    world.update_service(WEB, desired_count=0)
    assert world.tasks(WEB) == []
