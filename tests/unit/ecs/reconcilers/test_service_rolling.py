"""The service scheduler over time: what a service's user sees happen."""

from collections import Counter

import msgspec
import pytest
from small_world import World, ids_of

from given import (
    a_cluster,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    definition_arn,
    deployment_id,
    instance_arn,
    service_arn,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.transitions.tasks import orphan_task
from roadstead.state.records import Record

WEB = service_arn("web")
STARTED = "(service web) has started {} tasks: {}."
STOPPED = "(service web) has stopped {} running tasks: {}."
STEADY = "(service web) has reached a steady state."
COMPLETED = "(service web) (deployment *) deployment completed."
BLOCKED = (
    "(service web) was unable to stop or start tasks during a deployment because of the service "
    "deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try "
    "again."
)


def started(count: int) -> str:
    return STARTED.format(count, " ".join(["(task *)"] * count))


def stopped(count: int) -> str:
    return STOPPED.format(count, " ".join(["(task *)"] * count))


def a_new_service(**fields: object) -> Service:
    return a_service(deployments=(a_deployment(rollout_state="IN_PROGRESS"),), **fields)


def a_world(*records: Record, instances: int = 3) -> World:
    return World(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(an_instance(number + 1) for number in range(instances)),
        *records,
    )


def a_running_world(count: int = 4, *, instances: int = 3, **fields: object) -> World:
    """A service with all its tasks, steady."""
    world = a_world(
        a_service(desired_count=count, is_steady=True, **fields),
        *(a_task(n, service="web", instance=1 + n % instances) for n in range(count)),
        instances=instances,
    )
    assert world.settle() == []
    return world


def roll_out(world: World) -> None:
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=2))


def test_keeps_desired_count() -> None:
    world = a_world(a_new_service(desired_count=3))
    world.settle()
    assert len(world.tasks(WEB)) == 3
    world.agents_work(WEB)
    world.pass_time(39)
    assert world.events(WEB) == [started(3)]
    world.pass_time(1)
    assert world.events(WEB) == [started(3), COMPLETED, STEADY]
    deployment = world.service(WEB).deployments[0]
    assert deployment.rollout_state == "COMPLETED"
    assert deployment.rollout_state_reason == f"ECS deployment {deployment.id} completed."


def test_its_tasks_belong_to_the_service_and_name_their_deployment() -> None:
    world = a_world(
        a_new_service(enable_ecs_managed_tags=True, propagate_tags="SERVICE", tags={"a": "b"})
    )
    world.settle()
    (task,) = world.tasks(WEB)
    assert (task.group, task.started_by) == ("service:web", deployment_id())
    assert task.tags == {
        "a": "b",
        "aws:ecs:clusterName": "default",
        "aws:ecs:serviceName": "web",
    }


def test_SV_15_a_service_of_none_completes_at_once() -> None:
    world = a_world(a_new_service(desired_count=0))
    world.settle()
    assert world.events(WEB) == [COMPLETED, STEADY]


def test_keeps_desired_count_when_it_changes() -> None:
    world = a_running_world(2)
    world.update_service(WEB, desired_count=5)
    assert len(world.tasks(WEB)) == 5
    world.work_for(WEB, 60)
    world.update_service(WEB, desired_count=1)
    assert len(world.tasks(WEB)) == 1
    assert world.events(WEB) == [started(3), STEADY, stopped(4), STEADY]
    assert len(world.service(WEB).deployments) == 1


def test_scale_in_order() -> None:
    world = a_running_world(2)
    world.update_service(WEB, desired_count=4)
    world.update_service(WEB, desired_count=2)
    assert {task.last_status for task in world.tasks(WEB)} == {"RUNNING"}
    assert world.events(WEB) == [started(2), "(service web) stopped 2 pending tasks.", STEADY]


def test_tasks_that_scale_in_stops_name_the_deployment_as_the_reason() -> None:
    world = a_running_world(1)
    (task,) = world.tasks(WEB)
    world.update_service(WEB, desired_count=0)
    task = world.view.must(TASKS, task.arn)
    assert (task.stop_code, task.stopped_reason) == (
        "ServiceSchedulerInitiated",
        f"Scaling activity initiated by (deployment {deployment_id()})",
    )


