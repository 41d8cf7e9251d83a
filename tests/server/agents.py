"""Agents as tests play them: the real sessions of the server, over queues, on virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from given import SCHEMA, a_cluster, a_task_definition, an_instance, instance_arn
from roadstead.agent_protocol import frames
from roadstead.agent_protocol.channel import ChannelClosed
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.queries import AcsQuery, TcsQuery
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ids import SeededIds
from roadstead.server.agent_sessions import AgentSessions
from roadstead.store.memory import MemoryLog
from roadstead.store.store import Store
from sim.loop import SimClock, simulate

ARN = instance_arn(1)
BROKEN = 1006


class AgentChannel:
    """The server's end of a connection; `sent` is what the agent got."""

    def __init__(self) -> None:
        self.close_code = 0
        self.close_reason = ""
        self.sent: list[Any] = []
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        if self.close_code:
            raise ChannelClosed
        try:
            self.sent.append(frames.decode_acs_from_server(text))
        except frames.UnknownMessageType:
            self.sent.append(frames.decode_tcs_from_server(text))

    async def receive(self) -> str | None:
        return await self._frames.get()

    async def close(self, code: int, reason: str) -> None:
        self.close_code, self.close_reason = code, reason
        self._frames.put_nowait(None)

    def say(self, message: Any) -> None:
        """The agent sends a message."""
        self._frames.put_nowait(frames.encode(message))

    def say_text(self, text: str) -> None:
        self._frames.put_nowait(text)

    def hang_up(self, code: int = BROKEN) -> None:
        """The agent, or the network, ends the connection."""
        self.close_code = code
        self._frames.put_nowait(None)

    def payloads(self) -> list[tuple[str, str]]:
        """(last part of the task's ARN, desired status) of all payloads, in order."""
        told = []
        for message in self.sent:
            if isinstance(message, acs.PayloadMessage):
                for raw in message.tasks:
                    task = msgspec.json.decode(raw)
                    told.append((task["arn"][-1:], task["desiredStatus"]))
        return told

    def messages(self, kind: type) -> list[Any]:
        return [message for message in self.sent if isinstance(message, kind)]


class World:
    """A store with one cluster and one container instance, and the server's agent sessions."""

    def __init__(self, log: MemoryLog | None = None, **instance: Any) -> None:
        self.clock = SimClock()
        self.log = log or MemoryLog()
        self.store = Store(self.log, SCHEMA, self.clock)
        if self.store.view.get(CLUSTERS, a_cluster().arn) is None:
            self.store.update(lambda tx: tx.put(CLUSTERS, a_cluster()))
            self.store.update(lambda tx: tx.put(TASK_DEFINITIONS, a_task_definition()))
            record = an_instance(1, **{"agent_connected": False, **instance})
            self.store.update(lambda tx: tx.put(CONTAINER_INSTANCES, record))
        self.sessions = AgentSessions(self.store, self.clock, SeededIds(1))
        self.group: asyncio.TaskGroup

    @property
    def instance(self) -> ContainerInstance:
        return self.store.view.must(CONTAINER_INSTANCES, ARN)

    def put(self, task: Task) -> None:
        self.store.update(lambda tx: tx.put(TASKS, task))

    def query(self, **fields: Any) -> AcsQuery:
        return AcsQuery(
            **{
                "cluster": "default",
                "container_instance_arn": ARN,
                "agent_version": "1.105.1",
                "agent_hash": "a8b3e7d3",
                "docker_version": "20.10.24",
                "protocol_version": 2,
                **fields,
            }
        )

    async def connect(self, **fields: Any) -> AgentChannel:
        """An agent's command connection, served in the background."""
        query = self.query(**fields)
        instance = self.sessions.admit(query)
        channel = AgentChannel()
        self.group.create_task(self.sessions.serve(channel, query, instance))
        await settle()
        return channel

    async def connect_telemetry(
        self, open_frame: Callable[[str], str] = lambda frame: frame
    ) -> AgentChannel:
        instance = self.sessions.admit_telemetry(
            TcsQuery(cluster="default", container_instance_arn=ARN)
        )
        channel = AgentChannel()
        self.group.create_task(self.sessions.serve_telemetry(channel, instance, open_frame))
        await settle()
        return channel


async def settle() -> None:
    """Let everything happen that can happen without time passing."""
    await asyncio.sleep(0.000_001)


def played(story: Callable[[World], Coroutine[Any, Any, None]], world: Callable[[], World]) -> None:
    """Run the story with the store and the sessions at work, on virtual time."""

    async def play() -> None:
        made = world()
        async with asyncio.TaskGroup() as group:
            made.group = group
            writing = group.create_task(made.store.run())
            watching = group.create_task(made.sessions.run())
            await made.store.durable()
            await story(made)
            made.sessions.stop()
            await settle()
            watching.cancel()
            writing.cancel()

    simulate(play())
