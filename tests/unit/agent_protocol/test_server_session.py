"""The control plane's side of ACS: what it sends, when, and what it makes of the answers."""

import itertools
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.deliveries import TaskDelivery
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.queries import AcsQuery
from roadstead.agent_protocol.server_connection import (
    BadFrame,
    Close,
    ConnectionClosed,
    InstanceDeregistered,
    SendFrame,
    ServerStopping,
    Superseded,
    Tick,
)
from roadstead.agent_protocol.server_session import (
    AcsServerSession,
    AgentAlive,
    CredentialsAcknowledged,
    ForgetTasks,
    FrameReceived,
    HeartbeatMissed,
    MessageAcknowledged,
    MessageRejected,
    Output,
    SendManifest,
    SendTasks,
    StopsVerified,
    TasksAcknowledged,
    VerifyStops,
)
from roadstead.ids import SeededIds

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/proto"
INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773"
NOW = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def session(protocol_version: int = 2, first: int = 5) -> AcsServerSession:
    return AcsServerSession(
        query=AcsQuery(
            cluster="proto", container_instance_arn=INSTANCE, protocol_version=protocol_version
        ),
        cluster_arn=CLUSTER,
        container_instance_arn=INSTANCE,
        first_sequence_number=first,
        ids=SeededIds(1),
        now=NOW,
        at_seconds=100.0,
    )


def delivery(name: str, status: Any = "RUNNING") -> TaskDelivery:
    return TaskDelivery(name, status, {"arn": name, "desiredStatus": status})


def sent(outputs: list[Output]) -> list[acs.ServerMessage]:
    return [frames.decode_acs_from_server(o.text) for o in outputs if isinstance(o, SendFrame)]


def answer(message: msgspec.Struct) -> FrameReceived:
    return FrameReceived(frames.encode(message))


def acknowledge(message: acs.ServerMessage) -> FrameReceived:
    assert isinstance(message, acs.PayloadMessage | acs.TaskManifestMessage)
    return answer(acs.AckRequest(message_id=message.message_id))


def test_each_task_goes_in_a_payload_of_its_own_with_a_rising_number() -> None:
    messages = sent(session().handle(SendTasks([delivery("a"), delivery("b")]), 100.5))
    assert [
        (m.seq_num, bytes(m.tasks[0])) for m in messages if isinstance(m, acs.PayloadMessage)
    ] == [
        (5, b'{"arn":"a","desiredStatus":"RUNNING"}'),
        (6, b'{"arn":"b","desiredStatus":"RUNNING"}'),
    ]
    first = messages[0]
    assert isinstance(first, acs.PayloadMessage)
    assert (first.cluster_arn, first.container_instance_arn) == (CLUSTER, INSTANCE)
    assert first.generated_at == int(NOW.timestamp() * 1000) + 500


def test_a_task_is_told_once_per_connection() -> None:
    one = session()
    one.handle(SendTasks([delivery("a")]), 100.0)
    assert one.handle(SendTasks([delivery("a")]), 101.0) == []
    assert one.told("a") == "RUNNING"


def test_a_stop_follows_a_start_and_nothing_follows_a_stop() -> None:
    one = session()
    one.handle(SendTasks([delivery("a")]), 100.0)
    assert len(one.handle(SendTasks([delivery("a", "STOPPED")]), 101.0)) == 1
    assert one.handle(SendTasks([delivery("a", "RUNNING")]), 102.0) == []


def test_an_acknowledgement_names_the_task_and_what_it_was_told() -> None:
    one = session()
    [payload] = sent(one.handle(SendTasks([delivery("a")]), 100.0))
    assert isinstance(payload, acs.PayloadMessage)
    assert one.handle(acknowledge(payload), 100.1) == [
        TasksAcknowledged(payload.message_id, (("a", "RUNNING"),))
    ]
    assert one.unacknowledged == ()


