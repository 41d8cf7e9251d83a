"""DAEMON services: one task on each instance that matches, started first and rolled in place."""

import msgspec
import pytest
from daemon_world import AGENT, DaemonWorld, a_daemon, a_replica

from given import (
    a_cluster,
    a_deployment,
    a_task,
    a_task_definition,
    an_instance,
    definition_arn,
    instance_arn,
    later,
    service_arn,
)
from roadstead.ecs.reconcilers.daemon import scheduler as daemon
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions import services as service_transitions
from roadstead.ecs.transitions.container_instances import deregister_instance, set_status
from roadstead.state.records import Change, Record

WEB = service_arn("web")
ON_SSD = ({"type": "memberOf", "expression": "attribute:disk == ssd"},)


def a_world(*records: Record, instances: int = 3, **fields: object) -> DaemonWorld:
    """Instances 1, 2, 3 and the daemon `agent`."""
    world = DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        *(an_instance(number) for number in range(1, instances + 1)),
        a_daemon(**fields),
        *records,
    )
    world.settle()
    return world


def change(world: DaemonWorld, number: int, **fields: object) -> None:
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(number))
    world.put(msgspec.structs.replace(instance, **fields))


def test_one_task_per_active_matching_instance() -> None:
    world = a_world()
    assert world.places() == [instance_arn(1), instance_arn(2), instance_arn(3)]
    assert all(task.is_daemon and task.started_by for task in world.tasks(AGENT))
    service = world.service(AGENT)
    assert service.desired_count == service.deployments[0].desired_count == 3
    world.work_for(AGENT, 60)
    assert world.events(AGENT) == [
        "(service agent) has started 3 tasks: (task *) (task *) (task *).",
        "(service agent) (deployment *) deployment completed.",
        "(service agent) has reached a steady state.",
    ]


def test_a_new_instance_gets_its_task_and_is_counted() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    world.put(an_instance(4))
    assert instance_arn(4) in world.places()
    assert world.service(AGENT).desired_count == 4
    world.work_for(AGENT, 60)
    assert world.events(AGENT)[-2:] == [
        "(service agent) has started 1 tasks: (task *).",
        "(service agent) has reached a steady state.",
    ]


def test_SV_70_an_instance_counts_before_its_agent_is_connected_and_waits_in_silence() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    said = world.events(AGENT)
    world.put(an_instance(4, agent_connected=False))
    assert world.service(AGENT).desired_count == 4
    assert world.events(AGENT) == said
    change(world, 4, agent_connected=True)
    assert len(world.on(instance_arn(4))) == 1


@pytest.mark.parametrize("connects_last", [True, False])
def test_SV_70_a_new_instance_gets_its_daemon_task_before_the_replica_tasks_that_fill_it(
    connects_last: bool,
) -> None:
    world = a_world(a_task_definition(revision=3, cpu_units=1500), a_replica(), instances=0)
    definition = definition_arn(revision=3)
    world.update_service(WEB, deploy=True, task_definition_arn=definition, desired_count=4)
    if connects_last:
        world.put(an_instance(1, agent_connected=False))
        change(world, 1, agent_connected=True)
    else:
        world.put(an_instance(1))
    assert len(world.on(instance_arn(1))) == 1
    assert len(world.tasks(WEB)) == 1


def test_SV_70_the_service_scheduler_alone_starts_a_daemon_task_first() -> None:
    """Whichever of the two looks first: here the daemon scheduler never does."""
    world = DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2, cpu_units=1950),
        an_instance(1),
        a_daemon(desired_count=1),
        a_replica(),
    )
    del world.reconcilers[daemon.__name__]
    world.queue = {where: None for where in world.queue if where[0] != daemon.__name__}
    world.settle()
    assert len(world.on(instance_arn(1))) == 1
    assert world.tasks(WEB) == []  # 128 and 1950 are more than 2048


def test_daemon_service() -> None:
    """PL-05: constraints choose the instances."""
    world = a_world(an_instance(4, custom_attributes={"disk": "ssd"}), placement_constraints=ON_SSD)
    assert world.places() == [instance_arn(4)]
    assert world.service(AGENT).desired_count == 1


def test_constraint_reevaluated() -> None:
    world = a_world(an_instance(4, custom_attributes={"disk": "ssd"}), placement_constraints=ON_SSD)
    world.work_for(AGENT, 60)
    change(world, 4, custom_attributes={})
    (task,) = world.on(instance_arn(4))
    assert task.desired_status == "STOPPED"
    assert task.stop_code == "ServiceSchedulerInitiated"
    assert world.service(AGENT).desired_count == 0
    assert [each for each in world.events(AGENT) if "constraint" in each] == [
        "(service agent) (task *) no longer meets the placement constraints of the service on "
        "(container-instance *)."
    ]
    change(world, 1, custom_attributes={"disk": "ssd"})
    assert world.places() == [instance_arn(1)]


