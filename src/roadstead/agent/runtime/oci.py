"""Runtime `oci`: conmon and an OCI runtime, overlayfs, netlink and nftables, without a daemon.

The port's methods; what blocks runs in carrier threads (`carriers`), step by step in `containers`.
Nothing here is needed for a container to go on: kill this process, open a new runtime on the same
folders, and it finds them.
"""

import asyncio
import functools
import logging
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from roadstead.agent.network.bridge import Bridge
from roadstead.agent.runtime import cgroups, kernel, monitor
from roadstead.agent.runtime.bundles import Bundles, Kept
from roadstead.agent.runtime.carriers import open_carriers
from roadstead.agent.runtime.containers import Containers, started
from roadstead.agent.runtime.execution import Execution, Gate
from roadstead.agent.runtime.exits import KILLED, ExitFolder, read_exit
from roadstead.agent.runtime.images import Images
from roadstead.agent.runtime.port import (
    ContainerSpec,
    Executed,
    Exit,
    Found,
    Image,
    Progress,
    RuntimeFailure,
    Started,
    TaskNetwork,
)
from roadstead.agent.runtime.task_networks import TaskNetworks
from roadstead.agent.runtime.trial import choose_tools, hides_unified
from roadstead.clock import Clock
from roadstead.ids import Ids

