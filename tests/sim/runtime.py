"""The `Runtime` port of one agent process; the containers are its machine's, and outlive it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from sim.machine import Machine

KILLED = 137
FIRST_PORT, LAST_PORT = 32_768, 60_999
DEVICE_SECONDS_MAX = 30.0
"""An agent waits so long for a device; the real runtime does."""


class SimRuntime:
    """Steps take their time and may fail, as the machine's hardships say."""

    def __init__(self, machine: "Machine") -> None:
        self.is_alive = True
        self.told: asyncio.Queue[Exit] = asyncio.Queue()
        self._machine = machine
        self._rng = machine.rng
        self._given_up: dict[str, None] = {}
        """Tasks whose network nobody waits for any more."""
        self._locks: dict[str, asyncio.Lock] = {}
        """Of a task's network: one thing at a time."""
        self._ports = Ports(FIRST_PORT, LAST_PORT, lambda protocol, port: True)
        for container in machine.containers.values():
            self._ports.keep(container.bindings)
            if container.exit is not None:
                self.told.put_nowait(container.exit)

    def die(self) -> None:
        self.is_alive = False

    async def pull(
        self, image: str, *, behaviour: str = "default", progress: Progress | None = None
    ) -> Image:
        await self._take(*((20.0, 90.0) if image.startswith("heavy") else (0.05, 2.0)))
        if image.startswith("missing") or self._fails(self._machine.hardships.pull_fails):
            raise RuntimeFailure("CannotPullContainerError", f"pull of {image} failed")
        return Image(image, self._machine.registry.digest(image))

    async def prepare_network(self, task_arn: str, network: TaskNetwork) -> None:
        devices, loop = self._machine.devices, asyncio.get_running_loop()
        if self._fails(self._machine.hardships.create_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("ContainerNetworkingError", "no namespace could be made")
        mac, deadline = network.mac_address, loop.time() + DEVICE_SECONDS_MAX
        self._given_up.pop(task_arn, None)
        async with self._locks.setdefault(task_arn, asyncio.Lock()):
            while devices.of_task(task_arn) is None and devices.in_instance(mac) is None:
                await self._take(0.5, 0.5)
                if loop.time() >= deadline or task_arn in self._given_up:
                    raise RuntimeFailure("ContainerNetworkingError", "no such device")
            await self._take(0.0, 0.1, lambda: devices.bring_in(task_arn, mac))
            device = devices.of_task(task_arn)
            if device is None or device.address != network.address:
                raise RuntimeFailure("ContainerNetworkingError", f"the device is {device}")

    async def release_network(self, task_arn: str) -> None:
        self._given_up[task_arn] = None
        if self._fails(self._machine.hardships.remove_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("ContainerNetworkingError", "device or resource busy")
        async with self._locks.setdefault(task_arn, asyncio.Lock()):
            await self._take(0.0, 0.05, lambda: self._machine.devices.release(task_arn))

    async def is_device_seen(self, mac_address: str, *, timeout_seconds: float) -> bool:
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while self._machine.devices.in_instance(mac_address) is None:
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await self._take(0.5, 0.5)
        return True

    async def create(self, spec: ContainerSpec) -> None:
        if self._fails(self._machine.hardships.create_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("CannotCreateContainerError", "no space left")
        await self._take(0.01, 0.2, lambda: self._make(spec))
        if spec.container_id not in self._machine.containers:
            raise RuntimeFailure("CannotCreateContainerError", "port is already allocated")

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

    async def execute(
        self, container_id: str, command: tuple[str, ...], *, timeout_seconds: float
    ) -> Executed:
        await self._take(0.01, 0.2)
        each = self._machine.containers.get(container_id)
        if each is None or each.started is None or each.exit is not None:
            raise RuntimeFailure("CannotExecuteCommandError", "it does not run")
        if each.spec.image.startswith("hang"):
            await self._take(timeout_seconds, timeout_seconds)
            return Executed(-1, is_timed_out=True)
        return Executed(int(each.is_sick))

    async def remove(self, container_id: str) -> None:
        if self._fails(self._machine.hardships.remove_fails):
            await self._take(0.01, 0.2)
            raise RuntimeFailure("CannotRemoveContainerError", "device or resource busy")
        await self._take(0.01, 0.2, lambda: self.take_away(container_id))

    def hold_ports(self, container_id: str, bindings: Iterable[NetworkBinding]) -> None:
        self._ports.hold(container_id, bindings)

    def free_ports(self, container_id: str) -> None:
        self._ports.free(container_id)

    async def remove_task(self, task_arn: str) -> None:
        await self._take(0.0, 0.05, lambda: self._machine.devices.release(task_arn))

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

    def _make(self, spec: ContainerSpec) -> None:
        """With its ports; too late for an agent that was killed and has a successor."""
        agent = self._machine.agent
        if spec.container_id in self._machine.containers or (agent and agent.runtime is not self):
            return
        bindings: tuple[NetworkBinding, ...] = ()
        if spec.network_mode != "awsvpc":
            self._ports.next_search = FIRST_PORT  # the worst of luck
            try:
                bindings = self._ports.take(spec.container_id, spec.port_mappings)
            except RuntimeFailure:
                return
        self._machine.make(spec, bindings)

    def take_away(self, container_id: str) -> None:
        """The container is there no more, and its ports are free."""
        container = self._machine.containers.get(container_id)
        self._machine.remove(container_id)
        if container is not None:
            self._ports.give_back(container.bindings)

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
