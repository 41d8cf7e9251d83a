"""The links: drive the agent's ACS and TCS sessions over whatever channel a connector opens.

One link is one routine for the whole life of the agent. What to do is the session's decision; here
it is only done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent_protocol.agent_connection import (
    CONNECT_SECONDS_MAX,
    CloseConnection,
    Closed,
    Connect,
    ConnectFailed,
    FrameReceived,
    Ignored,
    Opened,
    Refused,
    SendFrame,
    Start,
    Tick,
)
from roadstead.agent_protocol.channel import Channel, ChannelClosed, ChannelRefused
from roadstead.agent_protocol.session_states import AgentState
from roadstead.agent_protocol.telemetry_agent_session import SendSigned
from roadstead.clock import Clock

OutputT = TypeVar("OutputT")
Lifecycle = Start | Opened | Refused | ConnectFailed | FrameReceived | Closed | Tick

log = logging.getLogger(__name__)


class Session(Protocol[OutputT]):
    """What both sessions have in common."""

    @property
    def state(self) -> AgentState: ...

    @property
    def wake_at_seconds(self) -> float | None: ...

    def handle(self, stimulus: Lifecycle, at_seconds: float) -> list[OutputT]: ...


class SessionDriver(Generic[OutputT]):
    """Connects, listens, keeps the time, and connects again; for ever."""

    def __init__(
        self,
        name: str,
        session: Session[OutputT],
        *,
        open_channel: Callable[[], Awaitable[Channel]],
        clock: Clock,
        told: Callable[[OutputT], None],
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._session = session
        self._open_channel = open_channel
        self._clock = clock
        self._told = told
        self._opened = opened
        self._channel: Channel | None = None
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Never returns."""
        await self.carry(self._session.handle(Start(), self._clock.monotonic()))
        while True:
            match self._session.state:
                case AgentState.CONNECTING:
                    await self._attempt()
                case AgentState.OPEN | AgentState.CLOSING:
                    await self._converse()
                case _:
                    await self._wait_for_wake()
                    await self._feed(Tick())

    async def carry(self, outputs: list[OutputT]) -> None:
        """Do what the session says; what is not the channel's business goes to `told`."""
        self._changed.set()
        for output in outputs:
            match output:
                case SendFrame(text) | SendSigned(text):
                    await self._send(text)
                case CloseConnection(code, reason):
                    log.info("%s: closing: %s", self._name, reason)
                    if self._channel is not None:
                        await self._channel.close(code, reason)
                case Connect():
                    pass  # the state says so too
                case Ignored(text):
                    log.warning("%s: ignored: %s", self._name, text)
                case _:
                    self._told(output)

    async def _feed(self, stimulus: Lifecycle) -> None:
        await self.carry(self._session.handle(stimulus, self._clock.monotonic()))

    async def _send(self, text: str) -> None:
        if self._channel is None:
            return
        try:
            await self._channel.send(text)
        except ChannelClosed:
            log.info("%s: a frame was lost with its connection", self._name)

    async def _attempt(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                self._channel = await self._open_channel()
        except ChannelRefused as refusal:
            log.warning("%s: refused: %s", self._name, refusal)
            await self._feed(Refused(refusal.status, refusal.body))
        except ConnectionFailed as failure:
            log.warning("%s: no connection: %s", self._name, failure)
            await self._feed(ConnectFailed(str(failure)))
        except TimeoutError:
            text = f"no answer within {CONNECT_SECONDS_MAX:g} s"
            log.warning("%s: no connection: %s", self._name, text)
            await self._feed(ConnectFailed(text))
        else:
            log.info("%s: connected", self._name)
            await self._feed(Opened())
            self._opened()

    async def _converse(self) -> None:
        """Listen until the connection has ended, or the session has given it up."""
        channel = self._channel
        assert channel is not None
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(self._listen(channel))
            group.create_task(self._keep_time(reader))
        self._channel = None
        if self._session.state in (AgentState.OPEN, AgentState.CLOSING, AgentState.INACTIVE):
            log.info("%s: closed: %d %s", self._name, channel.close_code, channel.close_reason)
            await self._feed(Closed(channel.close_code, channel.close_reason))

    async def _listen(self, channel: Channel) -> None:
        while (text := await channel.receive()) is not None:
            await self._feed(FrameReceived(text))

    async def _keep_time(self, reader: "asyncio.Task[None]") -> None:
        reader.add_done_callback(lambda _: self._changed.set())
        while not reader.done():
            await self._wait_for_wake(reader)
            if reader.done():
                return
            await self._feed(Tick())
            if self._session.state not in (AgentState.OPEN, AgentState.CLOSING):
                reader.cancel()
                return

    async def _wait_for_wake(self, reader: "asyncio.Task[None] | None" = None) -> None:
        """Until the session's wake time, which may move, or until the reader is done."""
        while reader is None or not reader.done():
            self._changed.clear()
            wake_at_seconds = self._session.wake_at_seconds
            seconds = None if wake_at_seconds is None else wake_at_seconds - self._clock.monotonic()
            if seconds is not None and seconds <= 0:
                return
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError:
                return
