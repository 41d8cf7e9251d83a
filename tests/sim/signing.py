"""Signed API calls, as the agent, the host and the user make them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from sim.loop import SimClock
from sim.places import REGION
from sim.server import HOST

FORMS = {
    "ec2": ("2016-11-15", ""),
    "elasticloadbalancing": ("2015-12-01", ".member"),
}
"""Services that are asked with forms: version, and what stands before a number in a list."""


def signed_call(
    operation: str,
    request: dict[str, Any],
    credentials: Credentials,
    clock: SimClock,
    *,
    prefix: str = "AmazonEC2ContainerServiceV20141113",
    service: str = "ecs",
) -> HttpRequest:
    """The HTTP request of an API call."""
    headers = {
        "host": HOST,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"{prefix}.{operation}",
    }
    bare = HttpRequest("POST", "/", "", headers, msgspec.json.encode(request))
    signed = sign(bare, credentials, REGION, service, clock.now())
    return msgspec.structs.replace(bare, headers=headers | signed)


def signed_form(
    operation: str,
    request: dict[str, Any],
    credentials: Credentials,
    clock: SimClock,
    *,
    service: str,
) -> HttpRequest:
    """The same, of a service that is asked with forms. Members are named as on the wire."""
    version, list_word = FORMS[service]
    fields = {"Action": operation, "Version": version, **dict(_fields("", request, list_word))}
    headers = {"host": HOST, "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    bare = HttpRequest("POST", "/", "", headers, urlencode(fields).encode())
    signed = sign(bare, credentials, REGION, service, clock.now())
    return msgspec.structs.replace(bare, headers=headers | signed)


def _fields(name: str, value: Any, list_word: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, each in value.items():
                yield from _fields(f"{name}.{key}" if name else key, each, list_word)
        case list() | tuple():
            for number, each in enumerate(value, 1):
                yield from _fields(f"{name}{list_word}.{number}", each, list_word)
        case bool():
            yield name, str(value).lower()
        case _:
            yield name, str(value)
