"""Channel: the port through which frames travel; a websocket, or in simulations two queues."""

from typing import Protocol


class ChannelRefused(Exception):
    """The other side answered, but did not open the channel: HTTP status and body say why."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status}: {body[:200]}")
        self.status = status
        self.body = body


class ChannelClosed(Exception):
    """A frame could not be sent any more. The reader learns of it too, from `receive`."""


class Channel(Protocol):
    """One open connection that carries text frames in both directions, in order."""

    close_code: int
    """How it ended, once `receive` returned None; 1006 when it just broke."""
    close_reason: str

    async def send(self, text: str) -> None:
        """Hand one frame over. Raises: ChannelClosed"""
        ...

    async def receive(self) -> str | None:
        """The next frame; None once the channel is closed."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close it, telling the other side why; nothing happens when it is closed already."""
        ...
