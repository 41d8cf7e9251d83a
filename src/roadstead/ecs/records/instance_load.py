"""InstanceLoad: what tasks take of a container instance at one moment.

Derived, never part of the instance's record (ADR 0003); kept only where that moment is told later.
"""

import msgspec

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.state.view import View


class InstanceLoad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    cpu_units: int = 0
    memory_mib: int = 0
    port_codes: tuple[int, ...] = ()
    """Ports of both protocols, as `ports_as_codes` numbers them."""
    running_tasks: int = 0
    pending_tasks: int = 0


def load_of(view: View, container_instance_arn: str) -> InstanceLoad:
    """What the tasks of this instance take of it now."""
    seat = view.projection(Capacity).seat(container_instance_arn)
    counts = view.projection(TaskCounts)
    running = counts.running_on(container_instance_arn)
    pending = counts.pending_on(container_instance_arn)
    if seat is None:
        return InstanceLoad(running_tasks=running, pending_tasks=pending)
    return InstanceLoad(
        cpu_units=seat.cpu_units,
        memory_mib=seat.memory_mib,
        port_codes=tuple(seat.ports),
        running_tasks=running,
        pending_tasks=pending,
    )
