"""A service's tasks on DRAINING instances, found at the price of those instances."""

from collections.abc import Iterable

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
)
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Task
from roadstead.state.view import View


def draining_tasks(view: View, service: Service) -> tuple[Task, ...]:
    """The service's tasks on DRAINING instances that were not asked to stop."""
    key = f"{service.cluster_arn}|DRAINING"
    draining = view.count(LISTED_CONTAINER_INSTANCES, key)
    if not draining:
        return ()
    group = view.projection(Capacity).group(service.cluster_arn, service.arn)
    if group is None:
        return ()
    instances: Iterable[str]
    if len(group.by_instance) < draining:
        instances = (arn for arn in group.by_instance if _is_draining(view, arn))
    else:
        found = view.find(LISTED_CONTAINER_INSTANCES, key)
        instances = (each.arn for each in found if each.arn in group.by_instance)
    return tuple(
        task
        for arn in instances
        for task in view.find(LIVE_TASKS_BY_INSTANCE, arn)
        if task.service_arn == service.arn and standing(task) is not None
    )


def _is_draining(view: View, container_instance_arn: str) -> bool:
    instance = view.get(CONTAINER_INSTANCES, container_instance_arn)
    return instance is not None and instance.status == "DRAINING"
