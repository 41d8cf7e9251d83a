"""Health checks of real containers, from the engine to the process and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from busybox_image import APPLETS
from container_instance import TASK_ARN, Instance
from demo.image import write_oci_layout

from roadstead.agent.carrier import Carrier
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.engine import Engine
from roadstead.agent.engine.records import ContainerState
from roadstead.agent.engine.turn import EngineSettings
from roadstead.agent.journal import Journal
from roadstead.agent.reporter import Reporter
from roadstead.agent.runtime.images import Images
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent_protocol.messages import acs
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds

ARN = TASK_ARN + "1" * 32
SETTINGS = EngineSettings(cluster="test", region="us-east-1", cpu_units=2048, memory_mib=2048)
ALIVE = ["sh", "-c", "touch /tmp/alive; sleep 600"]


class Agent:
    """An agent without a control plane. `heard`: the healths of its one container, in order."""

    def __init__(self, runtime: OciRuntime, group: asyncio.TaskGroup) -> None:
        self.runtime = runtime
        self.heard: list[str] = []
        self.engine = Engine(SETTINGS, SystemIds())
        self.carrier = Carrier(
            engine=self.engine, runtime=runtime, journal=Journal.in_memory(),
            reporter=Reporter("test", _accept, SystemIds()), clock=SystemClock(), group=group,
            pull_behaviour="prefer-cached",
        )  # fmt: skip
        self.carrier.link = self
        self.routines = [
            group.create_task(self.carrier.watch_exits()),
            group.create_task(self.carrier.timers.run()),
        ]

    def run(self, test: list[str], command: list[str], **members: Any) -> None:
        check = {"Test": test, "Interval": 200_000_000, "Timeout": 500_000_000, "Retries": 2}
        config = json.dumps({"Healthcheck": check})
        container = {
            "name": "app", "image": "busybox", "essential": True, "memory": 64, "command": command,
            "healthCheckType": "docker", "dockerConfig": {"config": config},
        }  # fmt: skip
        task = {"arn": ARN, "desiredStatus": "RUNNING", "networkMode": "none"}
        raw = msgspec.Raw(json.dumps(task | {"containers": [container | members]}).encode())
        message = acs.PayloadMessage(
            message_id="m", cluster_arn="c", container_instance_arn="i", tasks=(raw,)
        )
        self.carrier.feed(tell.PayloadReceived(message))

    def container(self) -> ContainerState:
        task = self.engine.task(ARN)
        assert task is not None
        return task.containers[0]

    async def hears(self, *healths: str) -> None:
        """Wait until these are the healths so far."""
        while self.heard[: len(healths)] != list(healths):
            assert self.container().status != "STOPPED", self.container().reason
            await asyncio.sleep(0.02)

    def health_changed(self, task_arn: str) -> None:
        assert task_arn == ARN
        self.heard.append(self.container().health)

    async def accept(self, message: acs.ServerMessage) -> None:
        pass

    async def say(self, message: acs.AgentMessage) -> None:
        raise AssertionError(message)


async def _accept(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    assert operation == "SubmitTaskStateChange"
    return {}


def run(instance: Instance, story: Callable[[Agent], Awaitable[None]]) -> None:
    async def test() -> None:
        runtime = await instance.open()
        async with asyncio.TaskGroup() as group:
            agent = Agent(runtime, group)
            await story(agent)
            for routine in agent.routines:
                routine.cancel()
        await runtime.close()

    instance.run(test)


def test_a_container_gets_healthy_unhealthy_and_healthy_again(instance: Instance) -> None:
    async def story(agent: Agent) -> None:
        agent.run(["CMD-SHELL", "ls /tmp/alive && echo is there"], ALIVE)
        await agent.hears("HEALTHY")
        assert agent.container().health_message == "/tmp/alive\nis there\n"
        container_id = agent.container().container_id
        await agent.runtime.execute(
            container_id, ("/bin/sh", "-c", "mv /tmp/alive /tmp/dead"), timeout_seconds=5
        )
        await agent.hears("HEALTHY", "UNHEALTHY")
        assert "No such file" in agent.container().health_message
        await agent.runtime.execute(container_id, ("/bin/touch", "/tmp/alive"), timeout_seconds=5)
        await agent.hears("HEALTHY", "UNHEALTHY", "HEALTHY")

    run(instance, story)


def test_a_check_that_hangs_is_a_failure(instance: Instance) -> None:
    async def story(agent: Agent) -> None:
        agent.run(["CMD", "sleep", "600"], ALIVE)
        await agent.hears("UNHEALTHY")
        assert agent.container().health_message == "Health check exceeded timeout (0.5s): "

    run(instance, story)


def test_a_container_without_a_shell_is_checked_by_a_program_of_its_own(
    instance: Instance,
) -> None:
    folder = instance.data_dir.parent / "no-shell"
    applets = [name for name in APPLETS.split() if name != "sh"]
    layout = write_oci_layout(folder, applets=applets, files={}, config={})
    Images(instance.images_dir).import_image(layout, "no-shell")

    async def with_program(agent: Agent) -> None:
        agent.run(["CMD", "/bin/true"], ["/bin/sleep", "600"], image="no-shell")
        await agent.hears("HEALTHY")

    async def with_shell(agent: Agent) -> None:
        agent.run(["CMD-SHELL", "true"], ["/bin/sleep", "600"], image="no-shell")
        await agent.hears("UNHEALTHY")
        assert "/bin/sh" in agent.container().health_message

    run(instance, with_program)
    run(instance, with_shell)
