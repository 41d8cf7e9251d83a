"""A machine: containers that outlive their agent, and the real agent on a runtime that only pretends.

What must never happen here: two containers of one task's container at the same time, or one that
is started again after it ended.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import msgspec

from roadstead.agent.api import ApiFailure
from roadstead.agent.configuration import AgentSettings, settings_from
from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent.ends import EXIT_TERMINAL
from roadstead.agent.journal import Identity, Journal
from roadstead.agent.program import run_agent
from roadstead.agent.runtime.port import (
    ContainerSpec,
    Exit,
    Found,
    Image,
    NetworkBinding,
    Progress,
    RuntimeFailure,
    Started,
)
from roadstead.agent_protocol.channel import Channel, ChannelRefused
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import signed_frame
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.ids import SeededIds
from roadstead.keys import Key
from sim.loop import SimClock
from sim.network import AgentChannel, Link, NoAnswer, Wire
from sim.server import ENDPOINT, HOST, REGION

KILLED = 137
TERMINATED = 143
T = TypeVar("T")


class Hardships:
    """How often the runtime's steps fail; all 0 once the faults stop."""

    def __init__(self) -> None:
        self.pull_fails = 0.0
        self.create_fails = 0.0
        self.start_fails = 0.0
        self.remove_fails = 0.0
        self.slow = 0.0


class Container(msgspec.Struct):
    """A container as its machine knows it."""

    spec: ContainerSpec
    started: Started | None = None
    exit: Exit | None = None

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
        link: Link,
        rng: random.Random,
        hardships: Hardships,
        fail: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self.key = key
        self.id = key.arn.rpartition("/")[2]
        self.link = link
        self.hardships = hardships
        self.rng = rng
        self.clock = SimClock(ahead_seconds=rng.uniform(-3, 3))
        self.containers: dict[str, Container] = {}
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
        self.settings = _settings(self.id, zone, cpu_units, memory_mib, cluster, rng)
        self.fail = fail
        self.tell = tell
        self._next_port = 32_768

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
        """Someone ends the containers that no agent knows any more."""
        known = {c.container_id for task in self.journal.tasks() for c in task.containers}
        for container_id in list(self.running):
            if container_id not in known:
                self.end(container_id, KILLED)

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

    def make(self, spec: ContainerSpec) -> None:
        if spec.container_id not in self.containers:
            self.containers[spec.container_id] = Container(spec)

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
        bindings = tuple(
            NetworkBinding(each.container_port, each.host_port or self._port(), each.protocol)
            for each in spec.port_mappings
        )
        taken = {
            each.host_port
            for other in self.running.values()
            if other.started is not None
            for each in other.started.network_bindings
        }
        if any(each.host_port in taken for each in bindings):
            raise RuntimeFailure("CannotStartContainerError", "port is already allocated")
        container.started = Started(1, self.clock.now(), bindings)
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

    def _plan_end(self, container_id: str, image: str) -> None:
        if image.startswith("job"):
            self._end_later(container_id, self.rng.uniform(5, 60), 0)
        elif image.startswith("flap"):
            self._end_later(container_id, self.rng.uniform(0.2, 30), 1)

    def _end_later(self, container_id: str, seconds: float, code: int) -> None:
        asyncio.get_running_loop().call_later(seconds, self.end, container_id, code)

    def _port(self) -> int:
        self._next_port += 1
        return self._next_port - 1


