"""DescribeContainerInstances and ListContainerInstances."""

from collections.abc import Iterator
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.container_instances.named import instance_references
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.rules.cluster_query.expression import QueryError
from roadstead.ecs.rules.cluster_query.query import Query, query_of
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.views.container_instance import container_instance_view
from roadstead.state.plans import Call
from roadstead.state.view import View

DESCRIBED_MAX = 100
_PAGE_MAX = 100
_LISTED_STATUSES = ("ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED")
_INCLUDED = ("TAGS", "CONTAINER_INSTANCE_HEALTH")


def describe_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to 100 instances by id or ARN, INACTIVE ones too; `failures` name the unknown ones.

    Raises: ClusterNotFoundException; InvalidParameterException for none, too many or malformed
        references, or an unknown word in include.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    include = request.get("include") or ()
    for member in include:
        check_choice("include", member, _INCLUDED)
    found, failures = [], []
    for reference in instance_references(request, DESCRIBED_MAX):
        arn = arn_in_cluster(call, cluster, "container-instance", reference)
        instance = view.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        found.append(
            container_instance_view(
                view,
                instance,
                with_tags="TAGS" in include,
                with_health="CONTAINER_INSTANCE_HEALTH" in include,
            )
        )
    return {"containerInstances": found, "failures": failures}


def list_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """ARNs of the cluster's instances, of one status or of all but INACTIVE, in order of ARN.

    filter: an expression of the cluster query language.
    Raises: ClusterNotFoundException; InvalidParameterException for maxResults out of range, a
        token of another list, a status that is none or a filter that is no expression.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    query = _query(request.get("filter"))
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    after = after_text("ListContainerInstances", request)
    status = request.get("status")
    if status:
        check_choice("status", status, _LISTED_STATUSES)
    key = f"{cluster.arn}|{status}" if status else cluster.arn
    instances = view.walk(LISTED_CONTAINER_INSTANCES, key, after=after)
    page, more = one_page(
        "ListContainerInstances",
        request,
        instances if query is None else _members(view, cluster.arn, instances, query),
        size,
        lambda instance: instance.arn,
    )
    return {"containerInstanceArns": [instance.arn for instance in page], **more}


def _query(text: str | None) -> Query | None:
    if not text:
        return None
    try:
        return query_of(text)
    except QueryError as error:
        raise invalid_parameter(f"Invalid query in filter, {error}.") from error


def _members(
    view: View, cluster_arn: str, instances: Iterator[ContainerInstance], query: Query
) -> Iterator[ContainerInstance]:
    capacity = view.projection(Capacity)
    members = {
        zone: query.members(zone, capacity, cluster_arn) for zone in capacity.zones(cluster_arn)
    }
    for instance in instances:
        seat = capacity.seat(instance.arn)
        assert seat is not None
        assert seat.zone is not None
        if members[seat.zone][seat.slot]:
            yield instance
