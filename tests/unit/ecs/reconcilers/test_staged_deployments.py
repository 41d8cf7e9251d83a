"""BLUE_GREEN, LINEAR and CANARY over time: stages, traffic, hooks, bakes, and the way back."""

import msgspec
import pytest
from rollouts import (
    BLUE_GREEN,
    BREAKER,
    BREAKER_ONLY,
    WEB,
    a_rolled_out_world,
    a_world,
    answer,
    configured,
    create,
    keep_failing,
    pause,
    primary,
    record,
    records,
    roll_out,
    stop,
    tasks_of,
    waiting_hooks,
)
from small_world import World

from given import definition_arn

EVERY_PAUSE = (
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)


def shares(world: World) -> list[tuple[int, float | None]]:
    """Revision and share of each deployment, the PRIMARY one first."""
    return [
        (int(each.task_definition_arn.rpartition(":")[2]), each.scale_percent)
        for each in world.service(WEB).deployments
    ]


def is_back(world: World) -> bool:
    """Whether web:1 is all there is."""
    service = world.service(WEB)
    return (
        service.task_definition_arn == definition_arn()
        and shares(world) == [(1, None)]
        and primary(world).rollout_state == "COMPLETED"
        and len(tasks_of(world, 1)) == service.desired_count
        and not tasks_of(world, 2)
    )


def traffic(world: World) -> list[tuple[float, float]]:
    """Minutes and percent of production traffic, whenever it changed, until the deployment ends."""
    found: list[tuple[float, float]] = []
    began = world.now
    while record(world).finished_at is None:
        world.agents_work(WEB)
        percent = record(world).production_percent
        if not found or found[-1][1] != percent:
            found.append(((world.now - began).total_seconds() / 60, percent))
        world.pass_time(20)
    return found


def test_green_scaled_to_100_percent_first() -> None:
    world = a_rolled_out_world(3, **BLUE_GREEN)
    roll_out(world)
    assert (record(world).lifecycle_stage, shares(world)) == ("SCALE_UP", [(2, 100.0), (1, 100.0)])
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (3, 3)
    world.agents_work(WEB)
    world.pass_time(39)
    assert record(world).production_percent == 0
    world.pass_time(1)
    assert (record(world).lifecycle_stage, record(world).production_percent) == ("BAKE_TIME", 100.0)
    world.pass_time(299)
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (3, 3)
    world.pass_time(1)
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (0, 3)
    world.agents_work(WEB)
    assert (record(world).status, shares(world)) == ("SUCCESSFUL", [(2, None)])


def test_blue_green_traffic_all_at_once() -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    assert [percent for _, percent in traffic(world)] == [0.0, 100.0]


def test_canary_shifts_its_percent_bakes_and_shifts_the_rest() -> None:
    canary = {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 4}
    world = a_rolled_out_world(strategy="CANARY", canaryConfiguration=canary, bakeTimeInMinutes=1)
    roll_out(world)
    assert traffic(world) == [
        (0.0, 0.0),
        (pytest.approx(2 / 3), 20.0),
        (pytest.approx(4 + 2 / 3), 100.0),
    ]


def test_linear_shifts_in_equal_steps_with_a_bake_between() -> None:
    linear = {"stepPercent": 40.0, "stepBakeTimeInMinutes": 1}
    world = a_rolled_out_world(strategy="LINEAR", linearConfiguration=linear, bakeTimeInMinutes=3)
    roll_out(world)
    began = world.now
    assert [percent for _, percent in traffic(world)] == [0.0, 40.0, 80.0, 100.0]
    ended = record(world).finished_at
    assert ended is not None
    assert 40 + 2 * 60 + 3 * 60 <= (ended - began).total_seconds() <= 40 + 2 * 60 + 3 * 60 + 40


def test_a_first_deployment_has_no_source_and_passes_the_same_stages() -> None:
    world = a_world()
    create(world, 2, **BLUE_GREEN)
    assert (record(world).lifecycle_stage, len(world.tasks(WEB))) == ("SCALE_UP", 2)
    world.work_for(WEB, 400)
    assert (record(world).status, shares(world)) == ("SUCCESSFUL", [(1, None)])


