"""Log: the port through which records reach something that survives the process.

A log keeps the last version of each record, not the history: opening it gives the records as they
were after the last batch that it took. A batch is kept whole or not at all.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from roadstead.state.records import Record, Schema, Table
from roadstead.state.view import View

Batch = Mapping[tuple[str, str], tuple[Table[Any], Record | None]]
"""(table name, ARN) → the table and the record as it became, or None when it is gone."""


class LogError(Exception):
    """A log cannot be opened or written; the text says why and what would help."""


class Log(Protocol):
    """Where a store keeps its records. SQLite for real, memory for tests and simulations."""

    def load(self, schema: Schema) -> View:
        """All that was kept, as a view. Called once, before the first append. Raises: LogError"""
        ...

    async def append(self, batch: Batch) -> None:
        """Return once the whole batch is kept. One at a time. Raises: LogError"""
        ...

    def close(self) -> None:
        """Let go of files and threads. Nothing is appended after it."""
        ...
