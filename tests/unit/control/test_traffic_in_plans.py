"""Plans, explanations and progress of services behind load balancers."""

from typing import Any

import pytest

from balancing import a_listener, a_load_balancer, a_rule, a_target_group, target_group_arn
from given import a_cluster, a_family, a_task_definition, an_instance, instance_arn, service_arn
from networking import a_primary_interface
from roadstead.control.explained_task import explain_task
from roadstead.control.plans import plan_change
from roadstead.control.progress import describe_progress
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, TASKS, Task
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS_BY_GROUP
from roadstead.elbv2.transitions.targets import remove_targets, report_health
from unit.control.reality import Reality

BLUE = target_group_arn("blue")
MAPPING = {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}
SHOWN = {"containerDefinitions": [{"name": "app", "image": "busybox", "portMappings": [MAPPING]}]}
WEB = service_arn("web")


@pytest.fixture
def world() -> Reality:
    """A service of two tasks on two machines, healthy behind the group `blue`."""
    world = Reality(
        a_cluster(),
        a_family(),
        a_task_definition(document=SHOWN),
        *(an_instance(number) for number in (1, 2)),
        *(a_primary_interface(number) for number in (1, 2)),
        a_load_balancer(),
        a_listener(),
        a_rule(groups={"blue": 1}),
        a_target_group("blue", target_type="instance"),
    )
    world.settle()
    entry = {"targetGroupArn": BLUE, "containerName": "app", "containerPort": 80}
    world.do(
        "CreateService",
        {
            "serviceName": "web",
            "taskDefinition": "web",
            "desiredCount": 2,
            "loadBalancers": [entry],
        },
    )
    world.live(60)
    assert world.service(WEB).is_steady
    return world


def a_task_of(world: Reality) -> Task:
    return world.view.find(LIVE_TASKS_BY_SERVICE, WEB)[0]


def explained(world: Reality, task: Task) -> Any:
    return explain_task(world.view, world.call, {"task": task.arn})["task"]


def progress(world: Reality, condition: str, target: str) -> Any:
    request = {"condition": condition, "targets": [target]}
    (row,) = describe_progress(world.view, world.call, request)["targets"]
    return row


def planned(world: Reality, operation: str, **request: Any) -> Any:
    asked = {"operation": operation, "request": request}
    return plan_change(world.view, world.call, asked, lambda: 0.0)


def test_a_plan_of_a_drain_tells_how_long_connections_are_waited_for(world: Reality) -> None:
    plan = planned(
        world,
        "UpdateContainerInstancesState",
        containerInstances=[instance_arn(1)],
        status="DRAINING",
    )
    assert plan["outcome"] == "SETTLED"
    (note,) = (each["message"] for each in plan["notes"] if each["code"] == "TARGETS_DRAIN")
    assert note == (
        "1 target in target group blue drains for up to 5 min: no new requests, and those under "
        "way are answered before a task is stopped or an orphan loses its interface."
    )
    (instance,) = plan["containerInstances"]
    started, healthy, drained, stopped = 15, 30, 300, 10
    assert instance["emptyAtSeconds"] == started + healthy + drained + stopped
    (service,) = plan["services"]
    assert service["healthyLowest"] == 2


def test_a_plan_of_a_forced_deregistration_lets_connections_drain(world: Reality) -> None:
    plan = planned(
        world, "DeregisterContainerInstance", containerInstance=instance_arn(1), force=True
    )
    assert [each["code"] for each in plan["notes"]].count("TARGETS_DRAIN") == 1
    assert plan["outcome"] == "SETTLED"


def test_a_registered_task_is_explained(world: Reality) -> None:
    task = a_task_of(world)
    target = task.targets[0]
    place = f"{target.target_id}:{target.port}"
    healthy = f"It is registered in target group blue as {place}, healthy."
    assert healthy in explained(world, task)["why"]
    (found, *_) = world.view.find(TARGETS_BY_GROUP, BLUE)
    owner = next(
        each
        for each in world.view.find(LIVE_TASKS_BY_SERVICE, WEB)
        if each.targets[0].port == found.port
    )
    world.update(lambda tx: report_health(tx, world.call, found, healthy=False))
    shown = explained(world, owner)
    assert any("unhealthy because: " in each for each in shown["why"])
    assert any("fails the health check of a load balancer" in each for each in shown["advice"])


def test_a_task_that_drains_is_explained_and_waited_for(world: Reality) -> None:
    task = a_task_of(world)
    world.do("StopTask", {"task": task.arn})
    until = "until 12:06:00 UTC at most"
    shown = explained(world, task)
    assert shown["lastStatus"] == "DEACTIVATING"
    assert any("drains in target group blue" in each and until in each for each in shown["why"])
    assert any(until in each for each in shown["advice"])
    assert any(until in each for each in progress(world, "STOPPED", task.arn)["reasons"])
    assert any(
        each.startswith("1 task DEACTIVATING") and until in each
        for each in progress(world, "STABLE", "web")["reasons"]
    )


def test_a_task_that_no_group_takes_is_explained(world: Reality) -> None:
    task = a_task_of(world)

    def delete(tx: Any) -> None:
        remove_targets(tx, BLUE)
        tx.delete(TARGET_GROUPS, BLUE)

    world.update(delete)
    task = world.view.must(TASKS, task.arn)
    (why,) = (each for each in explained(world, task)["why"] if "not registered" in each)
    assert "TARGET GROUP IS NOT FOUND; tried again at 12:01:30 UTC" in why
