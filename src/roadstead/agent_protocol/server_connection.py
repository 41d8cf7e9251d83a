"""One connection of one agent as the control plane sees it: open, beating, closed for a reason.

ACS and TCS share it; they differ in what is said. Pure: the session around it tells what happened
and carries out what is asked. All moments are `Clock.monotonic()`. Invariant: after a close nothing
is sent.
"""

import msgspec

from roadstead.agent_protocol import frames, refusals
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.session_states import SERVER_MOVES, ServerEvent, ServerState
from roadstead.ids import Ids

HEARTBEAT_SECONDS_MIN = 30.0
HEARTBEAT_SECONDS_MAX = 60.0
"""Source: agents close after 60 to 120 s without a message."""
BAD_FRAMES_MAX = 10
CLOSE_CODE_GOING_AWAY = 1001
CLOSE_CODE_POLICY = 1008


# Stimuli that both sessions take


class Tick(msgspec.Struct, frozen=True):
    """`wake_at_seconds` has come (too early does no harm)."""


class InstanceDeregistered(msgspec.Struct, frozen=True):
    """The container instance became INACTIVE."""


class Superseded(msgspec.Struct, frozen=True):
    """The same instance has opened a newer connection."""


class ServerStopping(msgspec.Struct, frozen=True):
    """This control plane stops; the agent shall come back at once, to whoever answers."""


class HostReportedStopped(msgspec.Struct, frozen=True):
    """The host is said to be stopped: if that is wrong, or old, the agent shall come back."""


class ConnectionClosed(msgspec.Struct, frozen=True):
    """The agent, or the network, ended the connection."""


Ending = InstanceDeregistered | Superseded | ServerStopping | HostReportedStopped | ConnectionClosed


# Outputs that both sessions give


class SendFrame(msgspec.Struct, frozen=True):
    text: str


class Close(msgspec.Struct, frozen=True):
    code: int
    reason: str


class BadFrame(msgspec.Struct, frozen=True):
    """The agent sent something that is no message; for the log."""

    text: str


class ServerConnection:
    """State and heartbeat of one connection, and what becomes of frames that are no messages."""

    def __init__(self, container_instance_arn: str, ids: Ids, at_seconds: float) -> None:
        self.state = ServerState.OPEN
        self._container_instance_arn = container_instance_arn
        self._ids = ids
        self._bad_frames = 0
        self.heartbeat_at_seconds = 0.0
        self.plan_heartbeat(at_seconds)

    def plan_heartbeat(self, at_seconds: float) -> None:
        """The connection opened, or a heartbeat was just sent: the next one is for later."""
        span = int((HEARTBEAT_SECONDS_MAX - HEARTBEAT_SECONDS_MIN) * 1000)
        interval = HEARTBEAT_SECONDS_MIN + self._ids.below(span + 1) / 1000
        self.heartbeat_at_seconds = at_seconds + interval

    def unreadable(self, error: frames.FrameError) -> list[BadFrame | SendFrame | Close]:
        """A frame could not be read. Message types that are new to us are only logged."""
        if isinstance(error, frames.UnknownMessageType):
            return [BadFrame(str(error))]
        self._bad_frames += 1
        answer = frames.encode(acs.BadRequestException(message=str(error)[:1024]))
        outputs: list[BadFrame | SendFrame | Close] = [BadFrame(str(error)), SendFrame(answer)]
        if self._bad_frames >= BAD_FRAMES_MAX:
            outputs += self.close(CLOSE_CODE_POLICY, "too many frames that are no messages")
        return outputs

    def end(self, ending: Ending) -> list[Close]:
        """Something outside the connection ends it."""
        match ending:
            case InstanceDeregistered():
                reason = refusals.inactive_close_reason(self._container_instance_arn)
                return self.close(refusals.CLOSE_CODE_INACTIVE, reason)
            case Superseded():
                return self.close(CLOSE_CODE_POLICY, "a newer connection of this instance is open")
            case ServerStopping():
                return self.close(CLOSE_CODE_GOING_AWAY, "the control plane stops")
            case HostReportedStopped():
                return self.close(CLOSE_CODE_GOING_AWAY, "the host was reported stopped")
            case ConnectionClosed():
                self._move(ServerEvent.CLOSED_BY_AGENT)
                return []

    def close(self, code: int, reason: str) -> list[Close]:
        """End it for a reason of the session's own."""
        self._move(ServerEvent.CLOSE_WANTED)
        return [Close(code, refusals.fit_close_reason(reason))]

    def _move(self, event: ServerEvent) -> None:
        self.state = SERVER_MOVES[self.state, event]
