"""From JSON to parameters: one reader per input shape, made at its first use.

Two roads lead to the same parameters. The fast one hands the whole shape to msgspec as a
`TypedDict`: one pass in C that checks types, lengths, ranges and patterns and drops unknown
members. Whatever it refuses goes down the slow one, which walks the shape in Python, lets pass what
is odd but allowed (nulls, `1.0` for `1`, letters beyond ASCII in a pattern) and words the error
for what is not. So errors are worded in one place and the ordinary request costs almost nothing.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, Required, TypedDict

import msgspec

from roadstead.aws.constraints import ascii_pattern, check_constraints
from roadstead.aws.errors import ApiError
from roadstead.aws.models import ServiceModel, Shape

Reader = Callable[[bytes], dict[str, Any]]
Convert = Callable[[Any], Any]

DOCUMENT_DEPTH_MAX = 64

_INTEGER_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_EPOCH_SECONDS_MIN = -62135596800  # year 1
_EPOCH_SECONDS_MAX = 253402300799  # year 9999
_ANY_JSON = msgspec.json.Decoder()


@cache
def reader(model: ServiceModel, shape: Shape) -> Reader:
    """The function that reads a body into the parameters of this shape.

    It raises ApiError: SerializationException for what is not JSON or not of the shape's types, the
    model's `constraint_code` for what the model forbids. Nothing else.
    """

    def read_slowly(body: bytes) -> dict[str, Any]:
        try:
            parameters: dict[str, Any] = _typed(shape, _any_json(body), "")
            check_constraints(model, shape, parameters)
        except RecursionError:
            raise serialization_error("The request body is nested too deeply") from None
        return parameters

    try:
        decoder = msgspec.json.Decoder(_fast_type(shape, (), enums_checked=model.enums_checked))
    except _Recursive:
        return read_slowly
    decode = decoder.decode
    finish = _finisher(shape)

    def read(body: bytes) -> dict[str, Any]:
        try:
            parameters: dict[str, Any] = decode(body)
            if finish is not None:
                finish(parameters)
            return parameters
        except (ValueError, RecursionError):
            return read_slowly(body)

    return read


def serialization_error(message: str) -> ApiError:
    """What AWS's JSON protocols answer to a body of the wrong form."""
    return ApiError("SerializationException", message)


class _Recursive(Exception):
    """A shape that contains itself has no finite type; it is always read the slow way."""


def _fast_type(shape: Shape, within: tuple[Shape, ...], *, enums_checked: bool) -> Any:
    """The shape as a type that msgspec decodes.

    Raises: _Recursive when the shape is, or is within, itself.
    """
    if shape in within:
        raise _Recursive
    if shape.document:
        return Any
    inner = (*within, shape)
    match shape.type:
        case "structure":
            members = {
                name: _fast_type(member.shape, inner, enums_checked=enums_checked)
                for name, member in shape.members.items()
            }
            for name in shape.required:
                members[name] = Required[members[name]]
            return TypedDict(shape.name, members, total=False)  # type: ignore[operator]  # made at run time
        case "list":
            assert shape.element is not None
            element = _fast_type(shape.element.shape, inner, enums_checked=enums_checked)
            return _limited(list[element], shape)  # type: ignore[valid-type]  # made at run time
        case "map":
            assert shape.key is not None
            assert shape.value is not None
            key = _fast_type(shape.key.shape, inner, enums_checked=enums_checked)
            value = _fast_type(shape.value.shape, inner, enums_checked=enums_checked)
            return _limited(dict[key, value], shape)  # type: ignore[valid-type]  # made at run time
        case "string":
            if enums_checked and shape.enum:
                return Literal[shape.enum]
            return _limited(str, shape)
        case "integer" | "long":
            lowest, highest = _INTEGER_RANGES[shape.type]
            lowest = max(lowest, int(shape.minimum)) if shape.minimum is not None else lowest
            highest = min(highest, int(shape.maximum)) if shape.maximum is not None else highest
            return Annotated[int, msgspec.Meta(ge=lowest, le=highest)]
        case "float" | "double":
            return Annotated[float, msgspec.Meta(ge=shape.minimum, le=shape.maximum)]
        case "boolean":
            return bool
        case "timestamp":
            return Annotated[float, msgspec.Meta(ge=_EPOCH_SECONDS_MIN, le=_EPOCH_SECONDS_MAX)]
        case "blob":
            return str


