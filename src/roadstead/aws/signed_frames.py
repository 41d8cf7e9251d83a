"""Websocket frames that are signed one by one, as AWS's container agent sends its telemetry.

Such a frame is a block of HTTP-like header lines, an empty line, and the message. It is signed as
if it were a GET of the connection's path and query with the message as its body.

Source: agent:ecs-agent/wsclient
"""

from datetime import datetime

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Caller, Credentials, Keys, authenticate, sign

_HEADER_LINES_MAX = 32


def open_frame(
    frame: bytes, connection: HttpRequest, keys: Keys, now: datetime
) -> tuple[Caller | None, bytes]:
    """Who signed the frame and the message in it; None for a frame without header lines.

    The connection itself was authenticated when it opened, so a bare frame is still of a known
    sender; whether to take it is for the caller to say.
    Raises: ApiError as `authenticate` does when the block is there and does not prove the message.
    """
    if frame.lstrip()[:1] == b"{":
        return None, frame
    headers, message = _split(frame)
    request = HttpRequest("GET", connection.path, connection.query, headers, message)
    return authenticate(request, keys, now), message


def signed_frame(
    message: bytes,
    connection: HttpRequest,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
) -> bytes:
    """The frame that carries a message over a connection, signed."""
    host = {"host": connection.headers["host"]}
    request = msgspec.structs.replace(connection, method="GET", headers=host, body=message)
    headers = host | sign(request, credentials, region, service, now)
    block = "".join(f"{name.title()}: {value}\r\n" for name, value in sorted(headers.items()))
    return f"{block}\r\n".encode() + message


def _split(frame: bytes) -> tuple[dict[str, str], bytes]:
    """The header lines, by lower-case name, and what follows the first empty line."""
    block, separator, message = frame.partition(b"\r\n\r\n")
    if not separator:
        block, separator, message = frame.partition(b"\n\n")
    lines = block.decode("utf-8", "replace").splitlines()
    if not separator or len(lines) > _HEADER_LINES_MAX:
        raise ApiError(
            "IncompleteSignatureException",
            f"A signed frame is at most {_HEADER_LINES_MAX} header lines, an empty line and the "
            "message.",
        )
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, message