class AgentProcess:
    """One life of the real agent on a machine."""

    def __init__(self, machine: Machine, number: int) -> None:
        self.machine = machine
        self.runtime = SimRuntime(machine)
        self._rng = machine.rng
        self._credentials = Credentials(machine.key.access_key_id, machine.key.secret_access_key)
        self._stop = asyncio.Event()
        self._routine: asyncio.Task[int] | None = None
        self._number = number

    @property
    def is_alive(self) -> bool:
        return self.runtime.is_alive

    async def run(self) -> int:
        """Its exit status; that of kill -9 if it was killed."""
        machine = self.machine
        try:
            async with asyncio.TaskGroup() as group:
                self._routine = group.create_task(
                    run_agent(
                        machine.settings,
                        clock=SimClock(
                            ahead_seconds=machine.clock.ahead_seconds,
                            began_seconds=self._rng.uniform(0, 1_000_000),
                        ),
                        ids=SeededIds(self._rng.getrandbits(64)),
                        runtime=self.runtime,
                        journal=machine.journal,
                        api=self.call,
                        connector=self,
                        stop=self._stop,
                    )
                )
            status = KILLED if self._routine.cancelled() else self._routine.result()
        except ExceptionGroup as error:
            machine.fail(f"the agent of {machine.id} raised {error.exceptions!r}")
            status = EXIT_TERMINAL
        self.runtime.die()
        machine.link.cut()
        return status

    def kill(self) -> None:
        """Nothing of it acts any more."""
        self.runtime.die()
        if self._routine is not None:
            self._routine.cancel()

    # What the agent's ports do

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One signed call. Raises: ApiFailure"""
        try:
            response = await self.machine.link.call(
                signed_call(operation, request, self._credentials, self.machine.clock)
            )
        except NoAnswer as failure:
            await self._only_alive()
            raise ApiFailure("", str(failure)) from failure
        await self._only_alive()
        answer = msgspec.json.decode(response.body)
        if response.status != 200:
            kind = str(answer.get("__type", "")).rpartition("#")[2]
            raise ApiFailure(kind, str(answer.get("message", "")), response.status)
        assert isinstance(answer, dict)
        return answer

    async def open_acs(self, endpoint: str, query: str) -> Channel:
        wire, _ = await self._open(endpoint, query)
        return AgentChannel(wire, lambda text: text)

    async def open_tcs(self, endpoint: str, query: str) -> Channel:
        wire, handshake = await self._open(endpoint, query)

        def seal(text: str) -> str:
            now = self.machine.clock.now()
            return signed_frame(
                text.encode(), handshake, self._credentials, REGION, "ecs", now
            ).decode()

        return AgentChannel(wire, seal)

    async def _open(self, endpoint: str, query: str) -> tuple[Wire, HttpRequest]:
        path = endpoint.removeprefix(ENDPOINT).rstrip("/") + "/ws"
        bare = HttpRequest("GET", path, query, {"host": HOST}, b"")
        signed = sign(bare, self._credentials, REGION, "ecs", self.machine.clock.now())
        handshake = msgspec.structs.replace(bare, headers=bare.headers | signed)
        try:
            wire = await self.machine.link.open(handshake)
        except NoAnswer as failure:
            raise ConnectionFailed(str(failure)) from failure
        await self._only_alive()
        status, body = wire.opened.result()
        if status == 101:
            return wire, bare
        wire.forget()
        if status == 0:
            raise ConnectionFailed("the connection broke")
        raise ChannelRefused(status, body.decode())

    async def _only_alive(self) -> None:
        if not self.is_alive:
            await asyncio.Event().wait()


class SimRuntime:
    """The `Runtime` port of one agent process; the containers are the machine's."""

    def __init__(self, machine: Machine) -> None:
        self.is_alive = True
        self.told: asyncio.Queue[Exit] = asyncio.Queue()
        self._machine = machine
        self._rng = machine.rng
        for container in machine.containers.values():
            if container.exit is not None:
                self.told.put_nowait(container.exit)

    def die(self) -> None:
        self.is_alive = False

    async def pull(
        self, image: str, *, behaviour: str = "default", progress: Progress | None = None
    ) -> Image:
        await self._take(0.05, 2.0)
        if image.startswith("missing") or self._fails(self._machine.hardships.pull_fails):
            raise RuntimeFailure("CannotPullContainerError", f"pull of {image} failed")
        return Image(image, "sha256:" + "0" * 64)

    async def create(self, spec: ContainerSpec) -> None:
        if self._fails(self._machine.hardships.create_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("CannotCreateContainerError", "no space left")
        await self._take(0.01, 0.2, lambda: self._machine.make(spec))

    async def start(self, container_id: str) -> Started:
        await self._take(0.0, 0.02)
        image = self._machine.containers[container_id].spec.image
        if image.startswith("broken") or self._fails(self._machine.hardships.start_fails):
            raise RuntimeFailure("CannotStartContainerError", "exec format error")
        started = self._machine.start(container_id)
        await self._take(0.0, 0.05)
        return started

    async def signal(self, container_id: str, signal: str) -> None:
        await self._only_alive()
        self._machine.signal(container_id, signal)

    async def remove(self, container_id: str) -> None:
        if self._fails(self._machine.hardships.remove_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("CannotRemoveContainerError", "device or resource busy")
        await self._take(0.01, 0.2, lambda: self._machine.remove(container_id))

    async def remove_task(self, task_arn: str) -> None:
        await self._take(0.0, 0.05)

    async def found(self) -> list[Found]:
        await self._take(0.01, 0.1)
        return [
            Found(
                container_id,
                "exited" if each.exit else "running" if each.started else "created",
                each.started,
                each.exit,
            )
            for container_id, each in self._machine.containers.items()
        ]

    async def exits(self) -> AsyncIterator[Exit]:
        while True:
            yield await self.told.get()

    async def close(self) -> None:
        self.is_alive = False

    def _fails(self, rate: float) -> bool:
        return rate > 0 and self._rng.random() < rate

    async def _take(
        self, least: float, most: float, effect: Callable[[], None] = lambda: None
    ) -> None:
        """Take some time, then have the effect. If the agent is killed meanwhile: perhaps."""
        await self._only_alive()
        slow = self._fails(self._machine.hardships.slow)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        seconds = self._rng.uniform(least, most * 20 if slow else most)
        asyncio.get_running_loop().call_later(seconds, self._finish, done, effect)
        await done
        await self._only_alive()

    def _finish(self, done: "asyncio.Future[None]", effect: Callable[[], None]) -> None:
        if self.is_alive or (self._machine.is_powered and self._rng.random() < 0.5):
            effect()
        if not done.done():
            done.set_result(None)

    async def _only_alive(self) -> None:
        if not self.is_alive:
            await asyncio.Event().wait()


class PowerSafeJournal(Journal):
    """The real journal in memory; a power loss leaves what was last flushed."""

    _flushed: bytes | None = None

    @classmethod
    def empty(cls) -> "PowerSafeJournal":
        journal = cls.in_memory()
        assert isinstance(journal, cls)
        return journal

    async def flush(self) -> None:
        self._flushed = self._connection.serialize()
        await asyncio.sleep(0)

    def after_power_loss(self) -> "PowerSafeJournal":
        journal = self.empty()
        if self._flushed is not None:
            journal._connection.deserialize(self._flushed)
            journal._flushed = self._flushed
        return journal


def signed_call(
    operation: str,
    request: dict[str, Any],
    credentials: Credentials,
    clock: SimClock,
    *,
    prefix: str = "AmazonEC2ContainerServiceV20141113",
    service: str = "ecs",
) -> HttpRequest:
    """The HTTP request of an API call."""
    headers = {
        "host": HOST,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"{prefix}.{operation}",
    }
    bare = HttpRequest("POST", "/", "", headers, msgspec.json.encode(request))
    signed = sign(bare, credentials, REGION, service, clock.now())
    return msgspec.structs.replace(bare, headers=headers | signed)


def _settings(
    instance_id: str, zone: str, cpu_units: int, memory_mib: int, cluster: str, rng: random.Random
) -> AgentSettings:
    return settings_from(
        {
            "ECS_BACKEND_HOST": ENDPOINT,
            "ECS_DATADIR": "/nowhere",
            "ECS_CLUSTER": cluster,
            "AWS_DEFAULT_REGION": REGION,
            "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": rng.choice(("5m", "1h", "3h")),
            "ECS_CONTAINER_STOP_TIMEOUT": rng.choice(("5s", "30s")),
            "ROADSTEAD_INSTANCE_ID": instance_id,
            "ROADSTEAD_INSTANCE_TYPE": "t3.medium",
            "ROADSTEAD_AVAILABILITY_ZONE": zone,
            "ROADSTEAD_CPU_UNITS": str(cpu_units),
            "ROADSTEAD_MEMORY_MIB": str(memory_mib),
        },
        "0.1.0",
    )
