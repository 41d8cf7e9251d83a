"""The agent's side of ACS: when it connects, what it answers, when it gives a connection up."""

import msgspec

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.agent_connection import (
    CloseConnection,
    Closed,
    Connect,
    ConnectFailed,
    FrameReceived,
    Ignored,
    InstanceInactive,
    Opened,
    Refused,
    SendFrame,
    Start,
    Tick,
)
from roadstead.agent_protocol.agent_session import (
    Accepted,
    AcsAgentSession,
    HeartbeatHeard,
    Received,
    Say,
    ServerFailure,
)
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.session_states import AgentState
from roadstead.ids import SeededIds

INACTIVE_BODY = '{"InactiveInstanceException":"deregistered"}'


def session(highest: int = 0) -> AcsAgentSession:
    return AcsAgentSession(highest_sequence_number=highest, ids=SeededIds(2))


def connected(at_seconds: float = 0.0, highest: int = 0) -> AcsAgentSession:
    one = session(highest)
    one.handle(Start(), at_seconds)
    one.handle(Opened(), at_seconds)
    return one


def frame(message: msgspec.Struct) -> FrameReceived:
    return FrameReceived(frames.encode(message))


def waits(one: AcsAgentSession, at_seconds: float) -> float:
    assert one.wake_at_seconds is not None
    return one.wake_at_seconds - at_seconds


def manifest(timeline: int, message_id: str = "m") -> acs.TaskManifestMessage:
    return acs.TaskManifestMessage(message_id=message_id, timeline=timeline)


def test_it_connects_at_the_start() -> None:
    assert session().handle(Start(), 0.0) == [Connect()]


def test_failed_attempts_back_off_from_250_ms_by_half_up_to_two_minutes() -> None:
    one = session()
    one.handle(Start(), 0.0)
    now, delays = 0.0, []
    for _ in range(25):
        one.handle(ConnectFailed("no answer"), now)
        delays.append(waits(one, now))
        assert one.wake_at_seconds is not None
        now = one.wake_at_seconds
        assert one.handle(Tick(), now) == [Connect()]
    expected = [min(0.25 * 1.5**n, 120.0) for n in range(25)]
    assert all(e <= d <= 1.2 * e for e, d in zip(expected, delays, strict=True))


def test_a_normal_close_is_followed_by_a_connection_at_once() -> None:
    for code in (1000, 1001, 1006, 1011):
        assert connected().handle(Closed(code, ""), 30.0) == [Connect()]


def test_any_other_close_code_is_followed_by_a_back_off() -> None:
    for code in (1008, 1013, 4000):
        one = connected()
        assert one.handle(Closed(code, ""), 30.0) == []
        assert 0.25 <= waits(one, 30.0) <= 0.3


def test_a_connection_that_ends_within_a_second_is_no_reason_for_a_hot_loop() -> None:
    one = connected()
    assert one.handle(Closed(1000, ""), 0.5) == []
    assert one.state is AgentState.WAITING


def test_a_deregistered_instance_waits_an_hour_and_does_not_exit() -> None:
    for one, stimulus in (
        (session(), Refused(400, INACTIVE_BODY)),
        (connected(), Closed(1008, "InactiveInstanceException: Container instance x is inactive.")),
    ):
        if one.state is AgentState.IDLE:
            one.handle(Start(), 0.0)
        [output] = one.handle(stimulus, 50.0)
        assert isinstance(output, InstanceInactive)
        assert waits(one, 50.0) == 3600.0
        assert one.handle(Tick(), 3649.0) == []
        assert one.handle(Tick(), 3650.0) == [Connect()]


def test_any_other_refusal_means_ordinary_back_off() -> None:
    one = session()
    one.handle(Start(), 0.0)
    assert one.handle(Refused(400, '{"InvalidInstanceException":"x"}'), 0.0) == []
    assert waits(one, 0.0) <= 0.3


def test_silence_for_one_to_two_minutes_closes() -> None:
    one = connected()
    assert 60.0 <= waits(one, 0.0) <= 120.0
    assert one.wake_at_seconds is not None
    [close] = one.handle(Tick(), one.wake_at_seconds)
    assert isinstance(close, CloseConnection)
    assert one.handle(Closed(1000, ""), one.wake_at_seconds) == [Connect()]


def test_only_messages_that_can_be_read_count_as_life() -> None:
    one = connected()
    before = one.wake_at_seconds
    one.handle(FrameReceived("nonsense"), 50.0)
    assert one.wake_at_seconds == before
    one.handle(frame(acs.HeartbeatMessage(message_id="m")), 50.0)
    assert one.wake_at_seconds is not None
    assert before is not None
    assert one.wake_at_seconds >= 110.0


