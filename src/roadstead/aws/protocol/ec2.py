"""The protocol `ec2`: a form like `query`'s with names of its own, answered in XML of its own.

Knows no operation: what a form may hold comes from the model it is given.
"""

from functools import cache
from typing import Any

from roadstead.aws.constraints import Violation, violations
from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol.form import read_form
from roadstead.aws.protocol.form_input import BadValue, Names, parameters_of, unknown_names
from roadstead.aws.protocol.xml_output import content_writer, escaped
from roadstead.aws.shapes import Member, ServiceModel, Shape

_MEDIA_TYPE = "text/xml;charset=UTF-8"
_BESIDES = frozenset({"Action", "Version"})


def decode(model: ServiceModel, request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The operation that the request names, and its parameters as the model types them.

    Timestamps come as aware datetimes, blobs as bytes.
    Raises: MissingAction, InvalidAction, UnknownParameter, MissingParameter, InvalidParameterValue,
        MalformedQueryString, InvalidRequest, RequestEntityTooLarge
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    form = read_form(request)
    action = form.children.get("Action")
    if action is None or not action.text:
        raise ApiError("MissingAction", "The request must contain the parameter Action", status=400)
    operation = model.operations.get(action.text)
    if operation is None:
        raise ApiError(
            "InvalidAction", f"The action {action.text[:200]} is not valid for this web service."
        )
    if operation.input is None:
        return operation.name, {}
    for name in unknown_names(operation.input, form, _NAMES, _BESIDES):
        raise ApiError("UnknownParameter", f"The parameter {name[:200]} is not recognized")
    try:
        parameters = parameters_of(operation.input, form, _NAMES)
    except BadValue as error:
        raise ApiError(
            "InvalidParameterValue",
            f"Value ({error.text}) for parameter {error.path} is invalid. "
            f"It must be {error.wanted}.",
        ) from None
    _check(model, operation.input, parameters)
    return operation.name, parameters


def encode(
    model: ServiceModel, operation: str, response: dict[str, Any], request_id: str = ""
) -> HttpResponse:
    """The answer that carries a response of the operation's output shape.

    datetimes must be aware. Members that are None are left out.
    """
    shape = model.operations[operation].output
    out = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{operation}Response xmlns="{escaped(model.xml_namespace)}/">'
        f"<requestId>{escaped(request_id)}</requestId>"
    ]
    if shape is None:
        out.append("<return>true</return>")
    else:
        content_writer(shape)(response, out)
    out.append(f"</{operation}Response>")
    return _response(200, out, request_id)


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """The answer that carries a refusal.

    Source: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#operation-error-serialization
    """
    out = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Response><Errors><Error><Code>{escaped(error.code)}</Code>"
        f"<Message>{escaped(error.message)}</Message></Error></Errors>"
        f"<RequestID>{escaped(request_id)}</RequestID></Response>"
    ]
    return _response(error.status, out, request_id)


def _check(model: ServiceModel, shape: Shape, parameters: dict[str, Any]) -> None:
    """Return if the model allows the parameters; EC2 names the first that it does not."""
    for violation in violations(shape, parameters, "", enums_checked=model.enums_checked):
        raise _refusal(violation)


def _refusal(violation: Violation) -> ApiError:
    path = violation.path.replace(".member", "")
    if violation.value is None:
        return ApiError("MissingParameter", f"The request must contain the parameter {path}")
    shown = violation.shown
    return ApiError(
        "InvalidParameterValue",
        f"Value{f' ({shown})' if shown else ''} for parameter {path} is invalid. "
        f"{violation.demand}.",
    )


def _response(status: int, parts: list[str], request_id: str) -> HttpResponse:
    return HttpResponse(
        status,
        [("content-type", _MEDIA_TYPE), ("x-amzn-requestid", request_id)],
        "".join(parts).encode(),
    )


@cache
def _member_names(name: str, member: Member) -> tuple[str, ...]:
    """A query name as it is; any other with its first letter capital, or as it stands."""
    if member.query_name is not None:
        return (member.query_name,)
    plain = member.location_name or name
    capital = plain[0].upper() + plain[1:]
    return (capital,) if capital == plain else (capital, plain)


_NAMES = Names(_member_names, lists_flattened=True)
