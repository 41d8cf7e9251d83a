"""ROLLING deployments that are not done at once: bake times, early success, hooks."""

from typing import Any

import msgspec
import pytest
from rollouts import (
    BLUE_GREEN,
    BREAKER,
    WEB,
    a_rolled_out_world,
    answer,
    fail_starts,
    keep_failing,
    pause,
    primary,
    record,
    roll_out,
    tasks_of,
    waiting_hooks,
)
from small_world import World

from given import definition_arn
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.rules.deployment.configuration import merged_configuration
from roadstead.ecs.transitions.services import change_service
from roadstead.state.view import Tx


def early(percent: int, cleanup: str) -> dict[str, object]:
    return {
        "enable": True,
        "healthyPercent": percent,
        "sourceServiceRevisionCleanup": cleanup,
    }


def run_some(world: World, count: int) -> None:
    """That many PENDING tasks of web:2 get RUNNING and healthy."""
    pending = [task for task in tasks_of(world, 2) if task.last_status == "PENDING"]
    for task in pending[:count]:
        world.report(task, "RUNNING")
    world.pass_time(40)


def protect(world: World, *, enabled: bool) -> None:
    """Tasks of web:1 are, or are not, protected from being stopped."""
    for task in tasks_of(world, 1):
        world.put(msgspec.structs.replace(task, protection_enabled=enabled))


def test_bake_time_after_steady() -> None:
    world = a_rolled_out_world(2, bakeTimeInMinutes=10)
    roll_out(world)
    world.work_for(WEB, 60)
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (0, 2)
    assert (record(world).lifecycle_stage, record(world).status) == ("BAKE_TIME", "IN_PROGRESS")
    assert primary(world).rollout_state == "IN_PROGRESS"
    world.work_for(WEB, 540)
    assert record(world).status == "IN_PROGRESS"
    world.work_for(WEB, 60)
    assert (record(world).status, primary(world).rollout_state) == ("SUCCESSFUL", "COMPLETED")


def test_a_deployment_that_fails_while_it_bakes_is_taken_back() -> None:
    world = a_rolled_out_world(2, bakeTimeInMinutes=10, **BREAKER)
    roll_out(world)
    world.work_for(WEB, 60)
    for task in tasks_of(world, 2):
        world.report(task, "STOPPED")
    keep_failing(world, 2, seconds=120)
    world.work_for(WEB, 120)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert (len(tasks_of(world, 1)), len(world.tasks(WEB))) == (2, 2)


@pytest.mark.parametrize("cleanup", ["BLOCKING", "DEFERRED"])
def test_success_when_ceil_percent_healthy_and_baked(cleanup: str) -> None:
    criteria = early(50, cleanup)
    world = a_rolled_out_world(
        3,
        earlySuccessCriteria=criteria,
        minimumHealthyPercent=0,
        bakeTimeInMinutes=2,
        **BREAKER,
    )
    roll_out(world)
    run_some(world, 1)
    assert record(world).lifecycle_stage == "SCALE_UP"
    run_some(world, 1)
    assert record(world).lifecycle_stage == "BAKE_TIME"
    world.pass_time(119)
    assert record(world).status == "IN_PROGRESS"
    world.pass_time(1)
    assert (record(world).status, primary(world).rollout_state) == ("SUCCESSFUL", "COMPLETED")
    fail_starts(world)
    keep_failing(world, 2)
    assert primary(world).rollout_state == "COMPLETED"
    assert world.service(WEB).task_definition_arn == definition_arn(revision=2)
    world.work_for(WEB, 1200)
    assert len(tasks_of(world, 2)) == len(world.tasks(WEB)) == 3


def test_BLOCKING_removes_old_tasks_before_success_DEFERRED_after() -> None:
    for cleanup, done in (("BLOCKING", False), ("DEFERRED", True)):
        world = a_rolled_out_world(2, earlySuccessCriteria=early(100, cleanup))
        protect(world, enabled=True)
        roll_out(world)
        world.work_for(WEB, 120)
        assert len(tasks_of(world, 1)) == 2
        assert (primary(world).rollout_state == "COMPLETED") is done
        assert record(world).lifecycle_stage == "CLEAN_UP"
        protect(world, enabled=False)
        world.work_for(WEB, 60)
        assert primary(world).rollout_state == "COMPLETED"
        assert len(world.service(WEB).deployments) == 1
        assert len(tasks_of(world, 2)) == len(world.tasks(WEB)) == 2


