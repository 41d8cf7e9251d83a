"""Task definitions for API tests."""

from typing import Any

CONTAINER = {"name": "app", "image": "busybox:latest", "memory": 64}


def register(ecs: Any, family: str = "web", **members: Any) -> dict[str, Any]:
    """The definition that was registered."""
    definition: dict[str, Any] = ecs.register_task_definition(
        **{"family": family, "containerDefinitions": [CONTAINER], **members}
    )["taskDefinition"]
    return definition
