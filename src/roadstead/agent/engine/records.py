"""What the engine remembers of tasks. Durable: written by the journal before anything is done.

These structs change as the engine works; nobody else holds on to them.
"""

from datetime import datetime
from typing import Literal

import msgspec

from roadstead.agent.engine.life_cycle import ContainerStatus, NetworkStatus, Step, TaskStatus
from roadstead.agent.runtime.port import Exit, NetworkBinding
from roadstead.agent_protocol.messages.payload import PayloadContainer, PayloadTask

REASON_CHARACTERS_MAX = 1024
"""Source: agents cut the reasons of tasks and containers."""


class WireBinding(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A network binding as SubmitTaskStateChange spells it."""

    bind_ip: str = msgspec.field(default="", name="bindIP")
    container_port: int = 0
    host_port: int = 0
    container_port_range: str = ""
    host_port_range: str = ""
    protocol: str = ""


class ContainerChange(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True
):
    """News of one container, as SubmitTaskStateChange spells it."""

    container_name: str
    status: str
    runtime_id: str = ""
    exit_code: int | None = None
    reason: str = ""
    image_digest: str = ""
    network_bindings: tuple[WireBinding, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A SubmitTaskStateChange without the cluster. Times: seconds since the epoch."""

    task: str
    status: str
    reason: str = msgspec.field(default_factory=str)
    containers: tuple[ContainerChange, ...] = ()
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    execution_stopped_at: float | None = None


class ContainerState(msgspec.Struct):
    """One container of one task."""

    container_id: str
    definition: PayloadContainer
    status: ContainerStatus = ContainerStatus.NONE
    step: Step = Step.NONE
    is_made: bool = False
    """The runtime was told to create it, so it must be told to remove it."""
    has_run: bool = False
    image_digest: str = ""
    stop_signal: str = "SIGTERM"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    signalled_at: datetime | None = None
    """When it was asked to stop."""
    exit_code: int | None = None
    reason: str = ""
    network_bindings: tuple[NetworkBinding, ...] = ()
    restart_count: int = 0
    early_exit: Exit | None = None
    """An exit that was told before the start that preceded it."""
    is_start_late: bool = False
    """Its startTimeout is over and those who depend on it are still waiting."""
    health: Literal["UNKNOWN", "HEALTHY", "UNHEALTHY"] = "UNKNOWN"
    health_since: datetime | None = None
    health_message: str = ""
    """What the latest health check wrote."""
    failing_streak: int = 0
    """Health checks that failed since the latest success."""
    check_begun_at: datetime | None = None
    """When the health check that is under way began."""
    is_removed: bool = False
    removal_attempts: int = 0

    @property
    def name(self) -> str:
        return self.definition.name


class TaskState(msgspec.Struct):
    """One task. Once stopped, reported and removed, only what prevents its revival is kept."""

    arn: str
    order: int
    """Its place in the queue: first come, first served."""
    payload: PayloadTask
    desired_status: TaskStatus = TaskStatus.RUNNING
    is_stop_asked: bool = False
    """The control plane asked for the stop; otherwise a container's end did."""
    status: TaskStatus = TaskStatus.PENDING
    is_admitted: bool = False
    is_released: bool = False
    """It holds no resources of the instance (any more)."""
    containers: list[ContainerState] = []
    network: NetworkStatus = NetworkStatus.NONE
    is_removing: bool = False
    """The runtime was asked to take away what its containers left."""
    reason: str = ""
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stopped_at: datetime | None = None
    changes: list[ContainerChange] = []
    """News of containers that no report carries yet, oldest first."""
    is_batch_timed: bool = False
    outbox: list[Report] = []
    """Reports not accepted yet, oldest first; the first is under way."""

    def container(self, name: str) -> ContainerState | None:
        """The container called `name`."""
        return next((c for c in self.containers if c.name == name), None)


def encode_task(task: TaskState) -> bytes:
    """The durable form of a task."""
    return msgspec.msgpack.encode(task)


def decode_task(record: bytes) -> TaskState:
    """The task of a durable record. Raises: msgspec.DecodeError"""
    return _decoder.decode(record)


_decoder = msgspec.msgpack.Decoder(TaskState)
