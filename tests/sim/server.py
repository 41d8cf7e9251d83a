"""The server as a process: the real control plane on a memory log, which can be killed at any time.

Everything is real from the ASGI application inwards: signatures, decoding, dispatch, doors,
sessions, reconcile loops, store. What is checked here: nothing leaves that is not durable.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, MutableMapping
from contextvars import ContextVar
from typing import Any

import msgspec

from roadstead.agent_protocol.messages.payload import PayloadTask
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.responses import check_response
from roadstead.control.reconcilers import RECONCILERS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import Tuning
from roadstead.ids import SeededIds
from roadstead.keys import Key
from roadstead.server.control_plane import ControlPlane
from roadstead.server.http import HttpApplication
from roadstead.server.key_ring import KeyRing
from roadstead.state.records import R, Table
from roadstead.store.log import LogError
from roadstead.store.memory import Kept, MemoryLog
from roadstead.store.store import Commit
from sim.loop import SimClock
from sim.network import Message, NoAnswer, Wire
from sim.places import ACCOUNT, REGION, default_vpc

ENDPOINT = "http://roadstead:8080"
HOST = "roadstead:8080"

_made_commit: ContextVar[list[int]] = ContextVar("_made_commit")


class Disk:
    """What of the server outlives it, and how the disk behaves."""

    def __init__(self, rng: random.Random) -> None:
        self.kept: Kept = {}
        self.slow = 0.0
        """How often a batch takes up to two seconds."""
        self.full = 0.0
        """How often the disk has no room, which ends the process."""
        self.crashes = 0.0
        """How often the process dies when a batch is on disk and nobody was told."""
        self.rng = rng

    def read(self, table: Table[R], arn: str) -> R | None:
        """The record as it would be after a crash now."""
        kept = self.kept.get((table.name, arn))
        return None if kept is None else msgspec.msgpack.decode(kept, type=table.record_type)


class ServerProcess:
    """One life of the server."""

    def __init__(
        self,
        disk: Disk,
        keys: tuple[Key, ...],
        tuning: Tuning,
        rng: random.Random,
        fail: Callable[[str], None],
    ) -> None:
        self.is_alive = True
        self.is_stopping = False
        self.ended = asyncio.Event()
        self.clock = SimClock(began_seconds=rng.uniform(0, 1_000_000))
        self._disk = disk
        self._fail = fail
        self._answers: dict[asyncio.Future[HttpResponse], None] = {}
        self._wires: dict[Wire, None] = {}
        self._group = asyncio.TaskGroup()
        self._die = asyncio.Event()
        log = MemoryLog(
            disk.kept, before_append=self._before_append, after_append=self._after_append
        )
        self.plane = ControlPlane(
            log,
            KeyRing(keys, self.clock),
            self.clock,
            SeededIds(rng.getrandbits(64)),
            account=ACCOUNT,
            region=REGION,
            agent_endpoint=ENDPOINT,
            reconcilers=RECONCILERS,
            check=check_response,
        )
        self.store = self.plane.store
        self.store.on_commit(_note_commit)
        self._tuning = tuning
        self._application = HttpApplication(self.plane.dispatcher, self.plane.doors.open)

    async def run(self) -> None:
        """Live until killed, or until the disk is full."""
        self.plane.set_tuning(self._tuning)
        self.plane.ensure_default_vpc(default_vpc())
        try:
            async with self._group:
                self._group.create_task(self._plane())
                await self._die.wait()
                raise _Killed
        except* (_Killed, LogError):
            pass
        self.kill()
        self.ended.set()

    def kill(self) -> None:
        """kill -9: whatever it was about to say, nobody hears it."""
        if not self.is_alive:
            return
        self.is_alive = False
        self._die.set()
        for answer in self._answers:
            if not answer.done():
                answer.set_exception(NoAnswer("the server died"))
        for wire in list(self._wires):
            wire.cut()

    async def stop(self) -> None:
        """SIGTERM: what was committed gets to the log, agents are told to come back."""
        self.is_stopping = True
        self.plane.stop()
        await self.ended.wait()

    # What the network does

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Raises: NoAnswer when the server dies over it."""
        if not self.is_alive:
            raise NoAnswer("connection refused")
        answer: asyncio.Future[HttpResponse] = asyncio.get_running_loop().create_future()
        self._answers[answer] = None
        self._spawn(self._serve(request, answer))
        try:
            return await answer
        finally:
            self._answers.pop(answer, None)

    def open(self, wire: Wire, request: HttpRequest) -> None:
        if not self.is_alive:
            wire.unanswered()
            return
        self._wires[wire] = None
        self._spawn(self._serve_wire(wire, request))

    async def _serve(self, request: HttpRequest, answer: "asyncio.Future[HttpResponse]") -> None:
        seen = self.store.sequence
        made = [0]
        _made_commit.set(made)
        head: Message = {}

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            elif self.is_alive and not answer.done():
                if self.store.durable_sequence < max(seen, *made):
                    self._fail(f"an answer left before its commit {made} was durable")
                status = head["status"]
                if status >= 500 and status != 503:
                    self._fail(f"HTTP {status}: {request.headers} {message['body'][:300]!r}")
                answer.set_result(HttpResponse(status, [], message["body"]))

        await self._application(_scope("http", request), receive, send)

    async def _serve_wire(self, wire: Wire, request: HttpRequest) -> None:
        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "websocket.send" and self.is_alive:
                self._check_frame(message["text"])
            await wire.send(dict(message))

        try:
            await self._application(_scope("websocket", request), wire.receive, send)
        finally:
            wire.unanswered()
            self._wires.pop(wire, None)

    def _check_frame(self, text: str) -> None:
        """An agent is told of nothing that a crash could undo."""
        if not text.startswith('{"type":"PayloadMessage"'):
            return
        for told in _payloads.decode(text).message.tasks:
            task = self._disk.read(TASKS, told.arn)
            if task is None or told.desired_status not in ("RUNNING", task.desired_status):
                self._fail(f"{told.arn} {told.desired_status} was told before it was durable")
            elif told.desired_status == "STOPPED" and any(
                each.state in ("REGISTERED", "DRAINING") for each in task.targets
            ):
                self._fail(f"{told.arn} is to stop, and traffic is led to it: {task.targets}")
            elif told.desired_status == "RUNNING" and task.last_status == "PROVISIONING":
                self._fail(f"{told.arn} was told before its interface was there")

    async def _plane(self) -> None:
        await self.plane.run((), lambda _: None)
        self._die.set()

    def _spawn(self, routine: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(self._watched(routine))

    async def _watched(self, routine: Coroutine[Any, Any, None]) -> None:
        """A door that raises is a traceback in the server's log: never to be seen."""
        try:
            await routine
        except Exception as error:  # noqa: BLE001  # it is told
            if self.is_alive:
                self._fail(f"a connection raised {error!r}")

    async def _before_append(self) -> None:
        rng = self._disk.rng
        slow = self._disk.slow and rng.random() < self._disk.slow
        await asyncio.sleep(rng.uniform(0.05, 2.0) if slow else rng.uniform(0.001, 0.005))
        await self._only_alive()
        if self._disk.full and rng.random() < self._disk.full:
            self.kill()
            raise LogError("the disk is full")

    async def _after_append(self) -> None:
        await asyncio.sleep(self._disk.rng.uniform(0.0, 0.003))
        if self._disk.crashes and self._disk.rng.random() < self._disk.crashes:
            self.kill()
        await self._only_alive()

    async def _only_alive(self) -> None:
        if not self.is_alive:
            await asyncio.Event().wait()


class _Killed(Exception):
    pass


class _Payload(msgspec.Struct):
    tasks: tuple[PayloadTask, ...]


class _Frame(msgspec.Struct):
    message: _Payload


_payloads = msgspec.json.Decoder(_Frame)


def _note_commit(commit: Commit) -> None:
    made = _made_commit.get(None)
    if made is not None:
        made[0] = commit.sequence


def _scope(kind: str, request: HttpRequest) -> Message:
    return {
        "type": kind,
        "scheme": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in request.headers.items()],
    }
