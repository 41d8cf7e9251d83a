"""TD-39: the attributes that a definition asks of a container instance."""

from typing import Any

import pytest
from definition_requests import a_container, accepted

OLD = "com.amazonaws.ecs.capability."
API = OLD + "docker-remote-api."
NEW = "ecs.capability."
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
ASM = "arn:aws:secretsmanager:us-east-1:123456789012:secret:password"


def test_a_simple_definition_asks_for_nothing() -> None:
    assert accepted().requires_attributes == ()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"privileged": True}, {OLD + "privileged-container"}),
        ({"memoryReservation": 32}, {API + "1.21"}),
        ({"ulimits": [{"name": "core", "softLimit": 0, "hardLimit": 0}]}, {API + "1.19"}),
        ({"linuxParameters": {"initProcessEnabled": True}}, {API + "1.24"}),
        ({"stopTimeout": 30}, {API + "1.25"}),
        (
            {"logConfiguration": {"logDriver": "json-file"}},
            {API + "1.18", OLD + "logging-driver.json-file"},
        ),
        (
            {"logConfiguration": {"logDriver": "awslogs"}},
            {API + "1.18", API + "1.19", OLD + "logging-driver.awslogs"},
        ),
        ({"image": ECR}, {API + "1.18", OLD + "ecr-auth"}),
        ({"healthCheck": {"command": ["CMD", "true"]}}, {NEW + "container-health-check"}),
        ({"restartPolicy": {"enabled": True}}, {NEW + "container-restart-policy"}),
        (
            {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}]},
            {NEW + "env-files.s3"},
        ),
        ({"portMappings": [{"containerPortRange": "1-9"}]}, {NEW + "network.container-port-range"}),
        (
            {
                "firelensConfiguration": {
                    "type": "fluentbit",
                    "options": {"config-file-type": "file", "config-file-value": "/a"},
                }
            },
            {NEW + "firelens.fluentbit", NEW + "firelens.options.config.file"},
        ),
        (
            {"dockerSecurityOptions": ["label:a", "apparmor:b", "credentialspec:c"]},
            {OLD + "selinux", OLD + "apparmor", NEW + "gmsa"},
        ),
        ({"credentialSpecs": ["credentialspecdomainless:arn"]}, {NEW + "gmsa-domainless"}),
    ],
)
def test_a_containers_features_are_asked_for(members: Any, expected: set[str]) -> None:
    assert set(accepted(a_container(**members)).requires_attributes) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"taskRoleArn": "web"}, {API + "1.17", OLD + "task-iam-role"}),
        (
            {"taskRoleArn": "web", "networkMode": "host"},
            {API + "1.17", OLD + "task-iam-role-network-host"},
        ),
        ({"networkMode": "awsvpc"}, {API + "1.18", NEW + "task-eni"}),
        ({"pidMode": "task"}, {NEW + "pid-ipc-namespace-sharing"}),
        ({"cpu": "256"}, {NEW + "task-cpu-mem-limit"}),
        ({"memory": "512"}, {NEW + "task-cpu-mem-limit"}),
        ({"enableFaultInjection": True}, {NEW + "fault-injection"}),
        (
            {"volumes": [{"name": "a", "dockerVolumeConfiguration": {"driver": "rexray"}}]},
            {API + "1.21", NEW + "docker-plugin.rexray"},
        ),
        (
            {"volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]},
            {NEW + "efs"},
        ),
        (
            {"volumes": [{"name": "a", "configuredAtLaunch": True}]},
            {NEW + "storage.ebs-task-volume-attach"},
        ),
    ],
)
def test_a_tasks_features_are_asked_for(members: Any, expected: set[str]) -> None:
    assert set(accepted(**members).requires_attributes) == expected


def test_an_execution_role_pulls_and_logs() -> None:
    container = a_container(image=ECR, logConfiguration={"logDriver": "awslogs"})
    asked = accepted(container, executionRoleArn="execution").requires_attributes
    assert {NEW + "execution-role-ecr-pull", NEW + "execution-role-awslogs"} <= set(asked)


def test_secrets_are_asked_for_by_where_they_lie() -> None:
    container = a_container(
        secrets=[{"name": "A", "valueFrom": "/a"}, {"name": "B", "valueFrom": ASM}],
        logConfiguration={
            "logDriver": "splunk",
            "secretOptions": [{"name": "splunk-token", "valueFrom": ASM}],
        },
    )
    asked = accepted(container, executionRoleArn="execution").requires_attributes
    assert {
        NEW + "secrets.ssm.environment-variables",
        NEW + "secrets.asm.environment-variables",
        NEW + "secrets.asm.bootstrap.log-driver",
    } <= set(asked)


def test_an_attribute_is_asked_for_once() -> None:
    asked = accepted(a_container("a", privileged=True), a_container("b", privileged=True))
    assert asked.requires_attributes == (OLD + "privileged-container",)


def test_an_order_of_containers_is_asked_for() -> None:
    depends = {"dependsOn": [{"containerName": "b", "condition": "START"}]}
    asked = accepted(a_container("a", **depends), a_container("b"))
    assert asked.requires_attributes == (NEW + "container-ordering",)
