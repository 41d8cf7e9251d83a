"""CrossOrigin: browsers may read our answers on pages of the origins that were allowed, if any.

Without one, a browser keeps every answer from pages that are not ours. An allowed origin is named
as it is written, never with `*`, and no cookies come with it: requests are signed or refused.
Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from roadstead.aws.http import HttpRequest, HttpResponse

METHODS = "GET, HEAD, POST"
HEADERS = (
    "accept",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "cache-control",
    "content-type",
    "last-event-id",
    "smithy-protocol",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-target",
    "x-amz-user-agent",
)
"""What the SDK for browsers sends, and readers of streams."""
EXPOSED = "x-amzn-requestid, x-amzn-errortype"
"""What the SDK for browsers reads, beside the body."""
MAX_AGE_SECONDS = 600

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class CrossOrigin:
    """The origins whose pages may read our answers."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)

    def __bool__(self) -> bool:
        return bool(self._origins)

    def preflight(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a browser that asks before it sends a request; None for other requests."""
        headers = request.headers
        origin = headers.get("origin", "")
        if (
            request.method != "OPTIONS"
            or "access-control-request-method" not in headers
            or origin not in self._origins
        ):
            return None
        return HttpResponse(
            204,
            [
                ("access-control-allow-methods", METHODS),
                ("access-control-allow-headers", ", ".join(HEADERS)),
                ("access-control-max-age", str(MAX_AGE_SECONDS)),
            ],
            b"",
        )

    def naming(self, request: HttpRequest, send: Send) -> Send:
        """`send`, adding to the answer for whose pages it is."""
        added = [(b"vary", b"Origin")]
        origin = request.headers.get("origin", "")
        if origin in self._origins:
            added.append((b"access-control-allow-origin", origin.encode("latin-1")))
            added.append((b"access-control-expose-headers", EXPOSED.encode()))

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return named
