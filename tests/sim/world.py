"""The world: one server, its disk, machines with agents, users; all on one virtual clock.

`played(story, seed=…)` runs a story in a new world and tells what went wrong, if anything did.
"""

import asyncio
import hashlib
import logging
import random
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec

from roadstead.ecs.records.tuning import Tuning
from roadstead.keys import Key
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.caller import Reporter
from sim.host_ports import ports_of_others
from sim.interfaces import InterfaceHost
from sim.invariants import Invariants
from sim.loop import SimClock, simulate
from sim.machine import Container, Hardships, Machine
from sim.network import Link, Rates
from sim.places import ACCOUNT, REGION, primary_interface
from sim.proxy import Proxy
from sim.registry import Registry
from sim.server import Disk, ServerProcess
from sim.user import User

MACHINES_MAX = 40
LINES_TOLD = 60
"""As many of the last lines of the trace are shown when something goes wrong."""


class Violation(AssertionError):
    """Something that must never happen has happened."""


class World:
    def __init__(self, seed: int | str = 1, *, verbose: bool = False, **tuned: int) -> None:
        self.seed = seed
        self.clock = SimClock()
        self.rates = Rates()
        self.hardships = Hardships()
        self.disk = Disk(self.rng("disk"))
        self.machines: dict[str, Machine] = {}
        self.server: ServerProcess | None = None
        self.servers = 0
        self.server_wanted = asyncio.Event()
        self.tuning = msgspec.structs.replace(Tuning(), **tuned)
        self.registry = Registry()
        self.invariants = Invariants(
            self.fail, self.clock.now, lambda started_by: self.user.asked.get(started_by, ())
        )
        self.failure = ""
        self.lines = 0
        self._verbose = verbose
        self._trace = hashlib.blake2b(digest_size=16)
        self._last_lines: deque[str] = deque(maxlen=LINES_TOLD)
        self._over = asyncio.Event()
        self._routines: list[asyncio.Task[None]] = []
        self._group = asyncio.TaskGroup()
        self._keys = (
            _key("root", "root", f"arn:aws:iam::{ACCOUNT}:root"),
            _key("host", "host", f"arn:aws:iam::{ACCOUNT}:role/roadstead-host"),
            *(_instance_key(number) for number in range(1, MACHINES_MAX + 1)),
        )
        self.user = User(self._keys[0], self.link("user"), self.rng("user"), self)
        self.host = Reporter(self._keys[1], self.link("host"), self)
        self.interfaces = InterfaceHost(self._keys[1], self.link("interfaces"), self)
        self.proxy = Proxy(self)

    # Chance, trace, failure

    def rng(self, name: str) -> random.Random:
        """A stream of chance of its own for each party, so that one does not disturb another."""
        return random.Random(f"{self.seed}/{name}")

    def tell(self, text: str) -> None:
        """A line of the trace."""
        line = f"{asyncio.get_running_loop().time():12.6f} {text}"
        self.lines += 1
        self._trace.update(line.encode())
        self._last_lines.append(line)
        if self._verbose:
            sys.stderr.write(f"{line}\n")

    @property
    def fingerprint(self) -> str:
        """Of the whole trace so far."""
        return self._trace.hexdigest()

    def fail(self, text: str) -> None:
        """Something that must not happen did: the first one ends the world."""
        if not self.failure:
            last = "\n".join(self._last_lines)
            self.failure = f"seed {self.seed}: {text}\nThe last lines of the trace:\n{last}"
            self.tell(f"FAILED: {text}")
            self._over.set()

    # The server

    @property
    def view(self) -> View:
        """The state of the server that lives, or lived last."""
        assert self.server is not None
        return self.server.store.view

    async def keep_server(self) -> None:
        """Start the server again whenever it ended and is wanted; for ever."""
        while True:
            await self.server_wanted.wait()
            self.servers += 1
            rng = self.rng(f"server {self.servers}")
            server = ServerProcess(self.disk, self._keys, self.tuning, rng, self.fail)
            self.server = server
            server.store.on_commit(self._tell_commit)
            self.interfaces.watch(server.store)
            self.invariants.watch(server.store, self.disk.kept)
            self.tell(f"server {self.servers} starts")
            await server.run()
            self.tell(f"server {self.servers} ended")
            await asyncio.sleep(rng.uniform(0.2, 1.0))

    def kill_server(self, seconds_down: float = 0.0) -> None:
        """kill -9; another one starts after a while."""
        if self.server is not None:
            self.server_wanted.clear()
            self.server.kill()
            asyncio.get_running_loop().call_later(seconds_down, self.server_wanted.set)

    def _live_server(self) -> ServerProcess | None:
        return self.server if self.server is not None and self.server.is_alive else None

    def _tell_commit(self, commit: Commit) -> None:
        for change in commit.changes:
            record = change.after if change.after is not None else change.before
            words = [change.table.name, change.arn[-24:]]
            if change.after is None:
                words.append("removed")
            else:
                words += [
                    str(getattr(record, each))
                    for each in ("status", "last_status", "desired_status", "agent_connected")
                    if hasattr(record, each)
                ]
                if hasattr(record, "message"):
                    words.append(record.message)
            self.tell(" ".join(words))

    # Machines

    def link(self, name: str) -> Link:
        return Link(name, self.rng(f"link {name}"), self.rates, self._live_server)

    def add_machine(
        self,
        *,
        zone: str = "a",
        cpu_units: int = 2048,
        memory_mib: int = 4096,
        instance_type: str = "m5.4xlarge",
    ) -> Machine:
        """A new machine whose agent starts at once."""
        number = len(self.machines) + 1
        key = _instance_key(number)
        machine = Machine(
            key,
            f"{REGION}{zone}",
            cpu_units,
            memory_mib,
            "sim",
            instance_type,
            self.link(f"machine {number}"),
            self.rng(f"machine {number}"),
            self.hardships,
            self.registry,
            self._container_starts,
            self.fail,
            self.tell,
        )
        self.machines[machine.id] = machine
        self.host.report(machine.id, "running", primary_interface(number, zone))
        self.spawn(machine.supervise())
        return machine

    def _container_starts(self, machine: Machine, container: Container) -> None:
        if self.server is not None:
            for problem in ports_of_others(self.view, machine, container):
                self.fail(problem)

    # Time

    def spawn(self, routine: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else until the world ends."""
        self.start(routine)

    def start(self, routine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """The same; it may be cancelled."""
        task = self._group.create_task(routine)
        self._routines.append(task)
        return task

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def until(self, is_so: Callable[[], Any], within_seconds: float, what: str = "") -> None:
        """Let time pass until it is so; if that takes too long, the world has failed."""
        deadline = asyncio.get_running_loop().time() + within_seconds
        while not is_so():
            if asyncio.get_running_loop().time() >= deadline:
                raise Violation(f"seed {self.seed}: not within {within_seconds:g} s: {what}")
            await asyncio.sleep(min(1.0, within_seconds / 100))

    async def play(self, story: Callable[["World"], Awaitable[None]]) -> None:
        async def tell_story() -> None:
            try:
                await story(self)
            finally:
                self._over.set()

        async with self._group:
            self.server_wanted.set()
            self.spawn(self.keep_server())
            self.spawn(self.host.run())
            self.spawn(self.interfaces.run())
            self.spawn(self.proxy.run())
            self.spawn(tell_story())
            await self._over.wait()
            for routine in self._routines:
                routine.cancel()
        if self.failure:
            raise Violation(self.failure)

    def final_checks(self) -> None:
        """What is checked now and then is checked once more."""
        self.invariants.check_recount()
        self.invariants.check_replay()


def played(
    story: Callable[[World], Awaitable[None]],
    *,
    seed: int | str = 1,
    verbose: bool = False,
    **tuned: int,
) -> World:
    """The world after the story. Raises: Violation and whatever the story raises"""

    async def play() -> World:
        world = World(seed, verbose=verbose, **tuned)
        with _TracebacksTold(world):
            await world.play(story)
        return world

    return simulate(play())


class _TracebacksTold(logging.Handler):
    """What our code logs with a traceback is a bug that it survived: it ends the world."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world
        self._log = logging.getLogger("roadstead")
        self._was = (self._log.level, self._log.propagate)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or "does not settle" in record.msg:
            formatter = logging.Formatter()
            self._world.fail(formatter.format(record))
        elif self._world._verbose:
            self._world.tell(f"log: {record.getMessage()}")

    def __enter__(self) -> None:
        self._log.addHandler(self)
        self._log.setLevel(logging.ERROR)
        self._log.propagate = False

    def __exit__(self, *error: object) -> None:
        self._log.removeHandler(self)
        self._log.setLevel(self._was[0])
        self._log.propagate = self._was[1]


def _key(kind: Any, name: str, arn: str) -> Key:
    return Key(
        access_key_id=f"AKIA{name.upper().replace('-', '')}",
        secret_access_key=f"secret-of-{name}",
        kind=kind,
        account=ACCOUNT,
        arn=arn,
    )


def _instance_key(number: int) -> Key:
    name = f"i-{number:017x}"
    return _key("instance", name, f"arn:aws:sts::{ACCOUNT}:assumed-role/ecsInstanceRole/{name}")
