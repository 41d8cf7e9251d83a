"""Back-off: how long an agent waits before it tries again, as tables."""

import msgspec

from roadstead.ids import Ids


class BackoffTable(msgspec.Struct, frozen=True):
    """Delays grow by `factor` from the first to the longest, plus up to `jitter_percent`."""

    first_seconds: float
    factor: float
    max_seconds: float
    jitter_percent: int


ACS = BackoffTable(0.25, 1.5, 120.0, 20)
TCS = BackoffTable(1.0, 2.0, 60.0, 20)
REGISTRATION = BackoffTable(3.0, 2.0, 192.0, 20)
"""Source: the retry tables of the open-source ECS agent, as seen on the wire."""


class Backoff:
    """Where in a table someone is."""

    def __init__(self, table: BackoffTable, ids: Ids) -> None:
        self._table = table
        self._ids = ids
        self._delay_seconds = table.first_seconds

    def next_seconds(self) -> float:
        """How long to wait now; the next answer is longer."""
        delay = self._delay_seconds
        self._delay_seconds = min(delay * self._table.factor, self._table.max_seconds)
        jitter = self._ids.below(self._table.jitter_percent * 100 + 1) / 10_000
        return delay * (1 + jitter)

    def reset(self) -> None:
        """Begin with the shortest delay again."""
        self._delay_seconds = self._table.first_seconds
