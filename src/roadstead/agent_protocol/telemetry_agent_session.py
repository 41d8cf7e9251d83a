"""TCS as an agent plays it: one session for the whole life of the process, over all connections.

Measurements are offered with `Publish`; without an open connection they are dropped, never queued.
"""

import msgspec

from roadstead.agent_protocol import backoff, frames
from roadstead.agent_protocol.agent_connection import (
    AgentConnection,
    CloseConnection,
    Connect,
    FrameReceived,
    Happening,
    Ignored,
    InstanceInactive,
)
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.session_states import AgentState
from roadstead.ids import Ids


class Publish(msgspec.Struct, frozen=True):
    """Send this, if connected."""

    message: tcs.TelemetryFromAgent


class InstanceKnownInactive(msgspec.Struct, frozen=True):
    """ACS was told that the instance is deregistered: TCS leaves too."""


class SendSigned(msgspec.Struct, frozen=True):
    """Sign this body (`aws/signed_frames.py`) and send it."""

    body: str


Stimulus = Happening | FrameReceived | Publish | InstanceKnownInactive
Output = Connect | SendSigned | CloseConnection | InstanceInactive | Ignored


class TcsAgentSession:
    """The agent's telemetry channel."""

    def __init__(self, *, ids: Ids) -> None:
        self._connection = AgentConnection(backoff.TCS, ids)

    @property
    def state(self) -> AgentState:
        return self._connection.state

    @property
    def wake_at_seconds(self) -> float | None:
        """When to feed `Tick`; None: nothing to wait for."""
        return self._connection.wake_at_seconds

    def handle(self, stimulus: Stimulus, at_seconds: float) -> list[Output]:
        """What follows from `stimulus`; to be carried out in this order."""
        match stimulus:
            case FrameReceived(text):
                return self._frame_received(text, at_seconds)
            case Publish(message):
                if self.state is not AgentState.OPEN:
                    return []
                return [SendSigned(frames.encode(message))]
            case InstanceKnownInactive():
                return self._known_inactive(at_seconds)
            case _:
                return [*self._connection.handle(stimulus, at_seconds)]

    def _frame_received(self, text: str, at_seconds: float) -> list[Output]:
        try:
            message = frames.decode_tcs_from_server(text)
        except frames.FrameError as error:
            return [Ignored(str(error))]
        self._connection.heard(at_seconds)
        match message:
            case (
                tcs.AckPublishMetric()
                | tcs.AckPublishHealth()
                | tcs.AckPublishInstanceStatus()
                | acs.HeartbeatMessage()
            ):
                return []
            case _:
                return [Ignored(f"{type(message).__name__}: {message.message}")]

    def _known_inactive(self, at_seconds: float) -> list[Output]:
        was_open = self.state is AgentState.OPEN
        if was_open or self.state is AgentState.WAITING:
            self._connection.inactive("", at_seconds)
        return [CloseConnection(1000, "the instance is deregistered")] if was_open else []
