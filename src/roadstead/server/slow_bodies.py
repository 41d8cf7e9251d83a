"""SlowBodies: request bodies that do not come, given up after a while.

Anybody may begin a request: its signature can only be judged when all of it is here. So its body
has a time limit. A timer for each request would cost more than checking its signature does; instead
all that are being read are looked at from time to time, by one timer that runs only while there
are any.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The body was not there in time."""


class SlowBodies:
    """Limits how long bodies may take; all on one loop."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: what a body gets at least. It gets twice that at most."""
        self._seconds = seconds
        self._young: set[asyncio.Task[Any]] = set()
        self._old: set[asyncio.Task[Any]] = set()
        self._late: set[asyncio.Task[Any]] = set()
        self._is_watching = False

    async def limited(self, reading: Awaitable[T]) -> T:
        """What `reading` gives. Raises: TooSlow"""
        task = asyncio.current_task()
        assert task is not None, "requests are answered in tasks"
        self._young.add(task)
        if not self._is_watching:
            self._is_watching = True
            asyncio.get_running_loop().call_later(self._seconds, self._look)
        try:
            return await reading
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            task.uncancel()
            raise TooSlow from None
        finally:
            self._young.discard(task)
            self._old.discard(task)
            self._late.discard(task)

    def _look(self) -> None:
        """Give up what was being read at the last look already."""
        for task in self._old:
            self._late.add(task)
            task.cancel()
        self._old, self._young = self._young, set()
        self._is_watching = bool(self._old)
        if self._is_watching:
            asyncio.get_running_loop().call_later(self._seconds, self._look)
