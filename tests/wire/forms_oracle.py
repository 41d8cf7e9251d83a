"""What the tests of `query`, `ec2` and CBOR share: botocore as the client of any service."""

import copy
import re
from functools import cache
from typing import Any
from urllib.parse import urlencode

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.models import service_model
from roadstead.aws.shapes import ServiceModel, read_model

MODELS: dict[str, ServiceModel] = {name: service_model(name) for name in ("ec2", "elbv2", "elb")}
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@cache
def client_model(service: str) -> botocore.model.ServiceModel:
    """A service as botocore's client sees it."""
    raw = botocore.loaders.Loader().load_service_model(service, "service-2")
    return botocore.model.ServiceModel(raw, service)


@cache
def free_model(service: str) -> ServiceModel:
    """Our model of a service that forbids nothing, to ask what is read and not whether."""
    raw = copy.deepcopy(botocore.loaders.Loader().load_service_model(service, "service-2"))
    for shape in raw["shapes"].values():
        for demand in ("min", "max", "pattern", "enum", "required"):
            shape.pop(demand, None)
    return read_model(service, raw)


def client_request(
    service: str, operation: str, parameters: dict[str, Any], protocol: str = ""
) -> HttpRequest:
    """What botocore sends for these parameters, before it signs."""
    model = client_model(service)
    serializer = botocore.serialize.create_serializer(
        protocol or model.metadata["protocol"], include_validation=False
    )
    sent = serializer.serialize_to_request(parameters, model.operation_model(operation))
    body = sent["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    return HttpRequest(
        method=sent["method"],
        path=sent["url_path"],
        query="",
        headers={name.lower(): value for name, value in sent["headers"].items()},
        body=body if isinstance(body, bytes) else body.encode(),
    )


def client_response(
    service: str, operation: str, response: HttpResponse, protocol: str = ""
) -> dict[str, Any]:
    """What botocore makes of our answer."""
    model = client_model(service)
    parser = botocore.parsers.create_parser(protocol or model.metadata["protocol"])
    parsed: dict[str, Any] = parser.parse(
        {
            "headers": dict(response.headers),
            "status_code": response.status,
            "body": response.body,
        },
        model.operation_model(operation).output_shape,
    )
    return parsed


def form_request(text: str, **changes: Any) -> HttpRequest:
    """A POST with this form."""
    given: dict[str, Any] = {
        "method": "POST",
        "path": "/",
        "query": "",
        "headers": {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        "body": text.encode(),
        **changes,
    }
    return HttpRequest(**given)


def without_empties(value: Any) -> Any:
    """The value without what a form has no word for: structures, lists and maps without entries."""
    match value:
        case dict():
            found = {key: without_empties(each) for key, each in value.items()}
            return {key: each for key, each in found.items() if each not in ({}, [])}
        case list():
            return [each for each in map(without_empties, value) if each not in ({}, [])]
        case _:
            return value


def as_xml_has_it(value: Any) -> Any:
    """The value with U+FFFD for every character that XML cannot say."""
    match value:
        case dict():
            return {as_xml_has_it(key): as_xml_has_it(each) for key, each in value.items()}
        case list():
            return [as_xml_has_it(each) for each in value]
        case str():
            return NOT_IN_XML.sub("\ufffd", value)
        case _:
            return value