def test_stopped_task_replaced_at_once() -> None:
    world = a_running_world(3)
    world.report(world.tasks(WEB)[0], "STOPPED")
    assert len(world.tasks(WEB)) == 3
    assert world.events(WEB) == [started(1)]


def test_DP_03_a_rolling_update_starts_waits_for_health_stops_and_completes() -> None:
    world = a_running_world(4)
    old = ids_of(world.tasks(WEB))
    roll_out(world)
    assert len(world.tasks(WEB)) == 8
    assert [each.status for each in world.service(WEB).deployments] == ["PRIMARY", "ACTIVE"]
    world.agents_work(WEB)
    world.pass_time(39)
    assert old < ids_of(world.tasks(WEB))
    world.work_for(WEB, 20)
    assert not old & ids_of(world.tasks(WEB))
    assert world.events(WEB) == [started(4), stopped(4), COMPLETED, STEADY]
    assert [each.rollout_state for each in world.service(WEB).deployments] == ["COMPLETED"]


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "stops", "starts"),
    [
        (4, 50, 100, 2, 2),
        (4, 100, 200, 0, 4),
        (10, 90, 110, 1, 2),
        (1, 0, 100, 1, 1),
        (3, 100, 125, 0, 0),
        (2, 75, 100, 0, 0),
        (1, 100, 100, 0, 0),
    ],
)
def test_min_max_numbers(desired: int, minimum: int, maximum: int, stops: int, starts: int) -> None:
    world = a_running_world(desired, minimum_healthy_percent=minimum, maximum_percent=maximum)
    old = ids_of(world.tasks(WEB))
    roll_out(world)
    left = ids_of(world.tasks(WEB))
    assert (len(old - left), len(left - old)) == (stops, starts)
    assert world.events(WEB).count(BLOCKED) == (0 if stops or starts else 1)


def test_blocked_event() -> None:
    world = a_running_world(1, minimum_healthy_percent=100, maximum_percent=100)
    roll_out(world)
    world.pass_time(5 * 3600)
    assert world.events(WEB) == [BLOCKED]
    world.pass_time(3600)
    assert world.events(WEB) == [BLOCKED, BLOCKED]


def test_a_blocked_deployment_goes_on_once_the_percentages_allow_it() -> None:
    world = a_running_world(1, minimum_healthy_percent=100, maximum_percent=100)
    roll_out(world)
    world.update_service(WEB, maximum_percent=200)
    world.work_for(WEB, 60)
    assert world.events(WEB) == [BLOCKED, started(1), stopped(1), COMPLETED, STEADY]


def test_SV_36_a_newer_update_replaces_one_that_goes_on() -> None:
    world = a_running_world(2)
    old = ids_of(world.tasks(WEB))
    roll_out(world)
    world.agents_work(WEB)
    roll_out(world)
    assert old < ids_of(world.tasks(WEB)), "the ones that are healthy stay"
    assert [each.status for each in world.service(WEB).deployments] == ["PRIMARY", "ACTIVE"]
    world.work_for(WEB, 100)
    (deployment,) = world.service(WEB).deployments
    assert {task.started_by for task in world.tasks(WEB)} == {deployment.id}
    assert len(world.tasks(WEB)) == 2


def test_DP_04_desired_count_may_change_while_an_update_goes_on() -> None:
    world = a_running_world(4)
    roll_out(world)
    world.update_service(WEB, desired_count=2)
    world.work_for(WEB, 100)
    assert len(world.tasks(WEB)) == 2
    assert world.service(WEB).deployments[0].desired_count == 2


def test_DP_05_an_update_whose_tasks_never_get_healthy_keeps_the_old_ones() -> None:
    world = a_running_world(2)
    old = ids_of(world.tasks(WEB))
    roll_out(world)
    world.pass_time(86_400)
    assert old < ids_of(world.tasks(WEB))
    assert world.service(WEB).deployments[0].rollout_state == "IN_PROGRESS"


def old_and_new(world: World) -> Counter[str]:
    """How many wanted tasks there are of each revision."""
    return Counter(task.task_definition_arn[-1] for task in world.tasks(WEB))


