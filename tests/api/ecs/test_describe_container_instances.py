"""DescribeContainerInstances."""

from typing import Any

import pytest
from registered import register
from reports import running

from given import a_call, later
from refusals import refused
from roadstead.ecs.transitions.container_instances import report_health

pytestmark = pytest.mark.usefixtures("cluster")


def left(instance: dict[str, Any]) -> dict[str, Any]:
    return {
        each["name"]: each.get("stringSetValue", each["integerValue"])
        for each in instance["remainingResources"]
    }


def test_what_tasks_take_is_not_left_and_their_ports_are_listed(
    ecs: Any, register_instances: Any
) -> None:
    (arn,) = register_instances()
    ports = [
        {"containerPort": 80, "hostPort": 8080},
        {"containerPort": 53, "hostPort": 53, "protocol": "udp"},
        {"containerPort": 81},
    ]
    container = {"name": "app", "image": "b", "cpu": 100, "memory": 64, "portMappings": ports}
    register(ecs, containerDefinitions=[container])
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    (instance,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    assert left(instance) == {
        "CPU": 1948,
        "MEMORY": 4032,
        "PORTS": ["22", "8080", "51678"],
        "PORTS_UDP": ["53"],
    }
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (1, 1)
    binding = {"bindIP": "0.0.0.0", "containerPort": 81, "hostPort": 32768, "protocol": "tcp"}
    running(ecs, task["taskArn"], networkBindings=[binding])
    (instance,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    assert left(instance)["PORTS"] == ["22", "8080", "32768", "51678"]
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (1, 0)


def test_versions_are_those_that_the_agent_told(ecs: Any, register_instances: Any) -> None:
    (arn,) = register_instances()
    (instance,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    assert instance["versionInfo"] == {
        "agentVersion": "1.0.0",
        "agentHash": "0000000",
        "dockerVersion": "DockerVersion: 20.10.24",
    }
    assert instance["agentConnected"] is True


def test_ids_and_arns_are_told_and_unknown_ones_are_failures(
    ecs: Any, register_instances: Any
) -> None:
    one, two = register_instances(2)
    unknown = f"{one[:-32]}{'0' * 32}"
    answer = ecs.describe_container_instances(
        containerInstances=[one.rpartition("/")[2], two, unknown]
    )
    found = [each["containerInstanceArn"] for each in answer["containerInstances"]]
    assert found == [one, two]
    assert answer["failures"] == [{"arn": unknown, "reason": "MISSING"}]


def test_health_and_tags_are_shown_when_asked_for(
    ecs: Any, server: Any, register_instances: Any
) -> None:
    (arn,) = register_instances()
    status = {"type": "ContainerRuntime", "status": "OK", "lastUpdated": later(0)}
    server.update(lambda tx: report_health(tx, a_call(), arn, [status]))
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "b"}])
    (instance,) = ecs.describe_container_instances(
        containerInstances=[arn], include=["TAGS", "CONTAINER_INSTANCE_HEALTH"]
    )["containerInstances"]
    assert instance["healthStatus"]["overallStatus"] == "OK"
    assert instance["healthStatus"]["details"][0]["type"] == "CONTAINER_RUNTIME"
    assert instance["tags"] == [{"key": "a", "value": "b"}]
    (instance,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    assert "healthStatus" not in instance
    assert instance["tags"] == []


def test_none_too_many_and_malformed_ones_are_refused(ecs: Any) -> None:
    assert refused(ecs.describe_container_instances, containerInstances=[]) == (
        "InvalidParameterException",
        "Container Instances cannot be empty.",
    )
    many = [f"{number:032x}" for number in range(101)]
    for wrong in (many, ["no id!"], ["arn:aws:ecs:us-east-1:123456789012:task/default/1"]):
        code, _ = refused(ecs.describe_container_instances, containerInstances=wrong)
        assert code == "InvalidParameterException"
    code, _ = refused(
        ecs.describe_container_instances, containerInstances=["0" * 32], include=["MOOD"]
    )
    assert code == "InvalidParameterException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    code, _ = refused(
        ecs.describe_container_instances, cluster="none", containerInstances=["0" * 32]
    )
    assert code == "ClusterNotFoundException"
