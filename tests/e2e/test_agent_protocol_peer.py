"""Amazon's open-source agent finds here what it needs: real HTTP and websockets, not our code."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from lone_server import KEY_ID, SECRET, LoneServer
from peer_agent import ATTRIBUTES, ApiRefused, NotLetIn, PeerAgent
from peer_world import (
    BINDING,
    DIGEST,
    RUNTIME_ID,
    ask,
    play,
    prepare,
    record_of,
    registered,
    running,
    start_task,
    stopped,
    task_of,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneServer]:
    one = LoneServer(tmp_path_factory.mktemp("server") / "d")
    one.start()
    prepare(one)
    yield one
    one.end()


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
