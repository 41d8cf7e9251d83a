"""Fabric streams: GET /fabric, what a machine is to carry of networks, as lines of JSON.

Signed like every request, for the service `roadstead`, by a host's key. First comes all that there
is, then what durable commits change, each lot ended by `in-sync`. A stream remembers which items
its reader has yet to hear of, not what they were: who reads slowly hears the newest value once, and
what is remembered is bounded by what exists. Whoever connects again begins anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import Caller, authenticate
from roadstead.clock import Clock
from roadstead.control import fabric_items, fabric_view
from roadstead.control.fabric_view import Key
from roadstead.control.model import NAME
from roadstead.ids import Ids
from roadstead.server.access import STREAM_FABRIC, check_access
from roadstead.server.key_ring import KeyRing
from roadstead.server.waiting import wait_for_news
from roadstead.store.store import Commit, Store

FABRIC_PATH = "/fabric"
STREAMS_MAX = 64
ITEMS_AT_ONCE_MAX = 200
"""Items that are told in one go, so that requests get their turn."""
HEARTBEAT_SECONDS = 10.0
SEND_SECONDS_MAX = 30.0
"""For the reader to take what was sent; after that its connection is dropped."""
HEADERS = [
    (b"content-type", b"application/x-ndjson"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
Message = MutableMapping[str, Any]

log = logging.getLogger(__name__)


class FabricStreams:
    """All streams of one control plane."""

    def __init__(self, store: Store, keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._streams: dict[FabricStream, None] = {}
        self._is_stopping = False
        store.on_durable(self._became_durable)

    def stop(self) -> None:
        """Let every stream end soon."""
        self._is_stopping = True
        for stream in self._streams:
            stream.end()

    async def open(
        self,
        request: HttpRequest,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one stream to its end, or refuse it."""
        try:
            caller = self._admit(request)
        except ApiError as error:
            response = json.encode_error(error, self._ids.uuid())
            headers = [(name.encode(), value.encode()) for name, value in response.headers]
            await send(
                {"type": "http.response.start", "status": response.status, "headers": headers}
            )
            await send({"type": "http.response.body", "body": response.body})
            return
        stream = FabricStream(self._store, self._keys, self._clock, caller, send)
        self._streams[stream] = None
        try:
            await stream.serve(receive)
        finally:
            del self._streams[stream]

    def _admit(self, request: HttpRequest) -> Caller:
        """Raises: ApiError"""
        caller = authenticate(request, self._keys, self._clock.now(), service=NAME)
        check_access(self._keys.kind(caller.access_key_id), caller.arn, STREAM_FABRIC)
        if request.method != "GET":
            raise ApiError(
                "InvalidParameterException", f"{FABRIC_PATH} is read with GET.", status=405
            )
        if self._is_stopping or len(self._streams) >= STREAMS_MAX:
            raise ApiError(
                "ThrottlingException",
                f"No more than {STREAMS_MAX} machines may read {FABRIC_PATH} at a time, and none "
                "while this control plane stops; try again.",
                status=429,
            )
        return caller

    def _became_durable(self, commit: Commit) -> None:
        for stream in self._streams:
            stream.note(commit)


class FabricStream:
    """One reader's stream, while it lasts."""

    def __init__(
        self,
        store: Store,
        keys: KeyRing,
        clock: Clock,
        caller: Caller,
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._caller = caller
        self._scope = f"{caller.account}/{caller.region}"
        self._send = send
        self._untold: dict[Key, None] = {}
        self._news = asyncio.Event()
        self._is_over = False

    def end(self) -> None:
        """Tell nothing more."""
        self._is_over = True
        self._news.set()

    def note(self, commit: Commit) -> None:
        """Remember whom a commit concerns."""
        if commit.reloaded:
            self.end()  # what is gone from the new state would not be told: begin anew
            return
        for change in commit.changes:
            for key in fabric_view.affected(self._scope, change):
                self._untold[key] = None
        if self._untold:
            self._news.set()

    async def serve(self, receive: Callable[[], Awaitable[Message]]) -> None:
        """Send until the reader goes or the server does."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(receive))
            try:
                await self._tell()
            except TimeoutError:
                log.warning("a host did not take what was sent to it; its stream is dropped")
            except Exception as error:  # noqa: BLE001  # granian tells a broken connection by several exceptions
                log.debug("a reader of the fabric has gone: %s", error)
            finally:
                watching.cancel()

    async def _watch(self, receive: Callable[[], Awaitable[Message]]) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()

    async def _tell(self) -> None:
        """Raises: TimeoutError"""
        # Told early, what is not durable yet does no harm: after a crash the next stream lacks it.
        await self._store.durable()
        await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        for key in fabric_view.keys(self._store.view, self._scope):
            self._untold[key] = None
        while not self._is_over:
            await self._tell_untold()
            await self._write(fabric_items.IN_SYNC)
            if not self._untold:
                await wait_for_news(self._news, self._clock, HEARTBEAT_SECONDS)
            if self._keys.find(self._caller.access_key_id) is None:
                break
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell_untold(self) -> None:
        while self._untold and not self._is_over:
            some = [key for key, _ in zip(self._untold, range(ITEMS_AT_ONCE_MAX), strict=False)]
            lines = []
            for key in some:
                del self._untold[key]
                lines.append(
                    fabric_items.line(
                        key.kind,
                        key.key,
                        fabric_view.value(self._store.view, self._scope, key),
                    )
                )
            await self._write(b"".join(lines))

    async def _write(self, text: bytes) -> None:
        async with asyncio.timeout(SEND_SECONDS_MAX):
            await self._send({"type": "http.response.body", "body": text, "more_body": True})
