"""From a form to parameters: what the leaves of the tree mean, as the model says.

`query` and `ec2` differ in names only: which name a member has on the wire, and whether a list has
a level of its own. Each protocol passes its `Names`.
"""

import base64
import binascii
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from roadstead.aws.protocol.form import Node
from roadstead.aws.protocol.json_typed import (
    EPOCH_SECONDS_MAX,
    EPOCH_SECONDS_MIN,
    INTEGER_RANGES,
)
from roadstead.aws.shapes import Member, Shape


class BadValue(Exception):
    """A text that is not of its member's type. `path`: as the client wrote it."""

    def __init__(self, path: str, text: str, wanted: str) -> None:
        super().__init__(f"'{text}' at '{path}' is not {wanted}")
        self.path = path
        self.text = text
        self.wanted = wanted


class Names(msgspec.Struct, frozen=True):
    """How a protocol names things in a form."""

    member: Callable[[str, Member], tuple[str, ...]]
    """The names that a structure's member may have, the usual one first."""
    lists_flattened: bool
    """Whether a list's entries stand right below its name."""


def parameters_of(shape: Shape, root: Node, names: Names) -> dict[str, Any]:
    """The parameters that a form holds for a shape. Members that the shape lacks are left out.

    Raises: BadValue
    """
    return _structure(shape, root, names, "")


def unknown_names(shape: Shape, root: Node, names: Names, besides: frozenset[str]) -> Iterator[str]:
    """The names right below the root that no member of the shape has."""
    known = {name for key, member in shape.members.items() for name in names.member(key, member)}
    for name in root.children:
        if name not in known and name not in besides:
            yield name


def _structure(shape: Shape, node: Node, names: Names, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, member in shape.members.items():
        for name in names.member(key, member):
            below = node.children.get(name)
            if below is not None:
                found[key] = _value(member, below, names, f"{path}.{name}" if path else name)
                break
    return found


def _value(member: Member, node: Node, names: Names, path: str) -> Any:
    shape = member.shape
    match shape.type:
        case "structure":
            return _structure(shape, node, names, path)
        case "list":
            return _list(member, node, names, path)
        case "map":
            return _map(member, node, names, path)
        case _:
            return _scalar(shape, node.text or "", path)


def _list(member: Member, node: Node, names: Names, path: str) -> list[Any]:
    element = member.shape.element
    assert element is not None
    level = node
    if not (names.lists_flattened or member.flattened or member.shape.flattened):
        name = element.location_name or "member"
        level = node.children.get(name, _NOTHING)
        path = f"{path}.{name}"
    return [
        _value(element, entry, names, f"{path}.{number}")
        for number, entry in _numbered(level, path)
    ]


def _map(member: Member, node: Node, names: Names, path: str) -> dict[str, Any]:
    key, value = member.shape.key, member.shape.value
    assert key is not None
    assert value is not None
    level = node
    if not (member.flattened or member.shape.flattened):
        level = node.children.get("entry", _NOTHING)
        path = f"{path}.entry"
    found = {}
    for number, entry in _numbered(level, path):
        named = entry.children.get(key.location_name or "key", _NOTHING)
        valued = entry.children.get(value.location_name or "value", _NOTHING)
        found[named.text or ""] = _value(value, valued, names, f"{path}.{number}.value")
    return found


def _numbered(node: Node, path: str) -> list[tuple[int, Node]]:
    """The entries of a list in their order. The numbers may have gaps."""
    numbered = []
    for name, entry in node.children.items():
        if not (name.isascii() and name.isdigit() and len(name) < 10):
            raise BadValue(f"{path}.{name}", name, "the number of a list's entry")
        numbered.append((int(name), entry))
    return sorted(numbered, key=lambda each: each[0])


def _scalar(shape: Shape, text: str, path: str) -> Any:
    match shape.type:
        case "string":
            return text
        case "boolean":
            lowered = text.lower()
            if lowered not in ("true", "false", "1", "0"):
                raise BadValue(path, text, "true or false")
            return lowered in ("true", "1")
        case "integer" | "long":
            lowest, highest = INTEGER_RANGES[shape.type]
            # int() would take underscores and other alphabets' digits.
            digits = text.removeprefix("-").removeprefix("+")
            if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
                raise BadValue(path, text, "a whole number")
            if not lowest <= int(text) <= highest:
                raise BadValue(path, text, f"a number from {lowest} to {highest}")
            return int(text)
        case "float" | "double":
            return _real(text, path)
        case "timestamp":
            return _moment(text, path)
        case _:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                raise BadValue(path, text[:64], "base64") from None


def _real(text: str, path: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise BadValue(path, text, "a number")
    return value


def _moment(text: str, path: str) -> datetime:
    """A time as ISO 8601 or as seconds since 1970; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    seconds = _real(text, path)
    if not EPOCH_SECONDS_MIN <= seconds <= EPOCH_SECONDS_MAX:
        raise BadValue(path, text, "a time")
    return datetime.fromtimestamp(seconds, UTC)


_NOTHING = Node()
