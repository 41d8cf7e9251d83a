"""TCS as the control plane plays it: one session per open connection.

The program opens a frame (`aws/signed_frames.py` verifies its signature) and feeds the body.
"""

import msgspec

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.server_connection import (
    CLOSE_CODE_POLICY,
    BadFrame,
    Close,
    Ending,
    SendFrame,
    ServerConnection,
    Tick,
)
from roadstead.agent_protocol.session_states import ServerState
from roadstead.ids import Ids


class BodyReceived(msgspec.Struct, frozen=True):
    """The JSON part of a frame whose signature, if any, was right."""

    body: str


class SignatureWrong(msgspec.Struct, frozen=True):
    """A frame's signature did not verify: the connection is not to be trusted."""

    text: str


Stimulus = BodyReceived | SignatureWrong | Tick | Ending


class MetricsTold(msgspec.Struct, frozen=True):
    request: tcs.PublishMetricsRequest


class HealthTold(msgspec.Struct, frozen=True):
    request: tcs.PublishHealthRequest


class InstanceStatusTold(msgspec.Struct, frozen=True):
    request: tcs.PublishInstanceStatusRequest


Output = SendFrame | Close | MetricsTold | HealthTold | InstanceStatusTold | BadFrame


class TcsServerSession:
    """One telemetry connection of one container instance."""

    def __init__(self, *, container_instance_arn: str, ids: Ids, at_seconds: float) -> None:
        self._connection = ServerConnection(container_instance_arn, ids, at_seconds)

    @property
    def state(self) -> ServerState:
        return self._connection.state

    @property
    def wake_at_seconds(self) -> float | None:
        """When to feed `Tick`; None once the session is closed."""
        if self.state is ServerState.CLOSED:
            return None
        return self._connection.heartbeat_at_seconds

    def handle(self, stimulus: Stimulus, at_seconds: float) -> list[Output]:
        """What follows from `stimulus`; to be carried out in this order."""
        if self.state is ServerState.CLOSED:
            return []
        match stimulus:
            case BodyReceived(body):
                return self._body_received(body)
            case SignatureWrong(text):
                failure = acs.AccessDeniedException(message=text[:1024])
                reason = "AccessDeniedException: wrong signature"
                closing = self._connection.close(CLOSE_CODE_POLICY, reason)
                return [BadFrame(text), SendFrame(frames.encode(failure)), *closing]
            case Tick():
                return self._tick(at_seconds)
            case _:
                return [*self._connection.end(stimulus)]

    def _body_received(self, body: str) -> list[Output]:
        try:
            message = frames.decode_tcs_from_agent(body)
        except frames.FrameError as error:
            return [*self._connection.unreadable(error)]
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

    def _tick(self, at_seconds: float) -> list[Output]:
        if at_seconds < self._connection.heartbeat_at_seconds:
            return []
        self._connection.plan_heartbeat(at_seconds)
        return [SendFrame(frames.encode(acs.HeartbeatMessage(healthy=True)))]


def _acknowledge(message: msgspec.Struct) -> SendFrame:
    return SendFrame(frames.encode(message))