def test_unhealthy_same_revision() -> None:
    world = a_running_world(2)
    roll_out(world)
    assert old_and_new(world) == {"1": 2, "2": 2}
    lost = next(task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":1"))
    world.report(lost, "STOPPED")
    assert old_and_new(world) == {"1": 2, "2": 2}
    (again,) = (
        task
        for task in world.tasks(WEB)
        if task.task_definition_arn.endswith(":1") and task.last_status == "PENDING"
    )
    assert again.started_by == lost.started_by
    assert world.events(WEB)[-1] == started(1)


def test_SV_59_of_the_old_revision_no_more_is_started_than_the_minimum_needs() -> None:
    world = a_running_world(4)
    roll_out(world)
    new = [task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":2")]
    for task in new[:2]:
        world.report(task, "RUNNING")
    world.pass_time(40)
    assert old_and_new(world) == {"1": 2, "2": 4}
    (lost, _) = (task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":1"))
    world.report(lost, "STOPPED")
    assert old_and_new(world) == {"1": 2, "2": 4}


def test_SV_59_tasks_of_the_old_revision_on_their_way_go_once_the_new_ones_serve() -> None:
    world = a_running_world(2)
    roll_out(world)
    for task in world.tasks(WEB):
        if task.task_definition_arn.endswith(":1"):
            world.report(task, "STOPPED")
    assert old_and_new(world) == {"1": 2, "2": 2}
    for task in world.tasks(WEB):
        if task.task_definition_arn.endswith(":2"):
            world.report(task, "RUNNING")
    world.pass_time(40)
    assert old_and_new(world) == {"2": 2}
    assert [each.status for each in world.service(WEB).deployments] == ["PRIMARY"]


def test_SV_59_an_old_revision_that_fails_to_start_is_given_up() -> None:
    world = a_running_world(1)
    roll_out(world)
    (old,) = (task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":1"))
    world.report(old, "STOPPED")
    (again,) = (task for task in world.tasks(WEB) if task.task_definition_arn.endswith(":1"))
    world.report(again, "STOPPED")
    assert old_and_new(world) == {"2": 1}


def test_SV_59_a_service_scaled_up_with_its_update_gets_tasks_of_the_new_revision_only() -> None:
    world = a_running_world(0)
    world.update_service(
        WEB, deploy=True, task_definition_arn=definition_arn(revision=2), desired_count=3
    )
    assert old_and_new(world) == {"2": 3}


# Instances that leave.


def drain(world: World, number: int) -> None:
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(number))
    world.put(msgspec.structs.replace(instance, status="DRAINING"))


def on_instance(world: World, number: int) -> int:
    return sum(task.container_instance_arn == instance_arn(number) for task in world.tasks(WEB))


def test_service_pending_tasks_stopped_at_once() -> None:
    world = a_world(a_new_service(desired_count=3))
    world.settle()
    assert on_instance(world, 1) == 1
    drain(world, 1)
    assert on_instance(world, 1) == 0
    assert len(world.tasks(WEB)) == 3
    assert "(service web) stopped 1 pending tasks." in world.events(WEB)


@pytest.mark.parametrize(
    ("minimum", "maximum", "stay", "replaced"),
    [(100, 200, 2, 2), (50, 100, 0, 2), (50, 200, 0, 2), (100, 100, 2, 0)],
)
def test_service_running_tasks_replaced_within_min_max(
    minimum: int, maximum: int, stay: int, replaced: int
) -> None:
    world = a_running_world(
        4, instances=2, minimum_healthy_percent=minimum, maximum_percent=maximum
    )
    before = ids_of(world.tasks(WEB))
    drain(world, 1)
    assert on_instance(world, 1) == stay
    assert len(ids_of(world.tasks(WEB)) - before) == replaced
    world.work_for(WEB, 100)
    assert on_instance(world, 1) == (2 if (minimum, maximum) == (100, 100) else 0)
    assert len(world.tasks(WEB)) == 4
    assert (world.events(WEB)[-1] == BLOCKED) == ((minimum, maximum) == (100, 100))


def test_no_capacity_elsewhere_blocks_drain() -> None:
    world = a_running_world(1, instances=1)
    drain(world, 1)
    world.work_for(WEB, 600)
    assert on_instance(world, 1) == 1
    (event,) = world.events(WEB)
    assert event.startswith("(service web) was unable to place a task")


