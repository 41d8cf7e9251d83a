"""The real agent as a process on a machine: it can be stopped and killed, and started again."""

import asyncio
import random
from typing import TYPE_CHECKING, Any

import msgspec

from roadstead.agent.api import ApiFailure
from roadstead.agent.configuration import AgentSettings, settings_from
from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent.ends import EXIT_TERMINAL
from roadstead.agent.journal import Journal
from roadstead.agent.program import run_agent
from roadstead.agent_protocol.channel import Channel, ChannelRefused
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import signed_frame
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.ids import SeededIds
from sim.loop import SimClock
from sim.network import AgentChannel, NoAnswer, Wire
from sim.places import REGION
from sim.runtime import KILLED, SimRuntime
from sim.server import ENDPOINT, HOST
from sim.signing import signed_call

if TYPE_CHECKING:
    from sim.machine import Machine


class AgentProcess:
    """One life of it."""

    def __init__(self, machine: "Machine", number: int) -> None:
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

    def stop(self) -> None:
        """SIGTERM."""
        self._stop.set()

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


def settings_of(
    instance_id: str,
    zone: str,
    cpu_units: int,
    memory_mib: int,
    cluster: str,
    instance_type: str,
    rng: random.Random,
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
            "ROADSTEAD_INSTANCE_TYPE": instance_type,
            "ECS_ENABLE_TASK_ENI": "true",
            "ROADSTEAD_AVAILABILITY_ZONE": zone,
            "ROADSTEAD_CPU_UNITS": str(cpu_units),
            "ROADSTEAD_MEMORY_MIB": str(memory_mib),
        },
        "0.1.0",
    )
