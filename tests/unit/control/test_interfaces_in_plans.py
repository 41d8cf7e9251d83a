"""Plans and explanations of tasks with interfaces of their own."""

from collections import Counter
from typing import Any

from given import (
    a_call,
    a_cluster,
    a_family,
    a_security_group,
    a_subnet,
    a_task,
    a_task_definition,
    a_task_interface,
    a_vpc,
    an_instance,
    given,
    instance_arn,
    later,
    task_arn,
)
from networking import a_network_interface
from roadstead.control.explained_task import explain_task
from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_interface import INTERFACES_UNDER_WAY
from unit.control.reality import Reality
from unit.control.test_plan_comes_true import WATCHED_SECONDS, rehearsed

NETWORK = {"awsvpcConfiguration": {"subnets": [a_subnet(1).subnet_id, a_subnet(2).subnet_id]}}


def a_world(machines: int = 3) -> Reality:
    """Machines with two interfaces for tasks each, and four tasks of an awsvpc service."""
    world = Reality(
        a_cluster(),
        a_family(),
        a_vpc(),
        a_security_group(),
        a_subnet(1),
        a_subnet(2, zone="us-east-1b"),
        a_task_definition(network_mode="awsvpc"),
        *(
            an_instance(number, availability_zone=f"us-east-1{'ab'[number % 2]}")
            for number in range(1, machines + 1)
        ),
    )
    world.settle()
    request = {
        "serviceName": "web",
        "taskDefinition": "web:1",
        "desiredCount": 4,
        "networkConfiguration": NETWORK,
        "deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 150},
    }
    world.do("CreateService", request)
    world.live(120)
    return world


def comes_true(world: Reality, operation: str, request: dict[str, Any]) -> Counter[Any]:
    moved, end, refusal = rehearsed(world, operation, request)
    assert (end, refusal) == ("AT_REST", None)
    world.remember()
    world.do(operation, request)
    world.live(WATCHED_SECONDS)
    assert world.moved == moved
    return moved


def test_a_planned_drain_of_tasks_with_interfaces_comes_true() -> None:
    """Six places for four tasks: whoever moves needs one that another has given back."""
    world = a_world()
    drained = instance_arn(1)
    here = sum(task.container_instance_arn == drained for task in world.view.all(TASKS))
    request = {"containerInstances": [drained], "status": "DRAINING"}
    moved = comes_true(world, "UpdateContainerInstancesState", request)
    assert sum(count for (_, kind, _, where), count in moved.items() if where == drained) == here
    assert world.view.size(NETWORK_INTERFACES) == 4
    assert not list(world.view.keys(INTERFACES_UNDER_WAY))


def test_a_planned_forced_deregistration_comes_true() -> None:
    world = a_world()
    request = {"containerInstance": instance_arn(1), "force": True}
    moved = comes_true(world, "DeregisterContainerInstance", request)
    assert {kind for _, kind, _, _ in moved} == {"ORPHANED", "STARTED"}
    assert world.view.size(NETWORK_INTERFACES) == 4


def test_a_planned_deployment_with_other_subnets_comes_true() -> None:
    world = a_world(4)
    other = {"awsvpcConfiguration": {"subnets": [a_subnet(2).subnet_id]}}
    service = next(task.service_arn for task in world.view.all(TASKS))
    request = {"service": service, "networkConfiguration": other}
    comes_true(world, "UpdateService", request)
    live = [task for task in world.view.all(TASKS) if task.desired_status == "RUNNING"]
    assert len(live) == 4
    assert {task.availability_zone for task in live} == {"us-east-1b"}


def explained(*records: Any) -> dict[str, Any]:
    view = given(a_cluster(), an_instance(1), *records)
    shown: dict[str, Any] = explain_task(view, a_call(), {"task": task_arn(1)})["task"]
    return shown


def test_a_task_explains_what_its_interface_waits_for() -> None:
    coming = a_task_interface(status="ATTACHING", expires_at=later(60))
    shown = explained(
        a_task(1, last_status="PROVISIONING", interface=coming),
        a_network_interface(status="attaching"),
    )
    assert shown["address"] == "10.1.1.1"
    assert shown["advice"] == [
        "Its network interface eni-00000000000000001 is being attached to i-00000000000000001; "
        "the task fails if it is not by 12:01:00 UTC."
    ]
    draining = a_task(1, last_status="STOPPED", interface=a_task_interface())
    assert explained(draining, a_network_interface())["advice"][0] == (
        "Its network interface eni-00000000000000001 is kept while connections to 10.1.1.1 drain."
    )
    assert explained(a_task(1, interface=a_task_interface()), a_network_interface())["advice"] == []
