"""Server-sent events: who may read a stream, and one reader's connection, whatever it is told.

Signed like every request, for the service `roadstead`. What ends a stream is said in a last
message, if the reader still reads.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.sigv4 import Caller, authenticate
from roadstead.clock import Clock
from roadstead.control.model import NAME
from roadstead.server.access import check_access
from roadstead.server.key_ring import KeyRing

STREAMS_MAX = 64
"""Of each kind."""
HEARTBEAT_SECONDS = 15.0
SEND_SECONDS_MAX = 30.0
"""For the reader to take what was sent; after that its connection is dropped."""
LAST_WORDS_SECONDS_MAX = 1.0
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

log = logging.getLogger(__name__)


class Ended(Exception):
    """The stream is over; the text says why, for the reader."""

    def __init__(self, reason: str, *, missed: int = 0) -> None:
        super().__init__(reason)
        self.missed = missed


def stopping() -> Ended:
    return Ended("The control plane is stopping; connect again to go on.")


def admit(request: HttpRequest, keys: KeyRing, clock: Clock, action: str) -> Caller:
    """Who asks for a stream, if its key may do `action`.

    Raises: ApiError
    """
    caller = authenticate(request, keys, clock.now(), service=NAME)
    check_access(keys.kind(caller.access_key_id), caller.arn, action)
    return caller


def check_room(open_streams: int) -> None:
    """Raises: ThrottlingException when there are as many as there may be."""
    if open_streams >= STREAMS_MAX:
        raise ApiError(
            "ThrottlingException",
            f"There are {STREAMS_MAX} streams of this kind already; end one of them.",
            status=429,
        )


class Connection:
    """One reader, while its stream lasts."""

    def __init__(self, keys: KeyRing, caller: Caller, send: Send) -> None:
        self.caller = caller
        self.has_gone = False
        self._keys = keys
        self._send = send
        self._limit: asyncio.Timeout | None = None

    def end_within(self, seconds: float) -> None:
        """Give the reader up if it has not taken all by then."""
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + seconds)

    async def serve(
        self,
        receive: Receive,
        news: asyncio.Event,
        greeting: bytes,
        tell: Callable[[], Awaitable[None]],
    ) -> None:
        """Let `tell` write until it returns, raises `Ended`, or the reader takes no more.

        news: is set when the reader goes; `has_gone` is then true.
        """
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(receive, news))
            try:
                await self._serve(greeting, tell)
            finally:
                watching.cancel()

    def check_key(self) -> None:
        """Raises: Ended when the reader's key is gone."""
        if self._keys.find(self.caller.access_key_id) is None:
            raise Ended("The access key of this stream is no longer valid.")

    async def write(self, text: bytes) -> None:
        """Raises: TimeoutError when the reader does not take it."""
        async with asyncio.timeout(SEND_SECONDS_MAX):
            await self._send({"type": "http.response.body", "body": text, "more_body": True})

    async def _watch(self, receive: Receive, news: asyncio.Event) -> None:
        """Notice when the reader goes."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.has_gone = True
        news.set()

    async def _serve(self, greeting: bytes, tell: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self.write(greeting)
            async with asyncio.timeout(None) as self._limit:
                try:
                    await tell()
                finally:
                    self._limit = None
        except Ended as end:
            told = {"reason": str(end), **({"missed": end.missed} if end.missed else {})}
            await self._last_words(b"event: end\ndata: %s\n\n" % msgspec.json.encode(told))
        except TimeoutError:
            log.info("a reader of a stream did not take what was sent to it; dropped")
        except Exception as error:  # noqa: BLE001  # granian tells a broken connection by several exceptions
            log.debug("a reader of a stream has gone: %s", error)

    async def _last_words(self, text: bytes) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS_MAX):
                await self._send({"type": "http.response.body", "body": text, "more_body": False})
        except Exception as error:  # noqa: BLE001  # it is over, which is what was wanted
            log.debug("a reader of a stream did not hear why it ended: %s", error)


async def refuse(send: Send, response: HttpResponse) -> None:
    """Send a whole answer in a stream's place."""
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
