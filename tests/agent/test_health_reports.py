"""Container health on its way to the control plane, on virtual time and with a fake runtime."""

import asyncio
import json
from typing import Any

from fake_runtime import FakeRuntime
from stand_in import INSTANCE, AgentProcess, ControlPlane, arn, task
from test_program import virtually

from roadstead.agent.runtime.port import Executed
from roadstead.agent.telemetry import TASKS_AT_ONCE_MAX
from roadstead.agent_protocol.messages import tcs


def checked(name: str) -> dict[str, Any]:
    """A task whose one container is checked every 10 s."""
    check = {"Test": ["CMD", "check"], "Interval": 10_000_000_000, "Retries": 1}
    config = json.dumps({"Healthcheck": check})
    return task(name, healthCheckType="docker", dockerConfig={"config": config})


def told(plane: ControlPlane, name: str) -> list[tcs.ContainerHealth]:
    """What was told of a task's container, in order."""
    return [
        each
        for message in plane.telemetry
        if isinstance(message, tcs.PublishHealthRequest)
        for of_task in message.tasks
        if of_task.task_arn == arn(name)
        for each in of_task.containers
    ]


@virtually
async def test_a_change_of_health_is_told_at_once(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(checked("web"))
    await asyncio.sleep(9.9)
    assert [each.health_status for each in told(plane, "web")] == []
    await asyncio.sleep(0.2)
    since = plane.clock.now().timestamp() - 0.1
    assert [each.health_status for each in told(plane, "web")] == ["HEALTHY"]
    assert abs(told(plane, "web")[0].status_since - since) < 0.2
    runtime.results["web"] = Executed(1, "refused")
    await asyncio.sleep(10)
    assert (told(plane, "web")[-1].health_status, told(plane, "web")[-1].status_message) == (
        "UNHEALTHY",
        "refused",
    )
    await agent.stop()


@virtually
async def test_health_is_told_again_every_20_seconds_and_when_the_channel_opens(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(checked("web"))
    await asyncio.sleep(15)
    before = len(told(plane, "web"))
    await asyncio.sleep(60)
    assert len(told(plane, "web")) == before + 3
    await agent.stop()
    plane.telemetry.clear()
    agent.start()
    await asyncio.sleep(1)
    assert [each.health_status for each in told(plane, "web")] == ["HEALTHY"]
    assert runtime.executed[-1] == ("web", ("check",))
    checks = len(runtime.executed)
    await asyncio.sleep(10)
    assert len(runtime.executed) == checks + 1  # the next agent goes on
    await agent.stop()


@virtually
async def test_health_of_many_tasks_is_told_in_several_messages(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    names = [f"web{number}" for number in range(TASKS_AT_ONCE_MAX + 2)]
    for name in names:
        await plane.send(checked(name))
    await asyncio.sleep(15)
    plane.telemetry.clear()
    await asyncio.sleep(20)
    messages = [each for each in plane.telemetry if isinstance(each, tcs.PublishHealthRequest)]
    assert [(len(each.tasks), each.metadata.fin) for each in messages] == [
        (TASKS_AT_ONCE_MAX, False),
        (2, True),
    ]
    assert messages[0].metadata.container_instance == INSTANCE
    await agent.stop()


@virtually
async def test_a_container_that_ended_or_has_no_check_has_no_health(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.send(checked("web"))
    await plane.send(task("plain"))
    await asyncio.sleep(15)
    runtime.end("web", 1)
    await asyncio.sleep(1)
    plane.telemetry.clear()
    await asyncio.sleep(40)
    assert told(plane, "web") == told(plane, "plain") == []
    assert any(isinstance(each, tcs.PublishMetricsRequest) for each in plane.telemetry)
    await agent.stop()
