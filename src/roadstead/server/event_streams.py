"""Event streams: GET /events, published events as server-sent events.

Signed like every request, for the service `roadstead`; for root keys only. A stream holds a
position and nothing else. What ends it is said in a last message, if the reader still reads.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import Caller, authenticate
from roadstead.clock import Clock
from roadstead.control.model import NAME
from roadstead.ids import Ids
from roadstead.server.access import STREAM_EVENTS, check_access
from roadstead.server.event_feed import EventFeed, Line
from roadstead.server.event_query import EventQuery, query_of
from roadstead.server.key_ring import KeyRing
from roadstead.server.waiting import wait_for_news

EVENTS_PATH = "/events"
STREAMS_MAX = 64
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

log = logging.getLogger(__name__)


class Ended(Exception):
    """The stream is over; the text says why, for the reader."""

    def __init__(self, reason: str, *, missed: int = 0) -> None:
        super().__init__(reason)
        self.missed = missed


class EventStreams:
    """All streams of one control plane."""

    def __init__(self, feed: EventFeed, keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self._feed = feed
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._streams: dict[Stream, None] = {}

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return len(self._streams)

    def stop(self) -> None:
        """Let every stream end soon, whether its reader reads or not."""
        self._feed.stop()
        for stream in self._streams:
            stream.end_within(LAST_WORDS_SECONDS_MAX)

    async def open(
        self,
        request: HttpRequest,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one stream to its end, or refuse it."""
        try:
            caller, query = self._admit(request)
        except ApiError as error:
            await _refuse(send, json.encode_error(error, self._ids.uuid()))
            return
        stream = Stream(self._feed, self._keys, self._clock, caller, query, send)
        self._streams[stream] = None
        try:
            await stream.serve(receive)
        finally:
            del self._streams[stream]

    def _admit(self, request: HttpRequest) -> tuple[Caller, EventQuery]:
        """Raises: ApiError"""
        caller = authenticate(request, self._keys, self._clock.now(), service=NAME)
        check_access(self._keys.kind(caller.access_key_id), caller.arn, STREAM_EVENTS)
        query = query_of(request, caller)
        if self.open_streams >= STREAMS_MAX:
            raise ApiError(
                "ThrottlingException",
                f"There are {STREAMS_MAX} event streams already; end one of them.",
                status=429,
            )
        return caller, query


class Stream:
    """One reader's stream, while it lasts."""

    def __init__(
        self,
        feed: EventFeed,
        keys: KeyRing,
        clock: Clock,
        caller: Caller,
        query: EventQuery,
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self._feed = feed
        self._keys = keys
        self._clock = clock
        self._caller = caller
        self._query = query
        self._send = send
        self._has_gone = False
        self._limit: asyncio.Timeout | None = None

    def end_within(self, seconds: float) -> None:
        """Give the reader up if it has not taken all by then."""
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + seconds)

    async def serve(self, receive: Callable[[], Awaitable[Message]]) -> None:
        """Send until the reader goes, or there is nothing more to say to it."""
        with self._feed.watched() as news:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(receive, news))
                try:
                    await self._serve(news)
                finally:
                    watching.cancel()

    async def _watch(self, receive: Callable[[], Awaitable[Message]], news: asyncio.Event) -> None:
        """Notice when the reader goes."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._has_gone = True
        news.set()

    async def _serve(self, news: asyncio.Event) -> None:
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._write(b": events of Roadstead\n\n")
            async with asyncio.timeout(None) as self._limit:
                try:
                    await self._events(news)
                finally:
                    self._limit = None
        except Ended as end:
            told = {"reason": str(end), **({"missed": end.missed} if end.missed else {})}
            await self._last_words(b"event: end\ndata: %s\n\n" % msgspec.json.encode(told))
        except TimeoutError:
            log.info("a reader of events did not take what was sent to it; dropped")
        except Exception as error:  # noqa: BLE001  # granian tells a broken connection by several exceptions
            log.debug("a reader of events has gone: %s", error)

    async def _events(self, news: asyncio.Event) -> None:
        """Raises: Ended, TimeoutError"""
        position = await self._beginning()
        while True:
            reading = self._feed.read(position, self._query.wanted)
            position = reading.position
            if reading.missed:
                raise Ended(
                    f"{reading.missed} events were removed before you read them; "
                    "connect again to go on with the oldest that is kept.",
                    missed=reading.missed,
                )
            if reading.lines:
                await self._write(b"".join(map(_frame, reading.lines)))
            if self._has_gone:
                return
            if reading.is_more:
                await self._clock.sleep(0)
                continue
            if not self._query.follow:
                raise Ended("These are all events that are kept.")
            await self._wait(news, position)

    async def _beginning(self) -> int:
        """Where the reading begins; the reader hears what it missed."""
        after = self._query.after
        if after is not None and self._feed.knows(after):
            missed = max(0, self._feed.oldest_position - after)
            if missed:
                told = msgspec.json.encode({"missed": missed})
                await self._write(b"event: missed\ndata: %s\n\n" % told)
            return after + missed
        if after is None and self._query.since_seconds is not None:
            since = timedelta(seconds=self._query.since_seconds)
            if not since:
                return self._feed.last
            return self._feed.position_before(self._clock.now() - since)
        return self._feed.oldest_position

    async def _wait(self, news: asyncio.Event, position: int) -> None:
        """Return when there may be more; send a sign of life if there is none for long.

        Raises: Ended
        """
        if position >= self._feed.last and not self._has_gone and not self._feed.is_stopping:
            began = self._clock.monotonic()
            await wait_for_news(news, self._clock, HEARTBEAT_SECONDS)
            if self._clock.monotonic() - began >= HEARTBEAT_SECONDS:
                await self._write(b": still here\nid: %d\n\n" % position)
        if self._feed.is_stopping:
            raise Ended("The control plane is stopping; connect again to go on.")
        if self._keys.find(self._caller.access_key_id) is None:
            raise Ended("The access key of this stream is no longer valid.")

    async def _write(self, text: bytes) -> None:
        """Raises: TimeoutError when the reader does not take it."""
        async with asyncio.timeout(SEND_SECONDS_MAX):
            await self._send({"type": "http.response.body", "body": text, "more_body": True})

    async def _last_words(self, text: bytes) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS_MAX):
                await self._send({"type": "http.response.body", "body": text, "more_body": False})
        except Exception as error:  # noqa: BLE001  # it is over, which is what was wanted
            log.debug("a reader of events did not hear why its stream ended: %s", error)


def _frame(line: Line) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (line.number, line.detail_type.encode(), line.json)


async def _refuse(send: Callable[[Message], Awaitable[None]], response: HttpResponse) -> None:
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
