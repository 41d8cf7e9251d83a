"""What the wire tests share: botocore as the client, and values drawn from its models.

The shapes that values are drawn from are botocore's own objects, not ours: a member that our
reading of the model lost would be missed here otherwise.
"""

import string
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
from hypothesis import strategies as st

from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.models import service_model

ECS = service_model("ecs")
_DEPTH_FULL = 3


@cache
def client_model() -> botocore.model.ServiceModel:
    """ECS as botocore's client sees it."""
    raw = botocore.loaders.Loader().load_service_model("ecs", "service-2")
    return botocore.model.ServiceModel(raw, "ecs")


OPERATIONS = sorted(client_model().operation_names)


def client_request(operation: str, parameters: dict[str, Any]) -> HttpRequest:
    """What botocore sends for these parameters, before it signs."""
    serializer = botocore.serialize.create_serializer("json", include_validation=True)
    sent = serializer.serialize_to_request(parameters, client_model().operation_model(operation))
    body = sent["body"]
    return HttpRequest(
        method=sent["method"],
        path=sent["url_path"],
        query="",
        headers={name.lower(): value for name, value in sent["headers"].items()},
        body=body if isinstance(body, bytes) else body.encode(),
    )


def client_response(operation: str, response: HttpResponse) -> dict[str, Any]:
    """What botocore makes of our answer, without its own metadata unless it is an error."""
    parsed: dict[str, Any] = botocore.parsers.create_parser("json").parse(
        {
            "headers": dict(response.headers),
            "status_code": response.status,
            "body": response.body,
        },
        client_model().operation_model(operation).output_shape,
    )
    if response.status < 300:
        del parsed["ResponseMetadata"]
    return parsed


def request_for(operation: str, body: bytes, **headers: str) -> HttpRequest:
    """A request of ECS's protocol with any body."""
    return HttpRequest(
        "POST",
        "/",
        "",
        {
            "host": "localhost:8080",
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"{ECS.target_prefix}.{operation}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        body,
    )


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)
_documents = st.dictionaries(
    any_text, st.booleans() | st.integers(-1000, 1000) | any_text | st.lists(any_text, max_size=2)
)


@st.composite
def members_of(draw: st.DrawFn, shape: botocore.model.StructureShape, depth: int = 0) -> Any:
    """A structure with all that it requires and some of what it may have."""
    optional = [name for name in shape.members if name not in shape.required_members]
    if getattr(shape, "is_tagged_union", False):
        chosen = [draw(st.sampled_from(sorted(shape.members)))]
    else:
        wanted = st.lists(st.sampled_from(optional), unique=True, max_size=8 if depth == 0 else 3)
        chosen = [*shape.required_members, *(draw(wanted) if optional else [])]
    return {name: draw(value_of(shape.members[name], depth + 1)) for name in chosen}


def value_of(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Any value that the shape allows."""
    if getattr(shape, "is_document_type", False):
        return _documents
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    match shape.type_name:
        case "structure":
            return members_of(shape, depth)
        case "list":
            most = max(2 if depth < _DEPTH_FULL else 1, low or 0)
            return st.lists(
                value_of(shape.member, depth + 1),
                min_size=low or 0,
                max_size=most if high is None else min(most, high),
            )
        case "map":
            return st.dictionaries(
                value_of(shape.key, depth + 1), value_of(shape.value, depth + 1), max_size=2
            )
        case "string":
            return _strings(shape, low or 0, high)
        case "integer":
            return st.integers(
                -(2**31) if low is None else low, 2**31 - 1 if high is None else high
            )
        case "long":
            return st.integers(-(2**63), 2**63 - 1)
        case "float" | "double":
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "timestamp":
            return _moments
        case "blob":
            return st.binary(max_size=20)
        case unknown:
            raise AssertionError(f"no values for a {unknown}")


def full_value(shape: Any) -> Any:
    """A value with every member that the shape has, at every depth; of a union the last."""
    if getattr(shape, "is_document_type", False):
        return {"any": ["JSON", 1, {"at": "all"}]}
    match shape.type_name:
        case "structure":
            names = list(shape.members)
            if getattr(shape, "is_tagged_union", False):
                names = names[-1:]
            return {name: full_value(shape.members[name]) for name in names}
        case "list":
            return [full_value(shape.member)]
        case "map":
            return {full_value(shape.key): full_value(shape.value)}
        case "string":
            return shape.enum[0] if getattr(shape, "enum", None) else "text"
        case "integer" | "long":
            return shape.metadata.get("max", shape.metadata.get("min", 7))
        case "float" | "double":
            return float(shape.metadata.get("max", 0.1))
        case "boolean":
            return True
        case "timestamp":
            return datetime(2026, 11, 21, 20, 39, 48, tzinfo=UTC)
        case "blob":
            return b"\x00\xffblob"
        case unknown:
            raise AssertionError(f"no value for a {unknown}")


_moments = st.integers(0, 4_000_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def _strings(shape: Any, low: int, high: int | None) -> st.SearchStrategy[str]:
    pattern = shape.metadata.get("pattern")
    most = low + 20 if high is None else min(high, low + 20)
    if pattern is not None:
        letters = string.ascii_letters + string.digits + ".-"
        if r"\p{L}" in pattern:
            letters += " _:/=+@äß漢Ⅷ\u00a0"
        return st.text(letters, min_size=low, max_size=most)
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=low, max_size=most)
    return st.sampled_from(shape.enum) | text if getattr(shape, "enum", None) else text