def test_constraints_evaluated_at_placement_only() -> None:
    """PL-22: tasks of DAEMON services leave when the service's constraints change, too."""
    world = a_world(an_instance(4, custom_attributes={"disk": "ssd"}))
    world.work_for(AGENT, 60)
    assert len(world.places()) == 4
    world.update_service(AGENT, placement_constraints=ON_SSD)
    assert world.places() == [instance_arn(4)]


def test_PL_22_a_constraint_on_what_runs_there_does_not_send_the_daemon_itself_away() -> None:
    alone = ({"type": "memberOf", "expression": "runningTasksCount == 0"},)
    world = a_world(placement_constraints=alone)
    world.work_for(AGENT, 60)
    assert len(world.places()) == 3


def test_draining_instance_excluded() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    change(world, 2, status="DRAINING")
    assert world.places() == [instance_arn(1), instance_arn(3)]
    assert world.service(AGENT).desired_count == 2
    assert world.on(instance_arn(2))[0].desired_status == "STOPPED"
    world.work_for(AGENT, 60)
    assert world.events(AGENT)[-1] == "(service agent) has reached a steady state."
    change(world, 2, status="ACTIVE")
    assert world.places() == [instance_arn(1), instance_arn(2), instance_arn(3)]


def test_daemon_service_tasks_stop_on_drain() -> None:
    """CI-46: last to go, once the tasks of other services there have ended."""
    world = a_world(a_replica(desired_count=2))
    world.work_for(AGENT, 60)
    world.work_for(WEB, 60)
    there = world.tasks(WEB)[0].container_instance_arn
    world.update(lambda tx: set_status(tx, tx.must(CONTAINER_INSTANCES, there), "DRAINING"))
    world.pass_time(1)
    assert world.on(there)[0].desired_status == "RUNNING"
    assert [task.desired_status for task in world.on(there, WEB)] == ["RUNNING"]
    world.agents_work(WEB)  # the replacement runs
    world.pass_time(60)
    assert [task.desired_status for task in world.on(there, WEB)] == ["STOPPED"]
    assert world.on(there)[0].desired_status == "RUNNING"  # it still serves the one that ends
    world.agents_work(WEB)  # and now that one has ended
    assert [task.desired_status for task in world.on(there)] == ["STOPPED"]


def test_CI_46_a_disconnected_draining_instance_goes_on_when_its_agent_is_back() -> None:
    world = a_world(a_replica(desired_count=1))
    world.work_for(AGENT, 60)
    world.work_for(WEB, 60)
    (task,) = world.tasks(WEB)
    there = task.container_instance_arn
    instance = world.view.must(CONTAINER_INSTANCES, there)
    world.put(msgspec.structs.replace(instance, status="DRAINING", agent_connected=False))
    world.pass_time(1)
    (replacement,) = (each for each in world.tasks(WEB) if each.arn != task.arn)
    world.report(replacement, "RUNNING")
    world.pass_time(600)
    assert world.on(there)[0].desired_status == "RUNNING"
    world.agents_work(WEB)
    assert world.on(there)[0].desired_status == "STOPPED"


def test_rolling_by_min_percent() -> None:
    world = a_world(instances=4, minimum_healthy_percent=50)
    world.work_for(AGENT, 60)
    old = {task.arn for task in world.tasks(AGENT)}
    world.update_service(AGENT, deploy=True, task_definition_arn=definition_arn(revision=2))
    assert len(world.tasks(AGENT)) == 2  # stopped first; nothing is started beside what ends
    world.agents_work(AGENT)  # they ended, and the new ones start on the same instances
    assert sorted(world.places()) == [instance_arn(number) for number in (1, 2, 3, 4)]
    assert len({task.arn for task in world.tasks(AGENT)} & old) == 2
    world.work_for(AGENT, 200)
    assert not {task.arn for task in world.tasks(AGENT)} & old
    assert world.service(AGENT).deployments[0].rollout_state == "COMPLETED"
    assert len(world.service(AGENT).deployments) == 1