def test_standalone_tasks_not_touched_by_the_scheduler() -> None:
    world = a_running_world(3)
    world.put(a_task(50))
    drain(world, 1)
    world.work_for(WEB, 100)
    assert world.view.must(TASKS, a_task(50).arn).desired_status == "RUNNING"


def test_stays_draining_until_changed_and_tasks_that_moved_do_not_come_back() -> None:
    world = a_running_world(3)
    drain(world, 1)
    world.work_for(WEB, 100)
    moved = ids_of(world.tasks(WEB))
    world.put(an_instance(1))
    world.work_for(WEB, 100)
    assert ids_of(world.tasks(WEB)) == moved


def test_service_replaces_orphans_at_once() -> None:
    world = a_running_world(6)
    doomed = [t for t in world.tasks(WEB) if t.container_instance_arn == instance_arn(1)]

    def deregister(tx) -> None:
        instance = tx.must(CONTAINER_INSTANCES, instance_arn(1))
        tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, status="INACTIVE"))
        for task in doomed:
            orphan_task(tx, world.call, task, reason="deregistered")

    world.update(deregister)
    assert len(world.tasks(WEB)) == 6
    assert on_instance(world, 1) == 0
    assert world.events(WEB) == [started(2)]


# Definitions that are not ACTIVE any more.


def test_TD_10_a_service_on_an_inactive_revision_heals_and_scales() -> None:
    world = a_running_world(2)
    world.put(a_task_definition(status="INACTIVE"))
    world.report(world.tasks(WEB)[0], "STOPPED")
    world.update_service(WEB, desired_count=5)
    assert len(world.tasks(WEB)) == 5


def test_TD_13_a_forced_deployment_may_use_the_inactive_revision() -> None:
    world = a_running_world(2)
    world.put(a_task_definition(status="INACTIVE"))
    world.update_service(WEB, deploy=True)
    world.work_for(WEB, 100)
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"


# Deletion.


def test_SV_40_a_deleted_service_is_inactive_once_its_tasks_were_asked_to_stop() -> None:
    world = a_running_world(3)
    world.update(lambda tx: transitions.begin_deletion(tx, world.service(WEB)))
    assert world.tasks(WEB) == []
    assert world.service(WEB).status == "INACTIVE"
    assert world.events(WEB) == [stopped(3)]


def test_a_deleted_service_starts_no_task_when_one_ends() -> None:
    world = a_running_world(150, instances=10)
    world.update(lambda tx: transitions.begin_deletion(tx, world.service(WEB)))
    assert world.tasks(WEB) == []
    assert world.service(WEB).status == "INACTIVE"


# Events.


def test_steady_state_repeated_about_every_6_hours() -> None:
    world = a_world(a_new_service(desired_count=0))
    world.settle()
    world.pass_time(86_400)
    assert world.events(WEB) == [COMPLETED, *[STEADY] * 5]


def test_only_the_newest_hundred_events_are_kept() -> None:
    world = a_running_world(1)
    for _ in range(120):
        world.report(world.tasks(WEB)[0], "STOPPED")
        world.agents_work(WEB)
    assert len(world.events(WEB)) == 100


def test_stopped_tasks_and_inactive_services_are_forgotten_after_an_hour() -> None:
    world = a_running_world(1)
    (task,) = world.tasks(WEB)
    world.update(lambda tx: transitions.begin_deletion(tx, world.service(WEB)))
    world.agents_work(WEB)
    world.pass_time(3599)
    assert world.view.get(TASKS, task.arn) is not None
    world.pass_time(1)
    assert world.view.get(TASKS, task.arn) is None
    assert world.events(WEB) == []
    scheduler = world.reconcilers["roadstead.ecs.reconcilers.service.scheduler"]
    assert list(scheduler.keys(world.view)) == []


def test_all_instances_of_a_service_may_drain_at_once() -> None:
    world = a_running_world(2, instances=3)
    world.put(*(an_instance(n, status="DRAINING") for n in range(1, 4)), an_instance(9))
    world.work_for(WEB, 100)
    assert on_instance(world, 9) == 2
    assert len(world.tasks(WEB)) == 2
