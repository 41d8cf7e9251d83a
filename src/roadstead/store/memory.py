"""MemoryLog: a log that forgets with its process; tests and simulations make it slow or fail."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from roadstead.state.records import Schema
from roadstead.state.view import View
from roadstead.store.log import Batch

Kept = dict[tuple[str, str], bytes]


class MemoryLog:
    """`kept` is what a disk would hold: encoded records. Another log may be opened on it.

    `before_append` and `after_append` are awaited around each batch: a fault sleeps there to be a
    slow disk, or raises LogError to be a full one (before) or a crash between the log and those
    who wait for it (after).
    """

    def __init__(
        self,
        kept: Kept | None = None,
        *,
        before_append: Callable[[], Awaitable[None]] | None = None,
        after_append: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.kept: Kept = {} if kept is None else kept
        self.batches = 0
        self._before_append = before_append
        self._after_append = after_append

    def load(self, schema: Schema) -> View:
        view = View(schema)
        for table in schema.tables:
            decode: Callable[[bytes], Any] = msgspec.msgpack.Decoder(table.record_type).decode
            view.load(
                table, (decode(row) for (name, _), row in self.kept.items() if name == table.name)
            )
        return view

    async def append(self, batch: Batch) -> None:
        if self._before_append is not None:
            await self._before_append()
        for key, (_, record) in batch.items():
            if record is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = msgspec.msgpack.encode(record)
        self.batches += 1
        if self._after_append is not None:
            await self._after_append()

    def close(self) -> None:
        return
