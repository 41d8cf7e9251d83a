"""The only writer of clusters."""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.expiry import ALL, INACTIVE_INSTANCES, INACTIVE_SERVICES
from roadstead.ecs.records.service import EVENTS_BY_SERVICE, SERVICE_EVENTS, SERVICES
from roadstead.ecs.records.task import LISTED_TASKS, TASKS
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_cluster(
    tx: Tx,
    call: Call,
    name: str,
    *,
    container_insights: str,
    configuration: Mapping[str, Any] | None,
    tags: Mapping[str, str],
) -> Cluster:
    """A new ACTIVE cluster; the ARN of one that was deleted comes back without its former life."""
    arn = call.arn("ecs", f"cluster/{name}")
    before = tx.get(CLUSTERS, arn)
    assert before is None or before.status == "INACTIVE", f"{arn} is {before and before.status}"
    if before is not None:
        _forget_former_life(tx, arn)
    return tx.put(
        CLUSTERS,
        Cluster(
            arn=arn,
            name=name,
            container_insights=container_insights,
            configuration=dict(configuration) if configuration else None,
            tags=dict(tags),
            created_at=call.now,
        ),
    )


def update_cluster(
    tx: Tx,
    cluster: Cluster,
    *,
    container_insights: str | None = None,
    configuration: Mapping[str, Any] | None = None,
) -> Cluster:
    """The cluster with what is not None changed; parts of the configuration not named stay."""
    return tx.put(
        CLUSTERS,
        msgspec.structs.replace(
            cluster,
            container_insights=container_insights or cluster.container_insights,
            configuration=(
                {**(cluster.configuration or {}), **configuration}
                if configuration
                else cluster.configuration
            ),
        ),
    )


def delete_cluster(tx: Tx, call: Call, cluster: Cluster) -> Cluster:
    """The cluster, INACTIVE. The caller knows it to be empty."""
    return tx.put(
        CLUSTERS,
        msgspec.structs.replace(cluster, status="INACTIVE", tags={}, deleted_at=call.now),
    )


def _forget_former_life(tx: Tx, cluster_arn: str) -> None:
    """Remove what ended with the deleted cluster and is only kept to be described.

    Walks what ended within the last hour: names are created again too seldom for an index of it.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """
    for task in tx.find(LISTED_TASKS, f"{cluster_arn}|STOPPED"):
        tx.delete(TASKS, task.arn)
    for service in tx.find(INACTIVE_SERVICES, ALL):
        if service.cluster_arn != cluster_arn:
            continue
        for event in tx.find(EVENTS_BY_SERVICE, service.arn):
            tx.delete(SERVICE_EVENTS, event.arn)
        tx.delete(SERVICES, service.arn)
    for instance in tx.find(INACTIVE_INSTANCES, ALL):
        if instance.cluster_arn == cluster_arn:
            tx.delete(CONTAINER_INSTANCES, instance.arn)