def test_early_success_takes_one_healthy_task_at_least() -> None:
    criteria = early(0, "DEFERRED")
    world = a_rolled_out_world(2, earlySuccessCriteria=criteria, minimumHealthyPercent=0)
    roll_out(world)
    assert record(world).lifecycle_stage == "SCALE_UP"
    run_some(world, 1)
    assert record(world).status == "SUCCESSFUL"


def test_a_rolling_deployment_waits_for_hooks_before_and_after_its_tasks() -> None:
    world = a_rolled_out_world(2, lifecycleHooks=[pause("PRE_SCALE_UP", "POST_SCALE_UP")])
    roll_out(world)
    world.work_for(WEB, 60)
    assert record(world).lifecycle_stage == "PRE_SCALE_UP"
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (2, 0)
    answer(world, waiting_hooks(world)[0])
    world.work_for(WEB, 60)
    assert record(world).lifecycle_stage == "POST_SCALE_UP"
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (0, 2)
    answer(world, waiting_hooks(world)[0])
    assert record(world).status == "SUCCESSFUL"


@pytest.mark.parametrize("stage", ["PRE_SCALE_UP", "POST_SCALE_UP"])
def test_a_rolling_deployment_is_taken_back_by_a_hook(stage: str) -> None:
    world = a_rolled_out_world(2, lifecycleHooks=[pause(stage)])
    roll_out(world)
    world.work_for(WEB, 60)
    answer(world, waiting_hooks(world)[0], "FAILED")
    world.work_for(WEB, 120)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert (len(tasks_of(world, 1)), len(world.tasks(WEB))) == (2, 2)


def test_a_bake_time_may_be_changed_while_it_lasts() -> None:
    world = a_rolled_out_world(2, bakeTimeInMinutes=600)
    roll_out(world)
    world.work_for(WEB, 60)
    configuration = {**world.service(WEB).deployment_configuration, "bakeTimeInMinutes": 1}
    world.update_service(WEB, deployment_configuration=configuration)
    world.work_for(WEB, 60)
    assert record(world).status == "SUCCESSFUL"


@pytest.mark.parametrize(
    ("begun_with", "changes"),
    [
        (BLUE_GREEN, {"strategy": "ROLLING", "bakeTimeInMinutes": 0}),
        ({"lifecycleHooks": [pause("PRE_SCALE_UP")]}, {"lifecycleHooks": []}),
    ],
)
def test_a_deployment_that_waits_for_nothing_any_more_before_its_first_stage_goes_on(
    begun_with: dict[str, Any], changes: dict[str, Any]
) -> None:
    world = a_rolled_out_world(2, **begun_with)

    def change_twice(tx: Tx) -> None:
        arn = definition_arn(revision=2)
        service = change_service(
            tx, world.call, tx.must(SERVICES, WEB), deploy=True, task_definition_arn=arn
        )
        merged = merged_configuration(service.deployment_configuration, changes)
        change_service(tx, world.call, service, deploy=False, deployment_configuration=merged)

    world.update(change_twice)
    world.work_for(WEB, 600)
    assert (record(world).status, primary(world).scale_percent) == ("SUCCESSFUL", None)
    assert len(tasks_of(world, 2)) == len(world.tasks(WEB)) == 2


def test_hooks_of_a_later_strategy_do_not_wait_in_a_deployment_that_began_without() -> None:
    world = a_rolled_out_world(2)
    roll_out(world)
    hooks = [pause("POST_SCALE_UP")]
    merged = merged_configuration(
        world.service(WEB).deployment_configuration, BLUE_GREEN | {"lifecycleHooks": hooks}
    )
    world.update_service(WEB, deployment_configuration=merged)
    world.work_for(WEB, 600)
    assert (record(world).status, record(world).hooks) == ("SUCCESSFUL", ())
