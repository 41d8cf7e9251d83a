"""How the agent opens its channels: the port that tells websockets from a simulation's queues."""

from typing import Protocol

import msgspec

from roadstead.agent_protocol.channel import Channel


class Endpoints(msgspec.Struct, frozen=True):
    """Where the control plane serves ACS and TCS."""

    acs: str
    tcs: str


class ConnectionFailed(Exception):
    """No connection came about, and nobody said why not in the protocol's words."""


class Connector(Protocol):
    """Opens channels. Both raise ConnectionFailed, or ChannelRefused with the server's answer."""

    async def open_acs(self, endpoint: str, query: str) -> Channel:
        """A channel to `endpoint`, the handshake signed."""
        ...

    async def open_tcs(self, endpoint: str, query: str) -> Channel:
        """The same for telemetry; each frame that is sent gets its signature here."""
        ...
