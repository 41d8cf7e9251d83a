"""Signed API calls, as the agent, the host and the user make them."""

from typing import Any

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from sim.loop import SimClock
from sim.server import HOST, REGION


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