def test_SV_73_a_healthy_task_on_a_draining_instance_does_not_count_for_the_minimum() -> None:
    """It stays for the replica task there; the two others are rolled one after the other."""
    served = a_task(9, service="web", deployment=9, instance=3)
    tasks = (
        a_task(number, service="agent", is_daemon=True, instance=number, deployment=deployment)
        for number, deployment in ((1, 6), (2, 6), (3, 7))
    )
    deployments = (
        a_deployment(7, rollout_state="IN_PROGRESS"),
        a_deployment(6, status="ACTIVE"),
    )
    world = DaemonWorld(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        an_instance(1),
        an_instance(2),
        an_instance(3, status="DRAINING"),
        served,
        *tasks,
        a_replica(desired_count=1, minimum_healthy_percent=100, maximum_percent=100),
        a_daemon(minimum_healthy_percent=50, deployments=deployments),
    )
    world.settle()
    assert [task.desired_status for task in world.on(instance_arn(3))] == ["RUNNING"]
    assert len([each for each in world.places() if each != instance_arn(3)]) == 1


def test_SV_73_a_forced_deployment_cycles_the_tasks() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    old = {task.arn for task in world.tasks(AGENT)}
    world.update_service(AGENT, deploy=True)
    world.work_for(AGENT, 100)
    assert len(world.tasks(AGENT)) == 3
    assert not {task.arn for task in world.tasks(AGENT)} & old


def test_SV_73_a_maximum_above_100_starts_nothing_beside_what_is_there() -> None:
    world = a_world(maximum_percent=200, minimum_healthy_percent=50)
    world.work_for(AGENT, 60)
    world.update_service(AGENT, deploy=True)
    assert len(world.tasks(AGENT)) == 2  # the world checks that no instance ever has two


def test_SV_73_a_minimum_of_100_blocks_and_says_so() -> None:
    world = a_world(minimum_healthy_percent=100)
    world.work_for(AGENT, 60)
    world.update_service(AGENT, deploy=True)
    world.pass_time(3600)
    assert len(world.tasks(AGENT)) == 3
    assert [each for each in world.events(AGENT) if "unable to stop or start" in each] == [
        "(service agent) was unable to stop or start tasks during a deployment because of the "
        "service deployment configuration. Update the minimumHealthyPercent or maximumPercent "
        "value and try again."
    ]
    world.update_service(AGENT, minimum_healthy_percent=50)
    assert len(world.tasks(AGENT)) == 2


def test_SV_73_a_rollout_stops_first_what_is_not_healthy_yet() -> None:
    world = a_world(instances=4, minimum_healthy_percent=50)
    world.work_for(AGENT, 60)
    world.put(an_instance(5))
    world.agents_work(AGENT)
    world.update_service(AGENT, deploy=True)
    assert instance_arn(5) not in world.places()
    assert len(world.places()) == 3


def test_SV_73_a_rollout_takes_the_instances_first_whose_agents_listen() -> None:
    world = a_world(minimum_healthy_percent=50)
    world.work_for(AGENT, 60)
    change(world, 1, agent_connected=False)
    world.update_service(AGENT, deploy=True)
    assert len(world.tasks(AGENT)) == 2
    assert instance_arn(1) in world.places()


def test_insufficient_room_for_daemon() -> None:
    """SV-75: nothing is evicted, an event says so, and room that becomes free is taken."""
    big = a_task_definition(revision=2, cpu_units=2000)
    world = DaemonWorld(a_cluster(), a_task_definition(), big, an_instance(1), a_replica())
    world.work_for(WEB, 60)
    world.put(a_daemon())
    assert world.tasks(AGENT) == []
    assert len(world.tasks(WEB)) == 1
    (said,) = world.events(AGENT)
    assert "closest matching (container-instance *) has insufficient CPU units" in said
    world.pass_time(1800)
    assert world.events(AGENT) == [said]
    world.pass_time(6 * 3600)
    assert world.events(AGENT) == [said, said]
    world.update_service(WEB, desired_count=0)
    assert len(world.tasks(AGENT)) == 1
    assert world.service(AGENT).waiting_reason == ""


def test_SV_70_no_replica_task_gets_the_room_between_a_daemon_and_its_successor() -> None:
    """A cluster that is full, with replica tasks that wait for room, is rolled all the same."""
    world = a_world(a_replica(), instances=2)
    world.work_for(AGENT, 60)
    world.update_service(WEB, desired_count=100)
    world.work_for(WEB, 60)
    assert world.service(WEB).waiting_reason == "RESOURCE:CPU"
    world.update_service(AGENT, deploy=True)
    assert world.tasks(AGENT) == []
    full = len(world.tasks(WEB))
    world.work_for(AGENT, 100)
    assert world.places() == [instance_arn(1), instance_arn(2)]
    assert len(world.tasks(WEB)) == full


