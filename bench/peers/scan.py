"""A plain scan: what a scheduler does that asks every instance, for every task, in plain Python."""

import time
from collections.abc import Sequence

NAME = "plain scan"


class Node:
    """A container instance as the scan sees it."""

    __slots__ = (
        "attributes",
        "cpu_units",
        "group_tasks",
        "is_active",
        "is_connected",
        "memory_mib",
        "ports",
        "zone",
    )

    def __init__(
        self, cpu_units: int, memory_mib: int, zone: int, attributes: frozenset[str]
    ) -> None:
        self.is_active = True
        self.is_connected = True
        self.attributes = attributes
        self.ports = {22, 51678}
        self.cpu_units = cpu_units
        self.memory_mib = memory_mib
        self.zone = zone
        self.group_tasks: dict[str, int] = {}

    def fits(
        self, cpu_units: int, memory_mib: int, ports: frozenset[int], attributes: frozenset[str]
    ) -> bool:
        """Whether a task may run here: the rules that RunTask applies, the cheap ones first."""
        return (
            self.is_active
            and self.is_connected
            and self.cpu_units >= cpu_units
            and self.memory_mib >= memory_mib
            and not ports & self.ports
            and attributes <= self.attributes
        )


def placements_per_second(
    nodes: Sequence[Node],
    sizes: Sequence[tuple[int, int]],
    tasks: int,
    *,
    zones: int,
    attributes: frozenset[str],
    packs: bool = False,
) -> float:
    """Place so many tasks: among those that fit, the zone with fewest of their group, in it the
    instance with fewest of them or, if it packs, the one with least memory left.

    It only decides: no record is made, no request read, nothing is kept.
    """
    in_zone: dict[str, list[int]] = {}
    began = time.perf_counter()
    for number in range(tasks):
        cpu_wanted, memory_wanted = sizes[number % len(sizes)]
        group = f"app-{number % len(sizes)}"
        counts = in_zone.setdefault(group, [0] * zones)
        best = _best(nodes, cpu_wanted, memory_wanted, attributes, group, counts, packs)
        best.cpu_units -= cpu_wanted
        best.memory_mib -= memory_wanted
        best.group_tasks[group] = best.group_tasks.get(group, 0) + 1
        counts[best.zone] += 1
    return tasks / (time.perf_counter() - began)


def _best(
    nodes: Sequence[Node],
    cpu_units: int,
    memory_mib: int,
    attributes: frozenset[str],
    group: str,
    counts: Sequence[int],
    packs: bool,
) -> Node:
    no_ports: frozenset[int] = frozenset()
    able = (node for node in nodes if node.fits(cpu_units, memory_mib, no_ports, attributes))
    if packs:
        return min(able, key=lambda node: (counts[node.zone], node.memory_mib))
    return min(able, key=lambda node: (counts[node.zone], node.group_tasks.get(group, 0)))
