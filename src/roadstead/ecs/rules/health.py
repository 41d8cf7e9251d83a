"""Health of a task and of a container instance, out of what their parts reported."""

from collections.abc import Iterable

from roadstead.ecs.records.task import Container

HEALTHY, UNHEALTHY, UNKNOWN = "HEALTHY", "UNHEALTHY", "UNKNOWN"

_WORST_FIRST = ("IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING", "OK")


def task_health(containers: Iterable[Container]) -> str:
    """Essential containers decide: one UNHEALTHY, else one UNKNOWN, else all HEALTHY.

    A container without a health check is UNKNOWN.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """
    found = {each.health_status for each in containers if each.essential}
    if UNHEALTHY in found:
        return UNHEALTHY
    return HEALTHY if found == {HEALTHY} else UNKNOWN


def instance_health(statuses: Iterable[str]) -> str:
    """The worst of an instance's checks; INSUFFICIENT_DATA when there is none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstanceHealthStatus.html
    """
    known = set(statuses)
    return next((status for status in _WORST_FIRST if status in known), "INSUFFICIENT_DATA")
