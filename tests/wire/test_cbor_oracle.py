"""botocore speaks CBOR to us and we to it; and whatever else comes is decoded or refused."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from forms_oracle import client_model, client_request, client_response, free_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_oracle import full_value, value_of

from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest
from roadstead.aws.models import service_model
from roadstead.aws.protocol.cbor import decode, encode, encode_error, named_service
from roadstead.aws.responses import check_response

CBOR = "smithy-rpc-v2-cbor"
MODELS = {name: service_model(name) for name in ("ecs", "servicediscovery")}
EVERY = [(name, operation) for name, model in MODELS.items() for operation in model.operations]
ECS = MODELS["ecs"]

_few = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def _request(body: bytes, operation: str = "ListTasks", **changes: Any) -> HttpRequest:
    given: dict[str, Any] = {
        "method": "POST",
        "path": f"/service/{ECS.target_prefix}/operation/{operation}",
        "query": "",
        "headers": {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"},
        "body": body,
        **changes,
    }
    return HttpRequest(**given)


def _decoded(service: str, operation: str, parameters: dict[str, Any]) -> tuple[str, Any]:
    """What we read of botocore's request."""
    request = client_request(service, operation, parameters, CBOR)
    assert named_service(request) == MODELS[service].target_prefix
    return decode(free_model(service), request)


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=str)
def test_no_member_is_lost_on_either_way(service: str, operation: str) -> None:
    client = client_model(service).operation_model(operation)
    if client.input_shape is not None and not _has_document(client.input_shape):
        parameters = full_value(client.input_shape)
        assert _decoded(service, operation, parameters) == (operation, parameters)
    if client.output_shape is None:
        return
    response = full_value(client.output_shape)
    check_response(MODELS[service], operation, response)
    encoded = encode(MODELS[service], operation, response, "request-1")
    assert ("smithy-protocol", "rpc-v2-cbor") in encoded.headers
    parsed = client_response(service, operation, encoded, CBOR)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "request-1"
    if not _has_document(client.output_shape):
        assert parsed == response


def _has_document(shape: Any, seen: frozenset[str] = frozenset()) -> bool:
    if getattr(shape, "is_document_type", False):
        return True
    if shape.name in seen:
        return False
    inner = seen | {shape.name}
    match shape.type_name:
        case "structure":
            return any(_has_document(each, inner) for each in shape.members.values())
        case "list":
            return _has_document(shape.member, inner)
        case "map":
            return _has_document(shape.value, inner)
        case _:
            return False


def _can_be_drawn(service: str, operation: str) -> bool:
    """botocore writes no documents in CBOR, and of no shape there is nothing to draw."""
    client = client_model(service).operation_model(operation)
    shapes = (client.input_shape, client.output_shape)
    return not any(shape is None or _has_document(shape) for shape in shapes)


@pytest.mark.parametrize(
    ("service", "operation"), [each for each in EVERY if _can_be_drawn(*each)], ids=str
)
def test_what_one_writes_the_other_reads(service: str, operation: str) -> None:
    client = client_model(service).operation_model(operation)

    @_few
    @given(parameters=value_of(client.input_shape), response=value_of(client.output_shape))
    def check(parameters: dict[str, Any], response: dict[str, Any]) -> None:
        assert _decoded(service, operation, parameters) == (operation, parameters)
        encoded = encode(MODELS[service], operation, response)
        parsed = client_response(service, operation, encoded, CBOR)
        del parsed["ResponseMetadata"]
        assert parsed == response

    check()


def test_an_error_reaches_the_client_with_code_message_and_members() -> None:
    error = ApiError("ConflictException", "Used \ud800.", members={"resourceIds": ["a"]})
    encoded = encode_error(error, "request-1")
    parsed = client_response("ecs", "RunTask", encoded, CBOR)
    assert parsed["Error"] == {"Code": "ConflictException", "Message": "Used ?."}
    assert parsed["ResponseMetadata"]["RequestId"] == "request-1"
    assert cbor2.loads(encoded.body)["__type"] == "ConflictException"
    assert cbor2.loads(encoded.body)["resourceIds"] == ["a"]


def test_a_time_is_tag_1_and_nulls_are_absent() -> None:
    moment = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
    task = {"createdAt": moment, "startedAt": None}
    body = encode(ECS, "StopTask", {"task": task}).body
    assert cbor2.loads(body) == {"task": {"createdAt": moment}}
    assert b"\xc1" in body


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        (_request(b"\xa0", "ListMoons"), "UnknownOperationException", 404),
        (_request(b"\xa0", path="/"), "UnknownOperationException", 404),
        (_request(b"\xa0", method="GET"), "UnknownOperationException", 405),
        (
            _request(b"\xa0", headers={"content-type": "text/plain"}),
            "UnknownOperationException",
            415,
        ),
        (_request(b"\x80"), "SerializationException", 400),
        (_request(b"\xff"), "SerializationException", 400),
        (_request(b"\xa1"), "SerializationException", 400),
        (_request(cbor2.dumps({"cluster": 5})), "SerializationException", 400),
        (_request(cbor2.dumps({"maxResults": float("nan")})), "SerializationException", 400),
        (_request(cbor2.dumps({"maxResults": 2**40})), "SerializationException", 400),
        (_request(b"\x9f" * 5000), "SerializationException", 400),
        (_request(b"a" * (BODY_BYTES_MAX + 1)), "RequestEntityTooLargeException", 413),
        (_request(b"\xa0", "RunTask"), "InvalidParameterException", 400),
    ],
)
def test_what_cannot_be_read_is_refused(request_: HttpRequest, code: str, status: int) -> None:
    with pytest.raises(ApiError) as refused:
        decode(ECS, request_)
    assert (refused.value.code, refused.value.status) == (code, status)


def test_an_empty_body_asks_for_nothing() -> None:
    assert decode(ECS, _request(b"", headers={})) == ("ListTasks", {})


@given(body=st.binary(max_size=64))
@settings(max_examples=1000, deadline=None)
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    for start in (b"", b"\xa1\x67cluster", b"\xa1\x6amaxResults"):
        with contextlib.suppress(ApiError):
            decode(ECS, _request(start + body))
