"""What is kept for a while after its end, oldest first: who is next to be removed."""

from datetime import UTC, datetime

from roadstead.ecs.records.account import CLIENT_TOKENS, ClientToken
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import (
    FINAL_STATUSES,
    SERVICE_DEPLOYMENTS,
    ServiceDeployment,
)
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import has_interface
from roadstead.state.records import Index

ALL = "all"
"""The one key of each of these indexes."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def stopped_since(task: Task) -> datetime:
    """When the task became STOPPED."""
    return task.stopped_at or task.created_at or _LONG_AGO


def inactive_since(instance: ContainerInstance) -> datetime:
    """When the container instance became INACTIVE."""
    return instance.deregistered_at or instance.registered_at or _LONG_AGO


def deleted_since(service: Service) -> datetime:
    """When the service became INACTIVE."""
    return service.deleted_at or service.created_at or _LONG_AGO


def finished_since(deployment: ServiceDeployment) -> datetime:
    """When the service deployment ended."""
    return deployment.finished_at or deployment.created_at or _LONG_AGO


def used_since(token: ClientToken) -> datetime:
    """When the token was first used."""
    return token.created_at or _LONG_AGO


def _has_left(task: Task) -> bool:
    """Whether something of the task is still to be taken back."""
    return has_interface(task) or any(
        each.state in ("REGISTERED", "DRAINING") for each in task.targets
    )


STOPPED_TASKS = Index(
    "stopped_tasks",
    TASKS,
    lambda task: (ALL,) if task.last_status == "STOPPED" and not _has_left(task) else (),
    stopped_since,
)
"""A task that was given up with its host stays until its connections have ended and its interface
is deleted: it is who says so."""

INACTIVE_INSTANCES = Index(
    "inactive_instances",
    CONTAINER_INSTANCES,
    lambda instance: (ALL,) if instance.status == "INACTIVE" else (),
    inactive_since,
)

INACTIVE_SERVICES = Index(
    "inactive_services",
    SERVICES,
    lambda service: (ALL,) if service.status == "INACTIVE" else (),
    deleted_since,
)

FINISHED_DEPLOYMENTS = Index(
    "finished_deployments",
    SERVICE_DEPLOYMENTS,
    lambda deployment: (ALL,) if deployment.status in FINAL_STATUSES else (),
    finished_since,
)

USED_TOKENS = Index("used_tokens", CLIENT_TOKENS, lambda _: (ALL,), used_since)