def test_a_payload_is_sent_again_until_it_is_acknowledged() -> None:
    one = session()
    [first] = one.handle(SendTasks([delivery("a")]), 100.0)
    again = [o for o in one.handle(Tick(), 160.0) if o == first]
    assert again == [first]
    [message] = sent([first])
    one.handle(acknowledge(message), 161.0)
    assert first not in one.handle(Tick(), 400.0)


def test_a_payload_that_is_never_acknowledged_is_sent_four_times_in_all() -> None:
    one = session(protocol_version=1)
    [first] = one.handle(SendTasks([delivery("a")]), 100.0)
    repeats = sum(one.handle(Tick(), 100.0 + 61 * n).count(first) for n in range(1, 20))
    assert repeats == 3


def test_a_start_that_a_stop_overtook_is_not_sent_again() -> None:
    one = session()
    [start] = one.handle(SendTasks([delivery("a")]), 100.0)
    [stop] = one.handle(SendTasks([delivery("a", "STOPPED")]), 101.0)
    again = one.handle(Tick(), 165.0)
    assert start not in again
    assert stop in again


def test_a_forgotten_task_is_not_sent_again_and_can_be_told_anew() -> None:
    one = session()
    [start] = one.handle(SendTasks([delivery("a")]), 100.0)
    one.handle(ForgetTasks(["a"]), 101.0)
    assert start not in one.handle(Tick(), 165.0)
    assert one.told("a") is None


def test_manifest_and_payloads_share_one_counter() -> None:
    one = session(first=7)
    [manifest] = sent(one.handle(SendManifest([acs.TaskIdentity(task_arn="a")]), 100.0))
    [payload] = sent(one.handle(SendTasks([delivery("b")]), 100.0))
    assert isinstance(manifest, acs.TaskManifestMessage)
    assert isinstance(payload, acs.PayloadMessage)
    assert (manifest.timeline, payload.seq_num) == (7, 8)
    assert one.handle(acknowledge(manifest), 100.1) == [MessageAcknowledged(manifest.message_id)]
    assert one.next_sequence_number == 9


def test_stop_candidates_are_verified_by_the_program_and_confirmed() -> None:
    one = session()
    surplus = acs.TaskIdentity(task_arn="x", desired_status="STOPPED")
    question = acs.TaskStopVerificationMessage(message_id="m-man1", stop_candidates=(surplus,))
    assert one.handle(answer(question), 101.0) == [VerifyStops("m-man1", (surplus,))]
    [confirmation] = sent(one.handle(StopsVerified("m-man1", (surplus,)), 101.0))
    assert isinstance(confirmation, acs.TaskStopVerificationAck)
    assert (confirmation.message_id, confirmation.stop_tasks) == ("m-man1", (surplus,))


def test_heartbeats_come_every_30_to_60_seconds() -> None:
    one = session()
    moments = [100.0]
    for _ in range(50):
        assert one.wake_at_seconds is not None
        moments.append(one.wake_at_seconds)
        [beat] = sent(one.handle(Tick(), one.wake_at_seconds))
        assert isinstance(beat, acs.HeartbeatMessage)
        reply = acs.HeartbeatAckRequest(message_id=beat.message_id)
        assert one.handle(answer(reply), moments[-1]) == [AgentAlive()]
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert all(30 <= gap <= 60 for gap in gaps)


def test_two_unanswered_heartbeats_in_a_row_close_the_connection() -> None:
    one = session()
    outputs: list[Output] = []
    while one.wake_at_seconds is not None:
        outputs += one.handle(Tick(), one.wake_at_seconds)
    assert [o for o in outputs if not isinstance(o, SendFrame)] == [
        HeartbeatMissed(1),
        HeartbeatMissed(2),
        Close(1001, "heartbeats were not acknowledged"),
    ]


