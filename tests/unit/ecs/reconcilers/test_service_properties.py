"""Whatever happens to a service: what must never happen does not, and in the end all is well.

The small world checks after every plan that no stop went below the minimum, no start above the
maximum, that there is one PRIMARY deployment, that a deleted service starts nothing, and that the
plan settled what it could.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from small_world import World

from given import (
    a_cluster,
    a_container,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
    deployment_id,
    instance_arn,
    service_arn,
)
from roadstead.ecs.reconcilers.service import choice
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES, Rebalancing
from roadstead.ecs.records.service_tasks import STANDINGS
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, LIVE_TASKS_BY_SERVICE, TASKS
from roadstead.ecs.rules.rebalancing import is_balanced
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.transitions.tasks import orphan_task, stop_task
from roadstead.state.view import Tx

WEB = service_arn("web")
INSTANCES = 4
ZONES = ("us-east-1a", "us-east-1b")
CHECKED = {
    "containerDefinitions": [{"name": "app", "healthCheck": {"command": ["CMD-SHELL", "true"]}}]
}

percentages = st.tuples(st.integers(0, 100), st.integers(100, 250)).filter(
    lambda both: both != (100, 100)
)
counts = st.integers(0, 9)
picks = st.integers(0, 30)


def one_of_the_tasks(world: World, pick: int) -> Any:
    tasks = world.view.find(LIVE_TASKS_BY_SERVICE, WEB)
    return tasks[pick % len(tasks)] if tasks else None


def runs(world: World, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.last_status == "PENDING":
        world.report(task, "RUNNING")


def ends(world: World, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task:
        world.report(task, "STOPPED")


def is_stopped_by_a_user(world: World, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task:
        world.update(
            lambda tx: stop_task(tx, world.call, task, reason="", stop_code="UserInitiated")
        )


def health_changes(world: World, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.last_status == "RUNNING":
        health = ("HEALTHY", "UNHEALTHY", "UNKNOWN")[pick % 3]
        world.put(msgspec.structs.replace(task, health_status=health))


def time_passes(world: World, pick: int) -> None:
    world.pass_time(pick**2)


def is_scaled(world: World, pick: int) -> None:
    if world.service(WEB).status == "ACTIVE":
        world.update_service(WEB, desired_count=pick % 10)


def is_updated(world: World, pick: int) -> None:
    if world.service(WEB).status == "ACTIVE":
        revision = definition_arn(revision=1 + pick % 3)
        world.update_service(WEB, deploy=True, task_definition_arn=revision)


def percentages_change(world: World, pick: int) -> None:
    if world.service(WEB).status == "ACTIVE":
        world.update_service(
            WEB, minimum_healthy_percent=pick * 3, maximum_percent=100 + (pick * 37) % 130
        )


def an_instance_changes(world: World, pick: int) -> None:
    arn = instance_arn(1 + pick % INSTANCES)
    instance = world.view.get(CONTAINER_INSTANCES, arn)
    if instance is None or instance.status == "INACTIVE":
        return
    status = ("ACTIVE", "DRAINING", "INACTIVE")[pick // INSTANCES % 3]
    instance = msgspec.structs.replace(instance, status=status, deregistered_at=world.now)

    def change(tx: Tx) -> None:
        tx.put(CONTAINER_INSTANCES, instance)
        if status == "INACTIVE":
            for task in tx.find(LIVE_TASKS_BY_INSTANCE, arn):
                orphan_task(tx, world.call, task, reason="deregistered")

    world.update(change)


def an_agent_comes_or_goes(world: World, pick: int) -> None:
    instance = world.view.get(CONTAINER_INSTANCES, instance_arn(1 + pick % INSTANCES))
    if instance is not None and instance.status != "INACTIVE":
        world.put(msgspec.structs.replace(instance, agent_connected=pick % 2 == 0))


def is_protected(world: World, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.desired_status == "RUNNING":
        ends_at = world.now + timedelta(seconds=pick * 30)
        world.put(
            msgspec.structs.replace(
                task, protection_enabled=pick % 4 > 0, protection_expires_at=ends_at
            )
        )


def rollout_is_given_up(world: World, pick: int) -> None:
    service = world.service(WEB)
    primary = service.deployments[0]
    if service.status == "ACTIVE" and primary.rollout_state == "IN_PROGRESS" and pick % 3 == 0:
        primary = msgspec.structs.replace(primary, rollout_state="FAILED")
        deployments = (primary, *service.deployments[1:])
        world.put(msgspec.structs.replace(service, deployments=deployments))


def is_deleted(world: World, pick: int) -> None:
    if pick < 3 and world.service(WEB).status == "ACTIVE":
        world.update(lambda tx: transitions.begin_deletion(tx, world.service(WEB)))


HAPPENINGS: tuple[Callable[[World, int], None], ...] = (
    runs,
    runs,
    runs,
    ends,
    is_stopped_by_a_user,
    health_changes,
    time_passes,
    time_passes,
    is_scaled,
    is_updated,
    percentages_change,
    an_instance_changes,
    an_agent_comes_or_goes,
    is_protected,
    rollout_is_given_up,
    is_deleted,
)
stories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), picks), max_size=25)


def a_world(desired: int, percents: tuple[int, int], *, checked: bool, rebalancing: str) -> World:
    return World(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        a_task_definition(revision=3, document=CHECKED if checked else {}),
        *(
            an_instance(n + 1, cpu_units=128 * 6, availability_zone=ZONES[n % 2])
            for n in range(INSTANCES)
        ),
        a_service(
            desired_count=desired,
            minimum_healthy_percent=percents[0],
            maximum_percent=percents[1],
            availability_zone_rebalancing=rebalancing,
            deployments=(a_deployment(rollout_state="IN_PROGRESS"),),
        ),
    )


@settings(deadline=None, max_examples=60)
@drawn(counts, percentages, stories, st.booleans(), st.sampled_from(("ENABLED", "DISABLED")))
def test_nothing_forbidden_happens_and_once_trouble_ends_the_service_is_steady(
    desired: int,
    percents: tuple[int, int],
    story: list[tuple[Callable[[World, int], None], int]],
    checked: bool,
    rebalancing: str,
) -> None:
    world = a_world(desired, percents, checked=checked, rebalancing=rebalancing)
    world.settle()
    for happening, pick in story:
        happening(world, pick)
    trouble_ends(world)
    service = world.view.get(SERVICES, WEB)
    if service is None or service.status == "INACTIVE":
        assert world.tasks(WEB) == []
        return
    assert service.status == "ACTIVE"
    assert [each.rollout_state for each in service.deployments] == ["COMPLETED"]
    assert service.is_steady
    assert len(world.tasks(WEB)) == service.desired_count
    assert {task.started_by for task in world.tasks(WEB)} <= {service.deployments[0].id}
    assert service.waiting_reason == ""
    if rebalancing == "ENABLED":
        zones = Counter(dict.fromkeys(ZONES, 0))
        zones.update(task.availability_zone for task in world.tasks(WEB))
        assert is_balanced(zones), zones


def trouble_ends(world: World) -> None:
    """Room for everything, agents that answer, checks that pass, percentages that allow all."""
    world.put(*(an_instance(100 + n, availability_zone=ZONES[n % 2]) for n in range(4)))
    for number in range(INSTANCES):
        instance = world.view.get(CONTAINER_INSTANCES, instance_arn(number + 1))
        if instance and instance.status != "INACTIVE":
            world.put(msgspec.structs.replace(instance, agent_connected=True))
    if world.service(WEB).status == "ACTIVE":
        is_given_up = world.service(WEB).deployments[0].rollout_state == "FAILED"
        world.update_service(
            WEB, deploy=is_given_up, minimum_healthy_percent=50, maximum_percent=200
        )
    for _ in range(120):
        world.agents_work(WEB)
        world.update(checks_pass)
        world.pass_time(20)


def checks_pass(tx: Tx) -> None:
    for task in tx.find(LIVE_TASKS_BY_SERVICE, WEB):
        if task.last_status == "RUNNING":
            tx.put(TASKS, msgspec.structs.replace(task, health_status="HEALTHY"))


def going_on(arns: list[str]) -> Rebalancing:
    return Rebalancing(
        is_active=True,
        deployment_id=deployment_id(),
        desired_count=5,
        extra=tuple((arn, ZONES[0]) for arn in arns),
    )


@st.composite
def states(draw: st.DrawFn) -> World:
    """A state that no history need have led to."""
    deployments = draw(st.integers(1, 3))
    tasks = [
        a_task(
            number,
            service="web",
            deployment=draw(st.integers(1, deployments)),
            instance=draw(st.integers(1, INSTANCES)),
            last_status="PENDING" if where == "PENDING" else "RUNNING",
            health_status=where if where in ("HEALTHY", "UNHEALTHY") else "UNKNOWN",
            protection_enabled=draw(st.sampled_from((False, False, True))),
            protection_expires_at=draw(st.sampled_from((None, ago(5), ago(-500)))),
            containers=(a_container(has_health_check=where not in ("PENDING", "RUNNING")),),
            created_at=ago(900),
            started_at=None if where == "PENDING" else ago(draw(st.sampled_from((5, 39, 40, 900)))),
        )
        for number, where in enumerate(draw(st.lists(st.sampled_from(STANDINGS), max_size=14)))
    ]
    minimum, maximum = draw(percentages)
    is_external = draw(st.booleans())
    shares = st.sampled_from((0.0, 33.3, 50.0, 100.0) if is_external else (None, None, 50.0, 100.0))
    return World(
        a_cluster(),
        a_task_definition(),
        *(
            an_instance(
                n + 1,
                availability_zone=ZONES[n % 2],
                cpu_units=draw(st.sampled_from((0, 512, 4096))),
                status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "DRAINING"))),
            )
            for n in range(INSTANCES)
        ),
        *tasks,
        a_service(
            desired_count=draw(counts),
            deployment_controller="EXTERNAL" if is_external else "ECS",
            status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"))),
            minimum_healthy_percent=minimum,
            maximum_percent=maximum,
            health_check_grace_period_seconds=draw(st.sampled_from((0, 30))),
            availability_zone_rebalancing=draw(st.sampled_from(("ENABLED", "DISABLED"))),
            rebalancing=draw(st.sampled_from((None, going_on([task.arn for task in tasks[:2]])))),
            waiting_reason=draw(st.sampled_from(("", "RESOURCE:CPU", "AGENT"))),
            waiting_since=ago(60),
            is_steady=draw(st.booleans()),
            deployments=tuple(
                a_deployment(
                    n + 1,
                    status="PRIMARY" if n == 0 else "ACTIVE",
                    rollout_state=draw(st.sampled_from(("IN_PROGRESS", "COMPLETED", "FAILED"))),
                    scale_percent=draw(shares),
                    failed_starts=draw(st.integers(0, 2)),
                    next_try_at=draw(st.sampled_from((None, ago(1), ago(-30)))),
                )
                for n in range(deployments)
            ),
        ),
    )


@settings(deadline=None, max_examples=150)
@drawn(states(), st.sampled_from((0, choice.WALKED_MAX)))
def test_any_state_settles(world: World, walked_max: int) -> None:
    """Though it be so big that its tasks are not compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "WALKED_MAX", walked_max)
        world.settle()
    for name, reconciler in world.reconcilers.items():
        for key in reconciler.keys(world.view):
            again = reconciler.reconcile(world.view, key, world.now)
            assert not again.actions, (name, key, again)
