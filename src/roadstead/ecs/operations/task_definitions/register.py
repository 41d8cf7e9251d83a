"""RegisterTaskDefinition."""

from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.rules.task_definition.document import checked
from roadstead.ecs.transitions import task_definitions as transitions
from roadstead.ecs.views.tags import tag_list
from roadstead.ecs.views.task_definition import task_definition_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def register_task_definition(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new revision, also when it equals the one before it.

    Raises: ClientException or InvalidParameterException with the first rule that is broken;
        LimitExceededException after a million revisions.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    given_tags = request.get("tags")
    if given_tags is not None and not given_tags:
        raise client_error("Tags can not be empty.")
    tags = checked_tags(given_tags)
    definition = transitions.register_task_definition(
        tx, call, request["family"], checked(request), tags
    )
    return {
        "taskDefinition": task_definition_view(definition),
        "tags": tag_list(definition.tags),
    }
