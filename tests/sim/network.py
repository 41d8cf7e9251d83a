"""The network between agents, users and the server: what may happen to requests and frames on it.

Only what a real one could do: a connection is cut at any moment, for one side or both, and frames
in flight are lost; frames of one connection are never reordered; a request is lost on its way
there or back, or reaches the server twice because something in between tried again.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Protocol

from roadstead.agent_protocol.channel import ChannelClosed
from roadstead.aws.http import HttpRequest, HttpResponse

BROKEN = 1006
GIVE_UP_SECONDS_MAX = 30.0
Message = dict[str, Any]


class NoAnswer(Exception):
    """Nobody answered; whether anything was done is not known."""


class Server(Protocol):
    """What the network needs of a server process."""

    async def request(self, request: HttpRequest) -> HttpResponse: ...

    def open(self, wire: "Wire", request: HttpRequest) -> None: ...


class Rates:
    """How often a request meets its fate; all 0 once the faults stop."""

    def __init__(self) -> None:
        self.lost_before = 0.0
        self.lost_after = 0.0
        self.doubled = 0.0
        self.slow = 0.0


class Link:
    """One party's way to the server."""

    def __init__(
        self, name: str, rng: random.Random, rates: Rates, server: Callable[[], Server | None]
    ) -> None:
        self.name = name
        self.is_up = True
        self.stalled_until = 0.0
        """What is sent before arrives only then, and in order: the party, or its way, is asleep."""
        self.wires: dict[Wire, None] = {}
        self._rng = rng
        self._rates = rates
        self._server = server

    def delay_seconds(self) -> float:
        """How long something that is sent now travels."""
        seconds = self._rng.uniform(0.0005, 0.005)
        if self._rates.slow and self._rng.random() < self._rates.slow:
            seconds += self._rng.uniform(0.1, 5.0)
        return max(seconds, self.stalled_until - asyncio.get_running_loop().time())

    async def call(self, request: HttpRequest) -> HttpResponse:
        """One request. Raises: NoAnswer"""
        fate = self._rng.random()
        await self._reach()
        before = self._rates.lost_before
        after = before + self._rates.lost_after
        doubled = after + self._rates.doubled
        if fate < before:
            await self._give_up("the request was lost")
        response = await self._asked(request)
        if after <= fate < doubled:
            await asyncio.sleep(self.delay_seconds())
            response = await self._asked(request)
        if before <= fate < after:
            await self._give_up("the answer was lost")
        await asyncio.sleep(self.delay_seconds())
        if not self.is_up:
            await self._give_up("the answer found no way")
        return response

    async def open(self, request: HttpRequest) -> "Wire":
        """A websocket, accepted or refused as its `opened` says. Raises: NoAnswer"""
        await self._reach()
        server = self._server()
        if server is None:
            raise NoAnswer("connection refused")
        wire = Wire(self)
        self.wires[wire] = None
        server.open(wire, request)
        await wire.opened
        if not self.is_up:
            await self._give_up("the handshake was lost")
        return wire

    def cut(self) -> None:
        """Break all connections; both sides learn of it."""
        for wire in list(self.wires):
            wire.cut()

    def silence(self) -> None:
        """Break all connections, and nobody is told."""
        for wire in list(self.wires):
            wire.silence()

    async def _asked(self, request: HttpRequest) -> HttpResponse:
        server = self._server()
        if server is None:
            raise NoAnswer("connection refused")
        return await server.request(request)

    async def _reach(self) -> None:
        await asyncio.sleep(self.delay_seconds())
        if not self.is_up:
            await self._give_up("no way to the server")

    async def _give_up(self, why: str) -> None:
        await asyncio.sleep(self._rng.uniform(0.1, GIVE_UP_SECONDS_MAX))
        raise NoAnswer(why)


