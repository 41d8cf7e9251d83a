"""Whatever happens to a cluster: a DAEMON service never has two tasks on an instance, no rollout of
one goes below its minimum, and once trouble ends every instance that matches has its task.

The worlds check the first two after every plan.
"""

from collections.abc import Callable
from datetime import timedelta

import msgspec
from daemon_world import AGENT, DaemonWorld, a_daemon, a_replica
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import (
    a_cluster,
    a_container,
    a_deployment,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
    instance_arn,
    service_arn,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_tasks import STANDINGS
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, TASKS, Task
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.transitions.container_instances import deregister_instance
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.view import Tx

WEB = service_arn("web")
INSTANCES = 5
ON_SSD = ({"type": "memberOf", "expression": "attribute:disk == ssd"},)
picks = st.integers(0, 40)


def one_of_the_tasks(world: DaemonWorld, pick: int) -> Task | None:
    tasks = [*world.view.find(LIVE_TASKS_BY_SERVICE, AGENT)]
    tasks += world.view.find(LIVE_TASKS_BY_SERVICE, WEB)
    return tasks[pick % len(tasks)] if tasks else None


def runs(world: DaemonWorld, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.last_status == "PENDING":
        world.report(task, "RUNNING")


def ends(world: DaemonWorld, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task:
        world.report(task, "STOPPED")


def is_stopped_by_a_user(world: DaemonWorld, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task:
        world.update(
            lambda tx: stop_task(tx, world.call, task, reason="", stop_code="UserInitiated")
        )


def agents_answer(world: DaemonWorld, pick: int) -> None:
    world.agents_work((AGENT, WEB)[pick % 2])


def health_changes(world: DaemonWorld, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.last_status == "RUNNING":
        containers = (msgspec.structs.replace(task.containers[0], has_health_check=True),)
        health = ("HEALTHY", "UNHEALTHY", "UNKNOWN")[pick % 3]
        world.put(msgspec.structs.replace(task, containers=containers, health_status=health))


def is_protected(world: DaemonWorld, pick: int) -> None:
    task = one_of_the_tasks(world, pick)
    if task and task.desired_status == "RUNNING":
        ends_at = world.now + timedelta(seconds=pick * 30)
        world.put(
            msgspec.structs.replace(
                task, protection_enabled=pick % 4 > 0, protection_expires_at=ends_at
            )
        )


def time_passes(world: DaemonWorld, pick: int) -> None:
    world.pass_time(pick**2)


def is_updated(world: DaemonWorld, pick: int) -> None:
    if world.service(AGENT).status == "ACTIVE":
        revision = definition_arn(revision=1 + pick % 2)
        world.update_service(AGENT, deploy=True, task_definition_arn=revision)


def the_minimum_changes(world: DaemonWorld, pick: int) -> None:
    if world.service(AGENT).status == "ACTIVE":
        world.update_service(AGENT, minimum_healthy_percent=min(100, pick * 3))


def constraints_change(world: DaemonWorld, pick: int) -> None:
    if world.service(AGENT).status == "ACTIVE":
        world.update_service(AGENT, placement_constraints=ON_SSD if pick % 2 else ())


def an_instance_changes(world: DaemonWorld, pick: int) -> None:
    instance = world.view.get(CONTAINER_INSTANCES, instance_arn(1 + pick % INSTANCES))
    if instance is None or instance.status == "INACTIVE":
        return
    match pick // INSTANCES % 5:
        case 0:
            status = "DRAINING" if instance.status == "ACTIVE" else "ACTIVE"
            world.put(msgspec.structs.replace(instance, status=status))
        case 1:
            world.update(lambda tx: deregister_instance(tx, world.call, instance))
        case 2:
            disk = {} if instance.custom_attributes else {"disk": "ssd"}
            world.put(msgspec.structs.replace(instance, custom_attributes=disk))
        case _:
            is_there = not instance.agent_connected
            world.put(msgspec.structs.replace(instance, agent_connected=is_there))


def an_instance_comes(world: DaemonWorld, pick: int) -> None:
    arn = instance_arn(10 + pick)
    if world.view.get(CONTAINER_INSTANCES, arn) is None:
        world.put(an_instance(10 + pick, cpu_units=(64, 512, 2048)[pick % 3]))


def the_replica_service_is_scaled(world: DaemonWorld, pick: int) -> None:
    world.update_service(WEB, desired_count=pick % 8)


def rollout_is_given_up(world: DaemonWorld, pick: int) -> None:
    service = world.service(AGENT)
    first = service.deployments[0]
    if pick < 10 and service.status == "ACTIVE" and first.rollout_state == "IN_PROGRESS":
        failed = msgspec.structs.replace(first, rollout_state="FAILED")
        deployments = (failed, *service.deployments[1:])
        world.put(msgspec.structs.replace(service, deployments=deployments))


def is_deleted(world: DaemonWorld, pick: int) -> None:
    if pick < 3 and world.service(AGENT).status == "ACTIVE":
        world.update(lambda tx: transitions.begin_deletion(tx, world.service(AGENT)))


HAPPENINGS: tuple[Callable[[DaemonWorld, int], None], ...] = (
    runs,
    runs,
    runs,
    ends,
    is_stopped_by_a_user,
    agents_answer,
    agents_answer,
    health_changes,
    is_protected,
    time_passes,
    time_passes,
    is_updated,
    the_minimum_changes,
    constraints_change,
    an_instance_changes,
    an_instance_changes,
    an_instance_comes,
    the_replica_service_is_scaled,
    rollout_is_given_up,
    is_deleted,
)
stories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), picks), max_size=25)


@settings(deadline=None, max_examples=60)
@drawn(st.integers(0, 100), stories)
def test_once_trouble_ends_every_matching_instance_has_its_one_task(
    minimum: int, story: list[tuple[Callable[[DaemonWorld, int], None], int]]
) -> None:
    world = DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(
            an_instance(n + 1, cpu_units=512, custom_attributes={"disk": "ssd"} if n % 2 else {})
            for n in range(INSTANCES)
        ),
        a_daemon(minimum_healthy_percent=minimum),
        a_replica(),
    )
    world.settle()
    for happening, pick in story:
        happening(world, pick)
    trouble_ends(world)
    service = world.view.get(SERVICES, AGENT)
    if service is None or service.status == "INACTIVE":
        assert world.tasks(AGENT) == []
        return
    active = [each for each in world.view.all(CONTAINER_INSTANCES) if each.status == "ACTIVE"]
    assert world.places() == sorted(each.arn for each in active)
    assert service.desired_count == len(active)
    assert [each.rollout_state for each in service.deployments] == ["COMPLETED"]
    assert {task.started_by for task in world.tasks(AGENT)} <= {service.deployments[0].id}
    assert service.is_steady
    assert service.waiting_reason == ""


def trouble_ends(world: DaemonWorld) -> None:
    """Room everywhere, agents that answer, checks that pass, a minimum that allows to move."""
    for instance in list(world.view.all(CONTAINER_INSTANCES)):
        if instance.status != "INACTIVE":
            world.put(msgspec.structs.replace(instance, agent_connected=True, cpu_units=4096))
    if world.service(AGENT).status == "ACTIVE":
        is_given_up = world.service(AGENT).deployments[0].rollout_state == "FAILED"
        world.update_service(
            AGENT, deploy=is_given_up, minimum_healthy_percent=50, placement_constraints=()
        )
    world.update_service(WEB, desired_count=1)
    for _ in range(100):
        world.agents_work(AGENT)
        world.agents_work(WEB)
        world.update(checks_pass)
        world.pass_time(20)


def checks_pass(tx: Tx) -> None:
    for service_arn_ in (AGENT, WEB):
        for task in tx.find(LIVE_TASKS_BY_SERVICE, service_arn_):
            if task.last_status == "RUNNING":
                tx.put(TASKS, msgspec.structs.replace(task, health_status="HEALTHY"))


@st.composite
def states(draw: st.DrawFn) -> DaemonWorld:
    """A state that no history need have led to, but for two tasks on an instance."""
    deployments = draw(st.integers(1, 3))
    tasks = [
        a_task(
            number,
            service="agent",
            is_daemon=True,
            deployment=draw(st.integers(1, deployments)),
            instance=number,
            last_status="PENDING" if where == "PENDING" else "RUNNING",
            desired_status=draw(st.sampled_from(("RUNNING", "RUNNING", "RUNNING", "STOPPED"))),
            health_status=where if where in ("HEALTHY", "UNHEALTHY") else "UNKNOWN",
            protection_enabled=draw(st.sampled_from((False, False, True))),
            protection_expires_at=draw(st.sampled_from((None, ago(5), ago(-500)))),
            containers=(a_container(has_health_check=where not in ("PENDING", "RUNNING")),),
            created_at=ago(900),
            started_at=None if where == "PENDING" else ago(draw(st.sampled_from((5, 39, 40, 900)))),
        )
        for number, where in enumerate(draw(st.lists(st.sampled_from(STANDINGS), max_size=8)))
    ]
    served = draw(st.lists(st.integers(0, 7), max_size=4))
    return DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(
            a_task(20 + number, service="web", deployment=9, instance=instance)
            for number, instance in enumerate(served)
        ),
        *(
            an_instance(
                n,
                cpu_units=draw(st.sampled_from((64, 512, 4096))),
                status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "DRAINING"))),
                agent_connected=draw(st.sampled_from((True, True, False))),
                custom_attributes=draw(st.sampled_from(({}, {"disk": "ssd"}))),
            )
            for n in range(8)
        ),
        *tasks,
        a_replica(desired_count=draw(st.integers(0, 4)), minimum_healthy_percent=100),
        a_daemon(
            status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"))),
            minimum_healthy_percent=draw(st.integers(0, 100)),
            placement_constraints=draw(st.sampled_from(((), ON_SSD))),
            health_check_grace_period_seconds=draw(st.sampled_from((0, 30))),
            waiting_reason=draw(st.sampled_from(("", "RESOURCE:CPU"))),
            waiting_since=ago(60),
            is_steady=draw(st.booleans()),
            deployments=tuple(
                a_deployment(
                    n + 1,
                    status="PRIMARY" if n == 0 else "ACTIVE",
                    rollout_state=draw(st.sampled_from(("IN_PROGRESS", "COMPLETED", "FAILED"))),
                    failed_starts=draw(st.integers(0, 2)),
                    next_try_at=draw(st.sampled_from((None, ago(1), ago(-30)))),
                )
                for n in range(deployments)
            ),
        ),
    )


@settings(deadline=None, max_examples=150)
@drawn(states())
def test_any_state_of_a_daemon_settles(world: DaemonWorld) -> None:
    world.settle()
    for name, reconciler in world.reconcilers.items():
        for key in reconciler.keys(world.view):
            again = reconciler.reconcile(world.view, key, world.now)
            assert not again.actions, (name, key, again)
