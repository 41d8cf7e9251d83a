"""DescribeTaskDefinition."""

from typing import Any

from roadstead.ecs.errors import client_error, invalid_parameter
from roadstead.ecs.operations.references import find_task_definition
from roadstead.ecs.views.tags import tag_list
from roadstead.ecs.views.task_definition import task_definition_view
from roadstead.state.plans import Call
from roadstead.state.view import View


def describe_task_definition(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One revision in any status; a bare family means its latest ACTIVE one.

    Raises: ClientException when there is none; InvalidParameterException for an ARN of another
        kind, account or Region, or an include that is not known.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
    """
    include = request.get("include") or ()
    for field in include:
        if field != "TAGS":
            raise invalid_parameter(f"Invalid include {field!r}. It should be one of [TAGS].")
    definition = find_task_definition(view, call, request["taskDefinition"])
    if definition is None:
        raise client_error("Unable to describe task definition.")
    answer: dict[str, Any] = {"taskDefinition": task_definition_view(definition)}
    if include:
        answer["tags"] = tag_list(definition.tags)
    return answer
