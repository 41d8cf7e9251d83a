"""A runtime without containers: remembers what it was told, and does what the test says.

It outlives agents, as containers do: give the same one to the next agent.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from roadstead.agent.network.ports import Ports
from roadstead.agent.runtime.port import (
    ContainerSpec,
    Executed,
    Exit,
    Found,
    Image,
    NetworkBinding,
    Progress,
    RuntimeFailure,
    Started,
    TaskNetwork,
)
from roadstead.clock import Clock

FIRST_PORT, LAST_PORT = 32_768, 32_867
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class FakeRuntime:
    """The `Runtime` port. Times in seconds: how long each step takes on the given clock."""

    def __init__(
        self,
        clock: Clock,
        *,
        pull_seconds: float = 0.0,
        create_seconds: float = 0.0,
        start_seconds: float = 0.0,
        remove_seconds: float = 0.0,
        stop_seconds: float | None = 0.0,
    ) -> None:
        self._clock = clock
        self.pull_seconds = pull_seconds
        self.create_seconds = create_seconds
        self.start_seconds = start_seconds
        self.remove_seconds = remove_seconds
        self.stop_seconds = stop_seconds
        """How long a container takes to obey its stop signal; None: it never does."""
        self.missing_images: set[str] = set()
        self.failing: dict[str, RuntimeFailure] = {}
        """Step name (create, start) → what it raises."""
        self.specs: dict[str, ContainerSpec] = {}
        self.started: dict[str, Started] = {}
        self.exited: dict[str, Exit] = {}
        self.steps: list[tuple[str, str]] = []
        """(step, container name or task ARN), in order."""
        self.results: dict[str, Executed] = {}
        """Container name → what its health checks come to; HEALTHY when it is not named."""
        self.network_seconds = 0.0
        self.networks: dict[str, TaskNetwork] = {}
        """Task ARN → its network, as long as it has one."""
        self.devices: set[str] = set()
        """Hardware addresses of the interfaces that are attached to the instance."""
        self.execute_seconds = 0.0
        self.executed: list[tuple[str, tuple[str, ...]]] = []
        """(container name, command), in order."""
        self.signals: list[tuple[str, str]] = []
        self.created_most: dict[str, int] = {}
        """How often each container id was created while it was there already: must stay empty."""
        self._exits: asyncio.Queue[Exit | None] = asyncio.Queue()
        self.bindings: dict[str, tuple[NetworkBinding, ...]] = {}
        self._ports = self._forgetful_ports()

    # What tests ask and do

    def names(self) -> list[str]:
        """Names of the containers whose process runs."""
        return [self.specs[i].container_name for i in self.started if i not in self.exited]

    def id_of(self, name: str) -> str:
        """The id of the newest container of that name."""
        return [i for i, spec in self.specs.items() if spec.container_name == name][-1]

    def end(self, name: str, exit_code: int = 0, reason: str = "") -> None:
        """Let the container's process end."""
        self._end(self.id_of(name), exit_code, reason)

    def choose_lowest(self) -> None:
        """The next port is the lowest that may be given away."""
        self._ports.next_search = FIRST_PORT

    # The port

    async def pull(
        self, image: str, *, behaviour: str = "default", progress: Progress | None = None
    ) -> Image:
        self.steps.append(("pull", image))
        await self._take(self.pull_seconds)
        if image in self.missing_images:
            raise RuntimeFailure("CannotPullContainerError", f"no image {image}")
        return Image(image, "sha256:" + "0" * 64)

    async def prepare_network(self, task_arn: str, network: TaskNetwork) -> None:
        self.steps.append(("prepare_network", task_arn))
        await self._take(self.network_seconds)
        self._maybe_fail("prepare_network")
        self.networks[task_arn] = network

    async def release_network(self, task_arn: str) -> None:
        self.steps.append(("release_network", task_arn))
        await self._take(self.network_seconds)
        self.networks.pop(task_arn, None)

    async def is_device_seen(self, mac_address: str, *, timeout_seconds: float) -> bool:
        deadline = self._clock.monotonic() + timeout_seconds
        while mac_address not in self.devices:
            if self._clock.monotonic() >= deadline:
                return False
            await self._clock.sleep(0.1)
        return True

    async def create(self, spec: ContainerSpec) -> None:
        self.steps.append(("create", spec.container_name))
        await self._take(self.create_seconds)
        self._maybe_fail("create")
        if spec.network_mode != "awsvpc" and spec.container_id not in self.specs:
            bindings = self._ports.take(spec.container_id, spec.port_mappings)
            self.bindings[spec.container_id] = bindings
        if spec.container_id in self.started:
            self.created_most[spec.container_id] = 1 + self.created_most.get(spec.container_id, 0)
        self.specs[spec.container_id] = spec

    async def start(self, container_id: str) -> Started:
        self.steps.append(("start", self.specs[container_id].container_name))
        await self._take(self.start_seconds)
        self._maybe_fail("start")
        bindings = self.bindings.get(container_id, ())
        self.started[container_id] = Started(1, self._clock.now(), bindings)
        return self.started[container_id]

    async def signal(self, container_id: str, signal: str) -> None:
        if container_id not in self.started or container_id in self.exited:
            return
        self.signals.append((self.specs[container_id].container_name, signal))
        if signal == "SIGKILL":
            self._end(container_id, 137, "")
        elif self.stop_seconds is not None:
            await self._take(self.stop_seconds)
            self._end(container_id, 143, "")

    async def execute(
        self, container_id: str, command: tuple[str, ...], *, timeout_seconds: float
    ) -> Executed:
        name = self.specs[container_id].container_name
        self.executed.append((name, command))
        await self._take(min(self.execute_seconds, timeout_seconds))
        if self.execute_seconds > timeout_seconds:
            return Executed(-1, is_timed_out=True)
        if container_id not in self.started or container_id in self.exited:
            raise RuntimeFailure("CannotExecuteCommandError", "it does not run")
        return self.results.get(name, Executed(0))

    async def remove(self, container_id: str) -> None:
        spec = self.specs.get(container_id)
        self.steps.append(("remove", spec.container_name if spec else container_id))
        await self._take(self.remove_seconds)
        self._ports.give_back(self.bindings.pop(container_id, ()))
        self.specs.pop(container_id, None)
        self.started.pop(container_id, None)
        self.exited.pop(container_id, None)

    async def remove_task(self, task_arn: str) -> None:
        self.steps.append(("remove_task", task_arn))

    def hold_ports(self, container_id: str, bindings: Iterable[NetworkBinding]) -> None:
        self._ports.hold(container_id, bindings)

    def free_ports(self, container_id: str) -> None:
        self._ports.free(container_id)

    async def found(self) -> list[Found]:
        return [
            Found(
                container_id,
                "exited"
                if container_id in self.exited
                else "running"
                if container_id in self.started
                else "created",
                self.started.get(container_id),
                self.exited.get(container_id),
            )
            for container_id in self.specs
        ]

    async def exits(self) -> AsyncIterator[Exit]:
        for each in list(self.exited.values()):
            yield each
        while (ended := await self._exits.get()) is not None:
            yield ended

    async def close(self) -> None:
        """What ends from now on waits for the next agent, which is told what ports to hold."""
        self._ports = self._forgetful_ports()
        self._exits = asyncio.Queue()

    def _end(self, container_id: str, exit_code: int, reason: str) -> None:
        if container_id in self.started and container_id not in self.exited:
            self.exited[container_id] = Exit(container_id, exit_code, self._clock.now(), reason)
            self._exits.put_nowait(self.exited[container_id])

    def _maybe_fail(self, step: str) -> None:
        if step in self.failing:
            raise self.failing[step]

    def _forgetful_ports(self) -> Ports:
        """Those of a process that has just begun."""
        ports = Ports(FIRST_PORT, LAST_PORT, lambda protocol, port: True)
        for each in self.bindings.values():
            ports.keep(each)
        return ports

    async def _take(self, seconds: float) -> None:
        if seconds:
            await self._clock.sleep(seconds)
