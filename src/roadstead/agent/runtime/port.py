"""Runtime: the port behind which containers run.

The engine decides, a runtime does. Every method is idempotent as far as the outer world lets it be:
an agent that was killed in the middle calls again after its restart. What ends by itself is told
through `exits`, also what ended while no agent was looking.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

AWSVPC: Final = "awsvpc"
"""The network mode whose tasks have an interface of their own."""


class RuntimeFailure(Exception):
    """A step failed; `name` is one of ECS's error names, `text` says why and what would help.

    ECS shows them as `<name>: <text>`, for example
    `CannotPullContainerError: pull image manifest has been retried …`.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


class Ulimit(msgspec.Struct, frozen=True):
    name: str
    soft: int
    hard: int


class Mount(msgspec.Struct, frozen=True):
    """A bind mount. `source` is a path on the instance, or the name of a task volume."""

    source: str
    target: str
    read_only: bool = False
    kind: Literal["host", "volume"] = "host"


class PortMapping(msgspec.Struct, frozen=True):
    """`host_port` 0 asks the runtime to choose one."""

    container_port: int
    host_port: int = 0
    protocol: Literal["tcp", "udp"] = "tcp"
    container_port_range: str = ""


class NetworkBinding(msgspec.Struct, frozen=True):
    container_port: int
    host_port: int
    protocol: Literal["tcp", "udp"] = "tcp"
    bind_ip: str = "0.0.0.0"  # noqa: S104  # what DescribeTasks shows
    container_port_range: str = ""
    host_port_range: str = ""


class TaskNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """The interface of an awsvpc task, as its network namespace gets it."""

    mac_address: str
    """By which its device is found on the instance."""
    address: str
    prefix_length: int
    gateway: str


class ContainerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a runtime needs to make one container. Durable: a restarted agent reads it."""

    container_id: str
    """64 lowercase hexadecimal digits, chosen by the engine: the runtimeId of DescribeTasks."""
    task_arn: str
    container_name: str
    image: str
    command: tuple[str, ...] = ()
    """Empty: the image's own."""
    entry_point: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    user: str = ""
    working_directory: str = ""
    hostname: str = ""
    labels: dict[str, str] = {}
    network_mode: Literal["bridge", "host", "none", "awsvpc"] = "bridge"
    """awsvpc: it joins its task's namespace, which `prepare_network` has made."""
    address: str = ""
    """Its task's own address, in network mode awsvpc."""
    port_mappings: tuple[PortMapping, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """(container_id, alias) of containers to be found by name."""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(name, address)."""
    dns_servers: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    cpu_shares: int = 2
    memory_bytes: int = 0
    """Hard limit; 0: none."""
    memory_reservation_bytes: int = 0
    memory_swap_bytes: int = 0
    memory_swappiness: int | None = None
    task_cpu_units: int = 0
    """The task's own size, when it has one: a parent cgroup holds all its containers."""
    task_memory_bytes: int = 0
    privileged: bool = False
    read_only_root: bool = False
    capabilities_add: tuple[str, ...] = ()
    capabilities_drop: tuple[str, ...] = ()
    no_new_privileges: bool = False
    ulimits: tuple[Ulimit, ...] = ()
    sysctls: dict[str, str] = {}
    tmpfs: dict[str, str] = {}
    """Path in the container → mount options."""
    shm_bytes: int = 64 * 1024 * 1024
    init: bool = False
    terminal: bool = False
    stdin_open: bool = False
    mounts: tuple[Mount, ...] = ()
    pid_mode: str = ""
    ipc_mode: str = ""


class Image(msgspec.Struct, frozen=True):
    """An image that is present and unpacked."""

    reference: str
    digest: str
    stop_signal: str = "SIGTERM"


class Started(msgspec.Struct, frozen=True):
    pid: int
    started_at: datetime
    network_bindings: tuple[NetworkBinding, ...] = ()
    address: str = ""
    """The container's own address in bridge mode."""


class Exit(msgspec.Struct, frozen=True):
    """A container ended. `reason` is empty, or ECS's sentence (`OutOfMemoryError: …`)."""

    container_id: str
    exit_code: int
    finished_at: datetime
    reason: str = ""


class Executed(msgspec.Struct, frozen=True):
    """How a command in a container ended. `exit_code` -1: it was killed, its time was over."""

    exit_code: int
    output: str = ""
    """The beginning of what it wrote to either stream."""
    is_timed_out: bool = False


class Found(msgspec.Struct, frozen=True):
    """What a restarted agent finds of a container. `created`: it was never started."""

    container_id: str
    state: Literal["created", "running", "exited"]
    started: Started | None = None
    exit: Exit | None = None


Progress = Callable[[str, int, int], None]
"""(what, bytes or steps done, bytes or steps in all; 0 when unknown)."""


class Runtime(Protocol):
    """Docker, OCI, or a fake."""

    async def pull(
        self, image: str, *, behaviour: str = "default", progress: Progress | None = None
    ) -> Image:
        """Make `image` present. `behaviour`: default, always, once or prefer-cached.

        Raises: RuntimeFailure with CannotPullContainerError, CannotPullContainerAuthError or
            CannotPullImageManifestError.
        """
        ...

    async def prepare_network(self, task_arn: str, network: TaskNetwork) -> None:
        """Give a task a network namespace with its interface in it; its containers join that.

        Waits for the interface's device to appear on the instance, but not for long.
        Raises: RuntimeFailure with ContainerNetworkingError.
        """
        ...

    async def release_network(self, task_arn: str) -> None:
        """Take away a task's namespace and its interface's device; ends a wait for the device."""
        ...

    async def is_device_seen(self, mac_address: str, *, timeout_seconds: float) -> bool:
        """Whether a device with this address appears on the instance in time."""
        ...

    async def create(self, spec: ContainerSpec) -> None:
        """Prepare root, network and process, up to but without the first instruction.

        Raises: RuntimeFailure with CannotCreateContainerError.
        """
        ...

    async def start(self, container_id: str) -> Started:
        """Let a created container run.

        Raises: RuntimeFailure with CannotStartContainerError.
        """
        ...

    async def signal(self, container_id: str, signal: str) -> None:
        """Send a signal; nothing happens when the container has ended."""
        ...

    async def execute(
        self, container_id: str, command: tuple[str, ...], *, timeout_seconds: float
    ) -> Executed:
        """Run a command in a container that runs, as its user, with its environment and limits.

        When its time is over, or the caller is cancelled, it is killed with what it started.
        Raises: RuntimeFailure with CannotExecuteCommandError when it cannot be begun.
        """
        ...

    async def remove(self, container_id: str) -> None:
        """Kill it if it still runs, then take away root, network, cgroup and files."""
        ...

    def hold_ports(self, container_id: str, bindings: Iterable[NetworkBinding]) -> None:
        """Choose none of these host ports for another container, even after this one is gone.

        The same container, made again, gets them again.
        """
        ...

    def free_ports(self, container_id: str) -> None:
        """End what `hold_ports` began."""
        ...

    async def remove_task(self, task_arn: str) -> None:
        """Take away what a task leaves when all its containers are gone: volumes, parent cgroup."""
        ...

    async def found(self) -> list[Found]:
        """Every container of this instance that the runtime still knows; for a restarted agent."""
        ...

    def exits(self) -> AsyncIterator[Exit]:
        """Containers that ended, as they end; each once per agent process."""
        ...

    async def close(self) -> None:
        """Let go of watchers. Containers run on."""
        ...
