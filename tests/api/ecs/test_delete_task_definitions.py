"""DeleteTaskDefinitions."""

from typing import Any

import pytest
from registered import register

from refusals import refused

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition"


def test_TD_18_a_revision_that_nothing_uses_is_gone(ecs: Any) -> None:
    register(ecs)
    ecs.deregister_task_definition(taskDefinition="web:1")
    answer = ecs.delete_task_definitions(taskDefinitions=["web:1"])
    (deleted,) = answer["taskDefinitions"]
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    assert deleted["deleteRequestedAt"] >= deleted["deregisteredAt"]
    assert answer["failures"] == []
    refused(ecs.describe_task_definition, taskDefinition="web:1")
    assert register(ecs)["revision"] == 2


def test_TD_18_a_revision_in_use_is_gone_after_its_last_task(
    ecs: Any, server: Any, cluster: str, register_instances: Any
) -> None:
    (instance,) = register_instances()
    register(ecs)
    ecs.run_task(taskDefinition="web:1")
    ecs.deregister_task_definition(taskDefinition="web:1")
    ecs.delete_task_definitions(taskDefinitions=["web:1"])
    server.settle()
    deleting = {"status": "DELETE_IN_PROGRESS"}
    assert ecs.list_task_definitions(**deleting)["taskDefinitionArns"] == [f"{ARN}/web:1"]
    shown = ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]
    assert shown["status"] == "DELETE_IN_PROGRESS"
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    server.settle()
    assert ecs.list_task_definitions(**deleting)["taskDefinitionArns"] == []


def test_TD_17_what_cannot_be_deleted_is_a_failure(ecs: Any) -> None:
    register(ecs)
    answer = ecs.delete_task_definitions(taskDefinitions=["web:1", "web:2", "web"])
    assert answer["taskDefinitions"] == []
    assert answer["failures"] == [
        {
            "arn": f"{ARN}/web:1",
            "reason": "The specified task definition is still in ACTIVE status. Please deregister "
            "the target and try again.",
        },
        {
            "arn": f"{ARN}/web:2",
            "reason": "The specified task definition does not exist. Specify a valid account, "
            "family, revision and try again.",
        },
        {
            "arn": "web",
            "reason": "The specified task definition identifier is invalid. Specify a valid name "
            "or ARN and try again.",
        },
    ]


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (0, "size of TaskDefinition references list must be greater than 0"),
        (11, "Size of TaskDefinition references list cannot exceed 10"),
    ],
)
def test_TD_17_one_to_ten_are_deleted_at_once(ecs: Any, count: int, message: str) -> None:
    references = [f"web:{n}" for n in range(count)]
    assert refused(ecs.delete_task_definitions, taskDefinitions=references) == (
        "InvalidParameterException",
        message,
    )
