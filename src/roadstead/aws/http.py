"""HTTP as the wire modules see it: plain values, no socket.

The server builds an `HttpRequest` from whatever carries the bytes and sends what an
`HttpResponse` says. Both are made for every call, so they hold their fields and nothing else.
"""

import msgspec

BODY_BYTES_MAX = 1024 * 1024
"""A longer request is refused unread, in every protocol."""


class HttpRequest(msgspec.Struct, frozen=True):
    """One request as it came over the wire.

    path: as sent, percent-encoding untouched. query: as sent, without the question mark.
    headers: names in lower case; several of one name are joined with a comma in their order.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class HttpResponse(msgspec.Struct, frozen=True):
    """One response to send. The server adds `date` and `content-length`."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
