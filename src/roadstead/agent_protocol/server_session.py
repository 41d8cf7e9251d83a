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
from typing import Any

import msgspec

from roadstead.agent_protocol import frames, refusals
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.messages.payload import DesiredStatus
from roadstead.agent_protocol.queries import AcsQuery
from roadstead.agent_protocol.session_states import SERVER_MOVES, ServerEvent, ServerState
from roadstead.ids import Ids

HEARTBEAT_SECONDS_MIN = 30.0
HEARTBEAT_SECONDS_MAX = 60.0
"""Source: agents close after 60 to 120 s without a message."""
HEARTBEATS_UNANSWERED_MAX = 2
"""So many in a row, and an agent of protocol version 2 or later is taken for gone."""
RESEND_SECONDS = 60.0
"""A payload that is not acknowledged by then is sent again on the same connection."""
RESENDS_MAX = 3
"""Per connection; a payload that the agent cannot read stays unacknowledged for ever."""
BAD_FRAMES_MAX = 10
CLOSE_CODE_GOING_AWAY = 1001
CLOSE_CODE_POLICY = 1008


class TaskDelivery(msgspec.Struct, frozen=True):
    """What an agent shall be told of one task. `payload`: its payload task, dict or struct."""

    arn: str
    desired_status: DesiredStatus
    payload: Any


# Stimuli


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


Stimulus = (
    FrameReceived
    | SendTasks
    | ForgetTasks
    | SendManifest
    | StopsVerified
    | SendMessage
    | Tick
    | InstanceDeregistered
    | Superseded
    | ServerStopping
    | HostReportedStopped
    | ConnectionClosed
)

# Outputs


class SendFrame(msgspec.Struct, frozen=True):
    text: str


class Close(msgspec.Struct, frozen=True):
    code: int
    reason: str


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


class BadFrame(msgspec.Struct, frozen=True):
    """The agent sent something that is no message; for the log."""

    text: str


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


