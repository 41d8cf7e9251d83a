"""Tasks that keep failing to start are tried ever more rarely."""

from small_world import World
from test_service_rolling import (
    WEB,
    a_new_service,
    a_world,
    roll_out,
)


def fail_all(world: World) -> int:
    """Every PENDING task fails to start; returns how many there were."""
    pending = [task for task in world.tasks(WEB) if task.last_status == "PENDING"]
    for task in pending:
        world.report(task, "STOPPED", stop_code="TaskFailedToStart")
    return len(pending)


def test_throttle_when_never_running() -> None:
    world = a_world(a_new_service())
    world.settle()
    waits = []
    for _ in range(14):
        assert fail_all(world) == 1
        assert world.tasks(WEB) == []
        next_try_at = world.service(WEB).deployments[0].next_try_at
        waits.append((next_try_at - world.now).total_seconds())
        world.pass_time(waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
    unable = "(service web) is unable to consistently start tasks successfully."
    assert world.events(WEB).count(unable) == 1
    assert world.service(WEB).deployments[0].failed_starts == 14


def test_no_throttle_after_running() -> None:
    world = a_world(a_new_service())
    world.settle()
    for _ in range(20):
        world.agents_work(WEB)
        world.report(world.tasks(WEB)[0], "STOPPED")
        assert len(world.tasks(WEB)) == 1
    assert world.service(WEB).deployments[0].failed_starts == 0


def test_throttle_reset_by_new_task_definition() -> None:
    world = a_world(a_new_service())
    world.settle()
    for _ in range(5):
        fail_all(world)
        world.pass_time(60)
    fail_all(world)
    roll_out(world)
    assert len(world.tasks(WEB)) == 1
    assert world.service(WEB).deployments[0].failed_starts == 0


def test_steady_state_reset() -> None:
    world = a_world(a_new_service())
    world.settle()
    for _ in range(5):
        fail_all(world)
        world.pass_time(60)
    world.pass_time(1)
    world.agents_work(WEB)
    deployment = world.service(WEB).deployments[0]
    assert (deployment.failed_starts, deployment.next_try_at) == (0, None)


def test_a_task_that_a_user_stopped_is_no_failed_start() -> None:
    world = a_world(a_new_service())
    world.settle()
    world.report(world.tasks(WEB)[0], "STOPPED", stop_code="UserInitiated")
    assert len(world.tasks(WEB)) == 1
    assert world.service(WEB).deployments[0].failed_starts == 0


def test_tasks_of_one_round_that_fail_together_are_one_failed_try() -> None:
    world = a_world(a_new_service(desired_count=10))
    world.settle()
    assert fail_all(world) == 10
    assert world.service(WEB).deployments[0].failed_starts == 10
    world.pass_time(1)
    assert len(world.tasks(WEB)) == 10
