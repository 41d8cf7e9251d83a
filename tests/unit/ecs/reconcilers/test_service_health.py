"""When the tasks of a service count as healthy, and what becomes of those that are not."""

import msgspec
from small_world import World, ids_of
from test_service_rolling import (
    COMPLETED,
    STEADY,
    WEB,
    a_new_service,
    a_running_world,
    a_world,
    old_and_new,
    roll_out,
    started,
    stopped,
)

from given import (
    a_container,
    a_service,
    a_task,
    a_task_definition,
    ago,
    tuned,
)
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.transitions.task_reports import report_task_health


def test_when_a_task_counts_as_healthy() -> None:
    """Without load balancer and health check: once it has been RUNNING for 40 seconds."""
    world = a_running_world(1)
    roll_out(world)
    world.agents_work(WEB)
    world.pass_time(39.9)
    assert len(world.tasks(WEB)) == 2
    world.pass_time(0.1)
    assert len(world.tasks(WEB)) == 1


def test_when_a_task_counts_as_healthy_with_a_health_check() -> None:
    checked = {"healthCheck": {"command": ["CMD", "true"]}, "name": "app", "essential": True}
    world = a_running_world(1)
    document = {"containerDefinitions": [checked]}
    world.put(a_task_definition(revision=2, document=document))
    roll_out(world)
    world.work_for(WEB, 3600, step=600)
    assert len(world.tasks(WEB)) == 2
    (new,) = (task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":2"))
    world.put(msgspec.structs.replace(new, health_status="HEALTHY"))
    assert ids_of(world.tasks(WEB)) == {new.arn}


def test_unhealthy_replacement() -> None:
    container = a_container(has_health_check=True, last_status="RUNNING")
    document = {
        "containerDefinitions": [{"name": "app", "healthCheck": {"command": ["CMD", "true"]}}]
    }
    sick = a_task(1, service="web", containers=(container,), health_status="UNHEALTHY")
    world = a_world(a_service(is_steady=True), sick)
    world.put(a_task_definition(document=document))
    world.agents_work(WEB)
    replaced = (
        "(service web) has started 1 tasks: (task *). Amazon ECS replaced 1 tasks due to an "
        "unhealthy status."
    )
    assert world.events(WEB) == [replaced]
    (new,) = (task for task in world.tasks(WEB) if task.arn != sick.arn)
    world.put(msgspec.structs.replace(new, health_status="HEALTHY"))
    assert ids_of(world.tasks(WEB)) == {new.arn}
    assert world.view.must(TASKS, sick.arn).stopped_reason == "Task failed container health checks"
    assert world.events(WEB) == [
        replaced,
        "(service web) (task *) failed container health checks.",
        stopped(1),
        STEADY,
    ]


CHECKED = {"containerDefinitions": [{"name": "app", "healthCheck": {"command": ["CMD", "true"]}}]}


def a_checked_world(count: int, **fields: object) -> World:
    """A service with health checks, all of whose tasks pass them."""
    container = a_container(has_health_check=True, last_status="RUNNING")
    world = a_world(
        a_service(desired_count=count, is_steady=True, **fields),
        *(
            a_task(n, service="web", instance=1 + n % 3, containers=(container,))
            for n in range(count)
        ),
    )
    world.queue.clear()
    world.put(a_task_definition(document=CHECKED))
    find_all(world, "HEALTHY")
    return world


def find_all(world: World, health: str) -> None:
    """The checks of all tasks that run find them so."""
    running = [task for task in world.tasks(WEB) if task.last_status == "RUNNING"]
    world.put(*(msgspec.structs.replace(task, health_status=health) for task in running))


def find(world: World, task: Task, health: str) -> None:
    world.put(msgspec.structs.replace(world.view.must(TASKS, task.arn), health_status=health))


def those_that_are(world: World, health: str) -> list[Task]:
    return [task for task in world.tasks(WEB) if task.health_status == health]


def test_unhealthy_replacement_that_is_unhealthy_makes_way_for_another() -> None:
    world = a_checked_world(3)
    find(world, world.tasks(WEB)[0], "UNHEALTHY")
    assert len(world.tasks(WEB)) == 4, "its replacement is started first"
    for _ in range(3):
        world.agents_work(WEB)
        (new,) = those_that_are(world, "UNKNOWN")
        find(world, new, "UNHEALTHY")
        assert len(those_that_are(world, "UNHEALTHY")) == 1, "one of the two was stopped"
        assert len(those_that_are(world, "UNKNOWN")) == 1, "and the next one is on its way"
        assert len(those_that_are(world, "HEALTHY")) == 2
    assert world.service(WEB).deployments[0].failed_tasks == 3


def test_unhealthy_replacement_of_several_stops_as_many_as_have_their_replacement() -> None:
    world = a_checked_world(4)
    first, second, *_ = world.tasks(WEB)
    find(world, first, "UNHEALTHY")
    find(world, second, "UNHEALTHY")
    world.agents_work(WEB)
    new, _ = those_that_are(world, "UNKNOWN")
    find(world, new, "HEALTHY")
    assert len(those_that_are(world, "UNHEALTHY")) == 1
    assert len(world.tasks(WEB)) == 5


