"""Scale-in protection: neither scale-in nor a deployment nor a drain stops a task that has it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from small_world import World, ids_of
from test_service_rolling import COMPLETED, STEADY, WEB, a_running_world, roll_out

from given import an_instance, instance_arn
from roadstead.ecs.reconcilers.service import scheduler
from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Change

HELD = (
    "(service web) was unable to reach steady state because (taskSet *) was unable to scale in due "
    "to (reason {} tasks under protection)"
)


def protect(world: World, *tasks: Task, minutes: float | None = 60) -> set[str]:
    ends_at = None if minutes is None else world.now + timedelta(minutes=minutes)
    world.put(
        *(replace(each, protection_enabled=True, protection_expires_at=ends_at) for each in tasks)
    )
    return ids_of(tasks)


def test_scale_in_leaves_protected_tasks_and_says_how_many_are_in_its_way() -> None:
    world = a_running_world(4)
    protected = protect(world, *world.tasks(WEB)[:3])
    world.update_service(WEB, desired_count=1)
    assert ids_of(world.tasks(WEB)) == protected
    assert world.events(WEB)[-1] == HELD.format(2)


def test_a_protection_that_expires_is_taken_away_and_the_scale_in_goes_on() -> None:
    world = a_running_world(3)
    protect(world, *world.tasks(WEB))
    world.update_service(WEB, desired_count=1)
    assert len(world.tasks(WEB)) == 3
    world.pass_time(3600)
    (left,) = world.tasks(WEB)
    assert not left.protection_enabled
    assert world.events(WEB)[0] == HELD.format(2)
    assert world.events(WEB)[-1] == STEADY


def test_a_protection_that_expires_is_taken_away_though_nothing_waits_for_it() -> None:
    world = a_running_world(3)
    protect(world, *world.tasks(WEB))
    world.pass_time(3600)
    assert not any(task.protection_enabled for task in world.tasks(WEB))


def test_a_protection_that_is_taken_away_lets_the_scale_in_go_on_at_once() -> None:
    world = a_running_world(2)
    protect(world, *world.tasks(WEB), minutes=None)
    world.update_service(WEB, desired_count=1)
    world.put(replace(world.tasks(WEB)[0], protection_enabled=False))
    assert len(world.tasks(WEB)) == 1


def test_that_protection_is_in_the_way_is_said_again_after_six_hours() -> None:
    world = a_running_world(2)
    protect(world, *world.tasks(WEB), minutes=None)
    world.update_service(WEB, desired_count=1)
    world.pass_time(6 * 3600 - 1)
    assert world.events(WEB) == [HELD.format(1)]
    world.pass_time(1)
    assert world.events(WEB) == [HELD.format(1)] * 2


def test_a_deployment_starts_its_tasks_beside_protected_ones_and_waits_for_those() -> None:
    world = a_running_world(3)
    protected = protect(world, world.tasks(WEB)[0])
    roll_out(world)
    world.work_for(WEB, 100)
    assert len(world.tasks(WEB)) == 4
    assert protected < ids_of(world.tasks(WEB))
    assert HELD.format(1) in world.events(WEB)
    assert COMPLETED not in world.events(WEB)
    assert len(world.service(WEB).deployments) == 2
    world.work_for(WEB, 3600, step=600)
    assert len(world.tasks(WEB)) == 3
    assert COMPLETED in world.events(WEB)


@pytest.mark.parametrize(("maximum", "new"), [(100, 1), (150, 3), (200, 3)])
def test_protected_tasks_count_towards_the_maximum(maximum: int, new: int) -> None:
    world = a_running_world(3, minimum_healthy_percent=0, maximum_percent=maximum)
    protect(world, *world.tasks(WEB)[:2])
    roll_out(world)
    world.work_for(WEB, 100)
    tasks = world.tasks(WEB)
    fresh = [t for t in tasks if t.task_definition_arn.endswith(":2")]
    assert len(fresh) == min(new, 3 * maximum // 100 - 2)


def test_task_protection_and_drain() -> None:
    world = a_running_world(3)
    here = [t for t in world.tasks(WEB) if t.container_instance_arn == instance_arn(1)]
    protected = protect(world, *here)
    world.put(an_instance(1, status="DRAINING"))
    world.work_for(WEB, 200)
    assert protected < ids_of(world.tasks(WEB))
    assert len(world.tasks(WEB)) == 4, "its replacement serves already"
    world.work_for(WEB, 3600, step=600)
    assert not protected & ids_of(world.tasks(WEB))
    assert len(world.tasks(WEB)) == 3


def test_an_unhealthy_task_is_replaced_though_it_is_protected() -> None:
    world = a_running_world(1)
    (task,) = world.tasks(WEB)
    containers = tuple(replace(each, has_health_check=True) for each in task.containers)
    task = replace(task, containers=containers, health_status="HEALTHY")
    world.put(task)
    protected = protect(world, task)
    world.put(replace(world.view.must(TASKS, task.arn), health_status="UNHEALTHY"))
    world.work_for(WEB, 100)
    assert not protected & ids_of(world.tasks(WEB))


def test_what_becomes_protected_concerns_its_service() -> None:
    world = a_running_world(1)
    before = world.tasks(WEB)[0]
    change = Change(TASKS, before.arn, before, replace(before, protection_enabled=True))
    assert list(scheduler.affected(world.view, change)) == [WEB]


def test_all_protections_that_end_together_are_taken_away_in_bounded_steps() -> None:
    world = a_running_world(120, instances=10)
    protect(world, *world.tasks(WEB))
    world.update_service(WEB, desired_count=0)
    assert len(world.tasks(WEB)) == 120
    world.pass_time(3600)
    assert world.tasks(WEB) == []


def test_protected_tasks_count_where_scale_in_keeps_zones_even() -> None:
    world = a_running_world(5, instances=2)
    first = [t for t in world.tasks(WEB) if t.container_instance_arn == instance_arn(1)]
    assert len(first) == 3
    protected = protect(world, *first[:2])
    world.update_service(WEB, desired_count=4)
    left = world.tasks(WEB)
    assert sum(task.container_instance_arn == instance_arn(1) for task in left) == 2
    assert protected < ids_of(left)
