"""JSON values as Python values of the model's types, member by member; CBOR's too.

The slow one of the two roads in `json_input`, and the one that says what is wrong with a value.
CBOR has words for times and bytes, which come as such.
"""

import base64
import binascii
import math
from datetime import UTC, datetime
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.shapes import Shape

DOCUMENT_DEPTH_MAX = 64

INTEGER_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
EPOCH_SECONDS_MIN = -62135596800  # year 1
EPOCH_SECONDS_MAX = 253402300799  # year 9999
_ANY_JSON = msgspec.json.Decoder()


def any_json(body: bytes) -> object:
    """The value that the body is.

    Raises: SerializationException when it is not JSON; RecursionError when it is nested too deeply.
    """
    try:
        return _ANY_JSON.decode(body)
    except UnicodeDecodeError as error:
        raise serialization_error(f"The request body is not UTF-8: {error.reason}") from None
    except ValueError as error:
        raise serialization_error(f"The request body is not valid JSON: {error}") from None


def typed(shape: Shape, value: Any, path: str) -> Any:
    """The value as the shape's Python type, without nulls and unknown members.

    Raises: SerializationException when it is of another type.
    """
    if shape.document:
        try:
            return document(value)
        except ValueError as error:
            raise serialization_error(f"{_at(path)} can not be accepted: {error}") from None
    match shape.type, value:
        case "structure", dict():
            return {
                name: typed(member.shape, value[name], f"{path}.{name}" if path else name)
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "list", list():
            assert shape.element is not None
            element = shape.element.shape
            return [
                None if entry is None else typed(element, entry, f"{path}[{index}]")
                for index, entry in enumerate(value)
            ]
        case "map", dict():
            assert shape.value is not None
            return {
                key: typed(shape.value.shape, entry, f"{path}[{key!r}]")
                for key, entry in value.items()
                if entry is not None
            }
        case ("string", str()) | ("boolean", bool()) | ("blob", bytes()):
            return value
        case "timestamp", datetime() if value.tzinfo is not None:
            return value.astimezone(UTC)
        case (("integer" | "long" | "float" | "double" | "timestamp"), (int() | float())) if (
            not isinstance(value, bool)
        ):
            return _typed_number(shape, value, path)
        case "blob", str():
            try:
                return base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                raise serialization_error(f"{_at(path)} must be base64") from None
        case _:
            raise serialization_error(_wrong_type(shape, value, path))


def _typed_number(shape: Shape, value: float, path: str) -> int | float | datetime:
    if shape.type in INTEGER_RANGES:
        lowest, highest = INTEGER_RANGES[shape.type]
        if not math.isfinite(value) or value != int(value):
            raise serialization_error(_wrong_type(shape, value, path))
        if not lowest <= value <= highest:
            raise serialization_error(f"{_at(path)} must be from {lowest} to {highest}")
        return int(value)
    if shape.type == "timestamp":
        if not EPOCH_SECONDS_MIN <= value <= EPOCH_SECONDS_MAX:
            raise serialization_error(f"{_at(path)} must be a time in seconds since 1970")
        return moment(value)
    return float(value)


def _wrong_type(shape: Shape, value: object, path: str) -> str:
    """Source: observed: SerializationException messages of AWS's JSON services"""
    names = {
        "structure": "a structure",
        "list": "a list",
        "map": "a map",
        "string": "a String",
        "integer": "an Integer",
        "long": "a Long",
        "float": "a Float",
        "double": "a Double",
        "boolean": "a Boolean",
        "timestamp": "a Timestamp, in seconds since 1970",
        "blob": "a Blob, in base64",
    }
    match value:
        case bool():
            found = "TRUE_VALUE" if value else "FALSE_VALUE"
        case str():
            found = "STRING_VALUE"
        case int() | float():
            found = (
                "NUMBER_VALUE" if math.isfinite(value) and value == int(value) else "DECIMAL_VALUE"
            )
        case list():
            found = "START_ARRAY"
        case dict():
            found = "START_OBJECT"
        case _:
            found = "NULL_VALUE"
    return f"{found} can not be converted to {names[shape.type]}: at {_at(path)}"


def _at(path: str) -> str:
    return f"'{path}'" if path else "the request body"


def document(value: Any) -> Any:
    """Any JSON value of bearable depth: what is stored must be writable again, however deep the
    stack is by then.
    """
    level = [value]
    for _ in range(DOCUMENT_DEPTH_MAX):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return value
    raise ValueError(f"a document is nested deeper than {DOCUMENT_DEPTH_MAX}")


def moment(epoch_seconds: float) -> datetime:
    """The aware time that JSON writes as a number."""
    return datetime.fromtimestamp(epoch_seconds, UTC)


def serialization_error(message: str) -> ApiError:
    """What AWS's JSON protocols answer to a body of the wrong form."""
    return ApiError("SerializationException", message)
