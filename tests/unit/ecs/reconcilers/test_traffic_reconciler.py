"""Tasks at their load balancers: registered when they run, drained before they stop; troubles."""

import msgspec
import pytest
from traffic_world import (
    DELAY_SECONDS,
    GREEN,
    GROUP,
    WEB,
    BalancedWorld,
    a_web_definition,
    entry,
)

from given import a_call, instance_arn
from roadstead.aws.errors import ApiError
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop
from roadstead.ecs.transitions import balancer_calls, container_instances
from roadstead.ecs.transitions.services import begin_deletion
from roadstead.elbv2.operations.table import WRITES
from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS
from roadstead.elbv2.transitions.targets import remove_targets
from roadstead.state.view import Tx


def delete_group(tx: Tx) -> None:
    """As DeleteTargetGroup does it, which asks for its rules first."""
    remove_targets(tx, GROUP)
    tx.delete(TARGET_GROUPS, GROUP)


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


def test_tasks_that_run_at_once_are_told_of_together() -> None:
    world = BalancedWorld()
    world.create(3, load_balancers=(entry(), entry(GREEN)))
    world.agents_work(WEB)
    said = [each for each in world.events(WEB) if "registered" in each]
    assert sum("in (target-group " + GROUP in each for each in said) == len(said) / 2
    assert (len(world.targets(GROUP)), len(world.targets(GREEN))) == (3, 3)
    assert {task.last_status for task in world.live()} == {"RUNNING"}


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


def test_a_task_that_was_never_registered_stops_without_waiting() -> None:
    world = BalancedWorld()
    world.create(1)
    world.update_service(WEB, desired_count=0)
    (task,) = world.live()
    assert is_agent_to_stop(task.desired_status, task.last_status)


def test_a_delay_of_0_drains_nothing() -> None:
    world = BalancedWorld()
    key = "deregistration_delay.timeout_seconds"
    group = world.view.must(TARGET_GROUPS, GROUP)
    world.update(
        lambda tx: tx.put(TARGET_GROUPS, msgspec.structs.replace(group, attributes={key: "0"}))
    )
    world.create(1)
    world.serve()
    world.update_service(WEB, desired_count=0)
    (task,) = world.live()
    assert (task.last_status, world.targets()) == ("STOPPING", [])


def test_task_dying_by_itself() -> None:
    """LB-21: deregistered at once; nothing waits for containers that are no more."""
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (task,) = world.live()
    world.ends(task)
    assert world.task(task.arn).last_status == "STOPPED"
    assert world.targets() == [], "nothing is left to answer"
    assert world.task(task.arn).targets[0].state == "GONE"
    assert f"(service web) deregistered 1 targets in (target-group {GROUP})" in world.events(WEB)


def test_a_task_that_dies_while_it_drains_is_gone_at_once() -> None:
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (task,) = world.live()
    world.update_service(WEB, desired_count=0)
    world.ends(task)
    assert (world.task(task.arn).last_status, world.targets()) == ("STOPPED", [])


def test_an_orphans_connections_drain() -> None:
    """Nobody tells its agent anything: its containers answer what they got, then nobody asks."""
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (task,) = world.live()
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    world.update(lambda tx: container_instances.deregister_instance(tx, world.call, instance))
    assert world.task(task.arn).last_status == "STOPPED"
    (target,) = world.targets()
    assert target.status == "draining"
    (copy,) = world.live()
    assert copy.container_instance_arn != task.container_instance_arn
    world.pass_time(DELAY_SECONDS)
    assert world.targets() == []
    assert world.task(task.arn).targets[0].state == "GONE"


def test_delete_service_deregisters() -> None:
    """LB-24, SV-40, SV-42: the groups remain; INACTIVE once no connection is waited for."""
    world = BalancedWorld()
    world.create(2)
    world.serve()
    world.update(lambda tx: begin_deletion(tx, world.service(WEB)))
    assert {task.last_status for task in world.live()} == {"DEACTIVATING"}
    assert {target.status for target in world.targets()} == {"draining"}
    assert world.service(WEB).status == "DRAINING"
    world.pass_time(DELAY_SECONDS)
    assert {task.last_status for task in world.live()} == {"STOPPING"}
    assert world.service(WEB).status == "INACTIVE"
    assert world.targets() == []
    assert world.view.get(TARGET_GROUPS, GROUP) is not None


def test_target_group_deleted_under_service() -> None:
    """LB-25: it is said, and tried again; tasks are not stopped for that."""
    world = BalancedWorld()
    world.create(2)
    world.serve()
    group = world.view.must(TARGET_GROUPS, GROUP)

    world.update(delete_group)
    said = (
        f"(service web) failed to register targets in (target-group {GROUP}) with (error "
        "TARGET GROUP IS NOT FOUND)"
    )
    assert world.events(WEB).count(said) == 1
    world.serve(600)
    assert world.events(WEB).count(said) == 1, "said once"
    assert {task.desired_status for task in world.live()} == {"RUNNING"}
    assert len(world.live()) == 2
    assert not world.service(WEB).is_steady
    world.update(lambda tx: tx.put(TARGET_GROUPS, group))
    world.serve(60)
    assert {target.status for target in world.targets()} == {"healthy"}
    assert world.service(WEB).traffic_troubles == {}
    assert world.service(WEB).is_steady


