"""Amazon's open-source agent finds here what it needs: real HTTP and websockets, no code of ours.

What it sends is what it was seen to send; the container ids and times in it are made up.
"""

import asyncio
import json
import signal
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from lone_server import KEY_ID, SECRET, LoneServer
from peer_agent import ATTRIBUTES, HEARTBEAT_SECONDS_MAX, ApiRefused, NotLetIn, PeerAgent

RUNTIME_ID = "a21b4b25" * 8
DIGEST = f"sha256:{'a6459f60' * 8}"
BINDING = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 18090, "protocol": "tcp"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneServer]:
    one = LoneServer(tmp_path_factory.mktemp("server") / "d")
    one.start()
    ecs = one.client()
    ecs.create_cluster(clusterName="default")
    ecs.register_task_definition(
        family="web",
        containerDefinitions=[
            {
                "name": "httpd",
                "image": "busybox:latest",
                "cpu": 64,
                "memory": 64,
                "command": ["httpd", "-f"],
                "environment": [{"name": "GREETING", "value": "roadstead"}],
                "portMappings": [{"containerPort": 80, "hostPort": 18090}],
                "healthCheck": {"command": ["CMD", "true"], "interval": 5},
            }
        ],
    )
    yield one
    one.end()


@asynccontextmanager
async def registered(server: LoneServer) -> AsyncIterator[PeerAgent]:
    async with PeerAgent(server.endpoint, KEY_ID, SECRET) as agent:
        await agent.register()
        yield agent


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def ask(server: LoneServer, operation: str, **request: Any) -> Any:
    """Call ECS as a user does."""
    return await asyncio.to_thread(getattr(server.client(), operation), **request)


async def start_task(server: LoneServer, agent: PeerAgent) -> str:
    answer = await ask(server, "start_task", taskDefinition="web", containerInstances=[agent.arn])
    assert answer["failures"] == []
    return str(answer["tasks"][0]["taskArn"])


async def task_of(server: LoneServer, arn: str) -> dict[str, Any]:
    return dict((await ask(server, "describe_tasks", tasks=[arn]))["tasks"][0])


async def record_of(server: LoneServer, agent: PeerAgent, **more: Any) -> dict[str, Any]:
    answer = await ask(
        server, "describe_container_instances", containerInstances=[agent.arn], **more
    )
    return dict(answer["containerInstances"][0])


def running(binding: dict[str, Any] = BINDING) -> list[dict[str, Any]]:
    """The containers of the recorded report of RUNNING."""
    return [
        {
            "containerName": "httpd",
            "runtimeId": RUNTIME_ID,
            "status": "RUNNING",
            "networkBindings": [binding],
        }
    ]


def stopped(exit_code: int) -> list[dict[str, Any]]:
    """The containers of the recorded report of STOPPED."""
    return [{**running()[0], "status": "STOPPED", "exitCode": exit_code}]


# --- registration ---


def test_it_registers_with_members_that_the_model_lacks_and_gets_its_attributes_back(
    server: LoneServer,
) -> None:
    async def story() -> None:
        async with PeerAgent(server.endpoint, KEY_ID, SECRET) as agent:
            record = await agent.register()
            assert record["status"] == "ACTIVE"
            returned = [
                {name: value for name, value in one.items() if name in ("name", "value") and value}
                for one in record["attributes"]
            ]
            assert [one for one in ATTRIBUTES if one not in returned] == []
            assert (await record_of(server, agent))["agentConnected"] is False

    play(story())


def test_a_cluster_that_is_missing_is_told_in_the_words_that_it_looks_for(
    server: LoneServer,
) -> None:
    async def story() -> None:
        async with PeerAgent(server.endpoint, KEY_ID, SECRET, cluster="nowhere") as agent:
            with pytest.raises(ApiRefused, match=r"Cluster not found\."):
                await agent.register()
            made = await agent.call("CreateCluster", clusterName="nowhere")
            assert made["cluster"]["clusterName"] == "nowhere"
            assert (await agent.register())["status"] == "ACTIVE"

    play(story())


