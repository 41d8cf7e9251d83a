"""The whole agent on virtual time, against the real server session and with a fake runtime."""

import asyncio
from typing import Any

import pytest
from fake_runtime import FakeRuntime
from stand_in import (
    INSTANCE,
    AgentProcess,
    ControlPlane,
    arn,
    identity,
    settings,
    stop,
    task,
    virtually,
)

from roadstead.agent.api import ApiFailure
from roadstead.agent.journal import Identity
from roadstead.agent_protocol import server_session
from roadstead.agent_protocol.channel import ChannelRefused
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.server_connection import InstanceDeregistered, ServerStopping
from roadstead.agent_protocol.server_session import (
    AgentAlive,
    SendManifest,
    StopsVerified,
    VerifyStops,
)


@virtually
async def test_it_registers_connects_and_says_who_it_is(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    assert [operation for operation, _ in plane.calls] == [
        "RegisterContainerInstance",
        "DiscoverPollEndpoint",
    ]
    assert plane.queries[0].container_instance_arn == INSTANCE
    assert (plane.queries[0].protocol_version, plane.queries[0].send_credentials) == (2, True)
    assert await agent.stop() == 0
    assert agent.journal.identity() == Identity("proto", INSTANCE)


@virtually
async def test_a_payload_becomes_a_running_container_and_a_report(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web", portMappings=[{"containerPort": 80, "protocol": "tcp"}]))
    await asyncio.sleep(0.01)
    assert runtime.names() == ["web"]
    assert plane.reports[0]["status"] == "RUNNING"
    assert plane.reports[0]["cluster"] == "proto"
    assert plane.reports[0]["containers"][0]["networkBindings"][0]["hostPort"] == 32768
    assert plane.session is not None
    assert plane.session.unacknowledged == ()
    await plane.send(stop("web"))
    await asyncio.sleep(0.01)
    assert plane.statuses(arn("web")) == ["RUNNING", "STOPPED"]
    assert plane.reports[-1]["containers"][0]["exitCode"] == 143
    assert runtime.steps[-2:] == [("remove", "web"), ("remove_task", arn("web"))]
    await agent.stop()


@virtually
async def test_a_container_that_does_not_obey_is_killed_after_its_stop_timeout(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.stop_seconds = None
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web", stopTimeout=12))
    await asyncio.sleep(1)
    await plane.send(stop("web"))
    await asyncio.sleep(11.9)
    assert plane.statuses(arn("web")) == ["RUNNING"]
    await asyncio.sleep(0.2)
    assert runtime.signals == [("web", "SIGTERM"), ("web", "SIGKILL")]
    assert plane.reports[-1]["containers"][0]["exitCode"] == 137
    await agent.stop()


@virtually
async def test_heartbeats_are_answered_for_a_day_and_the_half_hourly_reconnect_loses_nothing(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(24 * 3600)
    assert 40 <= plane.connections <= 49
    assert not [o for o in plane.told if isinstance(o, server_session.HeartbeatMissed)]
    assert len([o for o in plane.told if isinstance(o, AgentAlive)]) > 1400
    assert [q.send_credentials for q in plane.queries] == [True] + [False] * (plane.connections - 1)
    assert runtime.names() == ["web"]
    await agent.stop()


@virtually
async def test_an_agent_that_is_killed_comes_back_with_its_arn_and_its_containers(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("stays"), task("ends"))
    await asyncio.sleep(1)
    await agent.kill()
    runtime.end("ends", 9)
    agent.start()
    await asyncio.sleep(1)
    registrations = [r for o, r in plane.calls if o == "RegisterContainerInstance"]
    assert [r.get("containerInstanceArn") for r in registrations] == [None, INSTANCE]
    assert plane.statuses(arn("stays")) == ["RUNNING"]
    assert plane.statuses(arn("ends")) == ["RUNNING", "STOPPED"]
    assert plane.reports[-1]["containers"][0]["exitCode"] == 9
    assert runtime.names() == ["stays"]
    assert runtime.created_most == {}
    await agent.stop()


@virtually
async def test_wherever_an_agent_is_killed_its_tasks_run_in_the_end_and_once(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.pull_seconds, runtime.create_seconds, runtime.start_seconds = 0.3, 0.5, 0.2
    agent.start()
    await asyncio.sleep(1)
    for n in range(24):
        await plane.send(task(f"t{n}"))
        await asyncio.sleep(n * 0.05)
        await agent.kill()
        agent.start()
        await asyncio.sleep(1)
    await asyncio.sleep(5)
    assert sorted(runtime.names()) == sorted(f"t{n}" for n in range(24))
    assert runtime.created_most == {}
    assert all(plane.statuses(arn(f"t{n}"))[0] == "RUNNING" for n in range(24))
    await agent.stop()


@virtually
async def test_sigterm_ends_the_agent_and_leaves_the_containers(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(1)
    assert await agent.stop() == 0
    assert runtime.names() == ["web"]


@virtually
async def test_a_control_plane_that_is_down_gets_its_reports_when_it_is_back(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(1)
    plane.is_down = True
    await plane.feed(ServerStopping())
    runtime.end("web", 3)
    await asyncio.sleep(600)
    assert plane.statuses(arn("web")) == ["RUNNING"]
    plane.is_down = False
    await asyncio.sleep(150)
    assert plane.statuses(arn("web")) == ["RUNNING", "STOPPED"]
    assert plane.connections == 2
    await agent.stop()


@virtually
async def test_a_report_that_can_never_be_taken_is_dropped_and_others_follow(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    plane.failures["SubmitTaskStateChange"] = [ApiFailure("InvalidParameterException", "no", 400)]
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(60)
    assert plane.statuses(arn("web")) == []
    runtime.end("web", 0)
    await asyncio.sleep(1)
    assert plane.statuses(arn("web")) == ["STOPPED"]
    await agent.stop()


@virtually
async def test_any_other_failure_of_a_report_is_tried_again(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    plane.failures["SubmitTaskStateChange"] = [
        ApiFailure(name, "x", 400) for name in ("ClientException", "AccessDeniedException", "")
    ]
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(10)
    assert plane.statuses(arn("web")) == ["RUNNING"]
    await agent.stop()


@virtually
async def test_a_deregistered_instance_keeps_its_containers_and_asks_once_an_hour(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("orphan"))
    await asyncio.sleep(1)
    plane.refusal = ChannelRefused(400, '{"InactiveInstanceException":"deregistered"}')
    await plane.feed(InstanceDeregistered())
    await asyncio.sleep(3590)
    assert plane.connections == 1
    assert runtime.names() == ["orphan"]
    plane.refusal = None
    await asyncio.sleep(20)
    assert plane.connections == 2
    registrations = [o for o, _ in plane.calls if o == "RegisterContainerInstance"]
    assert len(registrations) == 1
    await agent.stop()


@virtually
async def test_full_sync_stops_what_the_control_plane_does_not_want(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("wanted"), task("surplus"))
    await asyncio.sleep(1)
    await plane.feed(SendManifest([identity("wanted")]))
    await asyncio.sleep(1)
    [question] = [o for o in plane.told if isinstance(o, VerifyStops)]
    assert [c.task_arn for c in question.candidates] == [arn("surplus")]
    await plane.feed(StopsVerified(question.message_id, question.candidates))
    await asyncio.sleep(1)
    assert runtime.names() == ["wanted"]
    assert agent.journal.sequence_number() == 3
    await agent.stop()


@virtually
async def test_an_image_that_is_not_there_is_told_in_ecs_words(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.missing_images = {"busybox"}
    agent.start()
    await asyncio.sleep(1)
    await plane.send(task("web"))
    await asyncio.sleep(1)
    [report] = plane.reports
    assert report["containers"][0]["reason"] == "CannotPullContainerError: no image busybox"
    await agent.stop()


@virtually
async def test_telemetry_says_that_it_is_idle_and_how_the_runtime_is(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(100)
    metrics = [m for m in plane.telemetry if isinstance(m, tcs.PublishMetricsRequest)]
    assert metrics[-1].metadata.idle
    assert metrics[-1].task_metrics == ()
    statuses = [m for m in plane.telemetry if isinstance(m, tcs.PublishInstanceStatusRequest)]
    assert statuses[0].statuses[0].status == "OK"
    await plane.send(task("web"))
    await asyncio.sleep(30)
    metrics = [m for m in plane.telemetry if isinstance(m, tcs.PublishMetricsRequest)]
    assert not metrics[-1].metadata.idle
    await agent.stop()


def failing(operation: str, *failures: ApiFailure) -> dict[str, list[ApiFailure]]:
    return {operation: list(failures)}


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (ApiFailure("InvalidParameterException", "x", 400), 5),
        (ApiFailure("ClientException", "Container instance d773 is inactive.", 400), 5),
        (ApiFailure("AccessDeniedException", "x", 400), 1),
    ],
)
def test_a_refused_registration_ends_with_the_ecs_agents_exit_status(
    failure: ApiFailure, code: int
) -> None:
    async def story(plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess) -> None:
        plane.failures = failing("RegisterContainerInstance", failure)
        agent.start()
        assert await agent.ended() == code

    virtually(story)()


@virtually
async def test_a_registration_that_cannot_be_served_now_is_tried_again(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    plane.failures = failing(
        "RegisterContainerInstance", *[ApiFailure("ServerException", "x", 500)] * 3
    )
    agent.start()
    await asyncio.sleep(30)
    assert plane.connections == 1
    await agent.stop()


@virtually
async def test_nobody_answering_for_a_minute_ends_with_1(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    plane.is_down = True
    agent.start()
    assert await agent.ended() == 1


@virtually
async def test_a_missing_default_cluster_is_made(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.settings = settings(ECS_CLUSTER="")
    plane.failures = failing(
        "RegisterContainerInstance", ApiFailure("ClientException", "Cluster not found.", 400)
    )
    agent.start()
    await asyncio.sleep(1)
    assert [o for o, _ in plane.calls][:3] == [
        "RegisterContainerInstance",
        "CreateCluster",
        "RegisterContainerInstance",
    ]
    await agent.stop()


@virtually
async def test_another_cluster_than_the_saved_one_ends_with_5(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.journal.remember_identity(Identity("other", INSTANCE))
    agent.start()
    assert await agent.ended() == 5


@virtually
async def test_attributes_that_do_not_come_back_end_with_5(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    async def forgetful(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return {"containerInstance": {"containerInstanceArn": INSTANCE, "attributes": []}}

    plane.api = forgetful  # type: ignore[method-assign]  # this control plane is another one
    agent.start()
    assert await agent.ended() == 5


@virtually
async def test_a_message_of_a_later_version_does_no_harm(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    assert plane.channel is not None
    for text in ("nonsense", '{"type":"New","message":{}}', '{"type":"PayloadMessage"}'):
        await plane.channel.send(text)
    await plane.feed(
        server_session.SendMessage(acs.ServerException(message="something went wrong"))
    )
    await plane.send(task("web"))
    await asyncio.sleep(1)
    assert runtime.names() == ["web"]
    await agent.stop()
