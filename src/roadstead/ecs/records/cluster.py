"""Cluster: a name under which container instances, services and tasks live.

An INACTIVE (deleted) cluster stays as a record: its ARN comes back when the name is created again.
"""

from datetime import datetime
from typing import Any

from roadstead.ecs.records.scope import scope_of
from roadstead.state.records import Index, Record, Table


class Cluster(Record, frozen=True, kw_only=True):
    name: str = ""
    status: str = "ACTIVE"
    """ACTIVE or INACTIVE; PROVISIONING, DEPROVISIONING and FAILED need capacity providers."""
    container_insights: str = "disabled"
    configuration: dict[str, Any] | None = None
    """As the client sent it."""
    service_connect_namespace: str = ""
    capacity_providers: tuple[str, ...] = ()
    default_capacity_provider_strategy: tuple[dict[str, Any], ...] = ()
    tags: dict[str, str] = {}
    created_at: datetime | None = None
    deleted_at: datetime | None = None


CLUSTERS = Table("clusters", Cluster)

ACTIVE_CLUSTERS = Index(
    "active_clusters",
    CLUSTERS,
    lambda cluster: (scope_of(cluster.arn),) if cluster.status != "INACTIVE" else (),
)
"""Key: scope. What ListClusters shows, by ARN."""
