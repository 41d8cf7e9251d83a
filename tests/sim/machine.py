"""A machine: containers, which outlive their agent, and whoever keeps an agent running.

What must never happen here: two containers of one task's container at the same time, or one that
is started again after it ended.
"""

import asyncio
import random
from collections.abc import Callable

import msgspec

from roadstead.agent.ends import EXIT_TERMINAL
from roadstead.agent.journal import Identity
from roadstead.agent.runtime.port import (
    ContainerSpec,
    Exit,
    NetworkBinding,
    RuntimeFailure,
    Started,
)
from roadstead.keys import Key
from sim.agent_process import AgentProcess, PowerSafeJournal, settings_of
from sim.devices import Devices
from sim.loop import SimClock
from sim.network import Link
from sim.registry import Registry
from sim.runtime import KILLED

TERMINATED = 143


class Hardships:
    """How often the runtime's steps fail; all 0 once the faults stop."""

    def __init__(self) -> None:
        self.pull_fails = 0.0
        self.create_fails = 0.0
        self.start_fails = 0.0
        self.remove_fails = 0.0
        self.attach_fails = 0.0
        self.slow = 0.0


class Container(msgspec.Struct):
    """A container as its machine knows it."""

    spec: ContainerSpec
    bindings: tuple[NetworkBinding, ...] = ()
    started: Started | None = None
    exit: Exit | None = None
    is_sick: bool = False
    """Its health checks fail."""

    @property
    def is_running(self) -> bool:
        return self.started is not None and self.exit is None


