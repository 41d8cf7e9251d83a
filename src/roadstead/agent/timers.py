"""Timers: one routine that tells which of many deadlines have come."""

import asyncio
import heapq
from collections.abc import Callable

from roadstead.clock import Clock

STALE_MAX = 1024
"""So many replaced timers may lie in the heap before it is rebuilt."""


class Timers:
    """Deadlines by key; setting a key again replaces its deadline."""

    def __init__(self, clock: Clock, fired: Callable[[str], None]) -> None:
        self._clock = clock
        self._fired = fired
        self._deadlines: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._changed = asyncio.Event()

    def set(self, key: str, seconds: float) -> None:
        """Tell `key` in so many seconds."""
        deadline = self._clock.monotonic() + seconds
        self._deadlines[key] = deadline
        heapq.heappush(self._heap, (deadline, key))
        if len(self._heap) > len(self._deadlines) + STALE_MAX:
            self._heap = sorted((at, name) for name, at in self._deadlines.items())
        self._changed.set()

    async def run(self) -> None:
        """Tell each key when its time has come; for ever."""
        while True:
            self._changed.clear()
            self._tell_due()
            wait = self._heap[0][0] - self._clock.monotonic() if self._heap else None
            if wait is not None and wait <= 0:
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass  # the next deadline has come

    def _tell_due(self) -> None:
        now = self._clock.monotonic()
        while self._heap and self._heap[0][0] <= now:
            deadline, key = heapq.heappop(self._heap)
            if self._deadlines.get(key) == deadline:
                del self._deadlines[key]
                self._fired(key)
