"""Availability Zone rebalancing over time."""

from collections import Counter
from typing import Any

from msgspec.structs import replace
from small_world import World, without_ids
from test_service_rolling import COMPLETED, STEADY, WEB, started

from given import (
    a_cluster,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
)
from roadstead.ecs.records.service import EVENTS_BY_SERVICE
from roadstead.ecs.records.task import TASKS

NOT_BALANCED = (
    "(service web) is not AZ balanced with {} tasks in us-east-1a, {} in us-east-1b. "
    "AZ Rebalancing in progress."
)
BALANCED = "(service web) is AZ balanced with {} tasks in us-east-1a, {} tasks in us-east-1b."
STARTED = "(service web) has started {} tasks in us-east-1b to AZ Rebalance: {}."
STOPPED = "(service web) has stopped {} running tasks in us-east-1a due to AZ rebalancing: {}."
STOPPED_REBALANCING = "(service web) stopped AZ Rebalancing."
NO_PLACE = (
    "(service web) is unable to place a task in us-east-1b because no container instance met all "
    "of its requirements."
)


def tasks(count: int) -> str:
    return " ".join(["(task *)"] * count)


def a_lopsided_world(count: int = 4, *, zone_b: bool = True, **fields: Any) -> World:
    """A steady service whose tasks are all in zone a, and an instance in zone b."""
    instances = [an_instance(1, availability_zone="us-east-1a", cpu_units=8192, memory_mib=8192)]
    if zone_b:
        instances.append(an_instance(2, availability_zone="us-east-1b"))
    service = a_service(
        desired_count=count,
        is_steady=True,
        availability_zone_rebalancing="ENABLED",
        **fields,
    )
    return World(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *instances,
        service,
        *(
            a_task(n, service="web", instance=1, availability_zone="us-east-1a")
            for n in range(count)
        ),
    )


def by_zone(world: World) -> dict[str, int]:
    return dict(Counter(task.availability_zone[-1] for task in world.tasks(WEB)))


def test_tasks_are_started_where_there_are_few_and_then_stopped_where_there_are_many() -> None:
    world = a_lopsided_world(4)
    world.settle()
    assert by_zone(world) == {"a": 4, "b": 2}
    world.agents_work(WEB)
    world.pass_time(39)
    assert by_zone(world) == {"a": 4, "b": 2}
    world.pass_time(1)
    assert by_zone(world) == {"a": 2, "b": 2}
    assert world.events(WEB) == [
        NOT_BALANCED.format(4, 0),
        STARTED.format(2, tasks(2)),
        STOPPED.format(2, tasks(2)),
        BALANCED.format(2, 2),
        STEADY,
    ]
    assert names(world) == [
        "SERVICE_REBALANCING_STARTED",
        "TASKS_STARTED",
        "TASKS_STOPPED",
        "SERVICE_REBALANCING_COMPLETED",
        "SERVICE_STEADY_STATE",
    ]


def names(world: World) -> list[str]:
    return [event.event_name for event in world.view.find(EVENTS_BY_SERVICE, WEB)]


def test_runs_only_in_steady_state() -> None:
    """SV-81: not while there is a deployment, nor before the service is steady."""
    world = a_lopsided_world(4, deployments=(a_deployment(rollout_state="IN_PROGRESS"),))
    world.put(replace(world.service(WEB), is_steady=False))
    assert world.events(WEB)[:3] == [COMPLETED, STEADY, NOT_BALANCED.format(4, 0)]


def test_a_service_for_which_it_is_disabled_stays_as_it_is() -> None:
    world = a_lopsided_world(4)
    world.queue.clear()
    world.put(replace(world.service(WEB), availability_zone_rebalancing="DISABLED"))
    world.pass_time(3600)
    assert by_zone(world) == {"a": 4}


def test_a_deployment_ends_it_and_takes_its_place() -> None:
    world = a_lopsided_world(4)
    world.settle()
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=2))
    assert STOPPED_REBALANCING in world.events(WEB)
    world.work_for(WEB, 200)
    assert by_zone(world) == {"a": 2, "b": 2}
    assert {task.task_definition_arn for task in world.tasks(WEB)} == {definition_arn(revision=2)}
    assert world.service(WEB).is_steady


def test_a_lost_task_goes_first_and_the_extra_one_takes_its_place() -> None:
    world = a_lopsided_world(4)
    world.settle()
    lost = next(task for task in world.tasks(WEB) if task.last_status == "RUNNING")
    world.report(lost, "STOPPED")
    assert STOPPED_REBALANCING in world.events(WEB)
    world.work_for(WEB, 200)
    assert by_zone(world) == {"a": 2, "b": 2}
    assert len(world.tasks(WEB)) == 4


def test_it_never_has_more_tasks_than_the_maximum() -> None:
    world = a_lopsided_world(8, maximum_percent=125)
    world.settle()
    assert by_zone(world) == {"a": 8, "b": 2}
    for _ in range(20):
        world.agents_work(WEB)
        world.pass_time(20)
        assert len(world.tasks(WEB)) <= 10
    assert by_zone(world) == {"a": 4, "b": 4}
    assert world.events(WEB).count(NOT_BALANCED.format(8, 0)) == 1
    assert world.events(WEB)[-2:] == [BALANCED.format(4, 4), STEADY]


