"""Seat: one container instance as placement knows it, and what its tasks hold there.

Part of `Capacity`, which alone changes it.
"""

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_interface import has_interface
from roadstead.ecs.records.zone import Zone


class Seat:
    """One container instance: what its tasks hold, and where it sits in the arrays."""

    __slots__ = (
        "cpu_units",
        "daemons",
        "instance",
        "interfaces",
        "memory_mib",
        "ports",
        "slot",
        "tasks",
        "zone",
    )

    def __init__(self) -> None:
        self.instance: ContainerInstance | None = None
        """None while only its tasks are known."""
        self.zone: Zone | None = None
        self.slot = -1
        self.cpu_units = 0
        self.memory_mib = 0
        self.tasks = 0
        self.interfaces = 0
        """Interfaces of tasks, also of those that ended, until they are deleted."""
        self.daemons = 0
        """Tasks of DAEMON services that are to stay."""
        self.ports: dict[int, int] = {}
        """Port code → by how many tasks it is held."""


def is_unknown(seat: Seat) -> bool:
    """Whether neither the instance nor a task of it is there any more."""
    return seat.instance is None and not (seat.tasks or seat.daemons or seat.interfaces)


def holds_room(task: Task | None) -> bool:
    """Whether the task takes of its instance: a daemon's until STOPPED, for its successor."""
    if task is None or not task.container_instance_arn:
        return False
    return task.last_status != "STOPPED" if task.is_daemon else task.desired_status == "RUNNING"


def frees_room(before: Task | None, after: Task | None) -> bool:
    """Whether the change of a task makes room for another one: resources, or an interface."""
    return (holds_room(before) and not holds_room(after)) or (
        has_interface(before) and not has_interface(after)
    )


def seat_has_port(seat: Seat, code: int) -> bool:
    """Whether a task holds the port, or the instance has it reserved."""
    if code in seat.ports:
        return True
    instance = seat.instance
    if instance is None:
        return False
    reserved = instance.reserved_ports_udp if code & 1 else instance.reserved_ports
    return code >> 1 in reserved
