"""The protocol `smithy-rpc-v2-cbor`: service and operation in the path, CBOR both ways.

Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

import re
from typing import Any

import cbor2

from roadstead.aws.constraints import check_constraints
from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest, HttpResponse
from roadstead.aws.protocol.json_output import without_nulls
from roadstead.aws.protocol.json_typed import serialization_error, typed
from roadstead.aws.shapes import ServiceModel

PROTOCOL_HEADER = "smithy-protocol"
PROTOCOL_NAME = "rpc-v2-cbor"
_MEDIA_TYPE = "application/cbor"
_PATH = re.compile(r"/service/([A-Za-z0-9_.]{1,200})/operation/([A-Za-z0-9_]{1,200})", re.ASCII)


def named_service(request: HttpRequest) -> str:
    """The service that the path names; "" when it names none."""
    named = _PATH.fullmatch(request.path)
    return "" if named is None else named.group(1).rpartition(".")[2]


def decode(model: ServiceModel, request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The operation that the path names, and its parameters as the model types them.

    Raises: UnknownOperationException, SerializationException, RequestEntityTooLargeException, or
        the service's code for a value that its model forbids.
    """
    named = _PATH.fullmatch(request.path)
    operation = None if named is None else model.operations.get(named.group(2))
    if operation is None:
        raise ApiError(
            "UnknownOperationException",
            f"{model.name} has no operation at {request.path[:200]!r}; expected "
            f"/service/{model.target_prefix}/operation/<Operation>",
            status=404,
        )
    if request.method != "POST":
        raise ApiError(
            "UnknownOperationException",
            f"{operation.name} is called with POST, not {request.method}",
            status=405,
        )
    if len(request.body) > BODY_BYTES_MAX:
        raise ApiError(
            "RequestEntityTooLargeException",
            f"The request body has {len(request.body)} bytes; "
            f"at most {BODY_BYTES_MAX} are accepted.",
            status=413,
        )
    if operation.input is None:
        return operation.name, {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and media_type != _MEDIA_TYPE:
        raise ApiError(
            "UnknownOperationException",
            f"Content-Type must be {_MEDIA_TYPE}, not {media_type!r}",
            status=415,
        )
    try:
        parameters = typed(operation.input, _any_cbor(request.body), "")
        check_constraints(model, operation.input, parameters)
    except RecursionError:
        raise serialization_error("The request body is nested too deeply") from None
    return operation.name, parameters


def encode(
    model: ServiceModel, operation: str, response: dict[str, Any], request_id: str = ""
) -> HttpResponse:
    """The answer that carries a response of the operation's output shape.

    datetimes must be aware. Members that are None are left out.
    """
    shape = model.operations[operation].output
    value = {} if shape is None else without_nulls(shape, response)
    return _response(200, value, request_id)


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """The answer that carries a refusal."""
    message = error.message.encode("utf-8", "replace").decode()
    return _response(
        error.status, {"__type": error.code, "message": message, **error.members}, request_id
    )


def _any_cbor(body: bytes) -> object:
    if not body:
        return {}
    try:
        return cbor2.loads(body)
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001  # tags make it build values, which fail in many ways
        raise serialization_error(f"The request body is not valid CBOR: {error}") from None


def _response(status: int, value: object, request_id: str) -> HttpResponse:
    return HttpResponse(
        status,
        [
            ("content-type", _MEDIA_TYPE),
            (PROTOCOL_HEADER, PROTOCOL_NAME),
            ("x-amzn-requestid", request_id),
        ],
        cbor2.dumps(value, datetime_as_timestamp=True),
    )
