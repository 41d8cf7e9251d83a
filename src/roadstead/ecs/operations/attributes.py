"""What a client may ask about attributes: one function per API operation."""

from collections.abc import Iterator
from typing import Any

from roadstead.aws.arns import is_arn
from roadstead.aws.pages import Key, after_token
from roadstead.ecs.errors import invalid_parameter, target_not_found
from roadstead.ecs.operations.paged import invalid_token, one_page, page_size
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    INSTANCES_BY_CUSTOM_ATTRIBUTE,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.rules.instance_attributes import check_attribute, check_count, is_reserved
from roadstead.ecs.transitions.instance_attributes import put_custom_attributes
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_TARGET_TYPE = "container-instance"
_PER_CALL_MAX = 10
_PAGE_MAX = 100

_Row = tuple[str, str, str | None]
"""Instance ARN, name, value."""


def put_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set custom attributes, all of them or none; a name that is there gets the new value.

    Raises: ClusterNotFoundException; TargetNotFoundException for an unknown instance;
        AttributeLimitExceededException for more than 10 on one; InvalidParameterException for a
        name, value or target that is not valid, or more than 10 in the call.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    answer = []
    for attribute in _up_to_ten(request):
        name, value = attribute["name"], attribute.get("value")
        check_attribute(name, value)
        instance = _target(tx, call, cluster, attribute)
        attributes = {**instance.custom_attributes, name: value}
        check_count(attributes)
        put_custom_attributes(tx, instance, attributes)
        answer.append(_view((instance.arn, name, value), with_type=True))
    return {"attributes": answer}


def delete_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete custom attributes by name; one that is given a value only if it has that value.

    Answers with those that were deleted.
    Raises: ClusterNotFoundException; TargetNotFoundException for an unknown instance;
        InvalidParameterException for a name, value or target that is not valid, or more than 10.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAttributes.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    answer = []
    for attribute in _up_to_ten(request):
        name, value = attribute["name"], attribute.get("value")
        check_attribute(name, value)
        instance = _target(tx, call, cluster, attribute)
        attributes = dict(instance.custom_attributes)
        if name not in attributes or (value is not None and attributes[name] != value):
            continue
        row = (instance.arn, name, attributes.pop(name))
        put_custom_attributes(tx, instance, attributes)
        answer.append(_view(row, with_type=True))
    return {"attributes": answer}


def list_attributes(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One row for each instance and attribute, by instance and name.

    Raises: ClusterNotFoundException; InvalidParameterException for another target type, a value
        without a name, a token or page size that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAttributes.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    _check_target_type(request["targetType"])
    name, value = request.get("attributeName"), request.get("attributeValue")
    if value is not None and name is None:
        raise invalid_parameter("attributeValue can only be given together with attributeName.")
    after = _after(request)
    rows = _rows(view, cluster, name, value, after)
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    page, token = one_page("ListAttributes", request, rows, size, lambda row: (row[0], row[1]))
    return {"attributes": [_view(row) for row in page], **token}


def _rows(
    view: View,
    cluster: Cluster,
    name: str | None,
    value: str | None,
    after: tuple[str, str] | None,
) -> Iterator[_Row]:
    """The rows behind `after`. A custom attribute is found by an index; the others nearly every
    instance has."""
    index, key = LISTED_CONTAINER_INSTANCES, cluster.arn
    if name is not None and not is_reserved(name):
        index, key = INSTANCES_BY_CUSTOM_ATTRIBUTE, f"{cluster.arn}|{name}"
    if after is not None:
        started = view.get(CONTAINER_INSTANCES, after[0])
        if name is None and started is not None and started.status != "INACTIVE":
            yield from (row for row in _rows_of(started, None, None) if row[1] > after[1])
    for instance in view.walk(index, key, after=None if after is None else after[0]):
        yield from _rows_of(instance, name, value)


def _rows_of(instance: ContainerInstance, name: str | None, value: str | None) -> list[_Row]:
    attributes = {**instance.attributes, **instance.custom_attributes}
    names = sorted(attributes) if name is None else [name] if name in attributes else []
    return [
        (instance.arn, each, attributes[each])
        for each in names
        if value is None or attributes[each] == value
    ]


def _after(request: dict[str, Any]) -> tuple[str, str] | None:
    after: Key | None = after_token("ListAttributes", request)
    match after:
        case None:
            return None
        case (str(arn), str(name)):
            return arn, name
        case _:
            raise invalid_token("ListAttributes")


def _up_to_ten(request: dict[str, Any]) -> list[dict[str, Any]]:
    attributes: list[dict[str, Any]] = request["attributes"]
    if not 1 <= len(attributes) <= _PER_CALL_MAX:
        raise invalid_parameter(
            f"attributes must hold 1 to {_PER_CALL_MAX} attributes, not {len(attributes)}."
        )
    return attributes


def _target(
    view: View, call: Call, cluster: Cluster, attribute: dict[str, Any]
) -> ContainerInstance:
    """The instance that an attribute is for.

    Raises: TargetNotFoundException; InvalidParameterException without a target, for a short id
        without its type, or another type.
    """
    target = attribute.get("targetId")
    target_type = attribute.get("targetType")
    if not target:
        raise invalid_parameter(
            f"Attribute {attribute['name']} has no targetId. Give the id or ARN of a container "
            "instance."
        )
    if target_type is None and not is_arn(target):
        raise invalid_parameter(
            f"targetType is required with the short targetId {target}. It is {_TARGET_TYPE}."
        )
    if target_type is not None:
        _check_target_type(target_type)
    instance = view.get(CONTAINER_INSTANCES, arn_in_cluster(call, cluster, _TARGET_TYPE, target))
    if instance is None or instance.status == "INACTIVE":
        raise target_not_found(f"Could not find {target}")
    return instance


def _check_target_type(target_type: str) -> None:
    if target_type != _TARGET_TYPE:
        raise invalid_parameter(
            f"Invalid targetType {target_type!r}. The only one is {_TARGET_TYPE}."
        )


def _view(row: _Row, *, with_type: bool = False) -> dict[str, Any]:
    """Shape: Attribute"""
    arn, name, value = row
    shown = {"name": name, "value": value, "targetId": arn}
    if with_type:
        shown["targetType"] = _TARGET_TYPE
    return shown
