"""What a client may ask about tags: one function per API operation.

A resource is named by its ARN. One that is INACTIVE or STOPPED keeps its tags but takes no others.
"""

from typing import Any

import msgspec

from roadstead.aws.arns import is_arn
from roadstead.ecs.errors import (
    cluster_not_found,
    invalid_parameter,
    resource_not_found,
    unsupported_feature,
)
from roadstead.ecs.operations.references import id_in_arn
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.task_set import TASK_SETS
from roadstead.ecs.rules.tags import checked_tags, merged_tags, remaining_tags
from roadstead.ecs.transitions.tags import put_tags
from roadstead.ecs.views.tags import tag_list
from roadstead.state.plans import Call
from roadstead.state.records import Table
from roadstead.state.view import Tx, View


class _Kind(msgspec.Struct, frozen=True):
    """One type of resource that can be tagged."""

    words: str
    table: Table[Any]
    id_parts: int = 2
    """Of how many parts its id in a long ARN consists."""
    status_field: str = "status"
    ended: frozenset[str] = frozenset({"INACTIVE"})
    """Statuses in which it takes no tags."""


_KINDS = {
    "cluster": _Kind("cluster", CLUSTERS, id_parts=1),
    "task-definition": _Kind(
        "task definition",
        TASK_DEFINITIONS,
        id_parts=1,
        ended=frozenset({"INACTIVE", "DELETE_IN_PROGRESS"}),
    ),
    "container-instance": _Kind("container instance", CONTAINER_INSTANCES),
    "service": _Kind("service", SERVICES),
    "task-set": _Kind("task set", TASK_SETS, id_parts=4),
    "task": _Kind("task", TASKS, status_field="last_status", ended=frozenset({"STOPPED"})),
}

_LATER = frozenset(
    {
        "capacity-provider",
        "daemon",
        "daemon-task-definition",
        "gateway",
        "express-gateway-service",
    }
)
"""Types that ECS tags and Roadstead does not have yet."""


def tag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Add tags to a resource; a key that it has gets the new value.

    Raises: ClusterNotFoundException, ResourceNotFoundException for what is not there;
        InvalidParameterException for an ARN or tag that is not valid, a resource that has ended, or
        more than 50 tags; UnsupportedFeatureException for a type that Roadstead lacks.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html
    """
    table, record = _taggable(tx, call, request["resourceArn"], to_write=True)
    added = checked_tags(request["tags"])
    put_tags(tx, table, record.arn, merged_tags(record.tags, added))
    return {}


def untag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags by key; a key that is not there is no error.

    Raises: as `tag_resource`.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html
    """
    table, record = _taggable(tx, call, request["resourceArn"], to_write=True)
    put_tags(tx, table, record.arn, remaining_tags(record.tags, request["tagKeys"]))
    return {}


def list_tags_for_resource(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of a resource, also of one that has ended and is still known.

    Raises: as `tag_resource`, except for ended resources other than clusters; its model has no
        ResourceNotFoundException, what is not there gets InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html
    """
    _, record = _taggable(view, call, request["resourceArn"], to_write=False)
    return {"tags": tag_list(record.tags)}


def _taggable(view: View, call: Call, arn: str, *, to_write: bool) -> tuple[Table[Any], Any]:
    """The record that an ARN names, and its table.

    Raises: as `tag_resource`.
    """
    kind = _kind_of(call, arn)
    record = view.get(kind.table, arn)
    if record is None:
        if kind.table is CLUSTERS:
            raise cluster_not_found()
        missing = f"The specified {kind.words} is not found: {arn}"
        raise resource_not_found(missing) if to_write else invalid_parameter(missing)
    if getattr(record, kind.status_field) in kind.ended and (to_write or kind.table is CLUSTERS):
        state = "stopped" if kind.table is TASKS else "inactive"
        wanted = "a running" if kind.table is TASKS else "an active"
        raise invalid_parameter(
            f"The specified {kind.words} is {state}. Specify {wanted} {kind.words} and try again."
        )
    return kind.table, record


def _kind_of(call: Call, arn: str) -> _Kind:
    """Raises: as `tag_resource`."""
    if not is_arn(arn):
        raise invalid_parameter(f"Invalid resourceArn: {arn}. Expected the ARN of an ECS resource.")
    kind_name = arn.split(":", 5)[-1].partition("/")[0]
    if kind_name in _LATER:
        raise unsupported_feature(
            f"Tags of type {kind_name} are not implemented yet: Roadstead has no such resources."
        )
    if kind_name not in _KINDS:
        raise invalid_parameter(
            f"Invalid resourceArn: {arn}. Resources of these types can be tagged: "
            f"{', '.join(_KINDS)}."
        )
    kind = _KINDS[kind_name]
    parts = id_in_arn(call, arn, kind_name).split("/")
    if len(parts) < kind.id_parts:
        raise invalid_parameter("Long arn format must be used for tagging operations")
    return kind
