"""The protocol `query`: a form with an Action and a Version, answered in XML.

Knows no service: what a form may hold comes from the model it is given.
"""

from functools import cache
from typing import Any

from roadstead.aws.constraints import check_constraints
from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol.form import read_form
from roadstead.aws.protocol.form_input import BadValue, Names, parameters_of
from roadstead.aws.protocol.xml_output import content_writer, escaped
from roadstead.aws.shapes import Member, ServiceModel

_MEDIA_TYPE = "text/xml"


def decode(model: ServiceModel, request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The operation that the request names, and its parameters as the model types them.

    Timestamps come as aware datetimes, blobs as bytes. Members that the model lacks are left out.
    Raises: MissingAction, InvalidAction, MalformedQueryString, InvalidRequest,
        RequestEntityTooLarge, or the service's code for a value that its model forbids.
    """
    form = read_form(request)
    action = form.children.get("Action")
    if action is None or not action.text:
        raise ApiError("MissingAction", "The request is missing an action or a required parameter.")
    operation = model.operations.get(action.text)
    if operation is None:
        raise ApiError(
            "InvalidAction",
            f"Could not find operation {action.text[:200]} for version {model.api_version}",
        )
    if operation.input is None:
        return operation.name, {}
    try:
        parameters = parameters_of(operation.input, form, _NAMES)
    except BadValue as error:
        raise ApiError(
            model.constraint_code, f"1 validation error detected: Value {error}"
        ) from None
    check_constraints(model, operation.input, parameters)
    return operation.name, parameters


def encode(
    model: ServiceModel, operation: str, response: dict[str, Any], request_id: str = ""
) -> HttpResponse:
    """The answer that carries a response of the operation's output shape.

    datetimes must be aware. Members that are None are left out.
    """
    shape = model.operations[operation].output
    out = [f'<{operation}Response xmlns="{escaped(model.xml_namespace)}">']
    if shape is not None:
        out.append(f"<{operation}Result>")
        content_writer(shape)(response, out)
        out.append(f"</{operation}Result>")
    out.append(f"<ResponseMetadata><RequestId>{escaped(request_id)}</RequestId></ResponseMetadata>")
    out.append(f"</{operation}Response>")
    return _response(200, out, request_id)


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """The answer that carries a refusal.

    Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization
    """
    kind = "Sender" if error.status < 500 else "Receiver"
    out = [
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escaped(error.code)}</Code>"
        f"<Message>{escaped(error.message)}</Message></Error>"
        f"<RequestId>{escaped(request_id)}</RequestId></ErrorResponse>"
    ]
    return _response(error.status, out, request_id)


def _response(status: int, parts: list[str], request_id: str) -> HttpResponse:
    return HttpResponse(
        status,
        [("content-type", _MEDIA_TYPE), ("x-amzn-requestid", request_id)],
        "".join(parts).encode(),
    )


@cache
def _member_names(name: str, member: Member) -> tuple[str, ...]:
    return (member.location_name or name,)


_NAMES = Names(_member_names, lists_flattened=False)
