"""Waiting for news, but not for ever: the one place where an event races a clock."""

import asyncio

from roadstead.clock import Clock

WAIT_SECONDS_MAX = 3600.0


async def wait_for_news(news: asyncio.Event, clock: Clock, seconds: float | None) -> None:
    """Return when `news` is set, or after `seconds` on this clock; it is clear afterwards.

    Seconds: None waits for an hour, after which looking again does no harm.
    """
    if not news.is_set():
        if seconds is not None and seconds <= 0:
            await clock.sleep(0)
        else:
            async with asyncio.TaskGroup() as group:
                alarm = group.create_task(
                    _ring_after(news, clock, min(WAIT_SECONDS_MAX, seconds or WAIT_SECONDS_MAX))
                )
                await news.wait()
                alarm.cancel()
    news.clear()


async def _ring_after(news: asyncio.Event, clock: Clock, seconds: float) -> None:
    await clock.sleep(seconds)
    news.set()
