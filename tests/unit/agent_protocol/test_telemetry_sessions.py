"""Both sides of TCS."""

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.agent_connection import (
    CloseConnection,
    Closed,
    Connect,
    ConnectFailed,
    FrameReceived,
    InstanceInactive,
    Opened,
    Refused,
    Start,
    Tick,
)
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.server_connection import Close, InstanceDeregistered, SendFrame
from roadstead.agent_protocol.server_connection import Tick as ServerTick
from roadstead.agent_protocol.session_states import AgentState
from roadstead.agent_protocol.telemetry_agent_session import (
    InstanceKnownInactive,
    Publish,
    SendSigned,
    TcsAgentSession,
)
from roadstead.agent_protocol.telemetry_server_session import (
    BodyReceived,
    HealthTold,
    InstanceStatusTold,
    MetricsTold,
    SignatureWrong,
    TcsServerSession,
)
from roadstead.ids import SeededIds

METRICS = tcs.PublishMetricsRequest(metadata=tcs.MetricsMetadata(fin=True, idle=True))
HEALTH = tcs.PublishHealthRequest(metadata=tcs.HealthMetadata(fin=True))
STATUS = tcs.PublishInstanceStatusRequest(metadata=tcs.InstanceStatusMetadata())


def server() -> TcsServerSession:
    return TcsServerSession(
        container_instance_arn="arn:aws:ecs:r:1:container-instance/c/i",
        ids=SeededIds(1),
        at_seconds=0.0,
    )


def agent() -> TcsAgentSession:
    one = TcsAgentSession(ids=SeededIds(1))
    one.handle(Start(), 0.0)
    return one


def test_each_request_is_told_and_acknowledged() -> None:
    for request, told, ack in (
        (METRICS, MetricsTold(METRICS), tcs.AckPublishMetric(message="ok")),
        (HEALTH, HealthTold(HEALTH), tcs.AckPublishHealth(message="ok")),
        (STATUS, InstanceStatusTold(STATUS), tcs.AckPublishInstanceStatus(message="ok")),
    ):
        outputs = server().handle(BodyReceived(frames.encode(request)), 1.0)
        assert outputs == [told, SendFrame(frames.encode(ack))]


def test_the_server_sends_heartbeats_so_that_a_silent_agent_stays() -> None:
    one = server()
    at = one.wake_at_seconds
    assert at is not None
    assert 30 <= at <= 60
    assert one.handle(ServerTick(), at) == [
        SendFrame(frames.encode(acs.HeartbeatMessage(healthy=True)))
    ]


def test_a_wrong_signature_ends_the_connection() -> None:
    outputs = server().handle(SignatureWrong("wrong"), 1.0)
    assert [type(o).__name__ for o in outputs] == ["BadFrame", "SendFrame", "Close"]


def test_a_deregistered_instance_is_closed_with_its_reason() -> None:
    [close] = server().handle(InstanceDeregistered(), 1.0)
    assert isinstance(close, Close)
    assert "InactiveInstanceException" in close.reason


def test_back_off_doubles_from_one_second_to_one_minute() -> None:
    one, now, delays = agent(), 0.0, []
    for _ in range(9):
        one.handle(ConnectFailed("x"), now)
        assert one.wake_at_seconds is not None
        delays.append(one.wake_at_seconds - now)
        now = one.wake_at_seconds
        assert one.handle(Tick(), now) == [Connect()]
    assert all(min(2.0**n, 60.0) <= d <= 1.2 * min(2.0**n, 60.0) for n, d in enumerate(delays))


def test_measurements_are_dropped_while_nobody_listens() -> None:
    one = agent()
    assert one.handle(Publish(METRICS), 0.0) == []
    one.handle(Opened(), 0.0)
    assert one.handle(Publish(METRICS), 0.0) == [SendSigned(frames.encode(METRICS))]


def test_acknowledgements_alone_keep_the_connection() -> None:
    one = agent()
    one.handle(Opened(), 0.0)
    for n in range(1, 40):
        ack = FrameReceived(frames.encode(tcs.AckPublishMetric(message="ok")))
        assert one.handle(ack, 30.0 * n) == []
        assert one.handle(Tick(), 30.0 * n) == []


def test_a_deregistered_instance_leaves_tcs_too_and_returns_in_an_hour() -> None:
    one = agent()
    one.handle(Opened(), 0.0)
    [close] = one.handle(InstanceKnownInactive(), 10.0)
    assert isinstance(close, CloseConnection)
    assert one.handle(Closed(1000, ""), 10.1) == []
    assert one.state is AgentState.INACTIVE
    assert one.wake_at_seconds == 3610.0


def test_a_refusal_as_inactive_is_believed_on_tcs() -> None:
    [output] = agent().handle(Refused(400, '{"InactiveInstanceException":"gone"}'), 0.0)
    assert output == InstanceInactive("gone")
