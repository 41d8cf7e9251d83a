"""The minimum is kept in healthy tasks and in RUNNING ones, also where young tasks may not go.

A task without health check is young until it has been RUNNING for 40 seconds. The small world
checks both measures after every plan; the tests say in which state, and what happens then.
"""

import pytest
from small_world import World, ids_of
from test_service_rolling import WEB, a_world

from given import (
    a_container,
    a_deployment,
    a_service,
    a_task,
    ago,
    an_instance,
    definition_arn,
    instance_arn,
    task_arn,
)
from roadstead.ecs.reconcilers.service import choice
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import Task

YOUNG = ago(10)


def a_rollout(rollout_state: str = "IN_PROGRESS", **fields: object) -> Service:
    """Deployment 2 makes way for nobody, deployment 1 for it."""
    return a_service(
        deployments=(
            a_deployment(
                2, rollout_state=rollout_state, task_definition_arn=definition_arn(revision=2)
            ),
            a_deployment(1, status="ACTIVE", desired_count=3),
        ),
        **fields,
    )


def a_protected_task(number: int, **fields: object) -> Task:
    return a_task(number, service="web", protection_enabled=True, **fields)


def the_tasks(*numbers: int) -> set[str]:
    return {task_arn(number) for number in numbers}


def test_no_healthy_task_goes_before_a_protected_one_that_must_go_is_healthy() -> None:
    world = a_world(
        a_rollout(desired_count=3, maximum_percent=100),
        a_task(1, service="web", deployment=2),
        a_task(2, service="web", instance=2),
        a_task(3, service="web", instance=3),
        a_protected_task(4, started_at=YOUNG),
    )
    world.settle()
    world.pass_time(29)
    assert ids_of(world.tasks(WEB)) == the_tasks(1, 2, 3, 4)
    world.pass_time(1)
    assert len(ids_of(world.tasks(WEB)) & the_tasks(2, 3)) == 1


def test_a_young_protected_task_on_a_draining_instance_lets_no_healthy_one_go() -> None:
    world = a_world(
        a_service(desired_count=3, maximum_percent=133),
        a_protected_task(1, started_at=YOUNG),
        *(a_task(number, service="web") for number in (2, 3)),
        a_task(4, service="web", instance=2),
    )
    world.put(an_instance(1, status="DRAINING"))
    assert ids_of(world.tasks(WEB)) >= the_tasks(1, 2, 3, 4)
    world.pass_time(30)
    assert len(ids_of(world.tasks(WEB)) & the_tasks(1, 2, 3, 4)) == 3


def test_after_a_failed_rollout_young_tasks_that_stay_let_no_drained_one_go_before_its_time() -> (
    None
):
    world = a_world(
        a_rollout("FAILED", desired_count=3),
        *(a_task(number, service="web", instance=1) for number in (1, 2)),
        *(a_task(number, service="web", instance=2, started_at=YOUNG) for number in (3, 4)),
    )
    world.put(an_instance(1, status="DRAINING"))
    assert ids_of(world.tasks(WEB)) == the_tasks(1, 2, 3, 4)
    world.pass_time(30)
    assert len(ids_of(world.tasks(WEB)) & the_tasks(1, 2)) == 1


def test_a_failed_rollout_that_is_scaled_in_gives_up_young_tasks_first() -> None:
    world = a_world(
        a_rollout("FAILED", desired_count=4),
        *(a_task(number, service="web", instance=1) for number in (1, 2, 3)),
        a_task(4, service="web", instance=2, started_at=YOUNG),
    )
    world.update_service(WEB, desired_count=3)
    assert ids_of(world.tasks(WEB)) == the_tasks(1, 2, 3)


@pytest.mark.parametrize("former", ["COMPLETED", "IN_PROGRESS"])
def test_a_failed_rollout_leaves_tasks_alone_that_are_not_checked_yet(former: str) -> None:
    checked = (a_container(has_health_check=True),)
    service = a_service(
        desired_count=3,
        minimum_healthy_percent=0,
        deployments=(
            a_deployment(2, rollout_state="FAILED"),
            a_deployment(1, status="ACTIVE", rollout_state=former, desired_count=3),
        ),
    )
    world = a_world(
        service,
        *(a_task(n, service="web", containers=checked, health_status="HEALTHY") for n in (1, 2)),
        a_task(3, service="web", containers=checked),
    )
    assert world.settle() == []
    world.update_service(WEB, desired_count=2)
    assert ids_of(world.tasks(WEB)) == the_tasks(1, 2)


def test_scale_in_keeps_running_tasks_that_the_minimum_needs_when_pending_ones_are_protected() -> (
    None
):
    world = a_world(
        a_service(desired_count=5),
        *(a_task(number, service="web", started_at=YOUNG) for number in (1, 2, 3)),
        *(a_protected_task(number, last_status="PENDING") for number in (4, 5)),
    )
    world.update_service(WEB, desired_count=3)
    assert ids_of(world.tasks(WEB)) == the_tasks(1, 2, 3, 4, 5)
    world.agents_work(WEB)
    world.pass_time(40)
    assert len(world.tasks(WEB)) == 3


MANY = choice.WALKED_MAX + 60
"""Tasks that leave: too many to compare them all."""


def a_big_rollout(rollout_state: str) -> World:
    """All young tasks on an instance that would be the last to be asked; ten tasks may go."""
    new = MANY // 2
    return a_world(
        a_rollout(rollout_state, desired_count=MANY + new - 10),
        an_instance(4, cpu_units=10**6, memory_mib=10**6),
        *(
            a_task(number, service="web", instance=4, deployment=1 + (number < new))
            for number in range(MANY + new - 20)
        ),
        *(
            a_task(number, service="web", instance=3, started_at=YOUNG)
            for number in range(MANY + new - 20, MANY + new)
        ),
    )


@pytest.mark.parametrize("rollout_state", ["IN_PROGRESS", "FAILED"])
def test_of_more_tasks_than_are_compared_young_ones_go_first(rollout_state: str) -> None:
    world = a_big_rollout(rollout_state)
    before = world.tasks(WEB)
    world.settle()
    gone = [task for task in before if task.arn not in ids_of(world.tasks(WEB))]
    assert len(gone) == 10
    assert {task.container_instance_arn for task in gone} == {instance_arn(3)}


def test_young_tasks_are_found_without_a_look_at_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []
    is_healthy = choice.is_healthy
    monkeypatch.setattr(
        "roadstead.ecs.reconcilers.service.walks.is_healthy",
        lambda task, found: looked_at.append(task.arn) or is_healthy(task, found),
    )
    a_big_rollout("IN_PROGRESS").settle()
    assert 0 < len(looked_at) < 50
