"""Shapes: what a service's operations take and give, as plain values.

Read from a model in AWS's own format (`service-2.json`), keeping what the protocols need. What
decodes, checks or encodes is compiled from these by `aws/protocol/`, lazily and once.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

ShapeType = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double",
    "boolean", "timestamp", "blob",
]  # fmt: skip


class Shape(msgspec.Struct, eq=False):
    """One type of the model. Compared by identity: shapes may contain themselves."""

    name: str
    type: ShapeType
    members: "dict[str, Member]" = {}
    required: tuple[str, ...] = ()
    element: "Member | None" = None
    """of a list"""
    key: "Member | None" = None
    value: "Member | None" = None
    """of a map"""
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    """of a number; of a string in characters, of a list in elements, of a map in entries"""
    pattern: str | None = None
    sensitive: bool = False
    document: bool = False
    """any JSON value"""
    union: bool = False
    """at most one member is set"""
    flattened: bool = False


class Member(msgspec.Struct, eq=False):
    """A use of a shape: a structure's member, a list's element, a map's key or value.

    The names are what `query`, `ec2` and `cbor` put on the wire; `json` uses the member's own.
    """

    shape: Shape
    location_name: str | None = None
    query_name: str | None = None
    timestamp_format: str | None = None
    flattened: bool = False


class OperationModel(msgspec.Struct, eq=False):
    """One operation: its name and what it takes and gives. Both may be absent in some services."""

    name: str
    input: Shape | None
    output: Shape | None
    errors: tuple[str, ...]


class ServiceModel(msgspec.Struct, eq=False):
    """One service as the wire sees it.

    protocols: what its clients may speak, the preferred one first.
    constraint_code: the error code for a value that the model forbids.
    enums_checked: whether a value outside an enumeration is refused at the wire.
    """

    name: str
    api_version: str
    protocols: tuple[str, ...]
    json_version: str
    target_prefix: str
    signing_name: str
    operations: dict[str, OperationModel]
    shapes: dict[str, Shape]
    constraint_code: str
    enums_checked: bool
    xml_namespace: str = ""


class _Wording(msgspec.Struct, frozen=True):
    """How one service refuses a value that its model forbids."""

    constraint_code: str = "ValidationException"
    enums_checked: bool = True


# ECS declares no ValidationException. Its operations look at enumerations themselves, each in words
# of its own, and AWS's container agent may send values that are younger than this model.
# Source: botocore:ecs, the 31 exceptions that its operations declare
_WORDINGS: Mapping[str, _Wording] = {
    "ecs": _Wording("InvalidParameterException", enums_checked=False),
    "ec2": _Wording("InvalidParameterValue"),
    "elb": _Wording("ValidationError"),
    "elbv2": _Wording("ValidationError"),
}


def read_model(name: str, raw: Mapping[str, Any]) -> ServiceModel:
    """A model from the parsed text of a `service-2.json`."""
    metadata = raw["metadata"]
    shapes = _read_shapes(raw["shapes"])
    wording = _WORDINGS.get(name, _Wording())
    return ServiceModel(
        name=name,
        api_version=metadata["apiVersion"],
        protocols=tuple(metadata.get("protocols", (metadata["protocol"],))),
        json_version=metadata.get("jsonVersion", "1.0"),
        target_prefix=metadata.get("targetPrefix", ""),
        signing_name=metadata.get("signingName", metadata["endpointPrefix"]),
        operations={
            operation: OperationModel(
                name=operation,
                input=shapes[body["input"]["shape"]] if "input" in body else None,
                output=shapes[body["output"]["shape"]] if "output" in body else None,
                errors=tuple(error["shape"] for error in body.get("errors", ())),
            )
            for operation, body in raw["operations"].items()
        },
        shapes=shapes,
        constraint_code=wording.constraint_code,
        enums_checked=wording.enums_checked,
        xml_namespace=metadata.get("xmlNamespace", ""),
    )


def _read_shapes(raw: Mapping[str, Any]) -> dict[str, Shape]:
    """All shapes, in two passes, because a shape may mention any other and itself."""
    shapes = {
        name: Shape(
            name=name,
            type="string" if body["type"] == "character" else body["type"],
            required=tuple(body.get("required", ())),
            enum=tuple(body.get("enum", ())),
            minimum=body.get("min"),
            maximum=body.get("max"),
            pattern=body.get("pattern"),
            sensitive=body.get("sensitive", False),
            document=body.get("document", False),
            union=body.get("union", False),
            flattened=body.get("flattened", False),
        )
        for name, body in raw.items()
    }
    for name, body in raw.items():
        shape = shapes[name]
        match body["type"]:
            case "structure":
                shape.members = {
                    member: _read_member(use, raw, shapes)
                    for member, use in body["members"].items()
                }
            case "list":
                shape.element = _read_member(body["member"], raw, shapes)
            case "map":
                shape.key = _read_member(body["key"], raw, shapes)
                shape.value = _read_member(body["value"], raw, shapes)
    return shapes


def _read_member(
    use: Mapping[str, Any], raw: Mapping[str, Any], shapes: Mapping[str, Shape]
) -> Member:
    return Member(
        shape=shapes[use["shape"]],
        location_name=use.get("locationName", raw[use["shape"]].get("locationName")),
        query_name=use.get("queryName"),
        timestamp_format=use.get("timestampFormat", raw[use["shape"]].get("timestampFormat")),
        flattened=use.get("flattened", False),
    )
