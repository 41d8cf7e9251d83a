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
from urllib.parse import parse_qsl

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import Caller, authenticate
from roadstead.clock import Clock
from roadstead.control.model import NAME
from roadstead.ecs.records.scope import scope
from roadstead.ecs.views.event_filter import TYPE_WORDS, EventFilter
from roadstead.ids import Ids
from roadstead.server.access import STREAM_EVENTS, check_access
from roadstead.server.event_feed import EventFeed, Line
from roadstead.server.key_ring import KeyRing
from roadstead.server.waiting import wait_for_news

EVENTS_PATH = "/events"
STREAMS_MAX = 64
HEARTBEAT_SECONDS = 15.0
SEND_SECONDS_MAX = 30.0
"""For the reader to take what was sent; after that its connection is dropped."""
LAST_WORDS_SECONDS_MAX = 1.0
SINCE_SECONDS_MAX = 10 * 365 * 86_400
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
PARAMETERS = ("after", "since", "follow", "cluster", "service", "task")
"""And `type`, which may be given more than once."""

Message = MutableMapping[str, Any]

log = logging.getLogger(__name__)


class Wish(msgspec.Struct, frozen=True):
    """What a reader asked for."""

    wanted: EventFilter
    after: int | None
    """The number of the last event that it has; None for one that has none."""
    since_seconds: int | None
    follow: bool


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
        self.open_streams = 0

    async def open(
        self,
        request: HttpRequest,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one stream to its end, or refuse it."""
        try:
            caller, wish = self._admit(request)
        except ApiError as error:
            await _refuse(send, json.encode_error(error, self._ids.uuid()))
            return
        self.open_streams += 1
        try:
            await Stream(self._feed, self._keys, self._clock, caller, wish, send).serve(receive)
        finally:
            self.open_streams -= 1

    def _admit(self, request: HttpRequest) -> tuple[Caller, Wish]:
        """Raises: ApiError"""
        caller = authenticate(request, self._keys, self._clock.now(), service=NAME)
        check_access(self._keys.kind(caller.access_key_id), caller.arn, STREAM_EVENTS)
        wish = wish_of(request, caller)
        if self.open_streams >= STREAMS_MAX:
            raise ApiError(
                "ThrottlingException",
                f"There are {STREAMS_MAX} event streams already; end one of them.",
                status=429,
            )
        return caller, wish


class Stream:
    """One reader's stream, while it lasts."""

    def __init__(
        self,
        feed: EventFeed,
        keys: KeyRing,
        clock: Clock,
        caller: Caller,
        wish: Wish,
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self._feed = feed
        self._keys = keys
        self._clock = clock
        self._caller = caller
        self._wish = wish
        self._send = send
        self._has_gone = False

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
            await self._events(news)
        except Ended as end:
            told = {"reason": str(end), **({"missed": end.missed} if end.missed else {})}
            await self._last_words(b"event: end\ndata: %s\n\n" % msgspec.json.encode(told))
        except TimeoutError:
            log.info("a reader of events took nothing for %.0f s; dropped", SEND_SECONDS_MAX)
        except Exception as error:  # noqa: BLE001  # granian tells a broken connection by several exceptions
            log.debug("a reader of events has gone: %s", error)

    async def _events(self, news: asyncio.Event) -> None:
        """Raises: Ended, TimeoutError"""
        position = await self._beginning()
        while True:
            reading = self._feed.read(position, self._wish.wanted)
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
            if not self._wish.follow:
                raise Ended("These are all events that are kept.")
            await self._wait(news, position)

    async def _beginning(self) -> int:
        """Where the reading begins; the reader hears what it missed."""
        after = self._wish.after
        if after is not None and self._feed.knows(after):
            missed = max(0, self._feed.oldest_position - after)
            if missed:
                told = msgspec.json.encode({"missed": missed})
                await self._write(b"event: missed\ndata: %s\n\n" % told)
            return after + missed
        if after is None and self._wish.since_seconds is not None:
            since = timedelta(seconds=self._wish.since_seconds)
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


def wish_of(request: HttpRequest, caller: Caller) -> Wish:
    """What the request asks for, in the account and Region that it is signed for.

    Raises: ValidationException
    """
    if request.method != "GET":
        raise _invalid(f"{EVENTS_PATH} is read with GET.")
    given: dict[str, str] = {}
    types: list[type[Any]] = []
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        if name == "type":
            if value not in TYPE_WORDS:
                raise _invalid(f"There is no type '{value[:100]}'; there are {_words()}.")
            types.append(TYPE_WORDS[value])
        elif name in PARAMETERS:
            given.setdefault(name, value)
        elif not name.lower().startswith("x-amz-"):
            raise _invalid(f"There is no parameter '{name[:100]}'.")
    follow = given.get("follow", "true")
    if follow not in ("true", "false"):
        raise _invalid("follow is true or false.")
    after = given.get("after") or request.headers.get("last-event-id")
    since = given.get("since")
    return Wish(
        wanted=EventFilter(
            scope=scope(caller.account, caller.region),
            types=tuple(types),
            cluster=given.get("cluster", ""),
            service=given.get("service", ""),
            task=given.get("task", ""),
        ),
        after=_number("after", after, 10**15) if after else None,
        since_seconds=_number("since", since, SINCE_SECONDS_MAX) if since else None,
        follow=follow == "true",
    )


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16) or int(text) > most:
        raise _invalid(f"{name} is a whole number up to {most}.")
    return int(text)


def _words() -> str:
    return ", ".join(sorted(word for word in TYPE_WORDS if " " not in word))


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _frame(line: Line) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (line.number, line.detail_type.encode(), line.json)


async def _refuse(send: Callable[[Message], Awaitable[None]], response: HttpResponse) -> None:
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