def test_room_that_a_daemon_leaves_for_good_is_given_to_who_waits_for_it() -> None:
    world = a_world(a_replica(), instances=1)
    world.work_for(AGENT, 60)
    world.update_service(WEB, desired_count=100)
    world.work_for(WEB, 60)
    full = len(world.tasks(WEB))
    world.update_service(AGENT, placement_constraints=ON_SSD)
    assert len(world.tasks(WEB)) == full
    world.agents_work(AGENT)
    assert len(world.tasks(WEB)) == full + 1


def test_capacity_provider_with_daemon() -> None:
    """SV-74: an instance of a capacity provider is an instance like any other."""
    world = a_world(an_instance(4, capacity_provider_name="cp"))
    assert len(world.places()) == 4


def test_SV_65_failing_starts_wait_and_hold_up_nobody_else() -> None:
    world = a_world(a_replica(desired_count=3))
    for _ in range(4):
        for task in world.tasks(AGENT):
            world.report(task, "STOPPED")
        world.pass_time(20)
    assert "(service agent) is unable to consistently start tasks successfully." in world.events(
        AGENT
    )
    assert len(world.tasks(WEB)) == 3
    world.work_for(AGENT, 1000)
    assert len(world.tasks(AGENT)) == 3
    assert world.service(AGENT).deployments[0].failed_starts == 0


def test_CI_64_for_an_orphaned_daemon_task_there_is_nothing_to_replace() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    world.update(
        lambda tx: deregister_instance(
            tx, world.call, tx.must(CONTAINER_INSTANCES, instance_arn(1))
        )
    )
    assert world.places() == [instance_arn(2), instance_arn(3)]
    assert world.service(AGENT).desired_count == 2


def test_an_unhealthy_daemon_task_is_replaced_in_place_one_at_a_time() -> None:
    world = a_world()
    for task in world.tasks(AGENT):
        containers = tuple(
            msgspec.structs.replace(each, has_health_check=True) for each in task.containers
        )
        world.put(
            msgspec.structs.replace(
                task,
                containers=containers,
                last_status="RUNNING",
                started_at=world.now,
                health_status="UNHEALTHY",
            )
        )
    left = {task.arn for task in world.tasks(AGENT)}
    assert len(left) == 2
    world.agents_work(AGENT)
    assert len({task.arn for task in world.tasks(AGENT)} & left) == 2
    world.agents_work(AGENT)
    world.pass_time(60)
    assert len({task.arn for task in world.tasks(AGENT)} & left) == 1


def test_an_unhealthy_daemon_task_does_not_wait_for_an_instance_that_is_silent() -> None:
    """What its agent was to start, nobody knows when it will."""
    world = a_world()
    silent, sick, _ = world.tasks(AGENT)
    number = [instance_arn(each) for each in (1, 2, 3)].index(silent.container_instance_arn) + 1
    change(world, number, agent_connected=False)
    for task in world.tasks(AGENT):
        if task.arn != silent.arn:
            world.report(task, "RUNNING")
    world.pass_time(60)
    checked = tuple(
        msgspec.structs.replace(each, has_health_check=True) for each in sick.containers
    )
    running = world.view.must(TASKS, sick.arn)
    world.put(msgspec.structs.replace(running, containers=checked, health_status="UNHEALTHY"))
    assert sick.arn not in {task.arn for task in world.tasks(AGENT)}


def test_a_deleted_daemon_stops_its_tasks_and_is_inactive() -> None:
    world = a_world()
    world.work_for(AGENT, 60)
    world.update(lambda tx: service_transitions.begin_deletion(tx, tx.must(SERVICES, AGENT)))
    assert world.tasks(AGENT) == []
    assert world.service(AGENT).status == "INACTIVE"


def test_a_drain_during_a_rollout_completes_once_the_drained_daemon_is_gone() -> None:
    world = a_world(a_replica(desired_count=3), minimum_healthy_percent=50)
    world.work_for(AGENT, 60)
    world.work_for(WEB, 60)
    change(world, 1, status="DRAINING")
    world.update_service(AGENT, deploy=True)
    for _ in range(20):
        world.agents_work(AGENT)
        world.agents_work(WEB)
        world.pass_time(20)
    assert world.places() == [instance_arn(2), instance_arn(3)]
    assert world.on(instance_arn(1)) == []
    assert world.service(AGENT).deployments[0].rollout_state == "COMPLETED"


def test_nothing_is_looked_at_for_a_change_that_concerns_no_daemon() -> None:
    world = a_world()
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    same = msgspec.structs.replace(instance, connected_at=later(5), health={"a": 1})
    assert (
        list(daemon.affected(world.view, Change(CONTAINER_INSTANCES, instance.arn, instance, same)))
        == []
    )
