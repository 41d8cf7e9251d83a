"""The statuses of tasks and containers on an instance, and every move between them, as tables.

Statuses only move forward, with one exception: a container that was created but is gone after a
restart of the agent is created again.
"""

from enum import StrEnum


class ContainerStatus(StrEnum):
    """How far a container has come. A container that is being restarted in place stays RUNNING."""

    NONE = "NONE"
    PULLED = "PULLED"
    CREATED = "CREATED"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


CONTAINER_MOVES: frozenset[tuple[ContainerStatus, ContainerStatus]] = frozenset(
    {
        (ContainerStatus.NONE, ContainerStatus.PULLED),
        (ContainerStatus.NONE, ContainerStatus.STOPPED),
        (ContainerStatus.PULLED, ContainerStatus.CREATED),
        (ContainerStatus.PULLED, ContainerStatus.STOPPED),
        (ContainerStatus.PULLED, ContainerStatus.RUNNING),
        (ContainerStatus.CREATED, ContainerStatus.PULLED),
        (ContainerStatus.CREATED, ContainerStatus.RUNNING),
        (ContainerStatus.CREATED, ContainerStatus.STOPPED),
        (ContainerStatus.RUNNING, ContainerStatus.STOPPED),
    }
)


class Step(StrEnum):
    """What the runtime is doing with a container just now. At most one thing at a time."""

    NONE = ""
    PULL = "PULL"
    CREATE = "CREATE"
    START = "START"
    RESTART_REMOVE = "RESTART_REMOVE"
    RESTART_CREATE = "RESTART_CREATE"
    RESTART_START = "RESTART_START"


RESTART_STEPS = frozenset({Step.RESTART_REMOVE, Step.RESTART_CREATE, Step.RESTART_START})


class NetworkStatus(StrEnum):
    """How far the network namespace of an awsvpc task has come; other tasks have none."""

    NONE = "NONE"
    PREPARING = "PREPARING"
    READY = "READY"
    RELEASING = "RELEASING"
    RELEASED = "RELEASED"


NETWORK_MOVES: frozenset[tuple[NetworkStatus, NetworkStatus]] = frozenset(
    {
        (NetworkStatus.NONE, NetworkStatus.PREPARING),
        (NetworkStatus.PREPARING, NetworkStatus.READY),
        (NetworkStatus.PREPARING, NetworkStatus.RELEASING),
        (NetworkStatus.READY, NetworkStatus.PREPARING),
        (NetworkStatus.READY, NetworkStatus.RELEASING),
        (NetworkStatus.RELEASING, NetworkStatus.RELEASED),
    }
)
"""READY → PREPARING: a restarted agent makes sure of it before it starts more containers."""


class TaskStatus(StrEnum):
    """What the control plane is told of a task; everything before RUNNING is PENDING."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


TASK_MOVES: frozenset[tuple[TaskStatus, TaskStatus]] = frozenset(
    {
        (TaskStatus.PENDING, TaskStatus.RUNNING),
        (TaskStatus.PENDING, TaskStatus.STOPPED),
        (TaskStatus.RUNNING, TaskStatus.STOPPED),
    }
)
