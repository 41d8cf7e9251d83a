"""Hosts that were not heard for longer than the grace: off unless asked for (ADR-0018)."""

import msgspec
from daemon_world import AGENT, DaemonWorld, a_daemon

from given import (
    NOW,
    a_cluster,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    instance_arn,
    later,
    service_arn,
    task_arn,
    tuned,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.tuning import Tuning
from roadstead.ecs.transitions.container_instances import (
    agent_connected,
    agent_disconnected,
    await_agents_anew,
)
from roadstead.ecs.transitions.task_reports import TaskReport, report_task
from roadstead.ecs.views.agent_payload import manifest_for_agent, stops_confirmed
from roadstead.state.view import Tx

WEB = service_arn("web")
REASON = "Host EC2 (instance i-00000000000000001) was not heard for 120 seconds."


def a_world(tuning: Tuning) -> DaemonWorld:
    """`web` has two tasks, one on each instance; a daemon and a standalone task are there too."""
    world = DaemonWorld(
        tuning,
        a_cluster(),
        a_task_definition(),
        an_instance(1),
        an_instance(2),
        a_service(desired_count=2),
        a_daemon(),
        a_task(1, instance=1),
    )
    world.settle()
    world.work_for(AGENT, 60)
    world.work_for(WEB, 60)
    return world


def fall_silent(world: DaemonWorld, number: int = 1) -> Task:
    """The host's agent is gone; returns the task of `web` there."""
    (task,) = world.on(instance_arn(number), WEB)
    world.update(lambda tx: agent_disconnected(tx, world.call, instance_arn(number), 1))
    return task


def come_back(world: DaemonWorld, number: int = 1) -> None:
    def connect(tx: Tx) -> None:
        agent_connected(
            tx,
            world.call,
            instance_arn(number),
            agent_version="",
            agent_hash="",
            docker_version="",
        )

    world.update(connect)


def now(world: DaemonWorld, task: Task) -> Task:
    return world.view.must(TASKS, task.arn)


def test_without_the_setting_a_silent_host_moves_nothing() -> None:
    world = a_world(Tuning())
    fall_silent(world)
    before = {table: list(world.view.all(table)) for table in (TASKS, CONTAINER_INSTANCES)}
    events = world.events(WEB)
    world.pass_time(3 * 3600)
    assert {table: list(world.view.all(table)) for table in before} == before
    assert world.events(WEB) == events
    assert world.view.must(SERVICES, WEB).is_steady


def test_its_service_tasks_are_replaced_after_the_grace_and_not_before() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    task = fall_silent(world)
    world.pass_time(119)
    assert now(world, task) == task
    world.pass_time(1)
    lost = now(world, task)
    assert (lost.last_status, lost.desired_status) == ("STOPPED", "STOPPED")
    assert (lost.stopped_reason, lost.stop_code) == (REASON, "TerminationNotice")
    assert world.places(WEB) == [instance_arn(2), instance_arn(2)]


def test_standalone_and_daemon_tasks_stay_as_they_are() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    fall_silent(world)
    world.pass_time(600)
    assert world.view.must(TASKS, task_arn(1)).last_status == "RUNNING"
    assert [task.last_status for task in world.on(instance_arn(1))] == ["RUNNING"]
    assert world.service(AGENT).desired_count == 2


def test_an_agent_that_comes_back_in_time_keeps_its_tasks() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    task = fall_silent(world)
    world.pass_time(100)
    come_back(world)
    world.pass_time(600)
    assert now(world, task).last_status == "RUNNING"


def test_an_agent_that_comes_back_late_is_told_to_end_what_was_given_up() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    task = fall_silent(world)
    world.pass_time(120)
    come_back(world)
    listed = manifest_for_agent(world.view, instance_arn(1))
    assert task.arn not in [each.task_arn for each in listed]
    assert task_arn(1) in [each.task_arn for each in listed]
    candidates = tuple(
        msgspec.structs.replace(listed[0], task_arn=arn) for arn in (task.arn, task_arn(1))
    )
    confirmed = stops_confirmed(world.view, instance_arn(1), candidates)
    assert [each.task_arn for each in confirmed] == [task.arn]


def test_what_a_late_agent_says_of_a_given_up_task_changes_nothing() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    task = fall_silent(world)
    world.pass_time(120)
    come_back(world)
    lost = now(world, task)
    world.update(lambda tx: report_task(tx, world.call, lost, TaskReport(status="RUNNING")))
    assert now(world, task) == lost
    assert len(world.tasks(WEB)) == 2


def test_tasks_that_were_asked_to_stop_are_given_up_too_with_their_own_reason() -> None:
    """Else a silent instance that drains is never empty."""
    world = a_world(tuned(dead_host_grace_seconds=120))
    (task,) = world.on(instance_arn(1), WEB)
    world.update_service(WEB, desired_count=0)
    world.update(lambda tx: agent_disconnected(tx, world.call, instance_arn(1), 1))
    world.pass_time(120)
    assert now(world, task).last_status == "STOPPED"
    assert now(world, task).stopped_reason.startswith("Scaling activity")


def test_a_control_plane_that_was_itself_gone_gives_agents_the_whole_grace_again() -> None:
    world = a_world(tuned(dead_host_grace_seconds=120))
    task = fall_silent(world)
    world.pass_time(100)
    world.update(lambda tx: await_agents_anew(tx, world.now))
    world.pass_time(119)
    assert now(world, task).last_status == "RUNNING"
    world.pass_time(1)
    assert now(world, task).last_status == "STOPPED"


def test_a_shorter_grace_takes_effect_at_once() -> None:
    world = a_world(tuned(dead_host_grace_seconds=3600))
    task = fall_silent(world)
    world.pass_time(100)
    world.put(tuned(dead_host_grace_seconds=60))
    assert now(world, task).last_status == "STOPPED"


def test_an_instance_that_never_had_an_agent_is_not_lost() -> None:
    instance = an_instance(1, agent_connected=False, connections=0, awaited_since=NOW)
    world = DaemonWorld(
        tuned(dead_host_grace_seconds=1), a_cluster(), instance, a_task(1, service="web")
    )
    world.settle()
    world.now = later(100)
    world.pass_time(100)
    assert world.view.must(TASKS, task_arn(1)).last_status == "RUNNING"
