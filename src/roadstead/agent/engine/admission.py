"""Admission: the instance's own account of cpu, memory and host ports.

Tasks are taken in the order in which they came; one that does not fit yet holds up all later ones.
"""

import msgspec

from roadstead.agent.engine.docker_config import memory_reservation_bytes
from roadstead.agent_protocol.messages.payload import PayloadTask

CPU_UNITS_PER_VCPU = 1024
MIB = 1024 * 1024


class TaskResources(msgspec.Struct, frozen=True):
    """What one task takes of an instance. Ports: (number, protocol)."""

    cpu_units: int
    memory_mib: int
    ports: frozenset[tuple[int, str]]


def task_resources(task: PayloadTask) -> TaskResources:
    """The task's own size where it has one, else the sum over its containers.

    Units: a container counts with its memory reservation, if it has one, else with its limit.
    """
    cpu_units = round(task.cpu * CPU_UNITS_PER_VCPU) or sum(c.cpu for c in task.containers)
    memory_mib = task.memory or sum(
        memory_reservation_bytes(c.docker_config) // MIB or c.memory for c in task.containers
    )
    ports = frozenset(
        (port, mapping.protocol or "tcp")
        for container in task.containers
        for mapping in container.port_mappings
        if (port := _host_port(task, mapping.host_port, mapping.container_port))
    )
    return TaskResources(cpu_units, memory_mib, ports)


def _host_port(task: PayloadTask, host_port: int, container_port: int) -> int:
    match task.network_mode:
        case "host":
            return host_port or container_port
        case "bridge" | "":
            return host_port
        case _:
            return 0


class Account:
    """What is free of the resources that the instance registered."""

    def __init__(
        self, *, cpu_units: int, memory_mib: int, ports_taken: frozenset[tuple[int, str]]
    ) -> None:
        self.cpu_units = cpu_units
        self.memory_mib = memory_mib
        self._ports = set(ports_taken)

    def fits(self, wanted: TaskResources) -> bool:
        """Whether a task can be admitted now."""
        return (
            wanted.cpu_units <= self.cpu_units
            and wanted.memory_mib <= self.memory_mib
            and self._ports.isdisjoint(wanted.ports)
        )

    def take(self, wanted: TaskResources) -> None:
        """Book a task; an adopted one is booked even where it does not fit any more."""
        self.cpu_units -= wanted.cpu_units
        self.memory_mib -= wanted.memory_mib
        self._ports |= wanted.ports

    def give_back(self, held: TaskResources) -> None:
        """A task is gone, with all it held."""
        self.cpu_units += held.cpu_units
        self.memory_mib += held.memory_mib
        self._ports -= held.ports
