"""DescribeTaskDefinition."""

from typing import Any

import pytest
from registered import register

from refusals import refused

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition"


@pytest.mark.parametrize("reference", ["web", "web:2", f"{ARN}/web:2"])
def test_TD_06_a_definition_is_named_in_three_ways(ecs: Any, reference: str) -> None:
    register(ecs)
    second = register(ecs)
    assert ecs.describe_task_definition(taskDefinition=reference)["taskDefinition"] == second


def test_TD_35_tags_need_include(ecs: Any) -> None:
    tags = [{"key": "team", "value": "web"}]
    register(ecs, tags=tags)
    assert "tags" not in ecs.describe_task_definition(taskDefinition="web")
    assert ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])["tags"] == tags


@pytest.mark.parametrize("reference", ["gone", "web:2", f"{ARN}/web:2"])
def test_TD_36_what_does_not_exist_is_refused(ecs: Any, reference: str) -> None:
    register(ecs)
    assert refused(ecs.describe_task_definition, taskDefinition=reference) == (
        "ClientException",
        "Unable to describe task definition.",
    )


def test_TD_06_a_revision_that_is_no_number_is_refused(ecs: Any) -> None:
    assert refused(ecs.describe_task_definition, taskDefinition="web:latest") == (
        "ClientException",
        "Invalid revision number. Number: latest",
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"taskDefinition": "arn:aws:ecs:us-east-1:123456789012:cluster/default"},
        {"taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1"},
        {"taskDefinition": "web", "include": ["ALL"]},
    ],
)
def test_other_parameters_are_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    register(ecs)
    assert refused(ecs.describe_task_definition, **parameters)[0] == "InvalidParameterException"
