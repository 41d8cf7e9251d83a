"""RegisterTaskDefinition. Every rule has its unit test; here is what a client sees of them."""

from typing import Any

import pytest
from registered import CONTAINER, register

from refusals import refused

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition"


def test_TD_37_the_answer_shows_the_definition_with_its_defaults(ecs: Any, server: Any) -> None:
    container = CONTAINER | {"portMappings": [{"containerPort": 80}]}
    shown = register(ecs, containerDefinitions=[container])
    registered_at = shown.pop("registeredAt")
    assert abs((registered_at - server.clock.now()).total_seconds()) < 60
    assert shown == {
        "taskDefinitionArn": f"{ARN}/web:1",
        "family": "web",
        "revision": 1,
        "status": "ACTIVE",
        "networkMode": "bridge",
        "containerDefinitions": [
            {
                **CONTAINER,
                "cpu": 0,
                "essential": True,
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
                "systemControls": [],
                "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
            }
        ],
        "volumes": [],
        "placementConstraints": [],
        "requiresAttributes": [],
        "compatibilities": ["EXTERNAL", "EC2"],
        "registeredBy": "arn:aws:iam::123456789012:root",
    }


def test_TD_04_the_same_again_is_a_new_revision(ecs: Any) -> None:
    assert [register(ecs)["revision"] for _ in range(3)] == [1, 2, 3]


def test_TD_35_tags_stand_beside_the_definition(ecs: Any) -> None:
    tags = [{"key": "team", "value": "web"}]
    answer = ecs.register_task_definition(family="web", containerDefinitions=[CONTAINER], tags=tags)
    assert answer["tags"] == tags
    assert "tags" not in answer["taskDefinition"]


def test_TD_99_tags_are_not_inherited_by_the_next_revision(ecs: Any) -> None:
    register(ecs, tags=[{"key": "team", "value": "web"}])
    register(ecs)
    assert ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])["tags"] == []


def test_an_empty_list_of_tags_is_refused(ecs: Any) -> None:
    code, message = refused(
        ecs.register_task_definition, family="web", containerDefinitions=[CONTAINER], tags=[]
    )
    assert (code, message) == ("ClientException", "Tags can not be empty.")


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"family": "my web"}, "ClientException", "Family contains invalid characters"),
        (
            {"containerDefinitions": [{"image": "a", "memory": 64}]},
            "ClientException",
            "Container.name should not be null or empty.",
        ),
        (
            {"containerDefinitions": [{"name": "a", "image": "a"}]},
            "ClientException",
            "Invalid setting for container 'a'. At least one of 'memory' or 'memoryReservation'",
        ),
        ({"networkMode": "overlay"}, "InvalidParameterException", "Invalid value 'overlay'"),
        ({"cpu": "many"}, "ClientException", "Invalid 'cpu' setting for task."),
        (
            {"requiresCompatibilities": ["FARGATE"]},
            "ClientException",
            "Fargate only supports network mode ‘awsvpc’.",
        ),
        (
            {"placementConstraints": [{"type": "memberOf", "expression": "a"}]},
            "ClientException",
            "Invalid expression in placementConstraints[0], at position 1: found 'a', expected a "
            "subject: agentConnected,",
        ),
        ({"tags": [{"key": "aws:a", "value": ""}]}, "InvalidParameterException", "Tag key"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_takes_no_number(
    ecs: Any, members: dict[str, Any], code: str, message: str
) -> None:
    request = {"family": "web", "containerDefinitions": [CONTAINER], **members}
    found_code, found_message = refused(ecs.register_task_definition, **request)
    assert found_code == code
    assert found_message.startswith(message)
    assert register(ecs)["revision"] == 1
