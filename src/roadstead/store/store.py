"""Store: the one place that commits. Everyone else reads its view and watches.

`update` runs a synchronous function on the view, all or none. What it wrote joins the next batch
of the log; while one batch is written, the next gathers (group commit). Nothing that was seen here
may leave the process before `durable` has returned; what acts on the outer world watches durable
commits only.
"""

import asyncio
import gc
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from roadstead.clock import Clock
from roadstead.state.records import Change, Record, Schema, Table
from roadstead.state.view import Tx, View
from roadstead.store.log import Batch, Log, LogError

UPDATE_SECONDS_MAX = 0.010
"""A longer update is logged and counted: everybody waits for it."""

T = TypeVar("T")

Derive = Callable[[Tx, Sequence[Change]], None]
"""Writes, in an update, what follows from its changes; sees all of them, but for its own."""

log = logging.getLogger(__name__)


class Commit(msgspec.Struct, frozen=True):
    """What one update did. `reloaded`: the whole view was replaced; look at everything again."""

    sequence: int
    changes: tuple[Change, ...]
    reloaded: bool = False


class StoreFailed(Exception):
    """The log took no more; nothing that was not durable by then may be told to anybody."""


class Store:
    """The state of this process and the log behind it."""

    def __init__(
        self, log: Log, schema: Schema, clock: Clock, *, derive: Derive | None = None
    ) -> None:
        """Opens the log and loads what it kept.

        derive: called at the end of every update that changed something; what it writes is part of
        the same commit, and if it raises, nothing has happened.
        Raises: LogError
        """
        self._log = log
        self._derive = derive
        self._clock = clock
        with _no_garbage_collection():
            self._view = log.load(schema)
        self._sequence = 0
        self._durable_sequence = 0
        self._pending: dict[tuple[str, str], tuple[Table[Any], Record | None]] = {}
        self._unpublished: deque[Commit] = deque()
        self._writing_sequence = 0
        """The last commit of the batch that the log is taking, or took."""
        self._waiting_for_this_batch: list[asyncio.Future[None]] = []
        self._waiting_for_next_batch: list[asyncio.Future[None]] = []
        self._pending_wakes = asyncio.Event()
        self._on_commit: list[Callable[[Commit], None]] = []
        self._on_durable: list[Callable[[Commit], None]] = []
        self._failure: LogError | None = None
        self._stopping = False
        self.slow_updates = 0
        """How many updates took longer than they may."""

    @property
    def view(self) -> View:
        """The state as it is now. Read it and do not wait in between."""
        return self._view

    @property
    def sequence(self) -> int:
        """The number of the last commit; they count from 1 in each process."""
        return self._sequence

    @property
    def durable_sequence(self) -> int:
        """The number of the last commit that the log has."""
        return self._durable_sequence

    def update(self, change: Callable[[Tx], T]) -> T:
        """Run `change` on the state: if it raises, nothing has happened.

        Raises: StoreFailed, and whatever `change` raises.
        """
        if self._failure is not None or self._stopping:
            raise StoreFailed(str(self._failure or "the store is closed"))
        began = self._clock.monotonic()
        tx = Tx(self._view)
        try:
            result = change(tx)
            changes = tx.changes()
            if changes and self._derive is not None:
                self._derive(tx, changes)
                changes = tx.changes()
        except BaseException:
            tx.undo()
            raise
        if changes:
            self._commit(tuple(changes))
        took = self._clock.monotonic() - began
        if took > UPDATE_SECONDS_MAX:
            self.slow_updates += 1
            log.warning("an update took %.1f ms, %d records changed", took * 1000, len(changes))
        return result

    async def durable(self, sequence: int | None = None) -> None:
        """Return once the log has the commit `sequence`; by default the last one made so far.

        After the log failed it never returns: the process is about to stop.
        """
        if sequence is None:
            sequence = self._sequence
        assert sequence <= self._sequence, "nobody has made that commit"
        if sequence <= self._durable_sequence:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if sequence <= self._writing_sequence:
            self._waiting_for_this_batch.append(waiter)
        else:
            self._waiting_for_next_batch.append(waiter)
        await waiter

    def on_commit(self, callback: Callable[[Commit], None]) -> None:
        """Call back after every commit, before `update` returns: only to note what to look at."""
        self._on_commit.append(callback)

    def on_durable(self, callback: Callable[[Commit], None]) -> None:
        """Call back, in order, for every commit that the log has: only to note what to do."""
        self._on_durable.append(callback)

    def swap(self, view: View) -> None:
        """Serve `view` from now on, in one step; watchers are told to look at everything again.

        It must hold all that is durable here, and nothing may be on its way to the log.
        """
        assert not self._unpublished, "commits are still on their way to the log"
        self._view = view
        self._sequence += 1
        self._unpublished.append(Commit(self._sequence, (), reloaded=True))
        self._tell(self._on_commit, self._unpublished[-1])
        self._pending_wakes.set()

    async def run(self) -> None:
        """Carry batches to the log until `close`. Raises: LogError when the log takes no more."""
        while True:
            await self._pending_wakes.wait()
            self._pending_wakes.clear()
            if self._unpublished:
                await self._write_batch()
            elif self._stopping:
                return

    def close(self) -> None:
        """Take no more updates; `run` ends once the log has all that was committed."""
        self._stopping = True
        self._pending_wakes.set()

    def _commit(self, changes: tuple[Change, ...]) -> None:
        self._sequence += 1
        commit = Commit(self._sequence, changes)
        pending = self._pending
        for change in changes:
            pending[change.table.name, change.arn] = (change.table, change.after)
        self._unpublished.append(commit)
        self._pending_wakes.set()
        self._tell(self._on_commit, commit)

    async def _write_batch(self) -> None:
        """Append what gathered, then tell those who waited for it."""
        batch: Batch = self._pending
        last = self._writing_sequence = self._sequence
        self._pending = {}
        waiting = self._waiting_for_this_batch = self._waiting_for_next_batch
        self._waiting_for_next_batch = []
        try:
            if batch:
                await self._log.append(batch)
        except LogError as failure:
            self._failure = failure
            raise
        self._durable_sequence = last
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
        while self._unpublished and self._unpublished[0].sequence <= last:
            self._tell(self._on_durable, self._unpublished.popleft())
        if self._unpublished or self._stopping:
            self._pending_wakes.set()

    def _tell(self, callbacks: list[Callable[[Commit], None]], commit: Commit) -> None:
        for callback in callbacks:
            try:
                callback(commit)
            except Exception:  # a watcher must not undo what others were told
                log.exception("a watcher failed on commit %d", commit.sequence)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Loading makes millions of objects that stay: looking for garbage among them is wasted."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
