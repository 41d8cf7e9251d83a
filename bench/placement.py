"""Placement through the real RunTask: the operation, its transaction and the records it writes.

10,000 instances in three zones with simulated agents, tasks of four sizes. The peer applies
the same rules to every instance for every task, and only decides.
"""

import asyncio
import gc
import time

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
TASKS = 3_000
SCANNED_TASKS = 200
TARGET = Target(at_least=20)


def measure(sitting: Sitting) -> None:
    """Tasks placed per second, by calls for one task and by calls for ten."""
    asyncio.run(_measure(sitting))


async def _measure(sitting: Sitting) -> None:
    async with simulated_cluster(NoLog()) as cluster:
        cluster.register_definitions(len(SIZES), len(SIZES))
        for number in range(INSTANCES):
            cluster.register_instance(number)
        gc.freeze()
        nodes = _nodes()
        for count in (1, 10):
            ours, peer = sitting.alternate(lambda: _ours(cluster, count), lambda: _peer(nodes))  # noqa: B023  # used at once
            sitting.report(
                Figure(
                    name=f"placement {count} a call",
                    unit="/s",
                    ours=median(ours),
                    peer=median(peer),
                    peer_name=scan.NAME,
                    target=TARGET,
                )
            )


def _ours(cluster: SimulatedCluster, count: int) -> float:
    began = time.perf_counter()
    for number in range(TASKS // count):
        cluster.run_tasks(f"app-{number % len(SIZES)}", count)
    return TASKS / (time.perf_counter() - began)


def _peer(nodes: list[scan.Node]) -> float:
    return scan.placements_per_second(
        nodes, SIZES, SCANNED_TASKS, zones=ZONES, attributes=frozenset(CAPABILITIES[:4])
    )


def _nodes() -> list[scan.Node]:
    attributes = frozenset(CAPABILITIES)
    return [
        scan.Node(INSTANCE_CPU_UNITS, INSTANCE_MEMORY_MIB, number % ZONES, attributes)
        for number in range(INSTANCES)
    ]
