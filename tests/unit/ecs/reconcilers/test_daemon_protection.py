"""Scale-in protection of daemon tasks: no rollout and no drain stops them before it ends."""

from datetime import timedelta

from daemon_world import AGENT, DaemonWorld, a_daemon
from msgspec.structs import replace
from test_daemon import a_world, change

from given import (
    a_cluster,
    a_deployment,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
    instance_arn,
    task_arn,
)
from roadstead.ecs.records.task import TASKS

HELD = (
    "(service agent) was unable to reach steady state because (taskSet *) was unable to scale in "
    "due to (reason 1 tasks under protection)"
)


def protect(world: DaemonWorld, number: int) -> str:
    """The task on the instance, for an hour."""
    (task,) = world.on(instance_arn(number))
    ends_at = world.now + timedelta(hours=1)
    world.put(replace(task, protection_enabled=True, protection_expires_at=ends_at))
    return task.arn


def is_wanted(world: DaemonWorld, arn: str) -> bool:
    task = world.view.get(TASKS, arn)
    return task is not None and task.desired_status == "RUNNING"


def test_TK_90_no_deployment_stops_a_protected_daemon_task() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    protected = protect(world, 2)
    world.update_service(AGENT, deploy=True, task_definition_arn=definition_arn(revision=2))
    world.work_for(AGENT, 600)
    assert is_wanted(world, protected)
    assert len({task.started_by for task in world.tasks(AGENT)}) == 2
    assert HELD in world.events(AGENT)
    world.work_for(AGENT, 3200)
    assert not is_wanted(world, protected)
    assert world.service(AGENT).is_steady
    assert [each.rollout_state for each in world.service(AGENT).deployments] == ["COMPLETED"]


def test_a_protected_daemon_task_stays_on_a_draining_instance_until_its_time_is_over() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    protected = protect(world, 2)
    change(world, 2, status="DRAINING")
    world.work_for(AGENT, 3500)
    assert is_wanted(world, protected)
    world.work_for(AGENT, 120)
    assert not is_wanted(world, protected)


def test_a_protected_daemon_task_goes_where_its_service_wants_none() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    protected = protect(world, 2)
    on_ssd = ({"type": "memberOf", "expression": "attribute:disk == ssd"},)
    world.update_service(AGENT, placement_constraints=on_ssd)
    assert not is_wanted(world, protected)


def test_an_unhealthy_daemon_task_is_replaced_though_it_is_protected() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    protected = protect(world, 2)
    task = world.view.must(TASKS, protected)
    checked = tuple(replace(each, has_health_check=True) for each in task.containers)
    world.put(replace(task, containers=checked, health_status="UNHEALTHY"))
    assert not is_wanted(world, protected)


def test_a_young_protected_daemon_task_lets_no_healthy_one_go_before_it_is_healthy() -> None:
    world = DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(an_instance(number) for number in (1, 2, 3)),
        *(
            a_task(number, service="agent", is_daemon=True, instance=number, deployment=deployment)
            for number, deployment in ((1, 2), (2, 1))
        ),
        a_task(
            3,
            service="agent",
            is_daemon=True,
            instance=3,
            protection_enabled=True,
            started_at=ago(10),
        ),
        a_daemon(
            minimum_healthy_percent=66,
            deployments=(
                a_deployment(
                    2, rollout_state="IN_PROGRESS", task_definition_arn=definition_arn(revision=2)
                ),
                a_deployment(1, status="ACTIVE"),
            ),
        ),
    )
    world.settle()
    assert is_wanted(world, task_arn(2))
    world.pass_time(30)
    assert not is_wanted(world, task_arn(2))