def test_a_zone_without_room_is_given_up_and_that_is_said_every_six_hours() -> None:
    world = a_lopsided_world(4, zone_b=False)
    world.put(an_instance(2, availability_zone="us-east-1b", cpu_units=1))
    assert world.events(WEB) == [NO_PLACE]
    world.pass_time(6 * 3600 - 1)
    assert world.events(WEB).count(NO_PLACE) == 1
    world.pass_time(120)
    assert world.events(WEB).count(NO_PLACE) == 2
    world.put(an_instance(2, availability_zone="us-east-1b"))
    world.pass_time(60)
    assert by_zone(world) == {"a": 4, "b": 2}


def test_a_zone_that_appears_is_found_within_a_minute() -> None:
    world = a_lopsided_world(4, zone_b=False)
    world.settle()
    world.put(an_instance(2, availability_zone="us-east-1b"))
    world.pass_time(60)
    assert by_zone(world) == {"a": 4, "b": 2}


def test_zones_are_compared_on_whole_minutes_since_the_service_was_made() -> None:
    """Whoever looked in between: no record tells of looks, so a plan could not know them."""
    world = a_lopsided_world(4, zone_b=False, created_at=ago(30))
    world.pass_time(10)
    world.put(replace(world.service(WEB), desired_count=4, tags={"looked": "at"}))
    world.put(an_instance(2, availability_zone="us-east-1b"))
    world.pass_time(19)
    assert by_zone(world) == {"a": 4}
    world.pass_time(1)
    assert by_zone(world) == {"a": 4, "b": 2}


def test_a_zone_with_room_for_some_gets_those() -> None:
    world = a_lopsided_world(8, zone_b=False)
    world.put(an_instance(2, availability_zone="us-east-1b", cpu_units=128))
    world.work_for(WEB, 200)
    assert by_zone(world) == {"a": 7, "b": 1}
    assert world.events(WEB)[-3:] == [NO_PLACE, STOPPED_REBALANCING, STEADY]


def test_extra_tasks_that_fail_end_it_for_a_quarter_of_an_hour() -> None:
    world = a_lopsided_world(4)
    world.settle()
    for task in world.tasks(WEB):
        if task.last_status == "PENDING":
            world.report(task, "STOPPED", stop_code="TaskFailedToStart")
    world.pass_time(14 * 60)
    assert by_zone(world) == {"a": 4}
    assert world.events(WEB).count(STOPPED_REBALANCING) == 1
    world.pass_time(60)
    assert by_zone(world) == {"a": 4, "b": 2}


def test_protected_tasks_are_not_moved_and_that_is_said() -> None:
    world = a_lopsided_world(2)
    world.queue.clear()
    world.put(*(replace(task, protection_enabled=True) for task in world.tasks(WEB)))
    world.pass_time(600)
    assert by_zone(world) == {"a": 2}
    assert world.events(WEB) == [
        "(service web) was unable to AZ Rebalance because (taskSet *) was unable to scale in due "
        "to (reason 2 tasks under protection)"
    ]


def test_a_drain_goes_first() -> None:
    world = a_lopsided_world(4)
    world.settle()
    world.put(an_instance(3, availability_zone="us-east-1a"))
    world.put(an_instance(1, availability_zone="us-east-1a", status="DRAINING"))
    assert STOPPED_REBALANCING in world.events(WEB)
    world.work_for(WEB, 400)
    assert by_zone(world) == {"a": 2, "b": 2}


def test_another_desired_count_ends_it() -> None:
    world = a_lopsided_world(4)
    world.settle()
    world.update_service(WEB, desired_count=6)
    assert STOPPED_REBALANCING in world.events(WEB)
    world.work_for(WEB, 200)
    assert by_zone(world) == {"a": 3, "b": 3}


def test_extra_tasks_that_get_unhealthy_do_not_replace_healthy_ones() -> None:
    world = a_lopsided_world(2)
    world.settle()
    (extra,) = (task for task in world.tasks(WEB) if task.last_status == "PENDING")
    containers = tuple(replace(each, has_health_check=True) for each in extra.containers)
    world.put(replace(extra, containers=containers))
    world.report(world.view.must(TASKS, extra.arn), "RUNNING")
    world.put(replace(world.view.must(TASKS, extra.arn), health_status="UNHEALTHY"))
    assert by_zone(world) == {"a": 2}
    assert STOPPED_REBALANCING in world.events(WEB)


def test_three_zones_are_balanced_however_they_were_filled() -> None:
    world = a_lopsided_world(9)
    world.put(an_instance(3, availability_zone="us-east-1c"))
    world.work_for(WEB, 400)
    assert by_zone(world) == {"a": 3, "b": 3, "c": 3}
    assert started(1) not in world.events(WEB)
    assert "(service web) is AZ balanced" in without_ids(world.events(WEB)[-2])
