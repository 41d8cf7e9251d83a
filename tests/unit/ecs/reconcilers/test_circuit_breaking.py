"""The deployment circuit breaker: what counts, when it trips, and what becomes of the service."""

from rollouts import (
    BREAKER,
    BREAKER_ONLY,
    WEB,
    a_rolled_out_world,
    a_world,
    create,
    end_stopped,
    fail_starts,
    keep_failing,
    primary,
    record,
    records,
    roll_out,
    tasks_of,
)
from small_world import World

from given import a_task, definition_arn
from roadstead.ecs.transitions.deployment_failures import count_unhealthy

FAILED = "(service web) (deployment *) deployment failed: tasks failed to start."
ROLLING_BACK = "(service web) rolling back to deployment *."


def failing(count: int = 2, **configuration: object) -> World:
    """A rollout of web:2, none of whose tasks ever runs."""
    world = a_rolled_out_world(count, **configuration)
    roll_out(world)
    keep_failing(world)
    return world


def test_trip_marks_failed() -> None:
    world = failing(**BREAKER_ONLY)
    deployment = primary(world)
    assert (deployment.rollout_state, deployment.rollout_state_reason) == (
        "FAILED",
        "ECS deployment circuit breaker: tasks failed to start.",
    )
    assert deployment.task_definition_arn == definition_arn(revision=2)
    assert world.events(WEB).count(FAILED) == 1
    assert ROLLING_BACK not in world.events(WEB)
    assert len(tasks_of(world, 1)) == 2
    assert tasks_of(world, 2) == []
    ended = record(world)
    assert (ended.status, ended.breaker_status) == ("STOPPED", "TRIGGERED")
    assert (ended.failure_count, ended.breaker_threshold) == (3, 3)
    assert ended.status_reason == (
        "Service deployment stopped because the circuit breaker threshold was exceeded."
    )
    assert world.service(WEB).service_deployment_arn == ""


def test_rollback_target_is_last_COMPLETED() -> None:
    world = a_rolled_out_world(2, **BREAKER)
    completed = primary(world)
    roll_out(world, 2)
    assert record(world).status == "IN_PROGRESS"
    roll_out(world, 3)
    keep_failing(world, 3)
    service = world.service(WEB)
    assert service.task_definition_arn == definition_arn()
    assert primary(world).service_revision_arn == completed.service_revision_arn
    assert [each.rollout_state for each in service.deployments] == ["COMPLETED"]
    assert world.events(WEB).count(ROLLING_BACK) == 1
    assert len(tasks_of(world, 1)) == 2
    ended = record(world)
    assert ended.status == "ROLLBACK_SUCCESSFUL"
    assert (ended.breaker_status, ended.failure_count) == ("TRIGGERED", 3)
    assert ended.status_reason == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert ended.rollback is not None
    assert ended.rollback.service_revision_arn == completed.service_revision_arn


def test_a_rollback_says_what_it_goes_back_to() -> None:
    world = a_rolled_out_world(4, **BREAKER, minimumHealthyPercent=50, maximumPercent=100)
    roll_out(world)
    end_stopped(world)
    while record(world).status == "IN_PROGRESS":
        fail_starts(world)
        world.pass_time(5)
    assert record(world).status == "ROLLBACK_IN_PROGRESS"
    back = primary(world)
    assert (back.status, back.rollout_state) == ("PRIMARY", "IN_PROGRESS")
    assert back.rollout_state_reason == (
        f"ECS deployment circuit breaker: rolling back to deploymentId {back.id}."
    )


def test_a_rollback_makes_the_completed_revision_anew_when_none_of_it_is_left() -> None:
    world = a_rolled_out_world(2, **BREAKER, minimumHealthyPercent=0, maximumPercent=100)
    completed = primary(world)
    roll_out(world)
    keep_failing(world)
    world.work_for(WEB, 120)
    assert primary(world).service_revision_arn == completed.service_revision_arn
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert len(tasks_of(world, 1)) == 2


def test_monitors_status_of_the_circuit_breaker() -> None:
    world = a_rolled_out_world(2, **BREAKER)
    assert record(world).breaker_status == "DISABLED"
    roll_out(world, 2)
    assert record(world).breaker_status == "MONITORING"
    world.work_for(WEB, 120)
    assert (record(world).status, record(world).breaker_status) == (
        "SUCCESSFUL",
        "MONITORING_COMPLETE",
    )
    roll_out(world, 3)
    keep_failing(world, 3)
    assert record(world).breaker_status == "TRIGGERED"