def _limited(kind: Any, shape: Shape) -> Any:
    minimum = int(shape.minimum) if shape.minimum is not None else None
    maximum = int(shape.maximum) if shape.maximum is not None else None
    pattern = rf"\A(?:{ascii_pattern(shape.pattern)})\Z" if shape.pattern is not None else None
    if minimum is None and maximum is None and pattern is None:
        return kind
    return Annotated[kind, msgspec.Meta(min_length=minimum, max_length=maximum, pattern=pattern)]


def _finisher(shape: Shape) -> Convert | None:
    """What JSON cannot say, done to what msgspec decoded: times, bytes, unions. None: nothing.

    The function changes its argument and returns it; it raises ValueError when in doubt.
    """
    if shape.document:
        return _document
    match shape.type:
        case "structure":
            finishers = {
                name: finish
                for name, member in shape.members.items()
                if (finish := _finisher(member.shape)) is not None
            }
            return _structure_finisher(finishers, shape) if finishers or shape.union else None
        case "list":
            assert shape.element is not None
            finish_element = _finisher(shape.element.shape)
            if finish_element is None:
                return None
            return lambda elements: [finish_element(element) for element in elements]
        case "map":
            assert shape.value is not None
            finish_value = _finisher(shape.value.shape)
            if finish_value is None:
                return None
            return lambda entries: {key: finish_value(value) for key, value in entries.items()}
        case "timestamp":
            return _moment
        case "blob":
            return lambda text: _bytes_within(shape, text)
        case _:
            return None


def _structure_finisher(finishers: dict[str, Convert], shape: Shape) -> Convert:
    def finish(value: dict[str, Any]) -> dict[str, Any]:
        if shape.union and len(value) > 1:
            raise ValueError(f"{shape.name} is a union")
        for name, finish_member in finishers.items():
            if name in value:
                value[name] = finish_member(value[name])
        return value

    return finish


def _document(value: Any) -> Any:
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


def _moment(epoch_seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)


def _bytes_within(shape: Shape, text: str) -> bytes:
    value = base64.b64decode(text, validate=True)
    if not (shape.minimum or 0) <= len(value) <= (shape.maximum or len(value)):
        raise ValueError(f"{shape.name} has {len(value)} bytes")
    return value


def _any_json(body: bytes) -> object:
    try:
        return _ANY_JSON.decode(body)
    except UnicodeDecodeError as error:
        raise serialization_error(f"The request body is not UTF-8: {error.reason}") from None
    except ValueError as error:
        raise serialization_error(f"The request body is not valid JSON: {error}") from None


def _typed(shape: Shape, value: Any, path: str) -> Any:
    """The value as the shape's Python type, without nulls and unknown members.

    Raises: SerializationException when it is of another type.
    """
    if shape.document:
        try:
            return _document(value)
        except ValueError as error:
            raise serialization_error(f"{_at(path)} can not be accepted: {error}") from None
    match shape.type, value:
        case "structure", dict():
            return {
                name: _typed(member.shape, value[name], f"{path}.{name}" if path else name)
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "list", list():
            assert shape.element is not None
            element = shape.element.shape
            return [
                None if entry is None else _typed(element, entry, f"{path}[{index}]")
                for index, entry in enumerate(value)
            ]
        case "map", dict():
            assert shape.value is not None
            return {
                key: _typed(shape.value.shape, entry, f"{path}[{key!r}]")
                for key, entry in value.items()
                if entry is not None
            }
        case ("string", str()) | ("boolean", bool()):
            return value
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
    if shape.type in _INTEGER_RANGES:
        lowest, highest = _INTEGER_RANGES[shape.type]
        if value != int(value):
            raise serialization_error(_wrong_type(shape, value, path))
        if not lowest <= value <= highest:
            raise serialization_error(f"{_at(path)} must be from {lowest} to {highest}")
        return int(value)
    if shape.type == "timestamp":
        if not _EPOCH_SECONDS_MIN <= value <= _EPOCH_SECONDS_MAX:
            raise serialization_error(f"{_at(path)} must be a time in seconds since 1970")
        return _moment(value)
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
            found = "NUMBER_VALUE" if value == int(value) else "DECIMAL_VALUE"
        case list():
            found = "START_ARRAY"
        case dict():
            found = "START_OBJECT"
        case _:
            found = "NULL_VALUE"
    return f"{found} can not be converted to {names[shape.type]}: at {_at(path)}"


def _at(path: str) -> str:
    return f"'{path}'" if path else "the request body"
