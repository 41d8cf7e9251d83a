"""From responses to JSON values: one converter per output shape, made at its first use.

msgspec writes everything but what JSON has no word for: times become seconds since the epoch, with
milliseconds, and bytes base64. Only those parts of a response that can hold either are walked.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from roadstead.aws.shapes import Shape

Convert = Callable[[Any], Any]


@cache
def converter(shape: Shape) -> Convert | None:
    """What makes a response of this shape writable; None when it is as it stands.

    The function copies what it changes: the response may be part of the state.
    """
    return _converter(shape, {})


def without_nulls(shape: Shape, value: Any) -> Any:
    """The value without those members that are None, at any depth but inside documents."""
    if shape.document:
        return value
    match value:
        case dict() if shape.type == "structure":
            return {
                name: without_nulls(shape.members[name].shape, member)
                if name in shape.members
                else member
                for name, member in value.items()
                if member is not None
            }
        case dict() if shape.value is not None:
            inner = shape.value.shape
            return {key: without_nulls(inner, entry) for key, entry in value.items()}
        case list() | tuple() if shape.element is not None:
            inner = shape.element.shape
            return [without_nulls(inner, element) for element in value]
        case _:
            return value


def _converter(shape: Shape, unfinished: dict[Shape, list[Convert | None]]) -> Convert | None:
    if shape.document:
        return None
    if shape in unfinished:
        # A shape within itself: look its converter up when it is needed.
        cell = unfinished[shape]
        return lambda value: value if cell[0] is None else cell[0](value)
    match shape.type:
        case "timestamp":
            return epoch_seconds
        case "blob":
            return lambda value: base64.b64encode(value).decode()
        case "structure" | "list" | "map":
            cell = unfinished[shape] = [None]
            cell[0] = _container_converter(shape, unfinished)
            del unfinished[shape]
            return cell[0]
        case _:
            return None


def _container_converter(
    shape: Shape, unfinished: dict[Shape, list[Convert | None]]
) -> Convert | None:
    if shape.type == "structure":
        converters = [
            (name, convert)
            for name, member in shape.members.items()
            if (convert := _converter(member.shape, unfinished)) is not None
        ]
        return _structure_converter(converters) if converters else None
    inner = shape.element or shape.value
    assert inner is not None
    convert = _converter(inner.shape, unfinished)
    if convert is None:
        return None
    if shape.type == "list":
        return lambda elements: [convert(element) for element in elements]
    return lambda entries: {key: convert(value) for key, value in entries.items()}


def _structure_converter(converters: list[tuple[str, Convert]]) -> Convert:
    def convert(structure: dict[str, Any]) -> dict[str, Any]:
        changed = None
        for name, convert_member in converters:
            value = structure.get(name)
            if value is not None:
                if changed is None:
                    changed = structure.copy()
                changed[name] = convert_member(value)
        return structure if changed is None else changed

    return convert


def epoch_seconds(moment: datetime) -> float:
    """Seconds since 1970 with milliseconds, as AWS's JSON services write a time.

    The moment must be aware: a naive one would be taken for the machine's own zone.
    """
    assert moment.tzinfo is not None, moment
    return round(moment.timestamp() * 1000) / 1000
