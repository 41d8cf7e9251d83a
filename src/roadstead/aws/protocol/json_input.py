"""From JSON to parameters: one reader per input shape, made at its first use.

Two roads lead to the same parameters. The fast one hands the whole shape to msgspec as a
`TypedDict`: one pass in C that checks types, lengths, ranges and patterns and drops unknown
members. Whatever it refuses goes down the slow one, which walks the shape in Python, lets pass what
is odd but allowed (nulls, `1.0` for `1`, letters beyond ASCII in a pattern) and words the error
for what is not. So errors are worded in one place and the ordinary request costs almost nothing.
"""

import base64
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal, Required, TypedDict

import msgspec

from roadstead.aws.constraints import ascii_pattern, check_constraints
from roadstead.aws.protocol.json_typed import (
    EPOCH_SECONDS_MAX,
    EPOCH_SECONDS_MIN,
    INTEGER_RANGES,
    any_json,
    document,
    moment,
    serialization_error,
    typed,
)
from roadstead.aws.shapes import ServiceModel, Shape

Reader = Callable[[bytes], dict[str, Any]]
Convert = Callable[[Any], Any]


@cache
def reader(model: ServiceModel, shape: Shape) -> Reader:
    """The function that reads a body into the parameters of this shape.

    It raises ApiError: SerializationException for what is not JSON or not of the shape's types, the
    model's `constraint_code` for what the model forbids. Nothing else.
    """

    def read_slowly(body: bytes) -> dict[str, Any]:
        try:
            parameters: dict[str, Any] = typed(shape, any_json(body), "")
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
            lowest, highest = INTEGER_RANGES[shape.type]
            lowest = max(lowest, int(shape.minimum)) if shape.minimum is not None else lowest
            highest = min(highest, int(shape.maximum)) if shape.maximum is not None else highest
            return Annotated[int, msgspec.Meta(ge=lowest, le=highest)]
        case "float" | "double":
            return Annotated[float, msgspec.Meta(ge=shape.minimum, le=shape.maximum)]
        case "boolean":
            return bool
        case "timestamp":
            return Annotated[float, msgspec.Meta(ge=EPOCH_SECONDS_MIN, le=EPOCH_SECONDS_MAX)]
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
        return document
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
            return moment
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


def _bytes_within(shape: Shape, text: str) -> bytes:
    value = base64.b64decode(text, validate=True)
    if not (shape.minimum or 0) <= len(value) <= (shape.maximum or len(value)):
        raise ValueError(f"{shape.name} has {len(value)} bytes")
    return value
