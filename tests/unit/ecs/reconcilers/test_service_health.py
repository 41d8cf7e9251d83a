"""When the tasks of a service count as healthy, and what becomes of those that are not."""

import msgspec
from small_world import ids_of
from test_service_rolling import (
    COMPLETED,
    STEADY,
    WEB,
    a_new_service,
    a_running_world,
    a_world,
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
from roadstead.ecs.records.task import TASKS


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
