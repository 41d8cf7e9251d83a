"""Websockets as channels: what ASGI tells about one connection, as `agent_protocol` wants it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from roadstead.agent_protocol.channel import ChannelClosed
from roadstead.aws.http import HttpRequest

CLOSE_CODE_BROKEN = 1006
_NO_CODE = 1005
"""A connection that ended without a close frame has this code in granian."""

SEND_SECONDS_MAX = 30.0
"""For the other side to make room for a frame; after that the connection counts as broken."""
FRAME_CHARACTERS_MAX = 1024 * 1024
CLOSE_CODE_TOO_BIG = 1009

CLOSE_SECONDS_MAX = 1.0
"""To confirm a close; after that the connection is just dropped."""

Message = MutableMapping[str, Any]

log = logging.getLogger(__name__)


class WebsocketUpgrade(msgspec.Struct, frozen=True):
    """A client that asks for a websocket: to be accepted or refused."""

    request: HttpRequest
    scheme: str
    receive: Callable[[], Awaitable[Message]]
    send: Callable[[Message], Awaitable[None]]

    async def refuse(self, status: int, body: bytes) -> None:
        """Answer instead of opening the connection. Raises: ChannelClosed"""
        await self.receive()
        await self._tell(
            {
                "type": "websocket.http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await self._tell({"type": "websocket.http.response.body", "body": body})

    async def accept(self) -> "WebsocketChannel":
        """Open the connection. Raises: ChannelClosed when the client has gone meanwhile"""
        await self.receive()
        await self._tell({"type": "websocket.accept"})
        return WebsocketChannel(self.receive, self.send)

    async def _tell(self, message: Message) -> None:
        try:
            await self.send(message)
        except Exception as error:  # granian tells a broken connection by several exceptions
            raise ChannelClosed(str(error)) from error


class WebsocketChannel:
    """The `Channel` of an accepted websocket."""

    def __init__(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
        *,
        send_seconds: float = SEND_SECONDS_MAX,
    ) -> None:
        self._send_seconds = send_seconds
        self.close_code = 0
        self.close_reason = ""
        self._receive = receive
        self._send = send
        self._reading: asyncio.Task[Any] | None = None

    async def send(self, text: str) -> None:
        if self.close_code:
            raise ChannelClosed
        try:
            async with asyncio.timeout(self._send_seconds):
                await self._send({"type": "websocket.send", "text": text})
        except Exception as error:  # granian tells a broken connection by several exceptions
            self.close_code = self.close_code or CLOSE_CODE_BROKEN
            raise ChannelClosed(str(error)) from error

    async def receive(self) -> str | None:
        if self.close_code:
            return None
        self._reading = asyncio.current_task()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if self._reading is None and self.close_code:  # it was `close` that called us back
                return None
            raise
        finally:
            self._reading = None
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or _NO_CODE
            self.close_code = self.close_code or (CLOSE_CODE_BROKEN if code == _NO_CODE else code)
            self.close_reason = self.close_reason or message.get("reason") or ""
            return None
        text: str | None = message.get("text")
        if text is not None:
            return await self._fitting(text)
        return await self._fitting(bytes(message.get("bytes") or b"").decode(errors="replace"))

    async def _fitting(self, text: str) -> str | None:
        """The frame; None after the connection was closed for one that is too long."""
        if len(text) <= FRAME_CHARACTERS_MAX:
            return text
        await self.close(
            CLOSE_CODE_TOO_BIG, f"a frame can have up to {FRAME_CHARACTERS_MAX} characters"
        )
        return None

    async def close(self, code: int, reason: str) -> None:
        if self.close_code:
            return
        self.close_code = code
        self.close_reason = reason
        await self._call_reader_back()
        try:
            async with asyncio.timeout(CLOSE_SECONDS_MAX):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            log.debug("the other side does not confirm the close")
        except Exception as error:  # noqa: BLE001  # it is closed, which is what was wanted
            log.debug("closing a connection that is gone: %s", error)

    async def _call_reader_back(self) -> None:
        """granian sends no close frame while somebody waits to receive."""
        reader, self._reading = self._reading, None
        if reader is not None:
            reader.cancel()
            reader.uncancel()
            await asyncio.sleep(0)
