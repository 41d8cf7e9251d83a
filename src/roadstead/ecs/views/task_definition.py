"""A task definition as the API shows it."""

from typing import Any

from roadstead.ecs.records.task_definition import TaskDefinition


def task_definition_view(definition: TaskDefinition) -> dict[str, Any]:
    """The document with what the revision is. Tags stand beside it, never inside.

    Shape: TaskDefinition
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
    """
    shown: dict[str, Any] = {
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": definition.status,
        **definition.document,
        "requiresAttributes": [{"name": name} for name in definition.requires_attributes],
        "compatibilities": list(definition.compatibilities),
        "registeredAt": definition.registered_at,
        "registeredBy": definition.registered_by,
    }
    if definition.deregistered_at is not None:
        shown["deregisteredAt"] = definition.deregistered_at
    if definition.delete_requested_at is not None:
        shown["deleteRequestedAt"] = definition.delete_requested_at
    return shown