@pytest.mark.parametrize("stage", EVERY_PAUSE)
def test_pause_waits(stage: str) -> None:
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=[pause(stage)])
    roll_out(world)
    world.work_for(WEB, 3600)
    assert (record(world).lifecycle_stage, record(world).status) == (stage, "IN_PROGRESS")
    (hook,) = waiting_hooks(world)
    assert hook.hook_id.startswith("ecs-pause-")
    assert (hook.timeout_action, hook.expires_at - hook.started_at) == (
        "ROLLBACK",
        record(world).hooks[0].expires_at - record(world).hooks[0].started_at,
    )
    answer(world, hook)
    world.work_for(WEB, 600)
    assert (record(world).status, shares(world)) == ("SUCCESSFUL", [(2, None)])


@pytest.mark.parametrize("stage", EVERY_PAUSE)
def test_from_every_stage_there_is_a_way_back(stage: str) -> None:
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=[pause(stage)])
    roll_out(world)
    world.work_for(WEB, 120)
    (hook,) = waiting_hooks(world)
    answer(world, hook, "FAILED")
    assert record(world).status_reason == (
        f"Service deployment rolled back because {stage} lifecycle hook(s) failed. "
        f"{hook.hook_id} returned FAILED status."
    )
    assert (record(world).production_percent, record(world).test_percent) == (0.0, 0.0)
    world.work_for(WEB, 120)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert is_back(world)


@pytest.mark.parametrize("stage", ["SCALE_UP", "BAKE_TIME", "CLEAN_UP"])
def test_a_stop_rolls_back_in_stages_without_hooks_too(stage: str) -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    if stage != "SCALE_UP":
        world.work_for(WEB, 60)
    if stage == "CLEAN_UP":
        for task in tasks_of(world, 1):
            world.put(msgspec.structs.replace(task, protection_enabled=True))
        world.work_for(WEB, 600)
    assert record(world).lifecycle_stage == stage
    stop(world)
    world.work_for(WEB, 120)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert is_back(world)


def test_a_revision_with_a_task_is_kept_though_another_became_the_source() -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    for task in tasks_of(world, 2):
        world.put(msgspec.structs.replace(task, protection_enabled=True))
    roll_out(world, 3)
    assert record(world).lifecycle_stage == "RECONCILE_SERVICE"
    assert shares(world) == [(3, 0.0), (2, 0.0), (1, 100.0)]
    world.update_service(WEB, completed_revision_arn="", desired_count=0)
    assert record(world).lifecycle_stage != "RECONCILE_SERVICE"
    assert not tasks_of(world, 1)
    assert tasks_of(world, 2)
    assert [revision for revision, _ in shares(world)] == [3, 2]


def test_a_revision_with_a_task_is_kept_though_the_stage_that_waits_for_it_is_no_more() -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    for task in tasks_of(world, 2):
        world.put(msgspec.structs.replace(task, protection_enabled=True))
    rolling = configured(strategy="ROLLING", lifecycleHooks=[pause("RECONCILE_SERVICE")])
    roll_out(world, 3, **rolling)
    assert record(world).lifecycle_stage == "RECONCILE_SERVICE"
    world.update_service(WEB, **configured(strategy="ROLLING"))
    assert shares(world) == [(3, None), (2, None), (1, None)]
    assert len(tasks_of(world, 2)) == 2
    for task in tasks_of(world, 2):
        world.put(msgspec.structs.replace(task, protection_enabled=False))
    world.work_for(WEB, 600)
    assert (record(world).status, shares(world)) == ("SUCCESSFUL", [(3, None)])


def test_hooks_of_one_stage_run_in_parallel_all_must_succeed() -> None:
    hooks = [pause("POST_SCALE_UP"), pause("POST_SCALE_UP"), pause("PRE_SCALE_UP")]
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=hooks)
    roll_out(world)
    (first,) = waiting_hooks(world)
    answer(world, first)
    world.work_for(WEB, 60)
    one, other = waiting_hooks(world)
    answer(world, one)
    assert record(world).lifecycle_stage == "POST_SCALE_UP"
    answer(world, other)
    assert record(world).lifecycle_stage == "BAKE_TIME"
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=hooks)
    roll_out(world)
    answer(world, waiting_hooks(world)[0])
    world.work_for(WEB, 60)
    one, other = waiting_hooks(world)
    answer(world, one)
    answer(world, other, "FAILED")
    assert record(world).rollback is not None