class Lane:
    """One direction of a connection: what is put in comes out later, in order."""

    def __init__(self, delay_seconds: Callable[[], float]) -> None:
        self._delay_seconds = delay_seconds
        self._loop = asyncio.get_running_loop()
        self._last_at = 0.0
        self._is_open = True
        self.arrived: asyncio.Queue[Message] = asyncio.Queue()

    def put(self, message: Message) -> None:
        if self._is_open:
            self._last_at = max(
                self._last_at + 0.000_001, self._loop.time() + self._delay_seconds()
            )
            self._loop.call_at(self._last_at, self._arrive, message)

    def end(self, message: Message) -> None:
        """What is on its way is lost; the reader learns that it is over."""
        if self._is_open:
            self._is_open = False
            self.arrived.put_nowait(message)

    def hang_up(self, message: Message) -> None:
        """The reader itself closes the connection, which works on a silent one too."""
        self._is_open = False
        self.arrived.put_nowait(message)

    def silence(self) -> None:
        """What is on its way is lost, and nobody is told."""
        self._is_open = False

    def _arrive(self, message: Message) -> None:
        if self._is_open:
            self.arrived.put_nowait(message)


class Wire:
    """One websocket. The server's end speaks ASGI, the agent's end is a `Channel`."""

    def __init__(self, link: Link) -> None:
        self.to_server = Lane(link.delay_seconds)
        self.to_agent = Lane(link.delay_seconds)
        self.opened: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        """HTTP status and body; 101 when it is open, 0 when nobody answered."""
        self._link = link
        self._is_cut = False
        self._refusal = 0
        self.to_server.put({"type": "websocket.connect"})

    # The server's end

    async def receive(self) -> Message:
        return await self.to_server.arrived.get()

    async def send(self, message: Message) -> None:
        if self._is_cut:
            raise ConnectionError("the connection is broken")
        match message["type"]:
            case "websocket.accept":
                self._open(101, b"")
            case "websocket.http.response.start":
                self._refusal = message["status"]
            case "websocket.http.response.body":
                self._open(self._refusal, message["body"])
            case "websocket.send":
                self.to_agent.put({"text": message["text"]})
            case "websocket.close":
                self.to_agent.put({"code": message["code"], "reason": message["reason"]})
                self.to_server.hang_up({"type": "websocket.disconnect", "code": message["code"]})

    def unanswered(self) -> None:
        """The server is done with it; if it said nothing, it never will."""
        self._open(0, b"")

    # Both ends

    def cut(self) -> None:
        self._is_cut = True
        self._open(0, b"")
        self.to_agent.end({"code": BROKEN, "reason": ""})
        self.to_server.end({"type": "websocket.disconnect", "code": BROKEN})
        self._link.wires.pop(self, None)

    def silence(self) -> None:
        self._open(0, b"")
        self.to_agent.silence()
        self.to_server.silence()

    def forget(self) -> None:
        self._link.wires.pop(self, None)

    def _open(self, status: int, body: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result((status, body))


class AgentChannel:
    """The agent's end of a wire."""

    def __init__(self, wire: Wire, seal: Callable[[str], str]) -> None:
        self.close_code = BROKEN
        self.close_reason = ""
        self._wire = wire
        self._seal = seal
        self._is_closed = False

    async def send(self, text: str) -> None:
        if self._is_closed:
            raise ChannelClosed("closed")
        self._wire.to_server.put({"type": "websocket.receive", "text": self._seal(text)})

    async def receive(self) -> str | None:
        if self._is_closed:
            return None
        message = await self._wire.to_agent.arrived.get()
        text: str | None = message.get("text")
        if text is not None:
            return text
        self._is_closed = True
        self.close_code, self.close_reason = message["code"], message["reason"]
        self._wire.forget()
        return None

    async def close(self, code: int, reason: str) -> None:
        if not self._is_closed:
            self._wire.to_server.put({"type": "websocket.disconnect", "code": code})
            self._wire.to_agent.hang_up({"code": code, "reason": reason})
