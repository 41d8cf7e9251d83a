"""Clock: the one port through which time reaches the programs.

Nothing else reads real time; decisions get `now` as an argument. Simulations bring a clock
whose time is a number.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where a program gets the time and waits for it to pass."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back. For durations and deadlines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def pause(seconds: float) -> None:
    """Let that much time pass. Blocks: for command lines, which have no loop."""
    time.sleep(seconds)


def wait_until(is_true: Callable[[], bool], seconds: float, look_again_seconds: float) -> bool:
    """Whether `is_true` before the time is up. Blocks: for command lines, which have no loop."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() >= deadline:
            return False
        time.sleep(look_again_seconds)
    return True
