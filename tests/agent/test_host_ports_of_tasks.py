"""A port of a task whose end the control plane does not know is given to nobody."""

import asyncio
from typing import Any

from fake_runtime import FIRST_PORT, FakeRuntime
from stand_in import AgentProcess, ControlPlane, arn, stop, task, virtually

from roadstead.agent.journal import Journal

PORTED = {"portMappings": [{"containerPort": 80, "protocol": "tcp"}]}
REST_SECONDS = 60.0
REPORT = "SubmitTaskStateChange"


async def port_of_a_new(plane: ControlPlane, runtime: FakeRuntime, name: str) -> int:
    await plane.send(task(name, **PORTED))
    await asyncio.sleep(1)
    [binding] = runtime.started[runtime.id_of(name)].network_bindings
    return binding.host_port


@virtually
async def test_the_port_of_a_task_that_ended_is_not_given_away_before_the_end_is_acknowledged(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    assert await port_of_a_new(plane, runtime, "web") == FIRST_PORT
    plane.unheard.add(REPORT)
    runtime.end("web", 1)
    await asyncio.sleep(3600)
    assert "web" not in runtime.names()
    runtime.choose_lowest()
    assert await port_of_a_new(plane, runtime, "other") == FIRST_PORT + 1
    await agent.kill()


@virtually
async def test_an_agent_restarted_between_an_end_and_its_acknowledgement_keeps_the_port(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    assert await port_of_a_new(plane, runtime, "web") == FIRST_PORT
    plane.unheard.add(REPORT)
    runtime.end("web", 1)
    await asyncio.sleep(1)
    assert plane.statuses(arn("web")) == ["RUNNING"]
    await agent.kill()
    agent.start()
    await asyncio.sleep(1)
    assert await port_of_a_new(plane, runtime, "second") == FIRST_PORT + 1

    await agent.kill()
    plane.unheard.clear()
    agent.start()
    await asyncio.sleep(1)
    assert plane.statuses(arn("web")) == ["RUNNING", "STOPPED"]
    runtime.choose_lowest()
    assert await port_of_a_new(plane, runtime, "third") == FIRST_PORT + 2

    await asyncio.sleep(REST_SECONDS)
    runtime.choose_lowest()
    assert await port_of_a_new(plane, runtime, "fourth") == FIRST_PORT
    await agent.stop()


@virtually
async def test_a_container_restarted_in_place_keeps_its_port(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    policy = {"enabled": True, "restartAttemptPeriod": 60}
    await plane.send(task("web", restartPolicy=policy, **PORTED))
    await asyncio.sleep(100)
    runtime.end("web", 1)
    await asyncio.sleep(1)
    [binding] = runtime.started[runtime.id_of("web")].network_bindings
    assert (runtime.names(), binding.host_port) == (["web"], FIRST_PORT)
    assert runtime.steps.count(("create", "web")) == 2
    await agent.stop()


class NotingJournal(Journal):
    """Says how much of what was written is on the disk."""

    unsafe = 0

    def write(self, changes: Any) -> None:
        super().write(changes)
        self.unsafe += 1

    async def flush(self) -> None:
        await super().flush()
        self.unsafe = 0


@virtually
async def test_nothing_is_told_of_a_task_that_a_power_loss_could_make_the_agent_forget(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    journal = NotingJournal.in_memory()
    assert isinstance(journal, NotingJournal)
    agent.journal = journal
    unsafe: list[int] = []
    heard = plane.api

    async def noting(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation == REPORT:
            unsafe.append(journal.unsafe)
        return await heard(operation, request)

    plane.api = noting  # type: ignore[method-assign]
    agent.start()
    await asyncio.sleep(1)
    await port_of_a_new(plane, runtime, "web")
    await plane.send(stop("web"))
    await asyncio.sleep(1)
    assert unsafe == [0, 0]
    await agent.stop()
