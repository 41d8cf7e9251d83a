"""Refusals: how a control plane says no before a connection is open, and while it is.

Only InactiveInstanceException changes what an agent does: it then waits an hour.
"""

from typing import Literal

import msgspec

RefusalType = Literal[
    "ServerException",
    "BadRequestException",
    "InvalidClusterException",
    "InvalidInstanceException",
    "AccessDeniedException",
    "InactiveInstanceException",
]
INACTIVE: RefusalType = "InactiveInstanceException"
HTTP_STATUS = 400
"""Of every refusal."""
CLOSE_CODE_INACTIVE = 1008
CLOSE_REASON_BYTES_MAX = 123
"""RFC 6455: a control frame carries 125 bytes, two of them the code."""


class _NestedRefusal(msgspec.Struct):
    type: str
    message: dict[str, str]


def refusal_body(kind: RefusalType, text: str) -> bytes:
    """The body of the HTTP answer that refuses a connection."""
    return msgspec.json.encode({kind: text})


def read_refusal(body: str) -> tuple[str, str]:
    """(type, text) of a refusal's body, in either spelling; both empty when it is neither."""
    try:
        nested = msgspec.json.decode(body, type=_NestedRefusal)
        return nested.type, nested.message.get("message", "")
    except msgspec.DecodeError:
        pass
    try:
        flat = msgspec.json.decode(body, type=dict[str, str])
    except msgspec.DecodeError:
        return "", ""
    return next(iter(flat.items())) if len(flat) == 1 else ("", "")


def inactive_close_reason(container_instance_arn: str) -> str:
    """The reason with which the connection of a deregistered instance is closed."""
    identity = container_instance_arn.rpartition("/")[2]
    return fit_close_reason(f"{INACTIVE}: Container instance {identity} is inactive.")


def tells_inactive(reason: str) -> bool:
    """Whether a close reason says that the instance is deregistered."""
    return INACTIVE in reason


def fit_close_reason(reason: str) -> str:
    """`reason`, cut to what a close frame can carry."""
    return reason.encode()[:CLOSE_REASON_BYTES_MAX].decode(errors="ignore")
