"""TCS as the control plane plays it: one session per open connection.

The program opens a frame (`aws/signed_frames.py` verifies its signature) and feeds the body.
"""

import msgspec

from roadstead.agent_protocol import frames, refusals
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.session_states import SERVER_MOVES, ServerEvent, ServerState
from roadstead.ids import Ids

HEARTBEAT_SECONDS_MIN = 30.0
HEARTBEAT_SECONDS_MAX = 60.0
BAD_FRAMES_MAX = 10
CLOSE_CODE_GOING_AWAY = 1001
CLOSE_CODE_POLICY = 1008


class BodyReceived(msgspec.Struct, frozen=True):
    """The JSON part of a frame whose signature, if any, was right."""

    body: str


class SignatureWrong(msgspec.Struct, frozen=True):
    """A frame's signature did not verify: the connection is not to be trusted."""

    text: str


class Tick(msgspec.Struct, frozen=True):
    """`wake_at_seconds` has come (too early does no harm)."""


class InstanceDeregistered(msgspec.Struct, frozen=True):
    """The container instance became INACTIVE."""


class Superseded(msgspec.Struct, frozen=True):
    """The same instance has opened a newer connection."""


class ServerStopping(msgspec.Struct, frozen=True):
    """This control plane stops."""


class ConnectionClosed(msgspec.Struct, frozen=True):
    """The agent, or the network, ended the connection."""


Stimulus = (
    BodyReceived
    | SignatureWrong
    | Tick
    | InstanceDeregistered
    | Superseded
    | ServerStopping
    | ConnectionClosed
)


class SendFrame(msgspec.Struct, frozen=True):
    text: str


class Close(msgspec.Struct, frozen=True):
    code: int
    reason: str


class MetricsTold(msgspec.Struct, frozen=True):
    request: tcs.PublishMetricsRequest


class HealthTold(msgspec.Struct, frozen=True):
    request: tcs.PublishHealthRequest


class InstanceStatusTold(msgspec.Struct, frozen=True):
    request: tcs.PublishInstanceStatusRequest


class BadFrame(msgspec.Struct, frozen=True):
    """The agent sent something that is no message; for the log."""

    text: str


Output = SendFrame | Close | MetricsTold | HealthTold | InstanceStatusTold | BadFrame


class TcsServerSession:
    """One telemetry connection of one container instance."""

    def __init__(self, *, container_instance_arn: str, ids: Ids, at_seconds: float) -> None:
        self.state = ServerState.OPEN
        self._container_instance_arn = container_instance_arn
        self._ids = ids
        self._heartbeat_at_seconds = at_seconds + self._heartbeat_interval_seconds()
        self._bad_frames = 0

    @property
    def wake_at_seconds(self) -> float | None:
        """When to feed `Tick`; None once the session is closed."""
        return self._heartbeat_at_seconds if self.state is ServerState.OPEN else None

    def handle(self, stimulus: Stimulus, at_seconds: float) -> list[Output]:
        """What follows from `stimulus`; to be carried out in this order."""
        if self.state is ServerState.CLOSED:
            return []
        match stimulus:
            case BodyReceived(body):
                return self._body_received(body)
            case SignatureWrong(text):
                failure = acs.AccessDeniedException(message=text[:1024])
                closing = self._close(CLOSE_CODE_POLICY, "AccessDeniedException: wrong signature")
                return [BadFrame(text), SendFrame(frames.encode(failure)), *closing]
            case Tick():
                return self._tick(at_seconds)
            case InstanceDeregistered():
                reason = refusals.inactive_close_reason(self._container_instance_arn)
                return self._close(refusals.CLOSE_CODE_INACTIVE, reason)
            case Superseded():
                return self._close(CLOSE_CODE_POLICY, "a newer connection of this instance is open")
            case ServerStopping():
                return self._close(CLOSE_CODE_GOING_AWAY, "the control plane stops")
            case ConnectionClosed():
                self._move(ServerEvent.CLOSED_BY_AGENT)
                return []

    def _body_received(self, body: str) -> list[Output]:
        try:
            message = frames.decode_tcs_from_agent(body)
        except frames.UnknownMessageType as error:
            return [BadFrame(str(error))]
        except frames.FrameError as error:
            return self._bad_frame(str(error))
        match message:
            case tcs.PublishMetricsRequest():
                return [MetricsTold(message), _acknowledge(tcs.AckPublishMetric(message="ok"))]
            case tcs.PublishHealthRequest():
                return [HealthTold(message), _acknowledge(tcs.AckPublishHealth(message="ok"))]
            case tcs.PublishInstanceStatusRequest():
                answer = tcs.AckPublishInstanceStatus(message="ok")
                return [InstanceStatusTold(message), _acknowledge(answer)]
            case tcs.StartTelemetrySessionRequest():
                return []

    def _bad_frame(self, text: str) -> list[Output]:
        self._bad_frames += 1
        answer = frames.encode(acs.BadRequestException(message=text[:1024]))
        outputs: list[Output] = [BadFrame(text), SendFrame(answer)]
        if self._bad_frames >= BAD_FRAMES_MAX:
            outputs += self._close(CLOSE_CODE_POLICY, "too many frames that are no messages")
        return outputs

    def _tick(self, at_seconds: float) -> list[Output]:
        if at_seconds < self._heartbeat_at_seconds:
            return []
        self._heartbeat_at_seconds = at_seconds + self._heartbeat_interval_seconds()
        return [SendFrame(frames.encode(acs.HeartbeatMessage(healthy=True)))]

    def _close(self, code: int, reason: str) -> list[Output]:
        self._move(ServerEvent.CLOSE_WANTED)
        return [Close(code, refusals.fit_close_reason(reason))]

    def _move(self, event: ServerEvent) -> None:
        self.state = SERVER_MOVES[self.state, event]

    def _heartbeat_interval_seconds(self) -> float:
        span = int((HEARTBEAT_SECONDS_MAX - HEARTBEAT_SECONDS_MIN) * 1000)
        return HEARTBEAT_SECONDS_MIN + self._ids.below(span + 1) / 1000


def _acknowledge(message: msgspec.Struct) -> SendFrame:
    return SendFrame(frames.encode(message))
