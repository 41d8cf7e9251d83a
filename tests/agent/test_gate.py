"""The gate before commands in containers, on virtual time."""

import asyncio

import pytest

from roadstead.agent.runtime.execution import BEGIN_AT_ONCE_MAX, HOLD_SECONDS, Gate
from sim.loop import simulate


@pytest.mark.parametrize(
    ("takes_seconds", "waves"),
    [(0.05, [0, 0.05, 0.1]), (60, [0, HOLD_SECONDS, 2 * HOLD_SECONDS])],
)
def test_a_few_begin_at_a_time_and_nobody_waits_for_one_that_lasts(
    takes_seconds: float, waves: list[float]
) -> None:
    async def story() -> None:
        gate, loop = Gate(), asyncio.get_running_loop()
        began: list[float] = []
        start = loop.time()

        async def command() -> None:
            async with gate.place():
                began.append(round(loop.time() - start, 3))
                await asyncio.sleep(takes_seconds)

        async with asyncio.TaskGroup() as group:
            for _ in range(3 * BEGIN_AT_ONCE_MAX):
                group.create_task(command())
        assert began == [wave for wave in waves for _ in range(BEGIN_AT_ONCE_MAX)]

    simulate(story())


def test_a_cancelled_command_gives_its_place_back_once() -> None:
    async def story() -> None:
        gate = Gate()
        inside = 0

        async def command() -> None:
            nonlocal inside
            async with gate.place():
                inside += 1
                await asyncio.sleep(HOLD_SECONDS / 2)

        first = [asyncio.ensure_future(command()) for _ in range(BEGIN_AT_ONCE_MAX)]
        await asyncio.sleep(0)
        for each in first:
            each.cancel()
        await asyncio.sleep(2 * HOLD_SECONDS)
        inside = 0
        more = [asyncio.ensure_future(command()) for _ in range(2 * BEGIN_AT_ONCE_MAX)]
        await asyncio.sleep(0.01)
        assert inside == BEGIN_AT_ONCE_MAX
        await asyncio.gather(*more)

    simulate(story())
