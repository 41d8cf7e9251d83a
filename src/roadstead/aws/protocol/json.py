"""The protocols `json` 1.0 and 1.1: a POST to /, the operation in a header, JSON both ways.

Knows no service: what a body must hold comes from the model it is given. Every protocol module
offers the same three: `decode`, `encode`, `encode_error`.
"""

from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest, HttpResponse
from roadstead.aws.protocol.json_input import reader
from roadstead.aws.protocol.json_output import converter, without_nulls
from roadstead.aws.protocol.json_typed import serialization_error
from roadstead.aws.shapes import ServiceModel

_MEDIA_TYPES = frozenset({"application/x-amz-json-1.0", "application/x-amz-json-1.1"})
_ERROR_MEDIA_TYPE = "application/x-amz-json-1.1"
_encode_json = msgspec.json.Encoder().encode


def decode(model: ServiceModel, request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The operation that the request names, and its parameters as the model types them.

    Timestamps come as aware datetimes, blobs as bytes. Members that the model lacks, and those that
    are null, are left out.
    Raises: UnknownOperationException, SerializationException, RequestEntityTooLargeException, or
        the service's code for a value that its model forbids.
    """
    operation_name = _operation_name(model, request)
    body = request.body
    if len(body) > BODY_BYTES_MAX:
        raise ApiError(
            "RequestEntityTooLargeException",
            f"The request body has {len(body)} bytes; at most {BODY_BYTES_MAX} are accepted.",
            status=413,
        )
    if not body:
        raise serialization_error(
            "The request body is empty; a JSON object is expected, at least {}"
        )
    shape = model.operations[operation_name].input
    return operation_name, reader(model, shape)(body) if shape is not None else {}


def encode(
    model: ServiceModel, operation: str, response: dict[str, Any], request_id: str = ""
) -> HttpResponse:
    """The answer that carries a response of the operation's output shape.

    datetimes must be aware; they become seconds since the epoch. Members that are None are left
    out. The response itself is not changed.
    """
    shape = model.operations[operation].output
    convert = converter(shape) if shape is not None else None
    value = response if convert is None else convert(response)
    body = _encode_json(value)
    if shape is not None and b":null" in body:
        body = _encode_json(without_nulls(shape, value))
    return HttpResponse(
        200,
        [
            ("content-type", f"application/x-amz-json-{model.json_version}"),
            ("x-amzn-requestid", request_id),
        ],
        body,
    )


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """The answer that carries a refusal.

    Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
    """
    # A message may quote what came over the wire, which need not be Unicode.
    message = error.message.encode("utf-8", "replace").decode()
    return HttpResponse(
        error.status,
        [
            ("content-type", _ERROR_MEDIA_TYPE),
            ("x-amzn-requestid", request_id),
            ("x-amzn-errortype", error.code),
        ],
        _encode_json({"__type": error.code, "message": message, **error.members}),
    )


def target_prefix(request: HttpRequest) -> str:
    """What stands before the operation in X-Amz-Target and names the service; "" for none."""
    return request.headers.get("x-amz-target", "").rpartition(".")[0]


def _operation_name(model: ServiceModel, request: HttpRequest) -> str:
    """The operation named by X-Amz-Target, if the request can be one of this protocol."""
    headers = request.headers
    prefix, _, operation_name = headers.get("x-amz-target", "").rpartition(".")
    if not operation_name:
        raise _unknown_operation(
            f"The X-Amz-Target header is missing; expected {model.target_prefix}.<Operation>"
        )
    if prefix != model.target_prefix or operation_name not in model.operations:
        raise _unknown_operation(f"{model.name} has no operation {_shown(prefix, operation_name)}")
    if request.method != "POST":
        raise _unknown_operation(f"{operation_name} is called with POST, not {request.method}")
    media_type = headers.get("content-type", "")
    if media_type not in _MEDIA_TYPES:
        media_type = media_type.partition(";")[0].strip().lower()
        if media_type not in _MEDIA_TYPES:
            raise _unknown_operation(
                f"Content-Type must be application/x-amz-json-{model.json_version}, "
                f"not {media_type!r}"
            )
    return operation_name


def _shown(prefix: str, operation_name: str) -> str:
    return repr(f"{prefix}.{operation_name}"[:200])


def _unknown_operation(message: str) -> ApiError:
    return ApiError("UnknownOperationException", message)