class Machine:
    """One EC2 instance."""

    def __init__(
        self,
        key: Key,
        zone: str,
        cpu_units: int,
        memory_mib: int,
        cluster: str,
        instance_type: str,
        link: Link,
        rng: random.Random,
        hardships: Hardships,
        registry: Registry,
        starts: Callable[["Machine", Container], None],
        fail: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self.key = key
        self.id = key.arn.rpartition("/")[2]
        self.link = link
        self.hardships = hardships
        self.registry = registry
        self.rng = rng
        self.clock = SimClock(ahead_seconds=rng.uniform(-3, 3))
        self.containers: dict[str, Container] = {}
        self.devices = Devices()
        self.ended: set[tuple[str, str]] = set()
        """(task ARN, container name) of what has run and ended."""
        self.journal = PowerSafeJournal.empty()
        self.is_powered = True
        self.is_gone = False
        """Terminated: it never comes back."""
        self.exit_status: int | None = None
        """Of the last agent; None while one runs."""
        self.agent_wanted = asyncio.Event()
        self.agent_wanted.set()
        self.agent: AgentProcess | None = None
        self.agents = 0
        self.settings = settings_of(
            self.id, zone, cpu_units, memory_mib, cluster, instance_type, rng
        )
        self._starts = starts
        self.fail = fail
        self.tell = tell

    @property
    def identity(self) -> Identity | None:
        return self.journal.identity()

    @property
    def running(self) -> dict[str, Container]:
        return {i: each for i, each in self.containers.items() if each.is_running}

    async def supervise(self) -> None:
        """Keep an agent running, as systemd would; for ever."""
        while True:
            await self.agent_wanted.wait()
            self.agents += 1
            self.agent = AgentProcess(self, self.agents)
            self.exit_status = None
            status = await self.agent.run()
            self.agent = None
            self.exit_status = status
            self.tell(f"agent of {self.id} ended with {status}")
            if status == EXIT_TERMINAL:
                self.agent_wanted.clear()
            await asyncio.sleep(self.rng.uniform(0.5, 5.0))

    def kill_agent(self) -> None:
        """kill -9. It is started again if it is wanted."""
        if self.agent is not None:
            self.link.cut()
            self.agent.kill()

    def power_off(self, *, disk_loses: bool = False) -> None:
        """Everything ends at once, and nobody is told. `disk_loses`: what was not flushed."""
        self.is_powered = False
        self.agent_wanted.clear()
        self.link.silence()
        if self.agent is not None:
            self.agent.kill()
        for container_id in list(self.running):
            self.end(container_id, KILLED, told=False)
        self.devices.clear()
        if disk_loses:
            self.journal = self.journal.after_power_loss()

    def power_on(self) -> None:
        self.is_powered = True
        self.agent_wanted.set()

    def reinstall(self) -> None:
        """The agent's folder is emptied; what runs, runs on, and no agent knows it."""
        assert self.agent is None
        self.journal = PowerSafeJournal.empty()
        self.ended.clear()
        self.agent_wanted.set()

    def tidy(self) -> None:
        """Someone ends and removes the containers and networks that no agent knows any more.

        What has ended long ago too: as long as it is there, nobody else gets its port.
        """
        known = {c.container_id for task in self.journal.tasks() for c in task.containers}
        for container_id in [each for each in self.containers if each not in known]:
            self.end(container_id, KILLED)
            if self.agent is None:
                self.remove(container_id)
            else:
                self.agent.runtime.take_away(container_id)
        tasks = {task.arn for task in self.journal.tasks()}
        for arn in [each for each in self.devices.namespaces if each not in tasks]:
            self.devices.release(arn)

    def end(self, container_id: str, code: int, reason: str = "", *, told: bool = True) -> None:
        """A container's process ends."""
        container = self.containers.get(container_id)
        if container is None or not container.is_running:
            return
        container.exit = Exit(container_id, code, self.clock.now(), reason)
        self.ended.add((container.spec.task_arn, container.spec.container_name))
        self.tell(f"container {container_id[:8]} on {self.id} ends with {code}")
        if told and self.agent is not None:
            runtime, exit_ = self.agent.runtime, container.exit
            seconds = self.rng.uniform(0.0, 0.05)
            if self.rng.random() < self.hardships.slow:
                seconds = self.rng.uniform(0.0, 5.0)
            asyncio.get_running_loop().call_later(seconds, runtime.told.put_nowait, exit_)

    def make(self, spec: ContainerSpec, bindings: tuple[NetworkBinding, ...]) -> None:
        self.containers[spec.container_id] = Container(spec, bindings)

    def remove(self, container_id: str) -> None:
        self.end(container_id, KILLED, told=False)
        self.containers.pop(container_id, None)

    def start(self, container_id: str) -> Started:
        """Let it run. Raises: RuntimeFailure"""
        container = self.containers[container_id]
        if container.started is not None:
            return container.started
        spec = container.spec
        twin = (spec.task_arn, spec.container_name)
        for other in self.running.values():
            if (other.spec.task_arn, other.spec.container_name) == twin:
                self.fail(f"two containers {twin} run on {self.id}")
        if twin in self.ended:
            self.fail(f"{twin} ended on {self.id} and is started again")
        if spec.network_mode == "awsvpc" and self.devices.of_task(spec.task_arn) is None:
            raise RuntimeFailure("CannotStartContainerError", "its task has no network")
        self._starts(self, container)
        container.started = Started(1, self.clock.now(), container.bindings)
        self.tell(f"container {container_id[:8]} of {spec.task_arn[-8:]} runs on {self.id}")
        self._plan_end(container_id, spec.image)
        return container.started

    def signal(self, container_id: str, signal: str) -> None:
        container = self.containers.get(container_id)
        if container is None or not container.is_running:
            return
        if signal == "SIGKILL":
            self.end(container_id, KILLED)
        elif not container.spec.image.startswith("stubborn"):
            self._end_later(container_id, self.rng.uniform(0.01, 2.0), TERMINATED)

    def sicken(self, container_id: str) -> None:
        """From now on its health checks fail, if it has any."""
        container = self.containers.get(container_id)
        if container is not None:
            container.is_sick = True

    def _plan_end(self, container_id: str, image: str) -> None:
        if image.startswith("job"):
            self._end_later(container_id, self.rng.uniform(5, 60), 0)
        elif image.startswith("flap"):
            self._end_later(container_id, self.rng.uniform(0.2, 30), 1)
        elif image.startswith("ailing"):
            self.sicken(container_id)
        elif image.startswith("sicken"):
            seconds = self.rng.uniform(20, 200)
            asyncio.get_running_loop().call_later(seconds, self.sicken, container_id)

    def _end_later(self, container_id: str, seconds: float, code: int) -> None:
        asyncio.get_running_loop().call_later(seconds, self.end, container_id, code)
