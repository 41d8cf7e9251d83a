"""CreateTaskSet, as boto3 sees it."""

from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service
from task_sets import create, described, external_service, scaled


@pytest.fixture
def service(ecs: Any, cluster: str) -> dict[str, Any]:
    """An EXTERNAL service `web` that wants 4 tasks."""
    return external_service(ecs)


def test_a_task_set_wants_its_share_of_the_services_tasks(
    ecs: Any, service: dict[str, Any]
) -> None:
    task_set = create(ecs, 30, externalId="green", tags=[{"key": "team", "value": "web"}])
    assert task_set["id"].startswith("ecs-svc/")
    assert len(task_set["id"]) == len("ecs-svc/") + 19
    assert task_set["taskSetArn"].endswith(f":task-set/default/web/{task_set['id']}")
    assert task_set["serviceArn"] == service["serviceArn"]
    assert (task_set["status"], task_set["stabilityStatus"]) == ("ACTIVE", "STABILIZING")
    assert task_set["scale"] == {"value": 30.0, "unit": "PERCENT"}
    assert task_set["computedDesiredCount"] == 2  # of 1.2
    assert (task_set["runningCount"], task_set["pendingCount"]) == (0, 0)
    assert task_set["taskDefinition"].endswith(":task-definition/web:1")
    assert task_set["launchType"] == "EC2"
    assert task_set["externalId"] == "green"
    assert task_set["tags"] == [{"key": "team", "value": "web"}]
    assert "startedBy" not in task_set
    (shown,) = the_service(ecs)["taskSets"]
    assert shown["id"] == task_set["id"]
    assert "tags" not in shown


def test_without_a_scale_it_wants_none(ecs: Any, service: dict[str, Any]) -> None:
    task_set = create(ecs)
    assert (task_set["scale"]["value"], task_set["computedDesiredCount"]) == (0.0, 0)


def test_its_tasks_are_started_and_then_it_is_steady(
    ecs: Any, server: Any, service: dict[str, Any], register_instances: Any
) -> None:
    register_instances(2)
    identifier = create(ecs, 50)["id"]
    server.settle()
    (task_set,) = described(ecs)
    assert (task_set["pendingCount"], task_set["stabilityStatus"]) == (2, "STABILIZING")
    agents_work(server, service["serviceArn"])
    (task_set,) = described(ecs)
    assert (task_set["runningCount"], task_set["stabilityStatus"]) == (2, "STEADY_STATE")
    tasks = ecs.list_tasks(serviceName="web")["taskArns"]
    assert {each["startedBy"] for each in ecs.describe_tasks(tasks=tasks)["tasks"]} == {identifier}
    shown = the_service(ecs)
    assert (shown["runningCount"], shown["desiredCount"]) == (2, 4)
    messages = [each["message"] for each in shown["events"]]
    assert f"(service web, taskSet {identifier}) has reached a steady state." in messages


def test_two_sets_run_side_by_side_each_with_its_own_revision(
    ecs: Any, server: Any, service: dict[str, Any], register_instances: Any
) -> None:
    register_instances(2)
    newer = register_web(ecs)
    old, new = create(ecs, 100)["id"], create(ecs, 25, taskDefinition="web")["id"]
    server.settle()
    agents_work(server, service["serviceArn"])
    server.advance(41)
    assert [(each["id"], each["runningCount"]) for each in described(ecs)] == [(old, 4), (new, 1)]
    tasks = ecs.list_tasks(startedBy=new)["taskArns"]
    (task,) = ecs.describe_tasks(tasks=tasks)["tasks"]
    assert task["taskDefinitionArn"] == newer


def test_the_same_client_token_makes_no_second_set(ecs: Any, service: dict[str, Any]) -> None:
    first = create(ecs, 10, clientToken="once")
    assert create(ecs, 10, clientToken="once")["id"] == first["id"]
    assert create(ecs, 10)["id"] != first["id"]
    assert refusal_of(create, ecs, 20, clientToken="once") == (
        "InvalidParameterException",
        "Creation of task set was not idempotent.",
    )


