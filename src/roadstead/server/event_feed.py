"""EventFeed: published events as readers outside may have them: durable ones, by number.

Readers keep a position and nothing else: what they have not read yet lies in the state, which is
bounded. Who falls behind so far that events are gone is told how many he missed.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from roadstead.ecs.records.event import EVENT_BATCHES, EVENTS, EventBatch, EventCount
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.views.event_filter import EventFilter
from roadstead.ecs.views.events import DETAIL_TYPES, event_json
from roadstead.store.store import Commit, Store

LOOKED_AT_ONCE_MAX = 500
"""Events that one reading looks at, so that requests get their turn."""
READ_AT_ONCE_MAX = 100
"""Events that one reading gives at most."""
LINES_KEPT_MAX = 1_000
"""Events that stay in their JSON form for the next reader: several read the same at one time."""

log = logging.getLogger(__name__)


class Line(msgspec.Struct, frozen=True):
    """One event as it leaves."""

    number: int
    detail_type: str
    json: bytes


class Reading(msgspec.Struct, frozen=True):
    """What one look at the events gave."""

    lines: tuple[Line, ...]
    position: int
    """The number of the last event that was looked at."""
    missed: int
    """How many events between the former position and the first one here are gone."""
    is_more: bool
    """There are more to look at now."""


EVERYTHING = EventFilter()


class EventFeed:
    """The durable events of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = store.view.projection(EventCount).last
        self._watchers: dict[asyncio.Event, None] = {}
        self._lines: dict[int, bytes] = {}
        self.unreadable = 0
        """Events that could not be told because of a fault of ours; the log has them."""
        self.is_stopping = False
        store.on_durable(self._became_durable)

    @property
    def last(self) -> int:
        """The number of the newest event that is durable."""
        return self._last

    @property
    def oldest_position(self) -> int:
        """The position from which all events that are kept are read."""
        oldest = self._store.view.first(EVENT_BATCHES, ALL)
        return self._last if oldest is None else min(self._last, oldest.first - 1)

    def position_before(self, moment: datetime) -> int:
        """The position from which the events since that moment are read."""
        position = self._last
        for batch in self._store.view.walk(EVENT_BATCHES, ALL, reverse=True):
            if batch.at is None or batch.at < moment:
                break
            position = min(position, batch.first - 1)
        return position

    def knows(self, position: int) -> bool:
        """Whether such an event was ever told; not if the state is another one than then."""
        return 0 <= position <= self._last

    def batch_of(self, number: int) -> EventBatch | None:
        """The batch that has this event, if it is kept."""
        for batch in self._store.view.walk(EVENT_BATCHES, ALL, after=number - 1):
            return batch if batch.first <= number else None
        return None

    def read(self, position: int, wanted: EventFilter = EVERYTHING) -> Reading:
        """The wanted events just behind the position, some at a time."""
        lines: list[Line] = []
        looked = missed = 0
        for batch in self._store.view.walk(EVENT_BATCHES, ALL, after=position):
            if batch.last > self._last:
                break
            if batch.first > position + 1:
                missed += batch.first - position - 1
                position = batch.first - 1
            for number in range(position + 1, batch.last + 1):
                if looked >= LOOKED_AT_ONCE_MAX or len(lines) >= READ_AT_ONCE_MAX:
                    return Reading(tuple(lines), position, missed, is_more=True)
                looked += 1
                position = number
                event = batch.events[number - batch.first]
                if wanted.wants(event):
                    encoded = self._json(batch, number)
                    if encoded:
                        lines.append(Line(number, DETAIL_TYPES[type(event)], encoded))
        if not looked and position < self._last:
            missed, position = self._last - position, self._last
        return Reading(tuple(lines), position, missed, is_more=False)

    @contextmanager
    def watched(self) -> Iterator[asyncio.Event]:
        """An event of asyncio's that is set whenever there may be more to read."""
        news = asyncio.Event()
        self._watchers[news] = None
        try:
            yield news
        finally:
            del self._watchers[news]

    def stop(self) -> None:
        """Let every reader end."""
        self.is_stopping = True
        self._wake()

    def _became_durable(self, commit: Commit) -> None:
        if commit.reloaded:
            self._last = self._store.view.projection(EventCount).last
            self._lines.clear()
            self._wake()
            return
        for change in commit.changes:
            if change.table is EVENTS and change.after is not None and change.after.events:
                self._last = max(self._last, change.after.last)
                self._wake()

    def _wake(self) -> None:
        for news in self._watchers:
            news.set()

    def _json(self, batch: EventBatch, number: int) -> bytes:
        """One event as JSON; empty when it cannot be told."""
        kept = self._lines.get(number)
        if kept is not None:
            return kept
        try:
            encoded = event_json(self._store.view, batch, number)
        except Exception:  # one event that cannot be told must not hold up all that follow
            self.unreadable += 1
            log.exception("event %d cannot be told", number)
            return b""
        if len(self._lines) >= LINES_KEPT_MAX:
            del self._lines[next(iter(self._lines))]
        self._lines[number] = encoded
        return encoded
