"""A container instance for the runtime's tests: a network namespace, joined to the host by a veth.

Tests are coroutines run in a thread that has entered the namespace; what they start is in it too.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec, Exit
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds

_NETWORK = f"10.213.{os.getpid() % 250}"
HOST_ADDRESS, ADDRESS = f"{_NETWORK}.1", f"{_NETWORK}.2"
TIMEOUT_SECONDS = 30
TASK_ARN = "arn:aws:ecs:us-east-1:123456789012:task/test/"


class Instance:
    """Where a test's runtime lives."""

    def __init__(self, namespace: str, folder: Path, images_dir: Path, cgroup: str) -> None:
        self.namespace = Path("/run/netns") / namespace
        self.data_dir = folder / "data"
        self.images_dir = images_dir
        self.cgroup = cgroup
        self._ids = SystemIds()

    async def open(self, **options: str) -> OciRuntime:
        return await OciRuntime.open(
            self.data_dir, self.images_dir, self.cgroup, SystemClock(), SystemIds(), **options
        )

    def run(self, test: Callable[[], Awaitable[None]]) -> None:
        """Run a coroutine in the instance's network namespace."""
        failures: list[BaseException] = []

        def inside() -> None:
            try:
                descriptor = os.open(self.namespace, os.O_RDONLY)
                kernel.enter(descriptor, kernel.CLONE_NEWNET)
                os.close(descriptor)
                asyncio.run(asyncio.wait_for(_awaited(test), TIMEOUT_SECONDS))
            except BaseException as error:  # noqa: BLE001  # raised again by the caller
                failures.append(error)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]

    def spec(self, *command: str, **options: object) -> ContainerSpec:
        identity = self._ids.hex32()
        settings: dict[str, object] = {
            "container_id": identity * 2,
            "task_arn": TASK_ARN + identity,
            "container_name": "app",
            "image": "busybox",
            "command": command,
            "network_mode": "none",
            "memory_bytes": 64 * 1024 * 1024,
        }
        return ContainerSpec(**{**settings, **options})  # type: ignore[arg-type]

    def output(self, spec: ContainerSpec) -> str:
        """What a container has written so far."""
        lines = (self.data_dir / "containers" / spec.container_id / "log").read_text().splitlines()
        return "".join(line.split(" ", 3)[3] + "\n" for line in lines)

    async def ran(self, runtime: OciRuntime, spec: ContainerSpec) -> tuple[Exit, str]:
        """Run a container to its end, and remove it: how it ended, and what it wrote."""
        await runtime.create(spec)
        await runtime.start(spec.container_id)
        ended = await next_exit(runtime)
        output = self.output(spec)
        await runtime.remove(spec.container_id)
        await runtime.remove_task(spec.task_arn)
        return ended, output


async def next_exit(runtime: OciRuntime) -> Exit:
    async for ended in runtime.exits():
        return ended
    raise AssertionError("the runtime was closed")


async def _awaited(test: Callable[[], Awaitable[None]]) -> None:
    await test()


def cgroups_under(path: str) -> list[Path]:
    """Every control group below `path`, in any hierarchy."""
    roots = [root for root in Path("/sys/fs/cgroup").iterdir() if root.is_dir()]
    return [found for root in roots for found in (root / path.strip("/")).glob("**/*/")]
