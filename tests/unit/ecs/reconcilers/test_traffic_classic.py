"""Tasks behind a Classic load balancer: it knows instances, and its listeners know the ports."""

from typing import Any

import msgspec
from traffic_world import WEB, BalancedWorld, a_web_definition

from given import ACCOUNT, REGION, SCOPE
from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_LOAD_BALANCER,
    ClassicInstance,
)
from roadstead.elb.records.load_balancer import (
    CLASSIC_LOAD_BALANCERS,
    ClassicListener,
    ClassicLoadBalancer,
)
from roadstead.elb.transitions.instances import report_health

ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/old"
ENTRY = {"loadBalancerName": "old", "containerName": "app", "containerPort": 80}
LISTENER = ClassicListener(
    protocol="HTTP", load_balancer_port=80, instance_protocol="HTTP", instance_port=8080
)


class ClassicWorld(BalancedWorld):
    def __init__(self, *, is_draining_enabled: bool = True) -> None:
        super().__init__(definitions=[a_web_definition(each, host_port=8080) for each in (1, 2, 3)])
        balancer = ClassicLoadBalancer(
            arn=ARN,
            name="old",
            scope=SCOPE,
            vpc_id="vpc-1",
            zones=(f"{REGION}a",),
            listeners=(LISTENER,),
            is_draining_enabled=is_draining_enabled,
        )
        self.update(lambda tx: tx.put(CLASSIC_LOAD_BALANCERS, balancer))

    def instances(self) -> list[ClassicInstance]:
        return self.view.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, ARN)

    def answer(self, *, healthy: bool = True, **_: Any) -> None:
        def check(tx: Any) -> None:
            for each in list(tx.all(CLASSIC_INSTANCES)):
                report_health(tx, self.call, each, healthy=healthy)

        self.update(check)


def a_served_world(**fields: Any) -> ClassicWorld:
    world = ClassicWorld(**fields)
    world.create(1, load_balancers=(ENTRY,))
    world.serve()
    return world


def test_an_instance_is_registered_with_its_task_and_drains_before_it_stops() -> None:
    world = a_served_world()
    (instance,) = world.instances()
    assert instance.state == "InService"
    (task,) = world.live()
    assert (task.target_health, task.targets[0].port) == ("HEALTHY", 8080)
    assert "(service web) registered 1 instances in (elb old)" in world.events(WEB)
    world.update_service(WEB, desired_count=0)
    task = world.task(task.arn)
    assert task.last_status == "DEACTIVATING"
    assert not is_agent_to_stop(task.desired_status, task.last_status)
    world.pass_time(300)
    assert world.instances() == []
    assert world.task(task.arn).last_status == "STOPPING"
    assert "(service web) deregistered 1 instances in (elb old)" in world.events(WEB)


def test_without_connection_draining_nothing_is_waited_for() -> None:
    world = a_served_world(is_draining_enabled=False)
    world.update_service(WEB, desired_count=0)
    (task,) = world.live()
    assert (task.last_status, world.instances()) == ("STOPPING", [])


def test_an_instance_that_fails_is_told_of_and_its_task_replaced() -> None:
    world = a_served_world()
    (sick,) = world.live()
    name = sick.targets[0].target_id
    world.answer(healthy=False)
    assert world.task(sick.arn).target_health == "UNHEALTHY"
    world.agents_work(WEB)
    (fresh,) = (each for each in world.instances() if each.instance_id != name)
    world.update(lambda tx: report_health(tx, world.call, fresh, healthy=True))
    assert world.task(sick.arn).stopped_reason == "Task failed ELB health checks in (elb old)"
    assert (
        f"(service web) (instance {name}) is unhealthy in (elb old) due to (reason Instance has "
        "failed at least the UnhealthyThreshold number of health checks consecutively.)."
    ) in world.events(WEB)


def test_a_dead_task_leaves_no_instance_behind() -> None:
    world = a_served_world()
    (task,) = world.live()
    world.ends(task)
    assert world.task(task.arn).targets[0].state == "GONE"
    assert task.targets[0].target_id not in [each.instance_id for each in world.instances()]


def test_a_load_balancer_that_is_gone_is_told_of() -> None:
    world = ClassicWorld()
    world.create(1, load_balancers=({**ENTRY, "loadBalancerName": "gone"},))
    world.agents_work(WEB)
    said = "(service web) failed to register targets in (elb gone) with (error "
    assert any(each.startswith(said) for each in world.events(WEB))
    (task,) = world.live()
    assert (task.last_status, task.desired_status) == ("ACTIVATING", "RUNNING")


def test_an_instance_that_two_services_need_stays_for_the_other() -> None:
    world = a_served_world()
    (task,) = world.live()
    (target,) = task.targets
    other = msgspec.structs.replace(
        task,
        arn=f"{task.arn}0",
        version=0,
        service_arn=f"{task.service_arn}-2",
        started_by=f"{task.started_by}2",
        targets=(msgspec.structs.replace(target, port=9090),),
    )
    world.put(other)
    world.update_service(WEB, desired_count=0)
    assert world.task(task.arn).last_status == "STOPPING"
    (instance,) = world.instances()
    assert instance.draining_until is None
