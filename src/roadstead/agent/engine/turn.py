"""A turn: what one stimulus leads to, while it is being worked out."""

from datetime import datetime

import msgspec

from roadstead.agent.engine.container_spec import Surroundings
from roadstead.agent.engine.instructions import Instruction
from roadstead.agent.engine.life_cycle import (
    CONTAINER_MOVES,
    NETWORK_MOVES,
    TASK_MOVES,
    ContainerStatus,
    NetworkStatus,
    TaskStatus,
)
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.ids import Ids


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine is told of its instance. `ports_taken`: (number, protocol)."""

    cluster: str
    region: str
    mac_address: str = ""
    """Of the instance's own interface, which no task may have."""
    dns_server: str = ""
    """Who answers a container's questions for names, where nothing else is said."""
    cpu_units: int
    memory_mib: int
    ports_taken: frozenset[tuple[int, str]] = frozenset()
    stop_timeout_seconds: float = 30.0
    cleanup_seconds: float = 3 * 3600.0
    """How long a stopped task is remembered, so that a late RUNNING cannot start it again."""
    change_batch_seconds_min: float = 10.0
    change_batch_seconds_max: float = 30.0
    """Container news that do not change their task's status wait so long for company."""
    kill_again_seconds: float = 30.0
    remove_again_seconds: float = 30.0
    ports_rest_seconds: float = 60.0
    """So long after the acknowledged end of its task a host port is given to nobody."""
    removals_max: int = 5
    """After so many attempts to remove a container its task's resources are given back anyway."""

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(self.cluster, self.region, self.dns_server)


class Turn:
    """The moment, the settings, and the instructions so far."""

    def __init__(self, settings: EngineSettings, now: datetime, ids: Ids) -> None:
        self.settings = settings
        self.now = now
        self.ids = ids
        self.out: list[Instruction] = []
        self.touched: dict[str, TaskState] = {}

    def touch(self, task: TaskState) -> None:
        """This task changed: it is saved, and looked at once more, at the end of the turn."""
        self.touched[task.arn] = task

    def ask(self, instruction: Instruction) -> None:
        """One more instruction."""
        self.out.append(instruction)

    def batch_seconds(self) -> float:
        """How long the next batch of container news waits."""
        least = self.settings.change_batch_seconds_min
        span = self.settings.change_batch_seconds_max - least
        return least + self.ids.below(int(span * 1000) + 1) / 1000

    def move_container(self, container: ContainerState, to: ContainerStatus) -> None:
        """The only place where a container's status changes."""
        assert (container.status, to) in CONTAINER_MOVES, f"{container.status} → {to}"
        container.status = to

    def move_network(self, task: TaskState, to: NetworkStatus) -> None:
        """The only place where the status of a task's network changes."""
        assert (task.network, to) in NETWORK_MOVES, f"{task.network} → {to}"
        task.network = to
        self.touch(task)

    def move_task(self, task: TaskState, to: TaskStatus) -> None:
        """The only place where a task's status changes."""
        assert (task.status, to) in TASK_MOVES, f"{task.status} → {to}"
        task.status = to
        self.touch(task)
