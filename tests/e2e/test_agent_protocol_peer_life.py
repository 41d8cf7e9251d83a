"""A peer agent's later life: telemetry, deregistration, heartbeats."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from lone_server import LoneServer
from peer_agent import HEARTBEAT_SECONDS_MAX, ApiRefused, NotLetIn
from peer_world import (
    ask,
    play,
    prepare,
    record_of,
    registered,
    running,
    start_task,
    task_of,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneServer]:
    one = LoneServer(tmp_path_factory.mktemp("server") / "d")
    one.start()
    prepare(one)
    yield one
    one.end()


# --- telemetry ---


def test_telemetry_in_signed_frames_is_acknowledged_and_tells_health(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            telemetry = await agent.open_telemetry()
            arn = await start_task(server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            await agent.report(arn, "RUNNING", containers=running())
            now = round(time.time(), 3)
            about = {
                "cluster": agent.cluster,
                "containerInstance": agent.arn,
                "fin": True,
                "messageId": "0afb2d0e",
            }
            idle = {"metadata": {**about, "idle": True}, "timestamp": now}
            await telemetry.publish("PublishMetricsRequest", idle)
            assert (await telemetry.answer())["type"] == "AckPublishMetric"

            health = {"containerName": "httpd", "healthStatus": "HEALTHY", "statusSince": now}
            of_task = {
                "taskArn": arn,
                "taskDefinitionFamily": "web",
                "taskDefinitionVersion": "1",
                "containers": [health],
            }
            message = {"metadata": about, "tasks": [of_task], "timestamp": now}
            await telemetry.publish("PublishHealthRequest", message)
            assert (await telemetry.answer())["type"] == "AckPublishHealth"
            assert (await task_of(server, arn))["healthStatus"] == "HEALTHY"

            status = {
                "lastStatusChange": now,
                "lastUpdated": now,
                "status": "OK",
                "type": "ContainerRuntime",
            }
            message = {"metadata": about, "statuses": [status], "timestamp": now}
            await telemetry.publish("PublishInstanceStatusRequest", message)
            assert (await telemetry.answer())["type"] == "AckPublishInstanceStatus"
            record = await record_of(server, agent, include=["CONTAINER_INSTANCE_HEALTH"])
            assert record["healthStatus"]["overallStatus"] == "OK"

    play(story())


def test_a_telemetry_frame_that_was_altered_is_not_believed(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            telemetry = await agent.open_telemetry()
            arn = await start_task(server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            await agent.report(arn, "RUNNING", containers=running())
            before = await task_of(server, arn)
            forged = {
                "type": "PublishHealthRequest",
                "message": {
                    "metadata": {"cluster": agent.cluster, "containerInstance": agent.arn},
                    "tasks": [
                        {
                            "taskArn": arn,
                            "containers": [{"containerName": "httpd", "healthStatus": "UNHEALTHY"}],
                        }
                    ],
                },
            }
            idle = {"metadata": {"cluster": agent.cluster, "idle": True}}
            await telemetry.publish("PublishMetricsRequest", idle, forged=json.dumps(forged))
            assert (await telemetry.answer())["type"] != "AckPublishHealth"
            assert await task_of(server, arn) == before

    play(story())


# --- deregistration ---


def test_a_deregistered_agent_is_closed_and_refused_with_inactive_instance_exception(
    server: LoneServer,
) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            telemetry = await agent.open_telemetry()
            arn = await start_task(server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            await agent.report(arn, "RUNNING", containers=running())
            await ask(
                server, "deregister_container_instance", containerInstance=agent.arn, force=True
            )
            _, reason = await commands.until_closed()
            assert "InactiveInstanceException" in reason
            assert (await telemetry.answer())["type"] == "CLOSED"
            for door in (agent.open_commands, agent.open_telemetry):
                with pytest.raises(NotLetIn) as refusal:
                    await door()
                assert refusal.value.status == 400
                assert list(refusal.value.body) == ["InactiveInstanceException"]
            with pytest.raises(ApiRefused, match="is inactive") as refused:
                await agent.register()
            assert refused.value.type == "ClientException"
            before = await task_of(server, arn)
            assert before["lastStatus"] == "STOPPED"
            assert "acknowledgment" in await agent.report(arn, "RUNNING", containers=running())
            assert await task_of(server, arn) == before
            assert (await record_of(server, agent))["status"] == "INACTIVE"

    play(story())


def test_with_its_folder_emptied_it_is_a_new_instance(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            old = agent.arn
            await ask(server, "deregister_container_instance", containerInstance=old)
            agent.arn = ""
            assert (await agent.register())["containerInstanceArn"] != old
            commands = await agent.open_commands()
            assert (await record_of(server, agent))["agentConnected"] is True
            await commands.hang_up()

    play(story())


# --- heartbeats, last: they take their time, and began with the first test ---


class Patient(threading.Thread):
    """An agent that connects and waits for the first heartbeat."""

    def __init__(self, server: LoneServer) -> None:
        super().__init__(daemon=True)
        self._server = server
        self.heartbeat: dict[str, Any] = {}
        self.is_connected_afterwards = False

    def run(self) -> None:
        asyncio.run(self._wait())

    async def _wait(self) -> None:
        async with registered(self._server) as agent:
            commands = await agent.open_commands()
            self.heartbeat = await commands.next(
                "HeartbeatMessage", HEARTBEAT_SECONDS_MAX, answer_others=False
            )
            await commands.answer_heartbeat(self.heartbeat)
            arn = await start_task(self._server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            record = await record_of(self._server, agent)
            self.is_connected_afterwards = bool(record["agentConnected"])


@pytest.fixture(scope="module", autouse=True)
def patient(server: LoneServer) -> Patient:
    one = Patient(server)
    one.start()
    return one


def test_heartbeats_come_and_their_answers_keep_the_channel_open(patient: Patient) -> None:
    patient.join(HEARTBEAT_SECONDS_MAX)
    assert isinstance(patient.heartbeat["messageId"], str)
    assert patient.heartbeat["healthy"] is True
    assert patient.is_connected_afterwards