def test_create_on_non_external_service(ecs: Any, cluster: str) -> None:
    register_web(ecs)
    ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=0)
    expected = (
        "InvalidParameterException",
        "Amazon ECS only supports task set management on services configured to use external "
        "deployment controllers.",
    )
    assert refusal_of(create, ecs) == expected
    assert refusal_of(described, ecs) == expected
    assert refusal_of(scaled, ecs, "ecs-svc/1", 10) == expected


def test_max_5_task_sets_per_service(ecs: Any, service: dict[str, Any]) -> None:
    for _ in range(5):
        create(ecs)
    assert refusal_of(create, ecs) == (
        "InvalidParameterException",
        "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the "
        "maximum limit.",
    )


def test_an_unknown_or_inactive_definition_is_refused(ecs: Any, service: dict[str, Any]) -> None:
    assert refusal_of(create, ecs, taskDefinition="web:9") == (
        "ClientException",
        "TaskDefinition not found.",
    )
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert refusal_of(create, ecs) == ("ClientException", "TaskDefinition is inactive")


def test_a_deleted_service_takes_no_more_sets(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    ecs.delete_service(service="web", force=True)
    expected = ("ServiceNotActiveException", "Service was not ACTIVE.")
    assert refusal_of(create, ecs) == expected
    assert refusal_of(described, ecs) == expected


def test_unknown_service_task_set(ecs: Any, service: dict[str, Any]) -> None:
    expected = ("ServiceNotFoundException", "Service not found.")
    assert refusal_of(create, ecs, service="nobody") == expected
    assert refusal_of(described, ecs, service="nobody") == expected
    assert refusal_of(scaled, ecs, "ecs-svc/1", 10)[0] == "TaskSetNotFoundException"
    where = {"cluster": "default", "service": "web"}
    for operation, member in (
        (ecs.delete_task_set, "taskSet"),
        (ecs.update_service_primary_task_set, "primaryTaskSet"),
    ):
        refusal = refusal_of(operation, **where, **{member: "ecs-svc/1"})
        assert refusal[0] == "TaskSetNotFoundException"
    assert refusal_of(create, ecs, cluster="nowhere")[0] == "ClusterNotFoundException"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"scale": {"value": 100.5}}, "scale.value must be between 0.0 and 100.0, not 100.5."),
        ({"scale": {"value": -1.0}}, "scale.value must be between 0.0 and 100.0, not -1.0."),
        ({"scale": {"value": 1.0, "unit": "TASKS"}}, "scale.unit should be PERCENT"),
        ({"launchType": "MOON"}, "launchType should be one of"),
        ({"clientToken": "a b"}, "clientToken has up to 36"),
        ({"platformVersion": "LATEST"}, "The platform version must be null"),
        ({"externalId": "x" * 256}, "externalId can have up to 255 characters."),
        ({"tags": [{"key": "aws:x", "value": ""}]}, "Tag key 'aws:x' is reserved"),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "Network Configuration is not valid",
        ),
        ({"service": "a b"}, "Invalid identifier"),
    ],
)
def test_a_parameter_that_is_not_valid_is_refused(
    ecs: Any, service: dict[str, Any], parameters: dict[str, Any], said: str
) -> None:
    code, message = refusal_of(create, ecs, **parameters)
    assert code == "InvalidParameterException"
    assert said in message


@pytest.mark.parametrize(
    "parameters",
    [
        {"capacityProviderStrategy": [{"capacityProvider": "c"}]},
        {"launchType": "FARGATE"},
    ],
)
def test_what_is_not_implemented_yet_is_refused(
    ecs: Any, service: dict[str, Any], parameters: dict[str, Any]
) -> None:
    assert refusal_of(create, ecs, **parameters)[0] == "UnsupportedFeatureException"
    assert described(ecs) == []


def test_a_task_sets_tags_can_be_changed(ecs: Any, service: dict[str, Any]) -> None:
    arn = create(ecs, tags=[{"key": "a", "value": "1"}])["taskSetArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    (shown,) = described(ecs, include=["TAGS"])
    assert shown["tags"] == [{"key": "b", "value": "2"}]