def test_no_completed_deployment_no_rollback() -> None:
    world = a_world()
    create(world, 2, **BREAKER)
    keep_failing(world, 1)
    assert primary(world).rollout_state == "FAILED"
    assert record(world).status == "STOPPED"
    assert world.tasks(WEB) == []
    roll_out(world, 2)
    world.work_for(WEB, 60)
    assert primary(world).rollout_state == "COMPLETED"
    assert [each.status for each in records(world)] == ["STOPPED", "SUCCESSFUL"]


def test_rollback_without_loop() -> None:
    world = a_rolled_out_world(2, **BREAKER, minimumHealthyPercent=0, maximumPercent=100)
    roll_out(world)
    while record(world).status != "ROLLBACK_FAILED":
        fail_starts(world, 2)
        fail_starts(world, 1)
        end_stopped(world)
        world.pass_time(5)
    assert primary(world).rollout_state == "FAILED"
    assert world.service(WEB).service_deployment_arn == ""
    before = len(records(world))
    world.pass_time(3600)
    assert len(records(world)) == before
    assert world.tasks(WEB) == []


def test_breaker_ignores_scale_out_after_completed() -> None:
    world = a_rolled_out_world(2, **BREAKER)
    world.update_service(WEB, desired_count=6)
    keep_failing(world, 1)
    assert primary(world).failed_starts >= 3
    assert primary(world).rollout_state == "COMPLETED"
    assert len(records(world)) == 1


def test_stage_one_failures() -> None:
    world = a_rolled_out_world(4, **BREAKER_ONLY)
    roll_out(world)
    assert fail_starts(world) == 4
    assert primary(world).failed_tasks == 4
    world = a_rolled_out_world(4, **BREAKER_ONLY)
    roll_out(world)
    world.report(tasks_of(world, 2)[0], "RUNNING")
    assert fail_starts(world) == 3
    assert (primary(world).failed_tasks, primary(world).failed_starts) == (0, 3)


def test_stage_two_counts_tasks_that_fail_their_health_checks() -> None:
    world = a_rolled_out_world(2, **BREAKER_ONLY)
    roll_out(world)
    identifier = primary(world).id
    world.update(lambda tx: count_unhealthy(tx, world.call, world.service(WEB), identifier, 3))
    assert primary(world).rollout_state == "FAILED"


def test_a_healthy_task_resets_the_count_unless_told_not_to() -> None:
    for resets, left in ((True, 0), (False, 2)):
        breaker = {"enable": True, "rollback": False, "resetOnHealthyTask": resets}
        world = a_rolled_out_world(2, deploymentCircuitBreaker=breaker)
        roll_out(world)
        for task in tasks_of(world, 2):
            world.report(task, "STOPPED")
        assert primary(world).failed_tasks == 2
        world.pass_time(5)
        world.agents_work(WEB)
        assert primary(world).failed_tasks == 2
        world.pass_time(39)
        assert primary(world).failed_tasks == 2
        world.pass_time(1)
        assert primary(world).failed_tasks == left


def test_failure_by_placement() -> None:
    world = a_rolled_out_world(2, **BREAKER)
    world.put(*(a_task(500 + number, instance=number, cpu_units=1950) for number in range(1, 5)))
    roll_out(world)
    world.pass_time(3600)
    assert primary(world).failed_tasks == 0
    assert primary(world).rollout_state == "IN_PROGRESS"
    assert world.service(WEB).waiting_reason == "RESOURCE:CPU"


def test_running_stuck_deployment_never_times_out() -> None:
    world = failing()
    world.pass_time(40 * 86_400)
    assert primary(world).rollout_state == "IN_PROGRESS"
    assert record(world).status == "IN_PROGRESS"
    assert record(world).breaker_status == "DISABLED"


def test_trip_marks_failed_and_the_service_can_be_scaled_in() -> None:
    """What serves on after a failed rollout is as much as is wanted, and no more."""
    world = a_rolled_out_world(4, **BREAKER_ONLY)
    roll_out(world)
    keep_failing(world)
    assert len(tasks_of(world, 1)) == 4
    for count in (3, 0):
        world.update_service(WEB, desired_count=count)
        assert len(world.tasks(WEB)) == count
        world.work_for(WEB, 100)
        assert len(world.tasks(WEB)) == count, "nothing is started instead"
    assert primary(world).rollout_state == "FAILED"
