"""ACS as the control plane plays it: one session per open connection of one container instance.

The program around it feeds stimuli to `handle` and carries out what comes back, in order; when
`wake_at_seconds` has come it feeds `Tick`. All moments are readings of `Clock.monotonic()`.

A session knows nothing of earlier connections: after a reconnect the program feeds `SendManifest`
and then, as `SendTasks`, every task whose delivery was never acknowledged. Invariants: sequence
numbers rise strictly, over payloads and manifests together; each payload carries one task, so that
one which an agent cannot read does not keep others from being acknowledged; after a close nothing
is sent.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.deliveries import Deliveries, TaskDelivery
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.messages.payload import DesiredStatus
from roadstead.agent_protocol.queries import AcsQuery
from roadstead.agent_protocol.server_connection import (
    CLOSE_CODE_GOING_AWAY,
    BadFrame,
    Close,
    Ending,
    SendFrame,
    ServerConnection,
    Tick,
)
from roadstead.agent_protocol.session_states import ServerState
from roadstead.ids import Ids

HEARTBEATS_UNANSWERED_MAX = 2
"""So many in a row, and an agent of protocol version 2 or later is taken for gone."""


# Stimuli, beside those of server_connection


class FrameReceived(msgspec.Struct, frozen=True):
    text: str


class SendTasks(msgspec.Struct, frozen=True):
    """Tell the agent of these tasks, but for those it was told the same of on this connection."""

    deliveries: Sequence[TaskDelivery]


class ForgetTasks(msgspec.Struct, frozen=True):
    """These need no delivery any more (stopped, or gone): they are not sent again."""

    arns: Sequence[str]


class SendManifest(msgspec.Struct, frozen=True):
    """Tell the agent all that should run on it: full-sync, after it connected."""

    tasks: Sequence[acs.TaskIdentity]


class StopsVerified(msgspec.Struct, frozen=True):
    """The answer to `VerifyStops`: those of the candidates that are really not wanted."""

    message_id: str
    tasks: Sequence[acs.TaskIdentity]


class SendMessage(msgspec.Struct, frozen=True):
    """Send this as it is (role credentials, attachments)."""

    message: acs.ServerMessage


Stimulus = (
    FrameReceived
    | SendTasks
    | ForgetTasks
    | SendManifest
    | StopsVerified
    | SendMessage
    | Tick
    | Ending
)

# Outputs, beside those of server_connection


class TasksAcknowledged(msgspec.Struct, frozen=True):
    """The agent has taken over these: (task ARN, the desired status it was told)."""

    message_id: str
    tasks: tuple[tuple[str, DesiredStatus], ...]


class MessageAcknowledged(msgspec.Struct, frozen=True):
    """A manifest, or what went as `SendMessage`, was acknowledged."""

    message_id: str


class MessageRejected(msgspec.Struct, frozen=True):
    """The agent refused a message (NackRequest)."""

    message_id: str
    reason: str


class CredentialsAcknowledged(msgspec.Struct, frozen=True):
    message_id: str
    credentials_id: str
    expiration: str


class VerifyStops(msgspec.Struct, frozen=True):
    """The agent runs these though the manifest does not list them. Answer: `StopsVerified`."""

    message_id: str
    candidates: tuple[acs.TaskIdentity, ...]


class AgentAlive(msgspec.Struct, frozen=True):
    """The agent answered a heartbeat."""


class HeartbeatMissed(msgspec.Struct, frozen=True):
    """A heartbeat stayed unanswered until the next was due; `in_a_row` counts them."""

    in_a_row: int


Output = (
    SendFrame
    | Close
    | TasksAcknowledged
    | MessageAcknowledged
    | MessageRejected
    | CredentialsAcknowledged
    | VerifyStops
    | AgentAlive
    | HeartbeatMissed
    | BadFrame
)


class AcsServerSession:
    """One connection. `first_sequence_number`: greater than any this instance was ever told."""

    def __init__(
        self,
        *,
        query: AcsQuery,
        cluster_arn: str,
        container_instance_arn: str,
        first_sequence_number: int,
        ids: Ids,
        now: datetime,
        at_seconds: float,
    ) -> None:
        assert first_sequence_number > 0
        self.query = query
        self.next_sequence_number = first_sequence_number
        self._cluster_arn = cluster_arn
        self._container_instance_arn = container_instance_arn
        self._ids = ids
        self._opened_at = now
        self._opened_at_seconds = at_seconds
        self._connection = ServerConnection(container_instance_arn, ids, at_seconds)
        self._deliveries = Deliveries()
        self._heartbeat_unanswered = ""
        self._heartbeats_missed = 0

    @property
    def state(self) -> ServerState:
        return self._connection.state

    @property
    def wake_at_seconds(self) -> float | None:
        """When to feed `Tick`; None once the session is closed."""
        if self.state is ServerState.CLOSED:
            return None
        heartbeat, resend = self._connection.heartbeat_at_seconds, self._deliveries.wake_at_seconds
        return heartbeat if resend is None else min(heartbeat, resend)

    def told(self, task_arn: str) -> DesiredStatus | None:
        """What the agent was told of a task on this connection: spares building a payload again."""
        return self._deliveries.told(task_arn)

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """ARNs of the tasks whose delivery was not acknowledged yet, oldest first."""
        return self._deliveries.unacknowledged

    def handle(self, stimulus: Stimulus, at_seconds: float) -> list[Output]:
        """What follows from `stimulus`; to be carried out in this order."""
        if self.state is ServerState.CLOSED:
            return []
        match stimulus:
            case FrameReceived(text):
                return self._frame_received(text)
            case SendTasks(deliveries):
                return [o for each in deliveries for o in self._send_task(each, at_seconds)]
            case ForgetTasks(arns):
                self._deliveries.forget(arns)
                return []
            case SendManifest(tasks):
                return [self._manifest(tasks, at_seconds)]
            case StopsVerified(message_id, tasks):
                return [self._stops(message_id, tasks, at_seconds)]
            case SendMessage(message):
                return [SendFrame(frames.encode(message))]
            case Tick():
                return self._tick(at_seconds)
            case _:
                return [*self._connection.end(stimulus)]

    def _frame_received(self, text: str) -> list[Output]:
        try:
            message = frames.decode_acs_from_agent(text)
        except frames.FrameError as error:
            return [*self._connection.unreadable(error)]
        match message:
            case acs.HeartbeatAckRequest():
                self._heartbeat_unanswered = ""
                self._heartbeats_missed = 0
                return [AgentAlive()]
            case acs.AckRequest():
                return [self._acknowledged(message.message_id)]
            case acs.NackRequest():
                return [MessageRejected(message.message_id, message.reason)]
            case acs.IAMRoleCredentialsAckRequest():
                return [
                    CredentialsAcknowledged(
                        message.message_id, message.credentials_id, message.expiration
                    )
                ]
            case acs.TaskStopVerificationMessage():
                return [VerifyStops(message.message_id, message.stop_candidates)]

    def _acknowledged(self, message_id: str) -> Output:
        told = self._deliveries.acknowledged(message_id)
        return (
            MessageAcknowledged(message_id)
            if told is None
            else TasksAcknowledged(message_id, (told,))
        )

    def _send_task(self, delivery: TaskDelivery, at_seconds: float) -> list[Output]:
        if not self._deliveries.is_news(delivery):
            return []
        message_id = self._ids.uuid()
        frame = frames.encode(
            acs.PayloadMessage(
                message_id=message_id,
                cluster_arn=self._cluster_arn,
                container_instance_arn=self._container_instance_arn,
                seq_num=self._take_sequence_number(),
                generated_at=self._generated_at(at_seconds),
                tasks=(msgspec.Raw(msgspec.json.encode(delivery.payload)),),
            )
        )
        self._deliveries.sent(message_id, delivery, frame, at_seconds)
        return [SendFrame(frame)]

    def _manifest(self, tasks: Sequence[acs.TaskIdentity], at_seconds: float) -> Output:
        return SendFrame(
            frames.encode(
                acs.TaskManifestMessage(
                    message_id=self._ids.uuid(),
                    cluster_arn=self._cluster_arn,
                    container_instance_arn=self._container_instance_arn,
                    generated_at=self._generated_at(at_seconds),
                    timeline=self._take_sequence_number(),
                    tasks=tuple(tasks),
                )
            )
        )

    def _stops(
        self, message_id: str, tasks: Sequence[acs.TaskIdentity], at_seconds: float
    ) -> Output:
        return SendFrame(
            frames.encode(
                acs.TaskStopVerificationAck(
                    message_id=message_id,
                    generated_at=self._generated_at(at_seconds),
                    stop_tasks=tuple(tasks),
                )
            )
        )

    def _tick(self, at_seconds: float) -> list[Output]:
        outputs: list[Output] = []
        if at_seconds >= self._connection.heartbeat_at_seconds:
            outputs += self._heartbeat(at_seconds)
        if self.state is ServerState.CLOSED:
            return outputs
        return [*outputs, *map(SendFrame, self._deliveries.take_due(at_seconds))]

    def _heartbeat(self, at_seconds: float) -> list[Output]:
        outputs: list[Output] = []
        if self._heartbeat_unanswered:
            self._heartbeats_missed += 1
            outputs.append(HeartbeatMissed(self._heartbeats_missed))
            if self._closes_on_silence():
                reason = "heartbeats were not acknowledged"
                return [*outputs, *self._connection.close(CLOSE_CODE_GOING_AWAY, reason)]
        self._heartbeat_unanswered = self._ids.uuid()
        self._connection.plan_heartbeat(at_seconds)
        beat = acs.HeartbeatMessage(message_id=self._heartbeat_unanswered, healthy=True)
        return [*outputs, SendFrame(frames.encode(beat))]

    def _closes_on_silence(self) -> bool:
        return (
            self.query.protocol_version >= 2
            and self._heartbeats_missed >= HEARTBEATS_UNANSWERED_MAX
        )

    def _take_sequence_number(self) -> int:
        self.next_sequence_number += 1
        return self.next_sequence_number - 1

    def _generated_at(self, at_seconds: float) -> int:
        milliseconds = (at_seconds - self._opened_at_seconds) * 1000
        return int(self._opened_at.timestamp() * 1000 + milliseconds)
