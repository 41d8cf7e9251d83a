"""An event loop whose time is a number, and the clocks that read it: for simulations, and for every
test of what waits.

When every routine waits, time jumps to the next timer. When nothing can ever wake, or routines go
round and round while time stands still, the test fails. No sockets, no threads.
"""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TURNS_AT_ONE_MOMENT_MAX = 20_000
"""More turns of the loop without any time passing, and somebody waits without waiting."""

T = TypeVar("T")


class Deadlock(AssertionError):
    """Every routine waits, and no timer is set that could wake one."""


class StandStill(AssertionError):
    """The loop turns and turns, and time does not pass."""


class VirtualLoop(asyncio.base_events.BaseEventLoop):
    """Its own selector: `select` does not wait, it lets the time pass."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = self
        self._seconds = 0.0
        self._turns = 0

    def time(self) -> float:
        return self._seconds

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise Deadlock(f"nothing can ever wake after {self._seconds:.3f} s")
        self._turns += 1
        if timeout > 0:
            self._seconds += timeout
            self._turns = 0
        elif self._turns > TURNS_AT_ONE_MOMENT_MAX:
            raise StandStill(f"time stands still at {self._seconds:.3f} s")
        return ()

    def run_in_executor(self, *args: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        raise AssertionError(f"{args} was to run in a thread")

    def _process_events(self, event_list: object) -> None:
        """There are none but timers."""


class SimClock:
    """A process's `Clock`: its wall clock may be wrong, its monotonic one starts anywhere."""

    def __init__(self, *, ahead_seconds: float = 0.0, began_seconds: float = 0.0) -> None:
        self.ahead_seconds = ahead_seconds
        self._began_seconds = began_seconds

    def now(self) -> datetime:
        seconds = asyncio.get_running_loop().time() + self.ahead_seconds
        return START + timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self._began_seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def simulate(routine: Coroutine[Any, Any, T]) -> T:
    """What the routine returns, run on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(routine)
