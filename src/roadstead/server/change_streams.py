"""Change streams: GET /changes, which nouns of the APIs have changed, as server-sent events.

For root keys only; each reader hears of the account and Region of its signature. A stream remembers
which nouns its reader has yet to hear of, each once; of too many it says only that everything may
have changed. There are no positions: who connects again asks the APIs anew. While nobody reads, a
commit costs nothing here.
"""

import asyncio

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import Caller
from roadstead.clock import Clock
from roadstead.control.changed_nouns import Noun, changed
from roadstead.ids import Ids
from roadstead.server import sse
from roadstead.server.access import STREAM_CHANGES
from roadstead.server.key_ring import KeyRing
from roadstead.server.waiting import wait_for_news
from roadstead.store.store import Commit, Store

CHANGES_PATH = "/changes"
NOUNS_MAX = 5_000
"""Of one message, and of what is remembered for a reader."""
GATHER_SECONDS = 0.05
"""From the first change to its message, so that a burst of commits becomes one."""


class ChangeStreams:
    """All streams of one control plane."""

    def __init__(self, store: Store, keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._streams: dict[ChangeStream, None] = {}
        store.on_durable(self._became_durable)

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return len(self._streams)

    def stop(self) -> None:
        """Let every stream end soon, whether its reader reads or not."""
        for stream in self._streams:
            stream.stop()

    async def open(self, request: HttpRequest, receive: sse.Receive, send: sse.Send) -> None:
        """Serve one stream to its end, or refuse it."""
        try:
            caller = self._admit(request)
        except ApiError as error:
            await sse.refuse(send, json.encode_error(error, self._ids.uuid()))
            return
        stream = ChangeStream(self._clock, sse.Connection(self._keys, caller, send))
        self._streams[stream] = None
        try:
            await stream.serve(receive)
        finally:
            del self._streams[stream]

    def _admit(self, request: HttpRequest) -> Caller:
        """Raises: ApiError"""
        caller = sse.admit(request, self._keys, self._clock, STREAM_CHANGES)
        if request.method != "GET":
            raise ApiError("ValidationException", f"{CHANGES_PATH} is read with GET.")
        if request.query:
            raise ApiError(
                "ValidationException",
                f"{CHANGES_PATH} takes no parameters: it tells all changes of the account and "
                "Region of its signature.",
            )
        sse.check_room(self.open_streams)
        return caller

    def _became_durable(self, commit: Commit) -> None:
        if not self._streams:
            return
        if commit.reloaded:
            for stream in self._streams:
                stream.note_everything()
            return
        found = [each for change in commit.changes for each in changed(change)]
        for stream in self._streams:
            stream.note(found)


class ChangeStream:
    """One reader's stream, while it lasts."""

    def __init__(self, clock: Clock, connection: sse.Connection) -> None:
        self._clock = clock
        self._connection = connection
        self._scope = f"{connection.caller.account}/{connection.caller.region}"
        self._untold: dict[Noun, None] = {}
        self._everything = False
        self._news = asyncio.Event()
        self._is_stopping = False

    def note(self, found: list[tuple[str, Noun]]) -> None:
        """Remember those of the reader's account and Region."""
        if self._everything:
            return
        for scope, noun in found:
            if scope == self._scope:
                self._untold[noun] = None
        if len(self._untold) > NOUNS_MAX:
            self.note_everything()
        elif self._untold:
            self._news.set()

    def note_everything(self) -> None:
        """Remember that anything may be otherwise."""
        self._untold.clear()
        self._everything = True
        self._news.set()

    def stop(self) -> None:
        """End soon."""
        self._is_stopping = True
        self._news.set()
        self._connection.end_within(sse.LAST_WORDS_SECONDS_MAX)

    async def serve(self, receive: sse.Receive) -> None:
        """Send until the reader goes or the server does."""
        greeting = b": changes of Roadstead\n\n"
        await self._connection.serve(receive, self._news, greeting, self._tell)

    async def _tell(self) -> None:
        """Raises: Ended, TimeoutError"""
        while not self._connection.has_gone:
            if self._is_stopping:
                raise sse.stopping()
            self._connection.check_key()
            if self._everything or self._untold:
                await self._clock.sleep(GATHER_SECONDS)
                await self._connection.write(self._take())
                continue
            began = self._clock.monotonic()
            await wait_for_news(self._news, self._clock, sse.HEARTBEAT_SECONDS)
            if self._clock.monotonic() - began >= sse.HEARTBEAT_SECONDS:
                await self._connection.write(b": still here\n\n")

    def _take(self) -> bytes:
        """The message of what the reader has yet to hear, which is then nothing."""
        if self._everything:
            told: dict[str, object] = {"everything": True}
        else:
            told = {"changes": [_told(noun) for noun in self._untold]}
        self._untold.clear()
        self._everything = False
        return b"event: change\ndata: %s\n\n" % msgspec.json.encode(told)


def _told(noun: Noun) -> dict[str, str]:
    told = {"kind": noun.kind, "arn": noun.arn}
    if noun.cluster:
        told["cluster"] = noun.cluster
    return told