class _Unacknowledged(msgspec.Struct):
    message_id: str
    arn: str
    desired_status: DesiredStatus
    frame: str
    resend_at_seconds: float
    resends: int = 0


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
        self.state = ServerState.OPEN
        self.next_sequence_number = first_sequence_number
        self._cluster_arn = cluster_arn
        self._container_instance_arn = container_instance_arn
        self._ids = ids
        self._opened_at = now
        self._opened_at_seconds = at_seconds
        self._heartbeat_at_seconds = at_seconds + self._heartbeat_interval_seconds()
        self._heartbeat_unanswered = ""
        self._heartbeats_missed = 0
        self._told: dict[str, DesiredStatus] = {}
        self._unacknowledged: dict[str, _Unacknowledged] = {}
        self._message_of_task: dict[str, str] = {}
        self._bad_frames = 0

    @property
    def wake_at_seconds(self) -> float | None:
        """When to feed `Tick`; None once the session is closed."""
        if self.state is ServerState.CLOSED:
            return None
        resends = (u.resend_at_seconds for u in self._unacknowledged.values() if _may_resend(u))
        return min(self._heartbeat_at_seconds, min(resends, default=self._heartbeat_at_seconds))

    def told(self, task_arn: str) -> DesiredStatus | None:
        """What the agent was told of a task on this connection: spares building a payload again."""
        return self._told.get(task_arn)

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """ARNs of the tasks whose delivery was not acknowledged yet, oldest first."""
        return tuple(entry.arn for entry in self._unacknowledged.values())

    def handle(self, stimulus: Stimulus, at_seconds: float) -> list[Output]:
        """What follows from `stimulus`; to be carried out in this order."""
        if self.state is ServerState.CLOSED:
            return []
        match stimulus:
            case FrameReceived(text):
                return self._frame_received(text, at_seconds)
            case SendTasks(deliveries):
                return [o for each in deliveries for o in self._send_task(each, at_seconds)]
            case ForgetTasks(arns):
                self._forget(arns)
                return []
            case SendManifest(tasks):
                return [self._manifest(tasks, at_seconds)]
            case StopsVerified(message_id, tasks):
                return [self._stops(message_id, tasks, at_seconds)]
            case SendMessage(message):
                return [SendFrame(frames.encode(message))]
            case Tick():
                return self._tick(at_seconds)
            case InstanceDeregistered():
                reason = refusals.inactive_close_reason(self._container_instance_arn)
                return self._close(refusals.CLOSE_CODE_INACTIVE, reason)
            case Superseded():
                return self._close(CLOSE_CODE_POLICY, "a newer connection of this instance is open")
            case ServerStopping():
                return self._close(CLOSE_CODE_GOING_AWAY, "the control plane stops")
            case HostReportedStopped():
                return self._close(CLOSE_CODE_GOING_AWAY, "the host was reported stopped")
            case ConnectionClosed():
                self._move(ServerEvent.CLOSED_BY_AGENT)
                return []

    def _frame_received(self, text: str, at_seconds: float) -> list[Output]:
        try:
            message = frames.decode_acs_from_agent(text)
        except frames.UnknownMessageType as error:
            return [BadFrame(str(error))]
        except frames.FrameError as error:
            return self._bad_frame(str(error))
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

    def _bad_frame(self, text: str) -> list[Output]:
        self._bad_frames += 1
        answer = frames.encode(acs.BadRequestException(message=text[:1024]))
        outputs: list[Output] = [BadFrame(text), SendFrame(answer)]
        if self._bad_frames >= BAD_FRAMES_MAX:
            outputs += self._close(CLOSE_CODE_POLICY, "too many frames that are no messages")
        return outputs

    def _acknowledged(self, message_id: str) -> Output:
        entry = self._unacknowledged.pop(message_id, None)
        if entry is None:
            return MessageAcknowledged(message_id)
        if self._message_of_task.get(entry.arn) == message_id:
            del self._message_of_task[entry.arn]
        return TasksAcknowledged(message_id, ((entry.arn, entry.desired_status),))

    def _send_task(self, delivery: TaskDelivery, at_seconds: float) -> list[Output]:
        told = self._told.get(delivery.arn)
        if told in (delivery.desired_status, "STOPPED"):
            return []
        self._drop_pending(delivery.arn)
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
        self._told[delivery.arn] = delivery.desired_status
        self._message_of_task[delivery.arn] = message_id
        self._unacknowledged[message_id] = _Unacknowledged(
            message_id, delivery.arn, delivery.desired_status, frame, at_seconds + RESEND_SECONDS
        )
        return [SendFrame(frame)]

    def _drop_pending(self, arn: str) -> None:
        """An unacknowledged RUNNING must not be sent again after the STOPPED that overtakes it."""
        message_id = self._message_of_task.pop(arn, None)
        if message_id is not None:
            self._unacknowledged.pop(message_id, None)

    def _forget(self, arns: Sequence[str]) -> None:
        for arn in arns:
            self._told.pop(arn, None)
            self._drop_pending(arn)

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
        if at_seconds >= self._heartbeat_at_seconds:
            outputs += self._heartbeat(at_seconds)
        if self.state is ServerState.CLOSED:
            return outputs
        for entry in self._unacknowledged.values():
            if _may_resend(entry) and at_seconds >= entry.resend_at_seconds:
                entry.resends += 1
                entry.resend_at_seconds = at_seconds + RESEND_SECONDS
                outputs.append(SendFrame(entry.frame))
        return outputs

    def _heartbeat(self, at_seconds: float) -> list[Output]:
        outputs: list[Output] = []
        if self._heartbeat_unanswered:
            self._heartbeats_missed += 1
            outputs.append(HeartbeatMissed(self._heartbeats_missed))
            if self._closes_on_silence():
                reason = "heartbeats were not acknowledged"
                return outputs + self._close(CLOSE_CODE_GOING_AWAY, reason)
        self._heartbeat_unanswered = self._ids.uuid()
        self._heartbeat_at_seconds = at_seconds + self._heartbeat_interval_seconds()
        beat = acs.HeartbeatMessage(message_id=self._heartbeat_unanswered, healthy=True)
        return [*outputs, SendFrame(frames.encode(beat))]

    def _closes_on_silence(self) -> bool:
        return (
            self.query.protocol_version >= 2
            and self._heartbeats_missed >= HEARTBEATS_UNANSWERED_MAX
        )

    def _close(self, code: int, reason: str) -> list[Output]:
        self._move(ServerEvent.CLOSE_WANTED)
        return [Close(code, refusals.fit_close_reason(reason))]

    def _move(self, event: ServerEvent) -> None:
        self.state = SERVER_MOVES[self.state, event]

    def _take_sequence_number(self) -> int:
        self.next_sequence_number += 1
        return self.next_sequence_number - 1

    def _generated_at(self, at_seconds: float) -> int:
        milliseconds = (at_seconds - self._opened_at_seconds) * 1000
        return int(self._opened_at.timestamp() * 1000 + milliseconds)

    def _heartbeat_interval_seconds(self) -> float:
        span = int((HEARTBEAT_SECONDS_MAX - HEARTBEAT_SECONDS_MIN) * 1000)
        return HEARTBEAT_SECONDS_MIN + self._ids.below(span + 1) / 1000


def _may_resend(entry: _Unacknowledged) -> bool:
    return entry.resends < RESENDS_MAX
