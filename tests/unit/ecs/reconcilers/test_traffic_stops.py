"""Whoever stops a task: its connections drain first, and its agent hears of the stop afterwards.

That no agent hears of it earlier is checked after every commit, by the world itself.
"""

from collections.abc import Callable

import msgspec
import pytest
from traffic_world import DELAY_SECONDS, GREEN, GROUP, WEB, BalancedWorld, entry, on_instance

from given import REGION, a_task_set, an_external_service, definition_arn, instance_arn
from roadstead.ecs.operations.tasks import stop_task
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_set import TASK_SETS
from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop
from roadstead.ecs.transitions import container_instances, task_sets
from roadstead.ecs.transitions.services import begin_deletion
from roadstead.state.view import Tx


def a_served_world(count: int = 2, **fields: object) -> BalancedWorld:
    world = BalancedWorld()
    world.create(count, **fields)  # type: ignore[arg-type]  # any field of the record
    world.serve()
    assert {task.target_health for task in world.live()} == {"HEALTHY"}
    return world


def scale_in(world: BalancedWorld) -> None:
    world.update_service(WEB, desired_count=1)


def deploy(world: BalancedWorld) -> None:
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=2))
    world.serve(20)


def drain(world: BalancedWorld) -> None:
    (task, *_) = world.live()
    instance = world.view.must(CONTAINER_INSTANCES, task.container_instance_arn)
    world.update(lambda tx: container_instances.set_status(tx, instance, "DRAINING"))
    world.serve(20)


def stop(world: BalancedWorld) -> None:
    (task, *_) = world.live()
    world.update(lambda tx: stop_task(tx, world.call, {"task": task.arn}))


def fail_checks(world: BalancedWorld) -> None:
    world.answer(healthy=False, reason="Target.ResponseCodeMismatch")
    world.agents_work(WEB)
    world.answer(healthy=False, reason="Target.ResponseCodeMismatch")


def delete(world: BalancedWorld) -> None:
    world.update(lambda tx: begin_deletion(tx, world.service(WEB)))


@pytest.mark.parametrize("act", [scale_in, deploy, drain, stop, fail_checks, delete])
def test_a_stop_of_any_kind_drains_first(act: Callable[[BalancedWorld], None]) -> None:
    world = a_served_world()
    before = {task.arn for task in world.live()}
    act(world)
    going = [task for task in world.live() if task.desired_status == "STOPPED"]
    assert going
    assert {task.arn for task in going} <= before
    assert_drains_first(world, going)


def assert_drains_first(world: BalancedWorld, going: list[Task]) -> None:
    """They are DEACTIVATING for the whole delay, and only then are their agents told."""
    assert {task.last_status for task in going} == {"DEACTIVATING"}
    for task in going:
        target = world.target_of(task, task.targets[0].target_group_arn)
        assert target is not None
        assert target.status == "draining"
        assert not is_agent_to_stop(task.desired_status, task.last_status)
    world.pass_time(DELAY_SECONDS)
    for task in going:
        after = world.task(task.arn)
        assert after.last_status == "STOPPING"
        assert is_agent_to_stop(after.desired_status, after.last_status)


def test_a_task_set_that_shrinks_drains_first() -> None:
    world = BalancedWorld()
    sets = a_task_set(1, load_balancers=(entry(GREEN),))
    service = msgspec.structs.replace(an_external_service(desired_count=2), deployments=())
    world.update(lambda tx: tx.put(SERVICES, service))
    world.update(lambda tx: task_sets.create_task_set(tx, world.call, service, sets))
    world.serve()
    assert len(world.targets(GREEN)) == 2

    def shrink(tx: Tx) -> None:
        now = tx.must(TASK_SETS, sets.arn)
        task_sets.scale_task_set(tx, world.call, world.service(WEB), now, 50.0)

    world.update(shrink)
    assert_drains_first(world, [each for each in world.live() if each.desired_status == "STOPPED"])
    said = [each for each in world.events(WEB) if "draining" in each]
    assert said == ["(service web, taskSet *) has begun draining connections on 1 tasks."]


