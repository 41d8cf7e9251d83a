"""ACS as an agent plays it: one session for the whole life of the process, over all connections.

Messages that ask for something are handed out as `Received`; the agent takes them over durably and
only then feeds `Accepted`, which sends the acknowledgement. Heartbeats are answered here.
Invariant: a manifest whose timeline is not above every number seen before is dropped unanswered.
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
    Opened,
    SendFrame,
)
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.session_states import AgentState
from roadstead.ids import Ids

UPDATES_DISABLED = "Updates are disabled"


class Say(msgspec.Struct, frozen=True):
    """Send a message of the agent's own (an acknowledgement, stop candidates), if connected."""

    message: acs.AgentMessage


class Accepted(msgspec.Struct, frozen=True):
    """What `Received` brought is taken over: acknowledge it."""

    message: acs.ServerMessage


class Received(msgspec.Struct, frozen=True):
    """A command for the agent."""

    message: acs.ServerMessage


class HeartbeatHeard(msgspec.Struct, frozen=True):
    """The control plane lives, and would like to know whether the instance is healthy."""


class ServerFailure(msgspec.Struct, frozen=True):
    """A typed error on the open connection; only to be logged."""

    type: str
    text: str


Stimulus = Happening | FrameReceived | Say | Accepted
Output = (
    Connect
    | SendFrame
    | CloseConnection
    | Received
    | HeartbeatHeard
    | InstanceInactive
    | ServerFailure
    | Ignored
)


class AcsAgentSession:
    """`highest_sequence_number` is the one kept on disk, 0 at first."""

    def __init__(self, *, highest_sequence_number: int, ids: Ids) -> None:
        self.highest_sequence_number = highest_sequence_number
        self.send_credentials = True
        """For the query of the next connection: True until one was open."""
        self._connection = AgentConnection(backoff.ACS, ids)
        self._manifest_id = ""

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
            case Accepted(message):
                return self._accepted(message)
            case Say(message):
                return self._say(message)
            case _:
                if isinstance(stimulus, Opened):
                    self.send_credentials = False
                return [*self._connection.handle(stimulus, at_seconds)]

    def _frame_received(self, text: str, at_seconds: float) -> list[Output]:
        try:
            message = frames.decode_acs_from_server(text)
        except frames.FrameError as error:
            return [Ignored(str(error))]
        self._connection.heard(at_seconds)
        match message:
            case acs.HeartbeatMessage():
                answer = acs.HeartbeatAckRequest(message_id=message.message_id)
                return [*self._say(answer), HeartbeatHeard()]
            case acs.PayloadMessage():
                self.highest_sequence_number = max(self.highest_sequence_number, message.seq_num)
                return [Received(message)]
            case acs.TaskManifestMessage():
                return self._manifest(message)
            case acs.TaskStopVerificationAck():
                if message.message_id != self._manifest_id:
                    return [Ignored("TaskStopVerificationAck of another manifest")]
                return [Received(message)]
            case acs.StageUpdateMessage() | acs.PerformUpdateMessage():
                return self._say(_nack(message, UPDATES_DISABLED))
            case (
                acs.IAMRoleCredentialsMessage()
                | acs.AttachTaskNetworkInterfacesMessage()
                | acs.AttachInstanceNetworkInterfacesMessage()
                | acs.ConfirmAttachmentMessage()
            ):
                return [Received(message)]
            case _:
                return [ServerFailure(type(message).__name__, message.message)]

    def _manifest(self, message: acs.TaskManifestMessage) -> list[Output]:
        if message.timeline <= self.highest_sequence_number:
            return [Ignored(f"manifest of timeline {message.timeline} is not newer")]
        self.highest_sequence_number = message.timeline
        self._manifest_id = message.message_id
        return [Received(message)]

    def _accepted(self, message: acs.ServerMessage) -> list[Output]:
        match message:
            case (
                acs.PayloadMessage()
                | acs.TaskManifestMessage()
                | acs.AttachTaskNetworkInterfacesMessage()
                | acs.AttachInstanceNetworkInterfacesMessage()
                | acs.ConfirmAttachmentMessage()
            ):
                return self._say(
                    acs.AckRequest(
                        cluster=message.cluster_arn,
                        container_instance=message.container_instance_arn,
                        message_id=message.message_id,
                    )
                )
            case acs.IAMRoleCredentialsMessage():
                return self._say(
                    acs.IAMRoleCredentialsAckRequest(
                        credentials_id=message.role_credentials.credentials_id,
                        expiration=message.role_credentials.expiration,
                        message_id=message.message_id,
                    )
                )
        return []

    def _say(self, message: acs.AgentMessage) -> list[Output]:
        """Nothing is kept for the next connection: what was not acknowledged comes again."""
        if self.state is not AgentState.OPEN:
            return []
        return [SendFrame(frames.encode(message))]


def _nack(
    message: acs.StageUpdateMessage | acs.PerformUpdateMessage, reason: str
) -> acs.NackRequest:
    return acs.NackRequest(
        cluster=message.cluster_arn,
        container_instance=message.container_instance_arn,
        message_id=message.message_id,
        reason=reason,
    )