def test_unhealthy_replacement_without_room_above_goes_one_by_one() -> None:
    world = a_checked_world(4, minimum_healthy_percent=50, maximum_percent=100)
    find_all(world, "UNHEALTHY")
    for left in (3, 2, 1, 0):
        assert len(those_that_are(world, "UNHEALTHY")) == left
        assert len(world.tasks(WEB)) == 4
        world.agents_work(WEB)
        (new,) = those_that_are(world, "UNKNOWN")
        find(world, new, "HEALTHY")
    assert len(those_that_are(world, "HEALTHY")) == 4


def test_unhealthy_replacement_of_all_at_once_has_as_many_as_the_maximum_allows() -> None:
    world = a_checked_world(4, maximum_percent=150)
    find_all(world, "UNHEALTHY")
    assert len(world.tasks(WEB)) == 6


def test_unhealthy_same_revision_is_replaced_on_its_own_while_the_new_one_does_not_serve() -> None:
    world = a_checked_world(2)
    world.put(a_task_definition(revision=2, document=CHECKED))
    roll_out(world)
    find(world, those_that_are(world, "HEALTHY")[0], "UNHEALTHY")
    assert len(those_that_are(world, "UNHEALTHY")) == 0
    assert old_and_new(world) == {"1": 2, "2": 2}


def test_unhealthy_same_revision_has_its_grace_period_too() -> None:
    world = a_checked_world(2, health_check_grace_period_seconds=100)
    world.put(a_task_definition(revision=2, document=CHECKED))
    roll_out(world)
    find(world, those_that_are(world, "HEALTHY")[0], "UNHEALTHY")
    (again,) = (
        task for task in those_that_are(world, "UNKNOWN") if task.task_definition_arn.endswith(":1")
    )
    world.report(again, "RUNNING")
    find(world, again, "UNHEALTHY")
    assert again.arn in ids_of(world.tasks(WEB))
    world.pass_time(100)
    assert again.arn not in ids_of(world.tasks(WEB))


def test_grace_period_does_not_keep_a_task_from_being_scaled_in_first() -> None:
    world = a_checked_world(3, health_check_grace_period_seconds=1000)
    sick = world.tasks(WEB)[1]
    world.put(msgspec.structs.replace(sick, health_status="UNHEALTHY", started_at=world.now))
    assert len(world.tasks(WEB)) == 3
    world.update_service(WEB, desired_count=2)
    assert sick.arn not in ids_of(world.tasks(WEB))


def test_scale_in_order_is_pending_then_unhealthy_then_young_then_healthy() -> None:
    world = a_checked_world(4, health_check_grace_period_seconds=1000)
    sick, young, _, _ = world.tasks(WEB)
    world.put(
        msgspec.structs.replace(sick, health_status="UNHEALTHY", started_at=world.now),
        msgspec.structs.replace(young, health_status="UNKNOWN", started_at=world.now),
    )
    world.update_service(WEB, desired_count=5)
    (pending,) = (task for task in world.tasks(WEB) if task.last_status == "PENDING")
    for count, goes in ((4, pending), (3, sick), (2, young)):
        world.update_service(WEB, desired_count=count)
        assert goes.arn not in ids_of(world.tasks(WEB))
        assert len(world.tasks(WEB)) == count


def test_grace_period() -> None:
    container = a_container(has_health_check=True, last_status="RUNNING")
    sick = a_task(
        1, service="web", containers=(container,), health_status="UNHEALTHY", started_at=ago(10)
    )
    world = a_world(a_service(health_check_grace_period_seconds=100), sick)
    world.settle()
    world.pass_time(89)
    assert ids_of(world.tasks(WEB)) == {sick.arn}
    world.pass_time(1)
    assert len(world.tasks(WEB)) == 2


def test_a_health_time_of_none_lets_tasks_count_as_soon_as_they_run() -> None:
    world = a_world(a_new_service(), tuned(healthy_after_running_seconds=0))
    world.settle()
    world.agents_work(WEB)
    assert world.events(WEB) == [started(1), COMPLETED, STEADY]


def test_when_a_task_counts_as_healthy_beside_a_container_without_a_check() -> None:
    """Of two essential containers one has a health check: it alone decides, or nothing would."""
    world = a_running_world(1)
    app = {"name": "app", "essential": True, **CHECKED["containerDefinitions"][0]}
    document = {"containerDefinitions": [app, {"name": "proxy", "essential": True}]}
    world.put(a_task_definition(revision=2, document=document))
    roll_out(world)
    world.agents_work(WEB)
    world.pass_time(3600)
    assert len(world.tasks(WEB)) == 2, "the check has no result yet"
    (new,) = (task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":2"))
    world.update(
        lambda tx: report_task_health(
            tx, world.call, new.container_instance_arn, new.arn, {"app": "HEALTHY"}
        )
    )
    assert world.view.must(TASKS, new.arn).health_status == "UNKNOWN", "as DescribeTasks shows it"
    assert ids_of(world.tasks(WEB)) == {new.arn}
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"


def test_grace_period_ends_though_the_service_was_steady() -> None:
    """The task was healthy at first, failed its check within the period, and stays so."""
    world = a_checked_world(1, health_check_grace_period_seconds=300)
    world.report(world.tasks(WEB)[0], "STOPPED")
    world.agents_work(WEB)
    (task,) = world.tasks(WEB)
    find(world, task, "HEALTHY")
    assert world.service(WEB).is_steady
    find(world, task, "UNHEALTHY")
    world.pass_time(299)
    assert len(world.tasks(WEB)) == 1
    world.pass_time(1)
    assert len(world.tasks(WEB)) == 2, "its replacement"
