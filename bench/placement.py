"""Placement through the real RunTask: the operation, its transaction and the records it writes.

Instances in three zones with simulated agents, tasks of four sizes: placed as they are by default
on 10,000 instances, and by the strategy that spreads over zones and packs memory within them on
1,000, 5,000 and 10,000. The peer applies the same rules to every instance for every task, and only
decides.
"""

import asyncio
import gc
import time
from typing import Any

from bench.figures import Figure, Target, median
from bench.peers import scan
from bench.simulated import (
    INSTANCE_CPU_UNITS,
    INSTANCE_MEMORY_MIB,
    SIZES,
    ZONES,
    NoLog,
    SimulatedCluster,
    simulated_cluster,
)
from bench.sitting import Sitting
from roadstead.agent.capabilities import CAPABILITIES

INSTANCES = 10_000
PACKED_INSTANCES = (1_000, 5_000, 10_000)
TASKS = 3_000
SCANNED_NODES = 2_000_000
"""The peer looks at so many instances a round, however many there are."""
TARGET = Target(at_least=20)
SPREAD_AND_PACKED = [
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "binpack", "field": "memory"},
]


def measure(sitting: Sitting) -> None:
    """Tasks placed per second: by default, a call for each or for ten, and spread and packed."""
    for count in (1, 10):
        asyncio.run(_measure(sitting, f"placement {count} a call", INSTANCES, count))
    for instances in PACKED_INSTANCES:
        name = f"placement spread+binpack {instances:,} instances"
        asyncio.run(_measure(sitting, name, instances, 10, placementStrategy=SPREAD_AND_PACKED))


async def _measure(sitting: Sitting, name: str, instances: int, count: int, **wishes: Any) -> None:
    async with simulated_cluster(NoLog()) as cluster:
        cluster.register_definitions(len(SIZES), len(SIZES))
        for number in range(instances):
            cluster.register_instance(number)
        gc.freeze()
        nodes = _nodes(instances)
        ours, peer = sitting.alternate(
            lambda: _ours(cluster, count, wishes), lambda: _peer(nodes, packs=bool(wishes))
        )
        sitting.report(
            Figure(
                name=name,
                unit="/s",
                ours=median(ours),
                peer=median(peer),
                peer_name=scan.NAME,
                target=TARGET if instances == INSTANCES else None,
            )
        )
        gc.unfreeze()


def _ours(cluster: SimulatedCluster, count: int, wishes: dict[str, Any]) -> float:
    began = time.perf_counter()
    for number in range(TASKS // count):
        cluster.run_tasks(f"app-{number % len(SIZES)}", count, **wishes)
    return TASKS / (time.perf_counter() - began)


def _peer(nodes: list[scan.Node], *, packs: bool) -> float:
    return scan.placements_per_second(
        nodes,
        SIZES,
        SCANNED_NODES // len(nodes),
        zones=ZONES,
        attributes=frozenset(CAPABILITIES[:4]),
        packs=packs,
    )


def _nodes(instances: int) -> list[scan.Node]:
    attributes = frozenset(CAPABILITIES)
    return [
        scan.Node(INSTANCE_CPU_UNITS, INSTANCE_MEMORY_MIB, number % ZONES, attributes)
        for number in range(instances)
    ]
