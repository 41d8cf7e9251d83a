"""TaskNetworks: the networks of awsvpc tasks, as the runtime's port has them.

Waits for devices on the loop; what blocks runs in threads of its own, born with the instance's
mounts and network, so that it waits neither for containers being made nor for pulls.
"""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from roadstead.agent.network.devices import Devices
from roadstead.agent.network.task_namespaces import TaskNamespaces
from roadstead.agent.runtime.port import RuntimeFailure, TaskNetwork

DEVICE_SECONDS_MAX = 30.0
"""How long a task waits for its interface's device. The control plane tells of a task once its
interface is attached, so normally it is there."""
GIVEN_UP = "the task was stopped before its interface was there"
THREADS = 4

P = ParamSpec("P")
T = TypeVar("T")


class _Use:
    """What is under way with one task's network: one thing at a time."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wait: asyncio.Timeout | None = None
        self.is_given_up = False

    def give_up(self) -> None:
        """Nobody wants the network any more: do not wait for its device."""
        self.is_given_up = True
        if self.wait is not None:
            self.wait.reschedule(asyncio.get_running_loop().time())


class TaskNetworks:
    """The task networks of one instance. Open it in the instance's network namespace."""

    def __init__(self, data_dir: Path) -> None:
        self.namespaces = TaskNamespaces(data_dir)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="task-network")
        self._devices = Devices()
        self._uses: dict[str, _Use] = {}

    async def open(self) -> None:
        """Take up what an earlier agent made."""
        await self._run(self.namespaces.open)

    async def close(self) -> None:
        """Let go of everything; namespaces stay."""
        self._devices.close()
        await asyncio.to_thread(self._threads.shutdown)
        self.namespaces.close()

    async def why_impossible(self) -> str:
        """Why this instance cannot take awsvpc tasks; empty when it can: it was tried."""
        try:
            await self._run(self.namespaces.make, "trial")
            await self._run(self.namespaces.remove, "trial")
        except OSError as error:
            return str(error)
        return ""

    async def prepare(self, task_arn: str, network: TaskNetwork) -> None:
        """See the port's `prepare_network`."""
        task_id = task_arn.rpartition("/")[2]
        use = self._uses.setdefault(task_id, _Use())
        async with use.lock:
            try:
                if not await self._run(self.namespaces.make, task_id):
                    index = await self._device(network.mac_address, use)
                    await self._run(self.namespaces.bring_in, task_id, index)
                    self._devices.gone(network.mac_address, index)
                await self._run(self.namespaces.configure, task_id, network)
            except OSError as error:
                raise _failure(f"interface {network.mac_address}: {error}") from error

    def is_there(self, task_arn: str) -> bool:
        """Whether anything of a task's network is left."""
        return self.namespaces.is_there(task_arn.rpartition("/")[2])

    async def release(self, task_arn: str) -> None:
        """See the port's `release_network`."""
        task_id = task_arn.rpartition("/")[2]
        use = self._uses.setdefault(task_id, _Use())
        use.give_up()
        try:
            async with use.lock:
                await self._run(self.namespaces.remove, task_id)
        except OSError as error:
            raise _failure(f"it cannot be taken away: {error}") from error
        finally:
            self._uses.pop(task_id, None)

    async def is_device_seen(self, mac_address: str, timeout_seconds: float) -> bool:
        """See the port."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._devices.wait_for(mac_address)
        except TimeoutError:
            return False
        return True

    async def _device(self, mac_address: str, use: _Use) -> int:
        """The index of a device that is, or soon will be, on the instance. Raises: RuntimeFailure

        The wait ends early when nobody wants the network any more.
        """
        if use.is_given_up:
            raise _failure(GIVEN_UP)
        try:
            async with asyncio.timeout(DEVICE_SECONDS_MAX) as use.wait:
                return await self._devices.wait_for(mac_address)
        except TimeoutError:
            raise _failure(
                GIVEN_UP
                if use.is_given_up
                else f"no device with address {mac_address} appeared on the instance within "
                f"{DEVICE_SECONDS_MAX:g} s"
            ) from None
        finally:
            use.wait = None

    async def _run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        job = functools.partial(act, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)


def _failure(text: str) -> RuntimeFailure:
    """Source: agent:agent/engine/docker_task_engine.go, provisionContainerResourcesAwsvpc"""
    return RuntimeFailure(
        "ContainerNetworkingError",
        f"container resource provisioning: failed to setup network namespace: {text}",
    )
