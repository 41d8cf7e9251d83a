"""What ECS tells Cloud Map of a task's health."""

from collections.abc import Iterable

from roadstead.ecs.records.task import Container
from roadstead.ecs.records.task_definition import TaskDefinition


def custom_health(containers: Iterable[Container], definition: TaskDefinition) -> str:
    """HEALTHY once all essential containers with a health check are so; else UNHEALTHY.

    Where there is no health check a task that runs is healthy.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """
    checked = {
        each["name"]
        for each in definition.document["containerDefinitions"]
        if each.get("healthCheck")
    }
    found = {each.health_status for each in containers if each.essential and each.name in checked}
    return "HEALTHY" if found <= {"HEALTHY"} else "UNHEALTHY"