def test_a_connection_lives_30_to_35_minutes() -> None:
    one, now = connected(), 0.0
    while True:
        now += 30.0
        outputs = one.handle(Tick(), now)
        if outputs:
            break
        one.handle(frame(acs.HeartbeatMessage(message_id="m")), now)
    assert isinstance(outputs[0], CloseConnection)
    assert outputs[0].code == 1000
    assert 30 * 60 <= now <= 35 * 60 + 30


def test_a_close_that_is_never_answered_does_not_hang() -> None:
    one = connected()
    assert one.wake_at_seconds is not None
    at = one.wake_at_seconds
    one.handle(Tick(), at)
    assert one.handle(Tick(), at + 10.0) == [Connect()]


def test_a_heartbeat_is_answered_at_once() -> None:
    beat = frame(acs.HeartbeatMessage(message_id="0eecab7e-559a-46e7-b4a2-3026a5be1398"))
    assert connected().handle(beat, 1.0) == [
        SendFrame(
            '{"type":"HeartbeatAckRequest","message":'
            '{"messageId":"0eecab7e-559a-46e7-b4a2-3026a5be1398"}}'
        ),
        HeartbeatHeard(),
    ]


def test_a_payload_is_acknowledged_only_once_it_is_accepted() -> None:
    one = connected()
    payload = acs.PayloadMessage(
        message_id="m", cluster_arn="c", container_instance_arn="i", seq_num=4
    )
    assert one.handle(frame(payload), 1.0) == [Received(payload)]
    assert one.handle(Accepted(payload), 1.1) == [
        SendFrame(
            '{"type":"AckRequest","message":'
            '{"cluster":"c","containerInstance":"i","messageId":"m"}}'
        )
    ]


def test_an_acknowledgement_without_a_connection_is_dropped() -> None:
    one = connected()
    one.handle(Closed(1006, ""), 30.0)
    payload = acs.PayloadMessage(message_id="m", cluster_arn="c", container_instance_arn="i")
    assert one.handle(Accepted(payload), 31.0) == []


def test_a_manifest_that_is_not_newer_is_dropped_without_answer() -> None:
    one = connected(highest=7)
    [ignored] = one.handle(frame(manifest(7)), 1.0)
    assert isinstance(ignored, Ignored)
    assert one.handle(frame(manifest(8)), 1.0) == [Received(manifest(8))]
    assert one.highest_sequence_number == 8


def test_a_payload_is_taken_whatever_its_number_is() -> None:
    one = connected(highest=7)
    payload = acs.PayloadMessage(
        message_id="m", cluster_arn="c", container_instance_arn="i", seq_num=2
    )
    assert one.handle(frame(payload), 1.0) == [Received(payload)]
    assert one.highest_sequence_number == 7


def test_a_stop_verification_must_answer_the_last_manifest() -> None:
    one = connected()
    one.handle(frame(manifest(1, "m-man1")), 1.0)
    other = acs.TaskStopVerificationAck(message_id="m-other")
    assert isinstance(one.handle(frame(other), 1.0)[0], Ignored)
    right = acs.TaskStopVerificationAck(message_id="m-man1")
    assert one.handle(frame(right), 1.0) == [Received(right)]


def test_updates_are_refused() -> None:
    update = acs.StageUpdateMessage(message_id="m-upd", cluster_arn="c", container_instance_arn="i")
    assert connected().handle(frame(update), 1.0) == [
        SendFrame(
            '{"type":"NackRequest","message":{"cluster":"c","containerInstance":"i",'
            '"messageId":"m-upd","reason":"Updates are disabled"}}'
        )
    ]


def test_typed_errors_on_the_open_connection_are_only_told() -> None:
    failure = frame(acs.InactiveInstanceException(message="x"))
    one = connected()
    assert one.handle(failure, 1.0) == [ServerFailure("InactiveInstanceException", "x")]
    assert one.state is AgentState.OPEN


def test_credentials_are_asked_for_until_a_connection_was_open() -> None:
    one = session()
    one.handle(Start(), 0.0)
    assert one.send_credentials
    one.handle(Opened(), 0.0)
    assert not one.send_credentials


def test_stop_candidates_are_spelled_as_awss_agent_spells_them() -> None:
    message = acs.TaskStopVerificationMessage(
        message_id="m-man1",
        stop_candidates=(
            acs.TaskIdentity(task_arn="t", desired_status="STOPPED", task_cluster_arn="c"),
        ),
    )
    [output] = connected().handle(Say(message), 1.0)
    assert isinstance(output, SendFrame)
    assert msgspec.json.decode(output.text) == {
        "type": "TaskStopVerificationMessage",
        "message": {
            "messageId": "m-man1",
            "stopCandidates": [{"desiredStatus": "STOPPED", "taskArn": "t", "taskClusterArn": "c"}],
        },
    }
