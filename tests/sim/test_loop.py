"""The loop of the simulation itself."""

import asyncio

import pytest

from sim.loop import START, Deadlock, SimClock, StandStill, simulate


def test_hours_pass_in_no_time() -> None:
    async def sleep() -> float:
        await asyncio.sleep(3600)
        assert (SimClock(ahead_seconds=2).now() - START).total_seconds() == 3602
        return SimClock(began_seconds=100).monotonic()

    assert simulate(sleep()) == 3700


def test_when_nothing_can_ever_wake_it_is_a_deadlock() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        simulate(wait())


def test_waiting_without_waiting_is_found_out() -> None:
    async def spin() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(StandStill):
        simulate(spin())


def test_threads_are_refused() -> None:
    async def use_a_thread() -> None:
        await asyncio.to_thread(print)

    with pytest.raises(AssertionError, match="in a thread"):
        simulate(use_a_thread())