def test_a_task_to_stop_goes_though_its_group_is_gone() -> None:
    world = BalancedWorld()
    world.create(1)
    world.serve()

    world.update_service(WEB, desired_count=0)
    world.update(delete_group)
    (task,) = world.live()
    assert task.last_status == "STOPPING"


def test_registration_limit_or_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """LB-26."""

    def too_many(*_: object) -> None:
        raise ApiError("TooManyTargets", "A target group can have at most 1000 targets")

    world = BalancedWorld()
    monkeypatch.setitem(WRITES, "RegisterTargets", too_many)
    world.create(1)
    world.agents_work(WEB)
    (task,) = world.live()
    assert task.last_status == "ACTIVATING"
    said = "(service web) operations are being throttled on elb. Will try again later."
    assert world.events(WEB)[-1] == said
    monkeypatch.undo()
    world.pass_time(30)
    assert world.task(task.arn).last_status == "RUNNING"
    assert world.events(WEB).count(said) == 1


def test_unused_target() -> None:
    """LB-27: a group that no listener leads to makes no task healthy, and stops none."""
    world = BalancedWorld()
    for rule in world.view.find(RULES_BY_TARGET_GROUP, GREEN):
        changed = msgspec.structs.replace(rule, actions=())
        world.put(changed)
    world.create(1, load_balancers=(entry(GREEN),))
    for _ in range(5):
        world.agents_work(WEB)
        world.pass_time(600)
    (task,) = world.live()
    assert (task.last_status, task.desired_status) == ("RUNNING", "RUNNING")
    assert world.service(WEB).deployments[0].rollout_state == "IN_PROGRESS"


def test_a_target_deregistered_by_hand_is_registered_again() -> None:
    """Its task serves, and is healthy wherever it is asked; ECS keeps its targets."""
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (target,) = world.targets()
    request = {"TargetGroupArn": GROUP, "Targets": [{"Id": target.id, "Port": target.port}]}
    world.update(lambda tx: WRITES["DeregisterTargets"](tx, world.call, request))
    (task,) = world.live()
    assert (task.target_health, task.desired_status) == ("UNKNOWN", "RUNNING")
    world.pass_time(DELAY_SECONDS)
    (target,) = world.targets()
    assert target.status == "initial"
    world.answer()
    assert world.task(task.arn).target_health == "HEALTHY"


def test_a_port_is_not_registered_while_another_task_drains_there() -> None:
    """A static host port: the agent would not start the new task, but an agent may be wrong."""
    world = BalancedWorld(instances=1, definitions=[a_web_definition(1, host_port=80)])
    world.create(1)
    world.serve()
    (old,) = world.live()
    world.update_service(WEB, desired_count=0)
    world.update_service(WEB, desired_count=1)
    (new,) = (task for task in world.live() if task.arn != old.arn)
    world.runs(new, host_port=80)
    assert world.task(new.arn).last_status == "ACTIVATING"
    (target,) = world.targets()
    assert target.status == "draining", "it is the old task's"
    world.pass_time(DELAY_SECONDS)
    assert world.task(old.arn).last_status == "STOPPING"
    assert world.task(new.arn).last_status == "RUNNING", "the drain is over"
    assert world.targets()[0].status == "initial"


def test_a_port_of_a_task_that_died_is_the_next_tasks() -> None:
    world = BalancedWorld(instances=1, definitions=[a_web_definition(1, host_port=80)])
    world.create(1)
    world.serve()
    (old,) = world.live()
    world.ends(old)
    (new,) = world.live()
    world.runs(new, host_port=80)
    (target,) = world.targets()
    assert target.status == "initial", "what was known of the place was of another task"
    assert world.task(old.arn).targets[0].state == "GONE"
    world.answer()
    assert world.task(new.arn).target_health == "HEALTHY"


def test_an_orphans_place_is_taken_over_by_the_task_that_runs_there_now() -> None:
    """Its machine came back as another container instance; the port can be only one task's."""
    world = BalancedWorld(instances=1, definitions=[a_web_definition(1, host_port=80)])
    world.create(1)
    world.serve()
    (old,) = world.live()
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    world.update(lambda tx: container_instances.deregister_instance(tx, world.call, instance))
    world.put(msgspec.structs.replace(instance, arn=instance_arn(9), version=0))
    (new,) = world.live()
    world.runs(new, host_port=80)
    (target,) = world.targets()
    assert target.status == "initial"
    assert world.task(old.arn).targets[0].state == "GONE"
    assert world.task(new.arn).targets[0].state == "REGISTERED"


def test_a_restart_changes_nothing() -> None:
    """Whoever looks at everything finds nothing to do."""
    world = BalancedWorld()
    world.create(2)
    world.serve()
    world.update_service(WEB, desired_count=1)
    for name, reconciler in world.reconcilers.items():
        for key in reconciler.keys(world.view):
            assert reconciler.reconcile(world.view, key, world.now).actions == (), (name, key)


def test_what_ends_a_drain_is_not_asked_twice() -> None:
    world = BalancedWorld()
    world.create(1)
    world.serve()
    (task,) = world.live()
    (target,) = task.targets
    world.update(lambda tx: balancer_calls.stop_draining(tx, a_call(), task.arn, target))
    assert world.view.get(TARGETS, world.targets()[0].arn) is not None, "it does not drain"
    assert world.view.get(SERVICES, WEB) is not None
