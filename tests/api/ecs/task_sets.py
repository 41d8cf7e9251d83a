"""What the tests of task set operations share."""

from typing import Any

from services import register_web


def external_service(ecs: Any, *, name: str = "web", desired_count: int = 4) -> dict[str, Any]:
    """A service of the controller EXTERNAL, and the task definition web:1."""
    register_web(ecs)
    answer = ecs.create_service(
        serviceName=name,
        desiredCount=desired_count,
        deploymentController={"type": "EXTERNAL"},
    )
    return dict(answer["service"])


def create(ecs: Any, percent: float | None = None, **parameters: Any) -> dict[str, Any]:
    """A new task set of web:1 in the service web."""
    given = {"cluster": "default", "service": "web", "taskDefinition": "web:1", **parameters}
    if percent is not None:
        given["scale"] = {"value": percent, "unit": "PERCENT"}
    return dict(ecs.create_task_set(**given)["taskSet"])


def described(ecs: Any, **parameters: Any) -> list[dict[str, Any]]:
    answer = ecs.describe_task_sets(**{"cluster": "default", "service": "web", **parameters})
    assert answer["failures"] == []
    return list(answer["taskSets"])


def scaled(ecs: Any, task_set: str, percent: float) -> dict[str, Any]:
    return dict(
        ecs.update_task_set(
            cluster="default",
            service="web",
            taskSet=task_set,
            scale={"value": percent, "unit": "PERCENT"},
        )["taskSet"]
    )


def made_primary(ecs: Any, task_set: str) -> dict[str, Any]:
    return dict(
        ecs.update_service_primary_task_set(
            cluster="default", service="web", primaryTaskSet=task_set
        )["taskSet"]
    )