CARRIERS = 8
PULLERS = 4
EXECUTORS = 2
"""Threads that begin commands in containers: they must not queue behind containers being made."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


class OciRuntime:
    """Runs the containers of one instance. Open it in the instance's network namespace, as root."""

    def __init__(
        self,
        containers: Containers,
        images: Images,
        bundles: Bundles,
        bridge: Bridge,
        networks: TaskNetworks,
        carriers: ThreadPoolExecutor,
        executors: ThreadPoolExecutor,
        clock: Clock,
    ) -> None:
        self._containers = containers
        self._images = images
        self._bundles = bundles
        self._bridge = bridge
        self.hold_ports, self.free_ports = bridge.hold_ports, bridge.free_ports
        self._networks = networks
        self._carriers = carriers
        self._executors, self._gate = executors, Gate()
        self._pullers = ThreadPoolExecutor(PULLERS, thread_name_prefix="puller")
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._exit_folder = ExitFolder(bundles.exits)
        self._exits: asyncio.Queue[Exit | None] = asyncio.Queue()
        self._told: set[str] = set()
        self._monitors: dict[str, int] = {}
        self._pulls: dict[tuple[str, str], asyncio.Future[Image]] = {}

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        images_dir: Path,
        cgroup_parent: str,
        clock: Clock,
        ids: Ids,
        *,
        runtime: str = "",
    ) -> Self:
        """A runtime on these folders; adopts the containers that it finds there.

        `cgroup_parent`: path of the instance's control group, such as `/roadstead/i-1`; empty: one
        that the agents of this machine share.
        `runtime`: name or path of crun, runc or one that takes the same arguments; empty: the
        fastest that works.
        Raises: RuntimeFailure when the host cannot run containers, and why
        """
        if not cgroup_parent.strip("/"):
            cgroup_parent = cgroups.SHARED_PARENT
        bundles = Bundles(data_dir)
        tools = await asyncio.to_thread(choose_tools, runtime, data_dir, cgroup_parent)
        images = Images(images_dir)
        bridge = Bridge(data_dir, ids)
        networks = TaskNetworks(data_dir)
        await networks.open()
        containers = Containers(bundles, images, tools, bridge, networks.namespaces, cgroup_parent)
        carriers = open_carriers(CARRIERS, hide_unified=hides_unified(tools))
        executors = open_carriers(EXECUTORS, hide_unified=hides_unified(tools))
        opened = cls(containers, images, bundles, bridge, networks, carriers, executors, clock)
        await opened._adopt()
        return opened

    async def pull(
        self, image: str, *, behaviour: str = "default", progress: Progress | None = None
    ) -> Image:
        """See the port. Pulls of one image at the same time are one pull."""
        key = (image, behaviour)
        under_way = self._pulls.get(key)
        if under_way is None:
            job = functools.partial(self._images.pull, image, behaviour, progress)
            under_way = self._pulls[key] = self._loop.run_in_executor(self._pullers, job)
            under_way.add_done_callback(lambda _: self._pulls.pop(key, None))
        return await asyncio.shield(under_way)

    async def why_no_task_networks(self) -> str:
        """Why this instance cannot take awsvpc tasks; empty when it can."""
        return await self._networks.why_impossible()

    async def prepare_network(self, task_arn: str, network: TaskNetwork) -> None:
        """See the port."""
        await self._networks.prepare(task_arn, network)

    async def release_network(self, task_arn: str) -> None:
        """See the port."""
        await self._networks.release(task_arn)

    async def is_device_seen(self, mac_address: str, *, timeout_seconds: float) -> bool:
        """See the port."""
        return await self._networks.is_device_seen(mac_address, timeout_seconds)

    async def create(self, spec: ContainerSpec) -> None:
        """See the port."""
        kept = await self._carry(self._containers.create, spec)
        self._watch(kept)

    async def start(self, container_id: str) -> Started:
        """See the port."""
        # A few file operations, done here: in a carrier it would queue behind containers being
        # made.
        return self._containers.start(container_id, self._clock.now())

    async def signal(self, container_id: str, signal: str) -> None:
        """See the port."""
        self._containers.signal(container_id, signal)

    async def execute(
        self, container_id: str, command: tuple[str, ...], *, timeout_seconds: float
    ) -> Executed:
        """See the port."""
        begin = functools.partial(self._containers.execute, container_id, command)
        async with self._gate.place():
            begun = await self._loop.run_in_executor(self._executors, begin)
            return await Execution(*begun).finish(timeout_seconds)

    async def remove(self, container_id: str) -> None:
        """See the port."""
        self._unwatch(container_id)
        self._told.add(container_id)
        try:
            await self._carry(self._containers.remove, container_id)
        except OSError as error:
            raise RuntimeFailure("CannotRemoveContainerError", str(error)) from error
        self._told.discard(container_id)

    async def remove_task(self, task_arn: str) -> None:
        """See the port."""
        if self._networks.is_there(task_arn):  # its release has failed
            await self._networks.release(task_arn)
        await self._carry(self._containers.remove_task, task_arn)

    async def found(self) -> list[Found]:
        """See the port. A container that a killed agent left half made is taken away here."""
        found = []
        for container_id, kept in list(self._containers.kept.items()):
            if kept.phase == "creating":
                await self.remove(container_id)
                continue
            found.append(self._look_at(container_id, kept))
        return found

    def exits(self) -> AsyncIterator[Exit]:
        """See the port."""
        return self._next_exits()

    async def close(self) -> None:
        """See the port."""
        self._loop.remove_reader(self._exit_folder.descriptor)
        self._exit_folder.close()
        for container_id in list(self._monitors):
            self._unwatch(container_id)
        self._exits.put_nowait(None)
        await asyncio.to_thread(self._carriers.shutdown)
        await asyncio.to_thread(self._executors.shutdown)
        await asyncio.to_thread(self._pullers.shutdown)
        self._bridge.close()
        await self._networks.close()

    async def _next_exits(self) -> AsyncIterator[Exit]:
        while (ended := await self._exits.get()) is not None:
            yield ended

    async def _adopt(self) -> None:
        """Take up what an earlier agent left: its links, ports and ended containers."""
        await self._carry(self._bridge.open, list(self._containers.kept.values()))
        self._loop.add_reader(self._exit_folder.descriptor, self._on_exit_files)
        for kept in list(self._containers.kept.values()):
            if kept.phase == "started" or kept.pid:
                self._watch(kept)
                self._tell_if_ended(kept.spec.container_id)

    def _look_at(self, container_id: str, kept: Kept) -> Found:
        ended = read_exit(self._bundles.exit_file(container_id), kept)
        running = bool(kept.pid) and kernel.start_ticks(kept.pid) == kept.pid_ticks
        if kept.phase == "created":
            released = kept.pid and monitor.is_released(self._bundles.oci_root, container_id)
            if not released and (running or kept.failure[0]):
                return Found(container_id, "created")
            if running:  # killed between letting it go and noting so
                kept = self._containers.note_started(container_id, self._clock.now())
        shown = started(kept) if kept.started_at else None
        if ended is None and running:
            return Found(container_id, "running", shown)
        return Found(container_id, "exited", shown, ended or self._vanished(kept))

    def _watch(self, kept: Kept) -> None:
        """Notice the end of a container's monitor, which may die without writing an exit file."""
        container_id = kept.spec.container_id
        if not kept.monitor_pid or container_id in self._monitors:
            return
        try:
            watched = os.pidfd_open(kept.monitor_pid)
        except ProcessLookupError:
            self._on_monitor_end(container_id)
            return
        if kernel.start_ticks(kept.monitor_pid) != kept.monitor_ticks:
            os.close(watched)
            self._on_monitor_end(container_id)
            return
        self._monitors[container_id] = watched
        self._loop.add_reader(watched, self._on_monitor_end, container_id)

    def _unwatch(self, container_id: str) -> None:
        watched = self._monitors.pop(container_id, None)
        if watched is not None:
            self._loop.remove_reader(watched)
            os.close(watched)

    def _on_exit_files(self) -> None:
        for container_id in self._exit_folder.news():
            self._tell_if_ended(container_id)

    def _on_monitor_end(self, container_id: str) -> None:
        self._unwatch(container_id)
        kept = self._containers.kept.get(container_id)
        if kept is None or self._tell_if_ended(container_id) or container_id in self._told:
            return
        log.warning("conmon of container %s ended without an exit code", container_id)
        kernel.send_signal(kept.pid, kept.pid_ticks, 9)
        self._tell(self._vanished(kept))

    def _tell_if_ended(self, container_id: str) -> bool:
        kept = self._containers.kept.get(container_id)
        if kept is None or kept.failure[0]:
            return False
        ended = read_exit(self._bundles.exit_file(container_id), kept)
        if ended is None:
            return False
        self._tell(ended)
        return True

    def _tell(self, ended: Exit) -> None:
        if ended.container_id not in self._told:
            self._told.add(ended.container_id)
            self._exits.put_nowait(ended)

    def _vanished(self, kept: Kept) -> Exit:
        return Exit(
            kept.spec.container_id,
            KILLED,
            self._clock.now(),
            "ContainerRuntimeError: the container's monitor was killed; its exit code is lost",
        )

    async def _carry(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        job = functools.partial(act, *args, **kwargs)
        return await self._loop.run_in_executor(self._carriers, job)
