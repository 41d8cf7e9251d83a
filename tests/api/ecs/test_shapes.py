"""What clients such as Terraform and the CDK read without asking whether it is there."""

import re
from typing import Any

import pytest
from registered import register

PREFIX = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture
def instance(cluster: str, register_instances: Any) -> str:
    (arn,) = register_instances()
    return str(arn)


@pytest.fixture
def service(ecs: Any, server: Any, instance: str) -> dict[str, Any]:
    """The only service, with one PENDING task."""
    register(ecs)
    ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=1)
    server.settle()
    (shown,) = ecs.describe_services(services=["web"])["services"]
    found: dict[str, Any] = shown
    return found


def test_a_service_has_all_that_applies_to_it(service: dict[str, Any]) -> None:
    assert {
        "clusterArn": f"{PREFIX}:cluster/default",
        "serviceArn": f"{PREFIX}:service/default/web",
        "serviceName": "web",
        "status": "ACTIVE",
        "taskDefinition": f"{PREFIX}:task-definition/web:1",
        "desiredCount": 1,
        "pendingCount": 1,
        "runningCount": 0,
        "launchType": "EC2",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "strategy": "ROLLING",
            "bakeTimeInMinutes": 0,
        },
        "availabilityZoneRebalancing": "ENABLED",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "propagateTags": "NONE",
        "healthCheckGracePeriodSeconds": 0,
        "createdBy": "arn:aws:iam::123456789012:root",
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
    }.items() <= service.items()
    assert len(service["events"]) == 1


def test_SV_16_a_deployment_has_all_that_applies_to_it(service: dict[str, Any]) -> None:
    (deployment,) = service["deployments"]
    identifier = deployment["id"]
    assert re.fullmatch(r"ecs-svc/[0-9]{19}", identifier)
    assert {
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": 1,
        "pendingCount": 1,
        "runningCount": 0,
        "failedTasks": 0,
        "launchType": "EC2",
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {identifier} in progress.",
    }.items() <= deployment.items()
    assert deployment["createdAt"] == deployment["updatedAt"] == service["createdAt"]


def test_TK_80_a_services_task_has_all_that_applies_to_it(
    ecs: Any, service: dict[str, Any], instance: str
) -> None:
    (arn,) = ecs.list_tasks()["taskArns"]
    (task,) = ecs.describe_tasks(tasks=[arn])["tasks"]
    assert {
        "clusterArn": service["clusterArn"],
        "containerInstanceArn": instance,
        "taskDefinitionArn": service["taskDefinition"],
        "group": "service:web",
        "startedBy": service["deployments"][0]["id"],
        "launchType": "EC2",
        "lastStatus": "PENDING",
        "desiredStatus": "RUNNING",
        "healthStatus": "UNKNOWN",
        "connectivity": "CONNECTED",
        "cpu": "0",
        "memory": "64",
        "availabilityZone": "us-east-1a",
        "enableExecuteCommand": False,
        "attachments": [],
        "tags": [],
        "overrides": {
            "containerOverrides": [{"name": "app"}],
            "inferenceAcceleratorOverrides": [],
        },
        "version": 1,
    }.items() <= task.items()
    (container,) = task["containers"]
    assert {
        "taskArn": arn,
        "name": "app",
        "image": "busybox:latest",
        "lastStatus": "PENDING",
        "healthStatus": "UNKNOWN",
        "networkInterfaces": [],
        "cpu": "0",
        "memory": "64",
    }.items() <= container.items()


def test_AR_04_ids_of_tasks_and_instances_are_32_hexadecimal_digits(
    ecs: Any, service: dict[str, Any], instance: str
) -> None:
    (task,) = ecs.list_tasks()["taskArns"]
    assert re.fullmatch(rf"{PREFIX}:task/default/[0-9a-f]{{32}}", task)
    assert re.fullmatch(rf"{PREFIX}:container-instance/default/[0-9a-f]{{32}}", instance)


def test_a_container_instance_has_all_that_applies_to_it(
    ecs: Any, service: dict[str, Any], instance: str
) -> None:
    (shown,) = ecs.describe_container_instances(containerInstances=[instance])["containerInstances"]
    assert {
        "containerInstanceArn": instance,
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": 1,
        "pendingTasksCount": 1,
        "versionInfo": {
            "agentVersion": "1.0.0",
            "agentHash": "0000000",
            "dockerVersion": "DockerVersion: 20.10.24",
        },
        "attachments": [],
        "tags": [],
    }.items() <= shown.items()
    left = {each["name"]: each for each in shown["remainingResources"]}
    assert left["MEMORY"]["integerValue"] == 4096 - 64
    assert [each["name"] for each in shown["registeredResources"]] == list(left)
    for resource in left.values():
        assert (resource["doubleValue"], resource["longValue"]) == (0.0, 0)


def test_TD_03_a_definition_has_all_that_applies_to_it(ecs: Any) -> None:
    register(ecs)
    answer = ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])
    assert answer["tags"] == []
    definition = answer["taskDefinition"]
    assert {
        "taskDefinitionArn": f"{PREFIX}:task-definition/web:1",
        "family": "web",
        "revision": 1,
        "status": "ACTIVE",
        "networkMode": "bridge",
        "volumes": [],
        "placementConstraints": [],
        "requiresAttributes": [],
        "compatibilities": ["EXTERNAL", "EC2"],
        "registeredBy": "arn:aws:iam::123456789012:root",
    }.items() <= definition.items()
    assert "deregisteredAt" not in definition


def test_CL_04_a_plain_cluster_is_active_at_once_and_has_all_that_applies_to_it(ecs: Any) -> None:
    created = ecs.create_cluster(clusterName="new")["cluster"]
    assert created == {
        "clusterArn": f"{PREFIX}:cluster/new",
        "clusterName": "new",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "tags": [],
        "settings": [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    }
