"""From responses to XML: one writer per output shape, made at its first use.

Only ever written, never read: a writer appends texts to a list that is joined once. What a name
is on the wire, the model says; `query` and `ec2` name output alike.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from roadstead.aws.shapes import Member, Shape

Write = Callable[[Any, list[str]], None]

# Beyond the three that are markup: a carriage return would be read as a newline, and XML 1.0 has no
# word at all for the others.
_ODD = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}


def escaped(text: str) -> str:
    """The text as the content of an element. What XML cannot say becomes U+FFFD."""
    if _ODD.search(text) is None:
        return text
    return _ODD.sub(lambda odd: _WRITTEN.get(odd.group(), "\ufffd"), text)


@cache
def content_writer(shape: Shape) -> Write:
    """What writes the inside of an element of this shape.

    Members that are None, and those that the shape lacks, are left out.
    """
    match shape.type:
        case "structure":
            return _structure_writer(shape)
        case "list" | "map":
            raise AssertionError(f"{shape.name} is written by its member")
        case "boolean":
            return lambda value, out: out.append("true" if value else "false")
        case "timestamp":
            return lambda value, out: out.append(iso_8601(value))
        case "blob":
            return lambda value, out: out.append(base64.b64encode(value).decode())
        case "string":
            return lambda value, out: out.append(escaped(value))
        case _:
            return lambda value, out: out.append(str(value))


def iso_8601(moment: datetime) -> str:
    """`2026-11-22T03:04:05.678Z`. The moment must be aware."""
    assert moment.tzinfo is not None, moment
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _structure_writer(shape: Shape) -> Write:
    # Members are looked up when first written: a shape may contain itself.
    writers: dict[str, Write] = {}

    def write(value: dict[str, Any], out: list[str]) -> None:
        for name, member_value in value.items():
            if member_value is None:
                continue
            write_member = writers.get(name)
            if write_member is None:
                member = shape.members.get(name)
                if member is None:
                    continue
                write_member = writers[name] = _element_writer(member, member.location_name or name)
            write_member(member_value, out)

    return write


def _element_writer(member: Member, name: str) -> Write:
    """What writes a value with its element around it; of a flattened list, with as many."""
    shape = member.shape
    if shape.type == "list":
        return _list_writer(member, name)
    if shape.type == "map":
        return _map_writer(member, name)
    start, end, write_content = f"<{name}>", f"</{name}>", content_writer(shape)

    def write(value: Any, out: list[str]) -> None:
        out.append(start)
        write_content(value, out)
        out.append(end)

    return write


def _list_writer(member: Member, name: str) -> Write:
    element = member.shape.element
    assert element is not None
    if member.flattened or member.shape.flattened:
        write_flat = _element_writer(element, element.location_name or name)

        def write_all(values: Any, out: list[str]) -> None:
            for value in values:
                write_flat(value, out)

        return write_all
    write_element = _element_writer(element, element.location_name or "member")

    def write(values: Any, out: list[str]) -> None:
        out.append(f"<{name}>")
        for value in values:
            write_element(value, out)
        out.append(f"</{name}>")

    return write


def _map_writer(member: Member, name: str) -> Write:
    key, value = member.shape.key, member.shape.value
    assert key is not None
    assert value is not None
    flattened = member.flattened or member.shape.flattened
    entry_name = name if flattened else "entry"
    write_key = _element_writer(key, key.location_name or "key")
    write_value = _element_writer(value, value.location_name or "value")

    def write(entries: dict[str, Any], out: list[str]) -> None:
        if not flattened:
            out.append(f"<{name}>")
        for entry_key, entry_value in entries.items():
            out.append(f"<{entry_name}>")
            write_key(entry_key, out)
            write_value(entry_value, out)
            out.append(f"</{entry_name}>")
        if not flattened:
            out.append(f"</{name}>")

    return write
