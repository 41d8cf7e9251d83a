"""Any story: what ECS registers it deregisters, and nobody is stopped while requests are answered.

Seen after every commit, by the world: no agent is told of a stop that somebody wants while a target
of the task is registered or drains; no lastStatus goes back; plans come to an end.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from traffic_world import GREEN, GROUP, WEB, BalancedWorld, a_web_definition, entry

from given import definition_arn, instance_arn
from roadstead.ecs.operations.tasks import stop_task
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, TASKS_BY_TARGET, Task, target_key
from roadstead.ecs.transitions import container_instances
from roadstead.ecs.transitions.services import begin_deletion
from roadstead.elbv2.operations.table import WRITES
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.elbv2.transitions.targets import report_health

Step = Callable[[BalancedWorld, int], Any]


def nth(world: BalancedWorld, number: int) -> Task | None:
    tasks = world.live()
    return tasks[number % len(tasks)] if tasks else None


def an_agent_starts(world: BalancedWorld, number: int) -> None:
    task = nth(world, number)
    if task is not None and task.last_status == "PENDING":
        world.runs(task)


def an_agent_ends(world: BalancedWorld, number: int) -> None:
    task = nth(world, number)
    if task is not None:
        world.ends(task)


def a_check_is_answered(world: BalancedWorld, number: int) -> None:
    targets = sorted(world.view.all(TARGETS), key=lambda each: each.arn)
    if targets:
        target = targets[number % len(targets)]
        healthy = number % 3 > 0
        world.update(lambda tx: report_health(tx, world.call, target, healthy=healthy))


def somebody_deregisters(world: BalancedWorld, number: int) -> None:
    targets = sorted(world.view.all(TARGETS), key=lambda each: each.arn)
    if targets:
        target = targets[number % len(targets)]
        request = {
            "TargetGroupArn": target.target_group_arn,
            "Targets": [{"Id": target.id, "Port": target.port}],
        }
        world.update(lambda tx: WRITES["DeregisterTargets"](tx, world.call, request))


def the_service_changes(world: BalancedWorld, number: int) -> None:
    if world.service(WEB).status == "ACTIVE":
        world.update_service(WEB, desired_count=number % 4)


def a_revision_is_rolled_out(world: BalancedWorld, number: int) -> None:
    service = world.service(WEB)
    if service.status == "ACTIVE" and len(service.deployments) < 4:
        arn = definition_arn(revision=number % 3 + 1)
        world.update_service(WEB, deploy=True, task_definition_arn=arn)


def a_task_is_stopped(world: BalancedWorld, number: int) -> None:
    task = nth(world, number)
    if task is not None:
        world.update(lambda tx: stop_task(tx, world.call, {"task": task.arn}))


def an_instance_drains(world: BalancedWorld, number: int) -> None:
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(number % 3 + 1))
    status = "ACTIVE" if instance.status == "DRAINING" else "DRAINING"
    if instance.status != "INACTIVE":
        world.update(lambda tx: container_instances.set_status(tx, instance, status))


def an_instance_is_deregistered(world: BalancedWorld, number: int) -> None:
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(number % 3 + 1))
    if instance.status != "INACTIVE" and number % 2:
        world.update(lambda tx: container_instances.deregister_instance(tx, world.call, instance))


def time_passes(world: BalancedWorld, number: int) -> None:
    world.pass_time(number * 20)


def agents_and_checks_work(world: BalancedWorld, number: int) -> None:
    world.serve(10 * (number % 3 + 1))


STEPS: tuple[Step, ...] = (
    an_agent_starts,
    an_agent_starts,
    an_agent_ends,
    a_check_is_answered,
    a_check_is_answered,
    somebody_deregisters,
    the_service_changes,
    a_revision_is_rolled_out,
    a_task_is_stopped,
    an_instance_drains,
    an_instance_is_deregistered,
    time_passes,
    agents_and_checks_work,
)
stories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), max_size=25)


def check_places(world: BalancedWorld) -> None:
    """No place is two living tasks', and what a task says of its targets is so."""
    for task in world.view.all(TASKS):
        for target in task.targets:
            if not target.target_id:
                continue
            key = target_key(target)
            found = world.view.get(TARGETS, key)
            if target.state == "DRAINING":
                assert found is not None, f"{task.arn} waits for nothing"
                assert found.status == "draining", found
            if target.state == "REGISTERED":
                assert found is not None, f"{task.arn} gets nothing"
                holders = [
                    each.arn
                    for each in world.view.find(TASKS_BY_TARGET, key)
                    for one in each.targets
                    if target_key(one) == key and one.state == "REGISTERED"
                ]
                assert holders == [task.arn]


@settings(max_examples=60, deadline=None)
@drawn(stories, st.booleans(), st.booleans())
def test_any_story_ends_without_targets(
    story: list[tuple[Step, int]], is_static: bool, has_two_groups: bool
) -> None:
    ports = {"host_port": 80} if is_static else {}
    world = BalancedWorld(definitions=[a_web_definition(each, **ports) for each in (1, 2, 3)])
    world.create(2, load_balancers=(entry(GROUP), entry(GREEN))[: 1 + has_two_groups])
    for step, number in story:
        step(world, number)
        check_places(world)
    if world.service(WEB).status == "ACTIVE":
        world.update(lambda tx: begin_deletion(tx, world.service(WEB)))
    for _ in range(8):
        world.agents_work(WEB)
        world.pass_time(200)
        check_places(world)
    assert list(world.view.all(TARGETS)) == []
    assert world.live() == []
    assert world.service(WEB).status == "INACTIVE"