def test_an_agent_of_protocol_version_1_is_not_closed_for_silence() -> None:
    one = session(protocol_version=1)
    for _ in range(5):
        assert one.wake_at_seconds is not None
        one.handle(Tick(), one.wake_at_seconds)
    assert one.wake_at_seconds is not None


def test_a_deregistered_instance_is_closed_with_the_reason_that_agents_look_for() -> None:
    one = session()
    [close] = one.handle(InstanceDeregistered(), 101.0)
    assert isinstance(close, Close)
    assert (close.code, "InactiveInstanceException" in close.reason) == (1008, True)
    assert one.handle(SendTasks([delivery("a")]), 102.0) == []


def test_a_stopping_server_closes_so_that_agents_come_back_at_once() -> None:
    assert session().handle(ServerStopping(), 101.0) == [Close(1001, "the control plane stops")]


def test_an_older_connection_of_the_same_instance_is_closed() -> None:
    [close] = session().handle(Superseded(), 101.0)
    assert isinstance(close, Close)
    assert close.code == 1008


def test_after_the_agent_has_gone_nothing_is_sent() -> None:
    one = session()
    one.handle(ConnectionClosed(), 101.0)
    assert one.handle(SendTasks([delivery("a")]), 102.0) == []
    assert one.wake_at_seconds is None


def test_a_bad_frame_is_answered_with_a_typed_error_and_ten_close() -> None:
    one = session()
    first = one.handle(FrameReceived("nonsense"), 101.0)
    assert isinstance(first[0], BadFrame)
    assert isinstance(sent(first)[0], acs.BadRequestException)
    outputs = [o for _ in range(9) for o in one.handle(FrameReceived("{}"), 101.0)]
    assert [o.code for o in outputs if isinstance(o, Close)] == [1008]


def test_an_unknown_message_type_is_only_told() -> None:
    assert session().handle(FrameReceived('{"type":"New","message":{}}'), 101.0) == [
        BadFrame("'New' is no message type")
    ]


def test_credentials_acknowledgements_and_refusals_are_told() -> None:
    one = session()
    credentials = (
        '{"type":"IAMRoleCredentialsAckRequest","message":{"credentialsId":"cid-app",'
        '"expiration":"2026-11-22T01:14:01Z","messageId":"m-creds"}}'
    )
    assert one.handle(FrameReceived(credentials), 101.0) == [
        CredentialsAcknowledged("m-creds", "cid-app", "2026-11-22T01:14:01Z")
    ]
    refusal = (
        '{"type":"NackRequest","message":{"cluster":"…","containerInstance":"…",'
        '"messageId":"m-upd","reason":"Updates are disabled"}}'
    )
    assert one.handle(FrameReceived(refusal), 101.0) == [
        MessageRejected("m-upd", "Updates are disabled")
    ]


@given(st.lists(st.sampled_from(["a", "b", "manifest", "stop a", "tick", "forget a"]), max_size=30))
def test_numbers_rise_strictly_whatever_is_sent(steps: list[str]) -> None:
    one = session(protocol_version=1)
    numbers: list[int] = []
    seen: set[str] = set()
    for n, step in enumerate(steps):
        match step:
            case "manifest":
                outputs = one.handle(SendManifest([]), 100.0 + n)
            case "tick":
                outputs = one.handle(Tick(), 100.0 + n)
            case "stop a":
                outputs = one.handle(SendTasks([delivery("a", "STOPPED")]), 100.0 + n)
            case "forget a":
                outputs = one.handle(ForgetTasks(["a"]), 100.0 + n)
            case name:
                outputs = one.handle(SendTasks([delivery(name)]), 100.0 + n)
        for message in sent(outputs):
            if isinstance(message, acs.PayloadMessage | acs.TaskManifestMessage):
                assert message.message_id not in seen
                seen.add(message.message_id)
                number = (
                    message.seq_num if isinstance(message, acs.PayloadMessage) else message.timeline
                )
                numbers.append(number)
    assert numbers == sorted(set(numbers))