@pytest.mark.parametrize(
    ("action", "status"), [("CONTINUE", "SUCCESSFUL"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL")]
)
def test_a_hook_that_nobody_answers_in_time_does_what_it_says(action: str, status: str) -> None:
    hook = pause("POST_SCALE_UP", timeoutInMinutes=10, action=action)
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=[hook])
    roll_out(world)
    world.work_for(WEB, 60)
    world.pass_time(570)
    assert record(world).lifecycle_stage == "POST_SCALE_UP"
    world.work_for(WEB, 900)
    assert record(world).hooks[0].status == "TIMED_OUT"
    assert record(world).status == status


def test_a_circuit_breaker_takes_back_a_green_that_does_not_start() -> None:
    world = a_rolled_out_world(**BLUE_GREEN, **BREAKER)
    roll_out(world)
    keep_failing(world)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert is_back(world)


def test_without_rollback_a_green_that_does_not_start_goes_and_blue_stays() -> None:
    world = a_rolled_out_world(**BLUE_GREEN, **BREAKER_ONLY)
    roll_out(world)
    keep_failing(world)
    assert (record(world).status, primary(world).rollout_state) == ("STOPPED", "FAILED")
    assert shares(world) == [(2, 0.0), (1, 100.0)]
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (2, 0)
    world.report(tasks_of(world, 1)[0], "STOPPED")
    assert len(tasks_of(world, 1)) == 2
    roll_out(world, 3)
    world.work_for(WEB, 600)
    assert shares(world) == [(3, None)]


def test_a_newer_deployment_takes_the_place_of_one_in_any_stage() -> None:
    for seconds in (0, 20, 60, 340, 345):
        world = a_rolled_out_world(**BLUE_GREEN)
        roll_out(world)
        world.work_for(WEB, seconds)
        world.pass_time(5)
        if record(world).finished_at is None:
            roll_out(world, 3)
            assert [each.status for each in records(world)][1:] == ["STOPPED", "IN_PROGRESS"]
        world.work_for(WEB, 900)
        last = 3 if len(records(world)) == 3 else 2
        assert shares(world) == [(last, None)]
        assert len(tasks_of(world, last)) == len(world.tasks(WEB)) == 2


def test_reconciling_clears_away_what_is_neither_source_nor_target() -> None:
    hooks = [pause("RECONCILE_SERVICE")]
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=hooks)
    roll_out(world)
    assert record(world).hooks == ()
    world.work_for(WEB, 60)
    roll_out(world, 3)
    assert record(world).lifecycle_stage == "RECONCILE_SERVICE"
    assert shares(world) == [(3, 0.0), (2, 0.0), (1, 100.0)]
    world.work_for(WEB, 60)
    assert not tasks_of(world, 2)
    answer(world, waiting_hooks(world)[0])
    assert (record(world).lifecycle_stage, shares(world)) == ("SCALE_UP", [(3, 100.0), (1, 100.0)])


def test_the_desired_count_changes_on_both_sides() -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    world.work_for(WEB, 60)
    world.update_service(WEB, desired_count=4)
    world.work_for(WEB, 20)
    assert (len(tasks_of(world, 1)), len(tasks_of(world, 2))) == (4, 4)
    assert [each.desired_count for each in world.service(WEB).deployments] == [4, 4]
    world.work_for(WEB, 600)
    assert len(tasks_of(world, 2)) == len(world.tasks(WEB)) == 4


def test_limits_end_a_deployment_that_lasts_too_long() -> None:
    world = a_rolled_out_world(**BLUE_GREEN)
    roll_out(world)
    world.pass_time(24 * 3600 - 60)
    assert record(world).status == "IN_PROGRESS"
    world.pass_time(60)
    assert record(world).status_reason == (
        "Service deployment rolled back because the stage SCALE_UP did not complete within 24 "
        "hours."
    )


def test_limits_hold_for_the_deployment_as_a_whole_too() -> None:
    hooks = [
        pause(stage, timeoutInMinutes=20_160, action="CONTINUE")
        for stage in ("PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT")
    ]
    world = a_rolled_out_world(**BLUE_GREEN, lifecycleHooks=hooks)
    roll_out(world)
    world.pass_time(14 * 86_400)
    world.work_for(WEB, 60)
    world.pass_time(14 * 86_400)
    assert record(world).lifecycle_stage == "POST_TEST_TRAFFIC_SHIFT"
    world.pass_time(2 * 86_400)
    assert record(world).status_reason == (
        "Service deployment rolled back because the service deployment did not complete within "
        "720 hours."
    )
