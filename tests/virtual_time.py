"""An event loop whose time is a number: when all routines wait, it jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


class Deadlock(Exception):
    """Every routine waits and no timer is set."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """No sockets, no threads, no waiting."""

    def __init__(self) -> None:
        self._virtual_seconds = 0.0
        super().__init__(_Jump(self))

    def time(self) -> float:
        return self._virtual_seconds

    def jump(self, seconds: float | None) -> None:
        if seconds is None:
            raise Deadlock("every routine waits and no timer is set")
        self._virtual_seconds += max(seconds, 0.0)


class _Jump(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        self._loop.jump(timeout)
        return super().select(0)


class VirtualClock:
    """The loop's time as a `Clock`."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtually(routine: Coroutine[Any, Any, None]) -> None:
    """Run a test on virtual time."""
    loop = VirtualLoop()
    try:
        loop.run_until_complete(routine)
    finally:
        loop.close()
