"""ClientToken: a request sent again makes nothing again.

What was made remembers its token and a digest of what was asked; so there is nothing to expire.
Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html
"""

import hashlib
from typing import Any, TypeVar

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import NetworkInterface, token_key
from roadstead.ec2.records.routing import RouteTable
from roadstead.state.plans import Call
from roadstead.state.records import Index
from roadstead.state.view import View

R = TypeVar("R", NetworkInterface, RouteTable)


def creation_token(request: dict[str, Any]) -> str:
    """The request's token with a digest of the rest of it; "" without a token."""
    token = request.get("ClientToken")
    if not token:
        return ""
    rest = {name: value for name, value in request.items() if name not in ("ClientToken", "DryRun")}
    text = msgspec.json.encode(rest, order="deterministic")
    return f"{token}|{hashlib.blake2b(text, digest_size=8).hexdigest()}"


def made_before(view: View, call: Call, index: Index[R], request: dict[str, Any]) -> R | None:
    """What an earlier request with this token made and is still there.

    Raises: IdempotentParameterMismatch when that request asked for something else.
    """
    token = creation_token(request)
    if not token:
        return None
    found = view.first(index, token_key(call.scope, token))
    if found is not None and found.creation_token != token:
        raise ApiError(
            "IdempotentParameterMismatch",
            "The client token is used already for a request with other parameters.",
        )
    return found
