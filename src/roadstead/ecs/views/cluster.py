"""A cluster as the API shows it."""

from collections.abc import Collection
from typing import Any

from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import LISTED_CONTAINER_INSTANCES
from roadstead.ecs.records.service import LISTED_SERVICES
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.views.tags import tag_list
from roadstead.state.view import View

CLUSTER_FIELDS = ("ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS")
"""Source: botocore:ecs#ClusterField"""

AFTER_WRITE = ("CONFIGURATIONS", "SETTINGS", "TAGS")
"""What the answer to a create, update or delete shows."""

_LAUNCH_TYPES = (
    ("EC2", "EC2"),
    ("FARGATE", "Fargate"),
    ("EXTERNAL", "External"),
    ("MANAGED_INSTANCES", "ManagedInstances"),
)
"""A launch type, and how statistics spell it."""


def cluster_view(view: View, cluster: Cluster, include: Collection[str] = ()) -> dict[str, Any]:
    """The cluster with its counts; the parts that cost more only if `include` names them.

    Shape: Cluster
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
    """
    arn = cluster.arn
    counts = view.projection(TaskCounts)
    shown: dict[str, Any] = {
        "clusterArn": arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": view.count(LISTED_CONTAINER_INSTANCES, f"{arn}|ACTIVE")
        + view.count(LISTED_CONTAINER_INSTANCES, f"{arn}|DRAINING"),
        "runningTasksCount": counts.in_cluster(arn, "RUNNING"),
        "pendingTasksCount": counts.in_cluster(arn, "PENDING"),
        "activeServicesCount": view.count(LISTED_SERVICES, f"{arn}|ACTIVE"),
        "statistics": _statistics(view, arn) if "STATISTICS" in include else [],
        "tags": tag_list(cluster.tags) if "TAGS" in include else [],
        "settings": (
            [{"name": "containerInsights", "value": cluster.container_insights}]
            if "SETTINGS" in include
            else []
        ),
        "capacityProviders": list(cluster.capacity_providers),
        "defaultCapacityProviderStrategy": list(cluster.default_capacity_provider_strategy),
    }
    if "CONFIGURATIONS" in include and cluster.configuration:
        shown["configuration"] = cluster.configuration
    if "ATTACHMENTS" in include:
        shown["attachments"] = []
    return shown


def _statistics(view: View, cluster_arn: str) -> list[dict[str, str]]:
    """Counts by launch type; the values are strings.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
    """
    counts = view.projection(TaskCounts)
    found: list[tuple[str, int]] = []
    for launch_type, spelt in _LAUNCH_TYPES:
        found += (
            (
                f"running{spelt}TasksCount",
                counts.of_launch_type(cluster_arn, launch_type, "RUNNING"),
            ),
            (
                f"pending{spelt}TasksCount",
                counts.of_launch_type(cluster_arn, launch_type, "PENDING"),
            ),
            (
                f"active{spelt}ServiceCount",
                view.count(LISTED_SERVICES, f"{cluster_arn}|ACTIVE|{launch_type}"),
            ),
            (
                f"draining{spelt}ServiceCount",
                view.count(LISTED_SERVICES, f"{cluster_arn}|DRAINING|{launch_type}"),
            ),
        )
    return [{"name": name, "value": str(value)} for name, value in found]
