"""Event streams: GET /events, published events as server-sent events.

For root keys only. A stream holds a position and nothing else.
"""

import asyncio
from datetime import timedelta

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import Caller
from roadstead.clock import Clock
from roadstead.ids import Ids
from roadstead.server import sse
from roadstead.server.access import STREAM_EVENTS
from roadstead.server.event_feed import EventFeed, Line
from roadstead.server.event_query import EventQuery, query_of
from roadstead.server.key_ring import KeyRing
from roadstead.server.waiting import wait_for_news

EVENTS_PATH = "/events"


class EventStreams:
    """All streams of one control plane."""

    def __init__(self, feed: EventFeed, keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self._feed = feed
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._connections: dict[sse.Connection, None] = {}

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return len(self._connections)

    def stop(self) -> None:
        """Let every stream end soon, whether its reader reads or not."""
        self._feed.stop()
        for connection in self._connections:
            connection.end_within(sse.LAST_WORDS_SECONDS_MAX)

    async def open(self, request: HttpRequest, receive: sse.Receive, send: sse.Send) -> None:
        """Serve one stream to its end, or refuse it."""
        try:
            caller, query = self._admit(request)
        except ApiError as error:
            await sse.refuse(send, json.encode_error(error, self._ids.uuid()))
            return
        connection = sse.Connection(self._keys, caller, send)
        self._connections[connection] = None
        try:
            await Stream(self._feed, self._clock, query, connection).serve(receive)
        finally:
            del self._connections[connection]

    def _admit(self, request: HttpRequest) -> tuple[Caller, EventQuery]:
        """Raises: ApiError"""
        caller = sse.admit(request, self._keys, self._clock, STREAM_EVENTS)
        query = query_of(request, caller)
        sse.check_room(self.open_streams)
        return caller, query


class Stream:
    """One reader's stream, while it lasts."""

    def __init__(
        self, feed: EventFeed, clock: Clock, query: EventQuery, connection: sse.Connection
    ) -> None:
        self._feed = feed
        self._clock = clock
        self._query = query
        self._connection = connection

    async def serve(self, receive: sse.Receive) -> None:
        """Send until the reader goes, or there is nothing more to say to it."""
        with self._feed.watched() as news:
            await self._connection.serve(
                receive, news, b": events of Roadstead\n\n", lambda: self._tell(news)
            )

    async def _tell(self, news: asyncio.Event) -> None:
        """Raises: Ended, TimeoutError"""
        position = await self._beginning()
        while True:
            reading = self._feed.read(position, self._query.wanted)
            position = reading.position
            if reading.missed:
                raise sse.Ended(
                    f"{reading.missed} events were removed before you read them; "
                    "connect again to go on with the oldest that is kept.",
                    missed=reading.missed,
                )
            if reading.lines:
                await self._connection.write(b"".join(map(_frame, reading.lines)))
            if self._connection.has_gone:
                return
            if reading.is_more:
                await self._clock.sleep(0)
                continue
            if not self._query.follow:
                raise sse.Ended("These are all events that are kept.")
            await self._wait(news, position)

    async def _beginning(self) -> int:
        """Where the reading begins; the reader hears what it missed."""
        after = self._query.after
        if after is not None and self._feed.knows(after):
            missed = max(0, self._feed.oldest_position - after)
            if missed:
                told = msgspec.json.encode({"missed": missed})
                await self._connection.write(b"event: missed\ndata: %s\n\n" % told)
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
        is_idle = position >= self._feed.last and not self._connection.has_gone
        if is_idle and not self._feed.is_stopping:
            began = self._clock.monotonic()
            await wait_for_news(news, self._clock, sse.HEARTBEAT_SECONDS)
            if self._clock.monotonic() - began >= sse.HEARTBEAT_SECONDS:
                await self._connection.write(b": still here\nid: %d\n\n" % position)
        if self._feed.is_stopping:
            raise sse.stopping()
        self._connection.check_key()


def _frame(line: Line) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (line.number, line.detail_type.encode(), line.json)
