"""Inbox: the stimuli of one agent connection that wait to be handled, in order.

Filled from the connection's channel and by the rest of the program; emptied by the one routine that
plays the session. Invariant: what agents send never makes it longer than `FRAMES_QUEUED_MAX`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from roadstead.agent_protocol.channel import Channel
from roadstead.agent_protocol.server_connection import ConnectionClosed
from roadstead.clock import Clock
from roadstead.server.waiting import wait_for_news

FRAMES_QUEUED_MAX = 100
"""An agent that sends more before they are read has to wait."""

S = TypeVar("S")


class Inbox(Generic[S]):
    """Of one connection; all on the same loop."""

    def __init__(self) -> None:
        self._stimuli: deque[S | ConnectionClosed] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    def __len__(self) -> int:
        return len(self._stimuli)

    def feed(self, stimulus: S | ConnectionClosed) -> None:
        """Have the session handle this soon."""
        self._stimuli.append(stimulus)
        self._news.set()

    def ring(self) -> None:
        """Wake the session's routine for something else than a stimulus."""
        self._news.set()

    def take(self) -> S | ConnectionClosed | None:
        """The oldest stimulus; None when there is none, and whoever waited for room goes on."""
        if self._stimuli:
            return self._stimuli.popleft()
        self._room.set()
        return None

    async def fill_from(self, channel: Channel, received: Callable[[str], S]) -> None:
        """Feed what comes through `channel` until it ends; `received` makes stimuli of frames."""
        while True:
            frame = await channel.receive()
            if frame is None:
                self.feed(ConnectionClosed())
                return
            while len(self._stimuli) >= FRAMES_QUEUED_MAX:
                self._room.clear()
                await self._room.wait()
            self.feed(received(frame))

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Return when something was fed or rung, or after `seconds`."""
        await wait_for_news(self._news, clock, seconds)