def test_a_task_that_is_moved_to_another_zone_drains_first() -> None:
    world = a_served_world(availability_zone_rebalancing="ENABLED")
    empty = world.view.must(CONTAINER_INSTANCES, instance_arn(3))
    assert on_instance(world.live(), 3) == []
    elsewhere = f"{REGION}b"
    attributes = {**empty.attributes, "ecs.availability-zone": elsewhere}
    world.put(msgspec.structs.replace(empty, availability_zone=elsewhere, attributes=attributes))
    world.serve(200)
    going = [task for task in world.live() if task.desired_status == "STOPPED"]
    assert [task.last_status for task in going] == ["DEACTIVATING"]
    assert any("AZ rebalancing" in each for each in world.events(WEB))


def test_a_daemons_task_drains_first() -> None:
    world = BalancedWorld()
    world.create(0, scheduling_strategy="DAEMON", minimum_healthy_percent=0, maximum_percent=100)
    world.serve()
    assert len(world.targets()) == 3
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    world.update(lambda tx: container_instances.set_status(tx, instance, "DRAINING"))
    (going,) = on_instance(world.live(), 1)
    assert_drains_first(world, [going])


def test_unhealthy_targets_are_replaced_and_told() -> None:
    """SV-55, and the sentences of 06c."""
    world = a_served_world(1)
    (sick,) = world.live()
    sentence = "Health checks failed with these codes: [503]"
    world.answer(healthy=False, reason="Target.ResponseCodeMismatch", description=sentence)
    (fresh,) = (task for task in world.live() if task.arn != sick.arn)
    world.agents_work(WEB)
    assert world.task(sick.arn).desired_status == "RUNNING", "its replacement is not healthy yet"
    target = world.target_of(world.task(fresh.arn))
    assert target is not None
    world.answer_of(target)
    sick = world.task(sick.arn)
    assert sick.last_status == "DEACTIVATING"
    assert sick.stopped_reason == f"Task failed ELB health checks in (target-group {GROUP})"
    port = sick.targets[0].port
    name = sick.targets[0].target_id
    assert (
        f"(service web) (instance {name}) (port {port}) is unhealthy in (target-group {GROUP}) due "
        f"to (reason {sentence})."
    ) in world.events(WEB)


def test_grace_period() -> None:
    """SV-57: what load balancers say is ignored for so long after RUNNING."""
    world = BalancedWorld()
    world.create(1, health_check_grace_period_seconds=120)
    world.agents_work(WEB)
    world.answer(healthy=False)
    (task,) = world.live()
    assert task.target_health == "UNHEALTHY"
    world.pass_time(119)
    assert len(world.live()) == 1
    world.pass_time(1)
    assert len(world.live()) == 2


def test_deployment_waits_for_target_healthy() -> None:
    """LB-22."""
    world = a_served_world(1)
    (old,) = world.live()
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=2))
    world.agents_work(WEB)
    world.pass_time(3600)
    assert world.task(old.arn).desired_status == "RUNNING"
    world.answer()
    assert world.task(old.arn).last_status == "DEACTIVATING"
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"


def test_the_circuit_breaker_counts_tasks_whose_targets_fail() -> None:
    """LB-22, DP-11: stage two."""
    world = BalancedWorld()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    world.create(1, configuration=breaker)
    world.serve()
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=2))
    new = world.service(WEB).deployments[0].id
    for _ in range(40):
        world.agents_work(WEB)
        for task in world.live():
            target = world.target_of(task) if task.targets[0].target_id else None
            if target is not None and task.started_by == new:
                world.answer_of(target, healthy=False)
        world.pass_time(30)
    deployments = world.service(WEB).deployments
    assert deployments[0].id != new
    assert deployments[0].task_definition_arn == definition_arn()
    assert "(service web) rolling back to deployment *." in world.events(WEB)


def test_healthy_in_every_target_group() -> None:
    """SV-54: one group is not enough; nor is one unhealthy group too few."""
    world = BalancedWorld()
    world.create(1, load_balancers=(entry(GROUP), entry(GREEN)))
    world.agents_work(WEB)
    (target,) = world.targets(GROUP)
    world.answer_of(target)
    (task,) = world.live()
    assert task.target_health == "UNKNOWN"
    assert world.service(WEB).deployments[0].rollout_state == "IN_PROGRESS"
    (other,) = world.targets(GREEN)
    world.answer_of(other)
    assert world.task(task.arn).target_health == "HEALTHY"
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"
    world.answer_of(world.targets(GREEN)[0], healthy=False)
    assert world.task(task.arn).target_health == "UNHEALTHY"
