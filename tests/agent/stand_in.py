"""A control plane in a test's hands: the API as a function, ACS through the real server session."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from fake_runtime import FakeRuntime

from roadstead.agent.api import ApiFailure
from roadstead.agent.configuration import AgentSettings, settings_from
from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent.journal import Journal
from roadstead.agent.program import run_agent
from roadstead.agent_protocol import frames, queries, server_connection, server_session
from roadstead.agent_protocol.channel import Channel, ChannelClosed, ChannelRefused
from roadstead.agent_protocol.deliveries import TaskDelivery
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.server_session import AcsServerSession, SendTasks
from roadstead.ids import SeededIds
from sim.loop import SimClock, simulate

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/proto"
INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773"
ENVIRONMENT = {
    "ECS_BACKEND_HOST": "http://control-plane",
    "AWS_DEFAULT_REGION": "us-east-1",
    "ECS_DATADIR": "/nowhere",
    "ECS_CLUSTER": "proto",
    "ROADSTEAD_CPU_UNITS": "4096",
    "ROADSTEAD_MEMORY_MIB": "8192",
    "ROADSTEAD_INSTANCE_ID": "i-0123456789abcdef0",
}


def settings(**changes: str) -> AgentSettings:
    return settings_from(ENVIRONMENT | changes, "1.0.0")


class QueueChannel:
    """One end of a pair of queues."""

    def __init__(self, inbox: "asyncio.Queue[str | None]", outbox: "asyncio.Queue[str | None]"):
        self._inbox = inbox
        self._outbox = outbox
        self.peer: QueueChannel | None = None
        self.is_closed = False
        self.close_code = 1006
        self.close_reason = ""

    async def send(self, text: str) -> None:
        if self.is_closed:
            raise ChannelClosed("closed")
        self._outbox.put_nowait(text)

    async def receive(self) -> str | None:
        return None if self.is_closed and self._inbox.empty() else await self._inbox.get()

    async def close(self, code: int, reason: str) -> None:
        for end in (self, self.peer):
            if end is not None and not end.is_closed:
                end.is_closed, end.close_code, end.close_reason = True, code, reason
                end._inbox.put_nowait(None)


def channel_pair() -> tuple[QueueChannel, QueueChannel]:
    one: asyncio.Queue[str | None] = asyncio.Queue()
    other: asyncio.Queue[str | None] = asyncio.Queue()
    left, right = QueueChannel(one, other), QueueChannel(other, one)
    left.peer, right.peer = right, left
    return left, right


class ControlPlane:
    """What the agent talks to. `told` has what the real session made of the agent's frames."""

    def __init__(self, clock: SimClock) -> None:
        self.clock = clock
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.reports: list[dict[str, Any]] = []
        self.failures: dict[str, list[ApiFailure]] = {}
        """Operation → failures that the next calls get."""
        self.is_down = False
        self.unheard: set[str] = set()
        """Operations whose requests do not arrive, and are not answered."""
        self.refusal: ChannelRefused | None = None
        self.told: list[server_session.Output] = []
        self.telemetry: list[Any] = []
        self.session: AcsServerSession | None = None
        self.channel: QueueChannel | None = None
        self.connections = 0
        self.sequence = 1
        self.queries: list[queries.AcsQuery] = []
        self._readers = asyncio.TaskGroup()

    async def api(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation in self.unheard:
            await asyncio.Event().wait()
        self.calls.append((operation, request))
        if self.is_down:
            raise ApiFailure("", "connection refused")
        if self.failures.get(operation):
            raise self.failures[operation].pop(0)
        match operation:
            case "RegisterContainerInstance":
                return {
                    "containerInstance": {
                        "containerInstanceArn": INSTANCE,
                        "attributes": [*request["attributes"], {"name": "extra", "value": "x"}],
                    }
                }
            case "DiscoverPollEndpoint":
                return {"endpoint": "http://acs/", "telemetryEndpoint": "http://tcs/"}
            case "SubmitTaskStateChange":
                self.reports.append(request)
        return {}

    async def open_acs(self, endpoint: str, query: str) -> Channel:
        self._check_open()
        self.connections += 1
        self.queries.append(queries.parse_acs(query))
        agents, self.channel = channel_pair()
        self.session = AcsServerSession(
            query=self.queries[-1],
            cluster_arn=CLUSTER,
            container_instance_arn=INSTANCE,
            first_sequence_number=self.sequence,
            ids=SeededIds(self.connections),
            now=self.clock.now(),
            at_seconds=self.clock.monotonic(),
        )
        self._readers.create_task(self._serve(self.session, self.channel))
        return agents

    async def open_tcs(self, endpoint: str, query: str) -> Channel:
        self._check_open()
        queries.parse_tcs(query)
        agents, mine = channel_pair()
        self._readers.create_task(self._serve_telemetry(mine))
        return agents

    async def feed(self, stimulus: server_session.Stimulus) -> None:
        assert self.session is not None
        assert self.channel is not None
        await self._carry(self.session, self.channel, stimulus)

    async def send(self, *tasks: dict[str, Any]) -> None:
        await self.feed(SendTasks([TaskDelivery(t["arn"], t["desiredStatus"], t) for t in tasks]))

    def statuses(self, arn: str) -> list[str]:
        return [r["status"] for r in self.reports if r["task"] == arn]

    def _check_open(self) -> None:
        if self.is_down:
            raise ConnectionFailed("connection refused")
        if self.refusal is not None:
            raise self.refusal

    async def _serve(self, session: AcsServerSession, channel: QueueChannel) -> None:
        timer = self._readers.create_task(self._beat(session, channel))
        while (text := await channel.receive()) is not None:
            await self._carry(session, channel, server_session.FrameReceived(text))
        await self._carry(session, channel, server_connection.ConnectionClosed())
        timer.cancel()

    async def _beat(self, session: AcsServerSession, channel: QueueChannel) -> None:
        while session.wake_at_seconds is not None:
            await self.clock.sleep(max(session.wake_at_seconds - self.clock.monotonic(), 0.0))
            await self._carry(session, channel, server_connection.Tick())

    async def _carry(
        self, session: AcsServerSession, channel: QueueChannel, stimulus: server_session.Stimulus
    ) -> None:
        for output in session.handle(stimulus, self.clock.monotonic()):
            match output:
                case server_connection.SendFrame(text):
                    if not channel.is_closed:
                        await channel.send(text)
                case server_connection.Close(code, reason):
                    await channel.close(code, reason)
                case _:
                    self.told.append(output)
        self.sequence = max(self.sequence, session.next_sequence_number)

    async def _serve_telemetry(self, channel: QueueChannel) -> None:
        while (text := await channel.receive()) is not None:
            self.telemetry.append(frames.decode_tcs_from_agent(text))
            if not channel.is_closed:
                await channel.send(frames.encode(acs.HeartbeatMessage(message_id="t")))

    async def __aenter__(self) -> "ControlPlane":
        await self._readers.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        for each in list(self._readers._tasks):  # type: ignore[attr-defined]  # no public way
            each.cancel()
        await self._readers.__aexit__(*error)


class AgentProcess:
    """An agent as a process: it can be stopped, killed, and started again on its journal."""

    def __init__(
        self, control_plane: ControlPlane, runtime: Any, *, journal: Journal | None = None
    ) -> None:
        self.control_plane = control_plane
        self.runtime = runtime
        self.journal = journal or Journal.in_memory()
        self.settings = settings()
        self.code: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._starts = 0

    def start(self) -> None:
        self._starts += 1
        self._stop = asyncio.Event()
        self.code = None
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run())

    async def stop(self) -> int:
        """SIGTERM."""
        assert self._task is not None
        self._stop.set()
        await self._task
        assert self.code is not None
        return self.code

    async def kill(self) -> None:
        """SIGKILL: nothing of it runs any more, and nobody was told."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        if self.control_plane.channel is not None:
            await self.control_plane.channel.close(1006, "")

    async def ended(self) -> int:
        assert self._task is not None
        await self._task
        assert self.code is not None
        return self.code

    async def _run(self) -> None:
        self.code = await run_agent(
            self.settings,
            clock=self.control_plane.clock,
            ids=SeededIds(100 + self._starts),
            runtime=self.runtime,
            journal=self.journal,
            api=self.control_plane.api,
            connector=self.control_plane,
            stop=self._stop,
        )


def arn(name: str) -> str:
    return f"arn:aws:ecs:us-east-1:123456789012:task/proto/{name}"


def task(name: str, **container: Any) -> dict[str, Any]:
    return {
        "arn": arn(name),
        "desiredStatus": "RUNNING",
        "family": "web",
        "version": "1",
        "networkMode": "bridge",
        "containers": [
            {"name": name, "image": "busybox", "essential": True, "cpu": 64, "memory": 64}
            | container
        ],
    }


def stop(name: str) -> dict[str, Any]:
    return {"arn": arn(name), "desiredStatus": "STOPPED"}


def identity(name: str) -> acs.TaskIdentity:
    return acs.TaskIdentity(task_arn=arn(name), desired_status="RUNNING")


Story = Callable[[ControlPlane, FakeRuntime, AgentProcess], Awaitable[None]]


def virtually(story: Story) -> Callable[[], None]:
    """Tell a story with a control plane, a runtime and an agent that was not started yet."""

    @wraps(story)
    def test() -> None:
        async def run() -> None:
            clock = SimClock()
            async with ControlPlane(clock) as control_plane:
                runtime = FakeRuntime(clock)
                await story(control_plane, runtime, AgentProcess(control_plane, runtime))

        simulate(run())

    del test.__wrapped__  # type: ignore[attr-defined]  # or pytest takes the arguments for fixtures
    return test
