"""DeregisterTaskDefinition."""

from typing import Any

import pytest
from registered import register

from refusals import refused


def test_TD_10_the_revision_is_inactive_since_now(ecs: Any) -> None:
    register(ecs)
    shown = ecs.deregister_task_definition(taskDefinition="web:1")["taskDefinition"]
    assert shown["status"] == "INACTIVE"
    assert shown["deregisteredAt"] >= shown["registeredAt"]


def test_TD_15_the_second_time_it_is_as_it_was(ecs: Any) -> None:
    register(ecs)
    first = ecs.deregister_task_definition(taskDefinition="web:1")["taskDefinition"]
    assert ecs.deregister_task_definition(taskDefinition="web:1")["taskDefinition"] == first


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("web", "Revision is missing."),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/web", "Revision is missing."),
        ("web:x", "Invalid revision number. Number: x"),
        (
            "web:2",
            "The specified task definition does not exist. Specify a valid account, family, "
            "revision and try again.",
        ),
    ],
)
def test_TD_06_a_revision_must_be_named_and_exist(ecs: Any, reference: str, message: str) -> None:
    register(ecs)
    assert refused(ecs.deregister_task_definition, taskDefinition=reference) == (
        "ClientException",
        message,
    )


def test_TD_11_no_new_task_starts_from_an_inactive_revision(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    ecs.deregister_task_definition(taskDefinition="web:1")
    for reference in ("web", "web:1"):
        code, _ = refused(ecs.run_task, taskDefinition=reference)
        assert code in ("ClientException", "InvalidParameterException")
        refused(ecs.create_service, serviceName="web", taskDefinition=reference, desiredCount=1)
    assert ecs.list_tasks()["taskArns"] == []
    assert ecs.list_services()["serviceArns"] == []


def test_TD_07_a_family_falls_back_to_its_latest_active_revision(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    first = register(ecs)["taskDefinitionArn"]
    register(ecs)
    ecs.deregister_task_definition(taskDefinition="web:2")
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    assert task["taskDefinitionArn"] == first
