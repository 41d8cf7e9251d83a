"""What a client may ask about clusters: one function per API operation."""

from typing import Any

from roadstead.ecs.errors import (
    cluster_contains_container_instances,
    cluster_contains_services,
    cluster_contains_tasks,
    invalid_parameter,
)
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import DEFAULT_CLUSTER, cluster_arn, the_cluster
from roadstead.ecs.records.cluster import ACTIVE_CLUSTERS, CLUSTERS, Cluster
from roadstead.ecs.records.container_instance import LISTED_CONTAINER_INSTANCES
from roadstead.ecs.records.service import LISTED_SERVICES
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.rules.cluster import (
    check_cluster_name,
    check_configuration,
    container_insights,
    refuse_later_parts,
)
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.rules.task_lifecycle import ORDER
from roadstead.ecs.transitions import clusters as transitions
from roadstead.ecs.views.account_settings import effective_value
from roadstead.ecs.views.cluster import AFTER_WRITE, CLUSTER_FIELDS, cluster_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_DESCRIBED_MAX = 100
_PAGE_MAX = 100

_LIVE_STATUSES = ORDER[:-1]
"""The lastStatus of a task that is not STOPPED."""


def create_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new cluster, or the ACTIVE one of that name as it is.

    Raises: InvalidParameterException for a name, setting, configuration or tag that is not valid;
        UnsupportedFeatureException for capacity providers and namespaces.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
    """
    name = request.get("clusterName") or DEFAULT_CLUSTER
    check_cluster_name(name)
    refuse_later_parts(request)
    configuration = request.get("configuration")
    check_configuration(configuration)
    insights = container_insights(request.get("settings"))
    tags = checked_tags(request.get("tags"))
    cluster = tx.get(CLUSTERS, call.arn("ecs", f"cluster/{name}"))
    if cluster is None or cluster.status == "INACTIVE":
        cluster = transitions.create_cluster(
            tx,
            call,
            name,
            container_insights=insights
            or effective_value(tx, call.scope, call.caller_arn, "containerInsights"),
            configuration=configuration,
            tags=tags,
        )
    return _answer(tx, cluster)


def update_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change the settings and the configuration that are named.

    Raises: ClusterNotFoundException; InvalidParameterException for a setting or configuration that
        is not valid; UnsupportedFeatureException for a namespace.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html
    """
    cluster = the_cluster(tx, call, request["cluster"])
    refuse_later_parts(request)
    configuration = request.get("configuration")
    check_configuration(configuration)
    insights = container_insights(request.get("settings"))
    return _answer(
        tx,
        transitions.update_cluster(
            tx, cluster, container_insights=insights, configuration=configuration
        ),
    )


def update_cluster_settings(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change containerInsights.

    Raises: ClusterNotFoundException; InvalidParameterException for no setting, or one that is not
        valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateClusterSettings.html
    """
    cluster = the_cluster(tx, call, request["cluster"])
    insights = container_insights(request["settings"])
    if insights is None:
        raise invalid_parameter("settings cannot be empty. The only setting is containerInsights.")
    return _answer(tx, transitions.update_cluster(tx, cluster, container_insights=insights))


def delete_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Make the cluster INACTIVE, if nothing lives in it.

    Raises: ClusterNotFoundException; ClusterContainsContainerInstancesException,
        ClusterContainsServicesException, ClusterContainsTasksException, looked for in this order.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """
    cluster = the_cluster(tx, call, request["cluster"])
    if tx.count(LISTED_CONTAINER_INSTANCES, cluster.arn):
        raise cluster_contains_container_instances()
    if tx.count(LISTED_SERVICES, cluster.arn):
        raise cluster_contains_services()
    counts = tx.projection(TaskCounts)
    if any(counts.in_cluster(cluster.arn, status) for status in _LIVE_STATUSES):
        raise cluster_contains_tasks()
    return _answer(tx, transitions.delete_cluster(tx, call, cluster))


def describe_clusters(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The clusters named, or `default`; those that are not there as failures.

    Raises: InvalidParameterException for more than 100, a name that cannot be one, or an ARN of
        another account or Region.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
    """
    names = request.get("clusters") or [DEFAULT_CLUSTER]
    if len(names) > _DESCRIBED_MAX:
        raise invalid_parameter(
            f"Up to {_DESCRIBED_MAX} clusters can be described at once, not {len(names)}."
        )
    include = request.get("include") or ()
    for field in include:
        if field not in CLUSTER_FIELDS:
            raise invalid_parameter(
                f"Invalid include {field!r}. It should be one of [{', '.join(CLUSTER_FIELDS)}]."
            )
    found: list[dict[str, Any]] = []
    failures: list[dict[str, str]] = []
    for arn in dict.fromkeys(cluster_arn(call, name) for name in names):
        cluster = view.get(CLUSTERS, arn)
        if cluster is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(cluster_view(view, cluster, include))
    return {"clusters": found, "failures": failures}


def list_clusters(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The ARNs of all clusters that are not INACTIVE, in order.

    Raises: InvalidParameterException for a token or page size that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html
    """
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    after = after_text("ListClusters", request)
    rows = view.walk(ACTIVE_CLUSTERS, call.scope, after=after)
    page, token = one_page("ListClusters", request, rows, size, lambda cluster: cluster.arn)
    return {"clusterArns": [cluster.arn for cluster in page], **token}


def _answer(view: View, cluster: Cluster) -> dict[str, Any]:
    return {"cluster": cluster_view(view, cluster, AFTER_WRITE)}