def test_it_comes_back_under_its_arn_and_keeps_what_users_gave_it(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            arn = agent.arn
            disk = {"name": "disk", "value": "ssd", "targetId": arn}
            await ask(server, "put_attributes", attributes=[disk])
            record = await agent.register()
            assert record["containerInstanceArn"] == arn
            assert {"name": "disk", "value": "ssd"} in record["attributes"]

    play(story())


def test_it_is_told_where_to_poll(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            found = await agent.discover()
            assert found["endpoint"].startswith(f"{server.endpoint}/")
            assert found["telemetryEndpoint"].startswith(f"{server.endpoint}/")
            assert found["endpoint"] != found["telemetryEndpoint"]

    play(story())


# --- the command channel ---


def test_its_channel_opens_and_tells_its_version(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            record = await record_of(server, agent)
            assert record["agentConnected"] is True
            assert record["versionInfo"] == {
                "agentVersion": "1.105.1",
                "agentHash": "a8b3e7d3",
                "dockerVersion": "DockerVersion: 20.10.24+dfsg1",
            }
            await commands.hang_up()

    play(story())


def test_a_wrong_signature_is_refused_before_the_upgrade(server: LoneServer) -> None:
    async def story() -> None:
        async with (
            registered(server) as agent,
            PeerAgent(server.endpoint, KEY_ID, "another secret") as forger,
        ):
            forger.arn = agent.arn
            forger.discover = agent.discover  # type: ignore[method-assign]
            with pytest.raises(NotLetIn) as refusal:
                await forger.open_commands()
            assert refusal.value.status == 400
            assert list(refusal.value.body) == ["AccessDeniedException"]
            assert (await record_of(server, agent))["agentConnected"] is False

    play(story())


def test_an_instance_that_is_unknown_is_refused(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            agent.arn = f"{agent.arn[:-4]}0000"
            with pytest.raises(NotLetIn) as refusal:
                await agent.open_commands()
            assert refusal.value.status == 400

    play(story())


def test_a_task_is_told_acknowledged_reported_and_stopped_as_recorded(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            arn = await start_task(server, agent)
            message = await commands.payload_of(arn, "RUNNING")
            check_payload(message, agent, arn)
            await commands.acknowledge(message)

            digest = [{"containerName": "httpd", "status": "PENDING", "imageDigest": DIGEST}]
            await agent.report(arn, "PENDING", containers=digest)
            assert (await task_of(server, arn))["lastStatus"] == "PENDING"
            answer = await agent.report(arn, "RUNNING", containers=running())
            assert "acknowledgment" in answer
            task = await task_of(server, arn)
            assert task["lastStatus"] == "RUNNING"
            (container,) = task["containers"]
            assert container["networkBindings"] == [BINDING]
            assert (container["runtimeId"], container["imageDigest"]) == (RUNTIME_ID, DIGEST)

            await ask(server, "stop_task", task=arn, reason="enough")
            message = await commands.payload_of(arn, "STOPPED")
            await commands.acknowledge(message)
            ended = time.time()
            await agent.report(arn, "STOPPED", containers=stopped(137), executionStoppedAt=ended)
            task = await task_of(server, arn)
            assert task["lastStatus"] == "STOPPED"
            assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
            assert task["containers"][0]["exitCode"] == 137
            assert task["executionStoppedAt"].timestamp() == pytest.approx(ended, abs=0.01)

    play(story())


def check_payload(message: dict[str, Any], agent: PeerAgent, task_arn: str) -> None:
    """What the agent decodes strictly, and what it needs to run the container."""
    assert message["containerInstanceArn"] == agent.arn
    assert isinstance(message["seqNum"], int)
    assert isinstance(message["generatedAt"], int)
    (task,) = [one for one in message["tasks"] if one["arn"] == task_arn]
    assert (task["family"], task["version"], task["desiredStatus"]) == ("web", "1", "RUNNING")
    assert isinstance(task["overrides"], str)
    (container,) = task["containers"]
    assert container["name"] == "httpd"
    assert container["image"] == "busybox:latest"
    assert (container["cpu"], container["memory"], container["essential"]) == (64, 64, True)
    assert container["command"] == ["httpd", "-f"]
    assert container["environment"]["GREETING"] == "roadstead"
    (port,) = container["portMappings"]
    assert (port["containerPort"], port["hostPort"]) == (80, 18090)
    assert port.get("protocol", "tcp") == "tcp"
    assert isinstance(container["overrides"], str)
    host = json.loads(container["dockerConfig"]["hostConfig"])
    assert host["NetworkMode"] == "bridge"
    config = json.loads(container["dockerConfig"]["config"])
    assert config["Healthcheck"]["Test"] == ["CMD", "true"]
    assert config["Healthcheck"]["Interval"] == 5_000_000_000
    assert container["healthCheckType"] == "docker"


def test_a_container_that_comes_twice_in_one_report_is_taken_in_order(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            arn = await start_task(server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            # Recorded: the RUNNING of a container that has already ended carries its exit code.
            both = [{**running()[0], "exitCode": 0}, *stopped(0)]
            await agent.report(arn, "PENDING", containers=both)
            await agent.report(arn, "STOPPED", containers=[])
            task = await task_of(server, arn)
            assert task["lastStatus"] == "STOPPED"
            assert task["stopCode"] == "EssentialContainerExited"
            assert task["containers"][0]["exitCode"] == 0

    play(story())


def test_reports_that_are_late_doubled_or_of_nobody_are_acknowledged(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            arn = await start_task(server, agent)
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            await agent.report(arn, "STOPPED", containers=stopped(7))
            before = await task_of(server, arn)
            for status, containers in (
                ("RUNNING", running()),
                ("PENDING", []),
                ("STOPPED", stopped(7)),
            ):
                answer = await agent.report(arn, status, containers=containers)
                assert "acknowledgment" in answer
            assert await task_of(server, arn) == before
            assert "acknowledgment" in await agent.report(f"{arn[:-4]}0000", "STOPPED")

    play(story())


def test_a_payload_without_acknowledgement_is_sent_again_after_a_reconnect(
    server: LoneServer,
) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            arn = await start_task(server, agent)
            await commands.payload_of(arn, "RUNNING")
            await commands.hang_up()
            commands = await agent.open_commands()
            await commands.acknowledge(await commands.payload_of(arn, "RUNNING"))
            await agent.report(arn, "RUNNING", containers=running())
            assert (await task_of(server, arn))["lastStatus"] == "RUNNING"

    play(story())


def test_of_two_connections_the_newer_one_is_used(server: LoneServer) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            await agent.open_commands()
            newer = await agent.open_commands()
            arn = await start_task(server, agent)
            await newer.acknowledge(await newer.payload_of(arn, "RUNNING"))
            assert (await record_of(server, agent))["agentConnected"] is True

    play(story())


def test_after_a_reconnect_surplus_tasks_are_found_by_manifest_and_confirmed(
    server: LoneServer,
) -> None:
    async def story() -> None:
        async with registered(server) as agent:
            commands = await agent.open_commands()
            arn = await start_task(server, agent)
            message = await commands.payload_of(arn, "RUNNING")
            await commands.acknowledge(message)
            await agent.report(arn, "RUNNING", containers=running())
            await commands.hang_up()
            commands = await agent.open_commands()
            manifest = await commands.next("TaskManifestMessage")
            await commands.acknowledge(manifest)
            assert manifest["timeline"] > message["seqNum"]
            assert [(one["taskArn"], one["desiredStatus"]) for one in manifest["tasks"]] == [
                (arn, "RUNNING")
            ]
            surplus = f"{arn[:-4]}0000"
            candidates = [
                {
                    "desiredStatus": "STOPPED",
                    "taskArn": one,
                    "taskClusterArn": manifest["clusterArn"],
                }
                for one in (surplus, arn)
            ]
            await commands.say(
                "TaskStopVerificationMessage",
                messageId=manifest["messageId"],
                stopCandidates=candidates,
            )
            confirmed = await commands.next("TaskStopVerificationAck")
            assert confirmed["messageId"] == manifest["messageId"]
            assert [one["taskArn"] for one in confirmed["stopTasks"]] == [surplus]

    play(story())


def test_numbers_rise_across_restarts_of_the_server(tmp_path_factory: Any) -> None:
    server = LoneServer(tmp_path_factory.mktemp("restarted") / "d")

    async def story() -> None:
        await ask(server, "create_cluster", clusterName="default")
        async with registered(server) as agent:
            seen = []
            for number in (signal.SIGTERM, signal.SIGKILL, None):
                commands = await agent.open_commands()
                manifest = await commands.next("TaskManifestMessage")
                await commands.acknowledge(manifest)
                seen.append(manifest["timeline"])
                if number is not None:
                    await asyncio.to_thread(server.end, number)
                    await asyncio.to_thread(server.start)
            assert seen == sorted(set(seen))

    server.start()
    try:
        play(story())
    finally:
        server.end(signal.SIGKILL)


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
