"""Tasks at their load balancers: registered when they run, drained before they stop."""

from traffic_world import DELAY_SECONDS, GROUP, WEB, BalancedWorld

from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop


def test_a_task_is_registered_when_it_runs_and_is_running_then() -> None:
    world = BalancedWorld()
    world.create(1)
    (task,) = world.live()
    assert (task.last_status, task.target_health) == ("PENDING", "UNKNOWN")
    assert world.targets() == []
    world.runs(task, host_port=32_770)
    (target,) = world.targets()
    assert (target.id, target.port, target.status) == ("i-00000000000000001", 32_770, "initial")
    task = world.task(task.arn)
    assert (task.last_status, task.started_at) == ("RUNNING", world.now)
    assert f"(service web) registered 1 targets in (target-group {GROUP})" in world.events(WEB)


def test_deregister_before_sigterm() -> None:
    """LB-20: a task that is to stop answers what it got, through the deregistration delay."""
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (task,) = world.live()
    world.update_service(WEB, desired_count=0)
    task = world.task(task.arn)
    assert (task.desired_status, task.last_status) == ("STOPPED", "DEACTIVATING")
    assert not is_agent_to_stop(task.desired_status, task.last_status)
    (target,) = world.targets()
    assert target.status == "draining"
    world.pass_time(DELAY_SECONDS - 1)
    assert world.task(task.arn).last_status == "DEACTIVATING"
    world.pass_time(1)
    assert world.targets() == []
    task = world.task(task.arn)
    assert task.last_status == "STOPPING"
    assert is_agent_to_stop(task.desired_status, task.last_status)
    world.ends(task)
    assert world.task(task.arn).last_status == "STOPPED"
    assert world.events(WEB)[-4:] == [
        "(service web) has stopped 1 running tasks: (task *).",
        f"(service web) deregistered 1 targets in (target-group {GROUP})",
        "(service web) has begun draining connections on 1 tasks.",
        "(service web) has reached a steady state.",
    ]
