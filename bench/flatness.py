"""Latency with much state beside latency with little: it may hardly grow.

Two servers, one with 10,000 revisions and 50,000 tasks, one with just enough that a list's page
has as many entries; the same calls to both in turn, one at a time. RunTask needs connected agents,
so it is measured in this process, on the same states.
"""

import asyncio
import time

from bench.control_plane import control_plane, fill
from bench.ecs_client import EcsClient
from bench.figures import Figure, Target, median
from bench.load import put_load
from bench.simulated import FAMILIES, NoLog, SimulatedCluster, definition, simulated_cluster
from bench.sitting import Sitting

FULL = {"definitions": 10_000, "tasks": 50_000, "instances": 1_000}
SMALL = {"definitions": 200, "tasks": 400, "instances": 200}
"""Two pages of everything: each list has a whole page and a token in both."""
TARGET = Target(at_most=1.3)
SECONDS = 1
RUN_TASK_CALLS = 1_000
PEER = "the same, little state"


def measure(sitting: Sitting) -> None:
    """Median latency of each call, over one connection."""
    sitting.tell("filling a data directory with 10,000 revisions and 50,000 tasks …")
    full = fill(sitting.folder / "full", **FULL)
    small = fill(sitting.folder / "small", **SMALL)
    with control_plane(full) as much, control_plane(small) as little:
        clients = much.client(), little.client()
        for name in requests(clients[0]):
            _measure_call(sitting, name, *clients)
    asyncio.run(_measure_run_task(sitting))


def requests(client: EcsClient) -> dict[str, bytes]:
    """What is asked, by the name of its figure."""
    tasks = client.call("ListTasks")["taskArns"]
    instances = client.call("ListContainerInstances")["containerInstanceArns"]
    raw = client.raw
    return {
        "DescribeTasks": raw("DescribeTasks", tasks=tasks[:1]),
        "DescribeTasks of 100": raw("DescribeTasks", tasks=tasks),
        "ListTasks": raw("ListTasks"),
        "ListTasks of a family": raw("ListTasks", family="app-0", maxResults=5),
        "ListTasks of an instance": raw("ListTasks", containerInstance=instances[0], maxResults=1),
        "RegisterTaskDefinition": raw("RegisterTaskDefinition", **definition("app-0")),
        "DescribeTaskDefinition": raw("DescribeTaskDefinition", taskDefinition="app-1"),
        "ListTaskDefinitions": raw("ListTaskDefinitions", maxResults=100),
        "ListTaskDefinitions newest first": raw("ListTaskDefinitions", maxResults=100, sort="DESC"),
        "ListTaskDefinitionFamilies": raw("ListTaskDefinitionFamilies"),
        "ListContainerInstances": raw("ListContainerInstances"),
        "DescribeContainerInstances": raw(
            "DescribeContainerInstances", containerInstances=instances[:1]
        ),
        "DescribeClusters": raw("DescribeClusters", clusters=["default"]),
    }


def _measure_call(sitting: Sitting, name: str, much: EcsClient, little: EcsClient) -> None:
    def latency(client: EcsClient) -> float:
        sent = [requests(client)[name]]
        return put_load(client.host, sent, connections=1, seconds=SECONDS).p50_ms

    ours, peer = sitting.alternate(lambda: latency(much), lambda: latency(little), times=2)
    sitting.report(
        Figure(
            name=f"flat {name}",
            unit=" ms",
            ours=median(ours),
            peer=median(peer),
            peer_name=PEER,
            target=TARGET,
        )
    )


async def _measure_run_task(sitting: Sitting) -> None:
    async with simulated_cluster(NoLog()) as much, simulated_cluster(NoLog()) as little:
        much.populate(**FULL)
        little.populate(**SMALL, scale=200)
        ours, peer = sitting.alternate(lambda: _run_task(much), lambda: _run_task(little))
        sitting.report(
            Figure(
                name="flat RunTask (in process)",
                unit=" ms",
                ours=median(ours),
                peer=median(peer),
                peer_name=PEER,
                target=TARGET,
            )
        )


def _run_task(cluster: SimulatedCluster) -> float:
    """Median milliseconds of a call for one task."""
    took = []
    for number in range(RUN_TASK_CALLS):
        began = time.perf_counter()
        cluster.run_tasks(f"app-{number % FAMILIES}", 1)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)
