"""Agent sessions: what agents are told and when, and what the state learns of their coming.

The real sessions on the real store; only the network and time are played.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from agents import ARN, AgentChannel, World, played, settle

from given import a_call, a_subnet, a_task, a_task_interface, a_vpc, task_arn, tuned
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import SUBNETS, VPCS
from roadstead.ecs.reconcilers import lost_host
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import TUNING
from roadstead.ecs.transitions.container_instances import InstanceRefused, deregister_instance
from roadstead.server.acs_connection import SEQUENCE_NUMBERS_PER_CONNECTION
from roadstead.server.agent_sessions import DISCONNECTED_AFTER_SECONDS, RECONNECT_SECONDS_MAX
from roadstead.store.memory import MemoryLog

Story = Callable[[World], Coroutine[Any, Any, None]]


def pending(number: int, **fields: Any) -> Any:
    return a_task(number, **{"last_status": "PENDING", **fields})


def test_a_connection_makes_the_instance_connected_and_tells_its_versions() -> None:
    async def story(world: World) -> None:
        await world.connect()
        instance = world.instance
        assert instance.agent_connected
        assert (instance.agent_version, instance.agent_hash, instance.docker_version) == (
            "1.105.1",
            "a8b3e7d3",
            "20.10.24",
        )

    played(story, World)


def test_a_connection_begins_with_the_manifest_and_every_task_that_is_not_stopped() -> None:
    async def story(world: World) -> None:
        world.put(pending(1))
        world.put(a_task(2, desired_status="STOPPED"))
        world.put(a_task(3, last_status="STOPPED"))
        channel = await world.connect()
        assert isinstance(channel.sent[0], acs.TaskManifestMessage)
        assert channel.payloads() == [("1", "RUNNING"), ("2", "STOPPED")]

    played(story, World)


def test_a_task_that_starts_is_sent_and_its_stop_too_each_once() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        world.put(pending(1))
        await settle()
        world.put(a_task(1))
        world.put(a_task(1, desired_status="STOPPED"))
        await settle()
        world.put(a_task(1, last_status="STOPPED"))
        await settle()
        assert channel.payloads() == [("1", "RUNNING"), ("1", "STOPPED")]

    played(story, World)


def test_a_task_is_told_once_its_interface_is_attached_and_its_stop_once_it_is_drained() -> None:
    async def story(world: World) -> None:
        world.store.update(lambda tx: tx.put(VPCS, a_vpc()))
        world.store.update(lambda tx: tx.put(SUBNETS, a_subnet()))
        channel = await world.connect()
        interface = a_task_interface()

        async def becomes(last_status: str, desired_status: str, *told: tuple[str, str]) -> None:
            world.put(
                a_task(
                    1,
                    last_status=last_status,
                    desired_status=desired_status,
                    interface=interface,
                )
            )
            await settle()
            assert channel.payloads() == list(told), last_status

        await becomes("PROVISIONING", "RUNNING")
        await becomes("PENDING", "RUNNING", ("1", "RUNNING"))
        await becomes("RUNNING", "RUNNING", ("1", "RUNNING"))
        await becomes("DEACTIVATING", "STOPPED", ("1", "RUNNING"))
        again = await world.connect()
        assert again.payloads() == [("1", "RUNNING")]
        manifest = again.sent[0]
        assert isinstance(manifest, acs.TaskManifestMessage)
        assert [each.task_arn for each in manifest.tasks] == [task_arn(1)]
        channel = again
        await becomes("STOPPING", "STOPPED", ("1", "RUNNING"), ("1", "STOPPED"))
        await becomes("DEPROVISIONING", "STOPPED", ("1", "RUNNING"), ("1", "STOPPED"))
        third = await world.connect()
        assert third.payloads() == []

    played(story, World)


def test_a_task_that_cannot_be_told_does_not_hide_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(world: World) -> None:
        world.put(pending(1, task_definition_arn=task_arn(9)))
        world.put(pending(2))
        channel = await world.connect()
        assert channel.payloads() == [("2", "RUNNING")]
        assert channel.close_code == 0

    played(story, World)
    assert "no payload can be made of" in caplog.text


def test_a_task_of_another_instance_is_not_sent() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        world.put(pending(1, instance=2))
        await settle()
        assert channel.payloads() == []

    played(story, World)


def test_nothing_is_sent_before_the_log_has_it() -> None:
    gate = asyncio.Semaphore(100)

    async def wait() -> None:
        await gate.acquire()

    async def story(world: World) -> None:
        channel = await world.connect()
        while not gate.locked():
            await gate.acquire()
        world.put(pending(1))
        await asyncio.sleep(1)
        assert channel.payloads() == []
        gate.release()
        await settle()
        assert channel.payloads() == [("1", "RUNNING")]
        gate.release()

    played(story, lambda: World(MemoryLog(before_append=wait)))


def test_sequence_numbers_rise_from_connection_to_connection() -> None:
    async def story(world: World) -> None:
        world.put(pending(1))
        numbers = []
        for _ in range(3):
            channel = await world.connect()
            numbers.append(channel.messages(acs.TaskManifestMessage)[0].timeline)
            numbers.append(channel.messages(acs.PayloadMessage)[0].seq_num)
            channel.hang_up()
            await settle()
        assert numbers == sorted(set(numbers))
        assert numbers[0] > SEQUENCE_NUMBERS_PER_CONNECTION

    played(story, World)


def test_what_an_agent_has_not_finished_is_sent_again_after_a_reconnect() -> None:
    async def story(world: World) -> None:
        world.put(pending(1))
        first = await world.connect()
        first.hang_up()
        second = await world.connect()
        assert first.payloads() == second.payloads() == [("1", "RUNNING")]

    played(story, World)


def test_a_newer_connection_replaces_the_older_and_the_agent_stays_connected() -> None:
    async def story(world: World) -> None:
        older = await world.connect()
        newer = await world.connect()
        assert older.close_code == 1008
        assert newer.close_code == 0
        await asyncio.sleep(10 * DISCONNECTED_AFTER_SECONDS)
        assert world.instance.agent_connected
        world.put(pending(1))
        await settle()
        assert newer.payloads() == [("1", "RUNNING")]
        assert older.payloads() == []

    played(story, World)


@pytest.mark.parametrize("code", [1000, 1006])
def test_a_short_gap_between_connections_is_not_seen_in_the_state(code: int) -> None:
    async def story(world: World) -> None:
        seen: list[bool] = []
        world.store.on_commit(lambda _: seen.append(world.instance.agent_connected))
        channel = await world.connect()
        channel.hang_up(code)
        await asyncio.sleep(DISCONNECTED_AFTER_SECONDS - 1)
        await world.connect()
        await asyncio.sleep(10)
        assert all(seen)

    played(story, World)


def test_an_agent_that_stays_away_is_disconnected_after_a_few_seconds() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        channel.hang_up()
        await asyncio.sleep(DISCONNECTED_AFTER_SECONDS - 0.5)
        assert world.instance.agent_connected
        await asyncio.sleep(1)
        assert not world.instance.agent_connected

    played(story, World)


def test_disconnect_detected_within_minutes() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        while channel.close_code == 0:
            await asyncio.sleep(1)
        await settle()
        assert not world.instance.agent_connected
        assert len(channel.messages(acs.HeartbeatMessage)) == 2

    played(story, World)


def test_an_agent_that_answers_heartbeats_stays() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        answered = 0
        for _ in range(600):
            await asyncio.sleep(1)
            beats = channel.messages(acs.HeartbeatMessage)
            for beat in beats[answered:]:
                channel.say(acs.HeartbeatAckRequest(message_id=beat.message_id))
            answered = len(beats)
        assert channel.close_code == 0
        assert answered >= 10

    played(story, World)


def test_after_a_restart_agents_have_a_while_to_come_back() -> None:
    async def story(world: World) -> None:
        await asyncio.sleep(RECONNECT_SECONDS_MAX - 1)
        assert world.instance.agent_connected
        await asyncio.sleep(2)
        assert not world.instance.agent_connected

    played(story, lambda: World(agent_connected=True, connections=4))


def test_after_a_restart_an_agent_that_came_back_in_time_was_never_away() -> None:
    async def story(world: World) -> None:
        await asyncio.sleep(RECONNECT_SECONDS_MAX - 1)
        channel = await world.connect(protocol_version=1)
        await asyncio.sleep(60)
        assert world.instance.agent_connected
        assert channel.close_code == 0

    played(story, lambda: World(agent_connected=True, connections=4))


def test_agent_after_deregistration() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        telemetry = await world.connect_telemetry()
        inactive = msgspec.structs.replace(world.instance, status="INACTIVE")
        world.store.update(lambda tx: tx.put(CONTAINER_INSTANCES, inactive))
        await settle()
        for each in (channel, telemetry):
            assert each.close_code == 1008
            assert "InactiveInstanceException" in each.close_reason
        with pytest.raises(InstanceRefused) as refusal:
            world.sessions.admit(world.query())
        assert refusal.value.kind == "InactiveInstanceException"
        with pytest.raises(InstanceRefused) as refusal:
            await world.connect_telemetry()
        assert refusal.value.kind == "InactiveInstanceException"

    played(story, World)


def test_deregister_does_not_terminate_host() -> None:
    """Nothing is said to the agent of its tasks: their containers run on, as orphans."""

    async def story(world: World) -> None:
        world.put(a_task(1))
        channel = await world.connect()
        before = channel.payloads()
        world.store.update(lambda tx: deregister_instance(tx, a_call(), world.instance))
        await settle()
        assert world.store.view.must(TASKS, task_arn(1)).last_status == "STOPPED"
        assert channel.payloads() == before
        assert channel.close_code == 1008

    played(story, World)


def test_an_instance_that_is_deregistered_while_its_connection_opens_is_closed() -> None:
    async def story(world: World) -> None:
        admitted = world.sessions.admit(world.query())
        inactive = msgspec.structs.replace(admitted, status="INACTIVE")
        world.store.update(lambda tx: tx.put(CONTAINER_INSTANCES, inactive))
        await world.store.durable()
        channel = AgentChannel()
        world.group.create_task(world.sessions.serve(channel, world.query(), admitted))
        await settle()
        assert channel.close_code == 1008

    played(story, World)


def test_an_instance_that_is_forgotten_is_refused_like_an_inactive_one() -> None:
    async def story(world: World) -> None:
        with pytest.raises(InstanceRefused) as refusal:
            world.sessions.admit(world.query(container_instance_arn=ARN[:-1] + "f"))
        assert refusal.value.kind == "InactiveInstanceException"

    played(story, World)


def test_an_agent_that_names_another_cluster_is_refused() -> None:
    async def story(world: World) -> None:
        with pytest.raises(InstanceRefused) as refusal:
            world.sessions.admit(world.query(cluster="other"))
        assert refusal.value.kind == "InvalidClusterException"
        assert not world.instance.agent_connected

    played(story, World)


def test_stops_are_confirmed_only_for_tasks_that_should_not_run() -> None:
    async def story(world: World) -> None:
        world.put(a_task(1))
        channel = await world.connect()
        manifest = channel.messages(acs.TaskManifestMessage)[0]
        candidates = tuple(acs.TaskIdentity(task_arn=task_arn(number)) for number in (1, 2))
        channel.say(
            acs.TaskStopVerificationMessage(
                message_id=manifest.message_id, stop_candidates=candidates
            )
        )
        await settle()
        (answer,) = channel.messages(acs.TaskStopVerificationAck)
        assert answer.message_id == manifest.message_id
        assert [task.task_arn for task in answer.stop_tasks] == [task_arn(2)]

    played(story, World)


def test_an_agent_that_returns_ends_what_was_given_up_while_it_was_silent() -> None:
    """The dead-host grace (ADR-0018): whatever runs there, ECS counts no second copy of it."""

    async def story(world: World) -> None:
        world.store.update(lambda tx: tx.put(TUNING, tuned(dead_host_grace_seconds=60)))
        world.put(a_task(1, service="web"))
        world.put(a_task(2))
        first = await world.connect()
        first.hang_up()
        await asyncio.sleep(DISCONNECTED_AFTER_SECONDS + 61)
        now = world.clock.now()
        plan = lost_host.reconcile(world.store.view, ARN, now)
        world.store.update(lambda tx: [each.apply(tx, a_call(now=now)) for each in plan.actions])
        channel = await world.connect()
        assert channel.payloads() == [("2", "RUNNING")]
        (manifest,) = channel.messages(acs.TaskManifestMessage)
        assert [each.task_arn for each in manifest.tasks] == [task_arn(2)]
        candidates = (acs.TaskIdentity(task_arn=task_arn(1)),)
        channel.say(
            acs.TaskStopVerificationMessage(
                message_id=manifest.message_id, stop_candidates=candidates
            )
        )
        await settle()
        (answer,) = channel.messages(acs.TaskStopVerificationAck)
        assert [each.task_arn for each in answer.stop_tasks] == [task_arn(1)]

    played(story, World)


def test_frames_that_are_no_messages_are_answered_and_at_last_end_the_connection() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        for _ in range(20):
            channel.say_text('{"type": "AckRequest"')
        await settle()
        assert channel.close_code == 1008
        assert len(channel.messages(acs.BadRequestException)) == 10

    played(story, World)


def test_a_replaced_view_is_compared_with_what_the_agent_was_told() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        await world.store.durable()
        other = World(MemoryLog(dict(world.log.kept)))
        other.put(pending(1))
        world.store.swap(other.store.view)
        await settle()
        assert channel.payloads() == [("1", "RUNNING")]

    played(story, World)


def test_stopping_the_server_asks_agents_to_come_back_at_once() -> None:
    async def story(world: World) -> None:
        channel = await world.connect()
        world.sessions.stop()
        await settle()
        assert channel.close_code == 1001
        assert world.instance.agent_connected

    played(story, World)


def test_health_told_by_telemetry_reaches_the_task_before_it_is_acknowledged() -> None:
    async def story(world: World) -> None:
        task = a_task(1)
        watched = msgspec.structs.replace(task.containers[0], has_health_check=True)
        world.put(msgspec.structs.replace(task, containers=(watched,)))
        channel = await world.connect_telemetry()
        health = tcs.ContainerHealth(container_name="app", health_status="HEALTHY")
        channel.say(
            tcs.PublishHealthRequest(
                metadata=tcs.HealthMetadata(),
                tasks=(tcs.TaskHealth(task_arn=task.arn, containers=(health,)),),
            )
        )
        await settle()
        assert world.store.view.must(TASKS, task.arn).health_status == "HEALTHY"
        assert isinstance(channel.sent[-1], tcs.AckPublishHealth)
        assert world.store.durable_sequence == world.store.sequence

    played(story, World)


def test_health_of_the_instance_reaches_its_record() -> None:
    async def story(world: World) -> None:
        channel = await world.connect_telemetry()
        status = tcs.InstanceStatus(
            type="ContainerRuntime", status="OK", last_updated=1e9, last_status_change=1e300
        )
        metadata = tcs.InstanceStatusMetadata()
        channel.say(tcs.PublishInstanceStatusRequest(metadata=metadata, statuses=(status,)))
        channel.say(tcs.PublishMetricsRequest(metadata=tcs.MetricsMetadata(idle=True)))
        await settle()
        assert world.instance.health != {}
        assert [type(message).__name__ for message in channel.sent] == [
            "AckPublishInstanceStatus",
            "AckPublishMetric",
        ]

    played(story, World)


def test_telemetry_whose_signature_is_wrong_ends_the_connection() -> None:
    def refuse(frame: str) -> str:
        raise ApiError("InvalidSignatureException", "the signature does not match")

    async def story(world: World) -> None:
        channel: AgentChannel = await world.connect_telemetry(refuse)
        channel.say(tcs.PublishMetricsRequest(metadata=tcs.MetricsMetadata()))
        await settle()
        assert channel.close_code == 1008

    played(story, World)
