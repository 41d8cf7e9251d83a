"""The scheduler at the size of a big cluster: 5,000 instances with simulated agents.

Processor time of this process, all of it: operations, reconcilers, the log on disk, and the agents
that are played. The peer of a drain is the same drain in a cluster of little else.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.figures import Figure, Target, median
from bench.scheduled import ScheduledCluster, scheduled_cluster
from bench.simulated import ACCOUNT, REGION, definition
from bench.sitting import Sitting
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.store.sqlite import SqliteLog

INSTANCES = 5_000
TASKS = 50_000
SCALE_TARGET = Target(at_most=30, of="ours")
DRAINED = 10
MOVED_TASKS = 100
"""The drained instances have room for so many, and one service fills it."""
LITTLE = 1_000
FLAT_TARGET = Target(at_most=1.3)
SERVICE_TASKS = 4_000
CHANGES = 30
CLUSTER_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/default"


def measure(sitting: Sitting) -> None:
    """Scaling out, one more task at a time, and draining."""
    asyncio.run(_measure(sitting))


async def _measure(sitting: Sitting) -> None:
    async with _cluster(sitting.folder / "scale") as scheduled:
        _create(scheduled, "web", 0)
        began = time.process_time()
        _scale(scheduled, "web", TASKS)
        await scheduled.settle()
        took = time.process_time() - began
        placed = _running(scheduled)
        assert placed == TASKS, f"{placed} of {TASKS} tasks are RUNNING"
        sitting.report(
            Figure(
                name="50,000 tasks on 5,000 instances, CPU",
                unit=" s",
                ours=took,
                target=SCALE_TARGET,
            )
        )
    await _measure_changes(sitting)
    await _measure_drain(sitting)


async def _measure_changes(sitting: Sitting) -> None:
    """What one change of a service costs until nothing is left to do: one task more."""
    took: dict[int, list[float]] = {}
    for size in (SERVICE_TASKS, 50):
        async with _cluster(sitting.folder / f"service-{size}") as scheduled:
            _create(scheduled, "web", size)
            await scheduled.settle()
            took[size] = []
            for number in range(CHANGES):
                began = time.process_time()
                _scale(scheduled, "web", size + number + 1)
                await scheduled.settle()
                took[size].append((time.process_time() - began) * 1000)
    sitting.report(
        Figure(
            name="one task more, service of 4,000, CPU",
            unit=" ms",
            ours=median(took[SERVICE_TASKS]),
            peer=median(took[50]),
            peer_name="service of 50",
            target=FLAT_TARGET,
        )
    )


async def _measure_drain(sitting: Sitting) -> None:
    """100 tasks leave ten instances of 5,000, beside 49,900 other tasks and beside 900."""
    times: dict[int, float] = {}
    for tasks in (LITTLE, TASKS):
        runs = [await _drain(sitting.folder / f"drain-{tasks}-{n}", tasks) for n in range(3)]
        times[tasks] = median(runs)
    sitting.report(
        Figure(
            name="drain of 10 of 5,000, 50,000 tasks, CPU",
            unit=" ms",
            ours=times[TASKS] * 1000,
            peer=times[LITTLE] * 1000,
            peer_name="1,000 tasks",
            target=FLAT_TARGET,
        )
    )


async def _drain(folder: Path, tasks: int) -> float:
    """Seconds of processor time until the tasks of the drained instances run elsewhere."""
    async with _cluster(folder, instances=DRAINED) as scheduled:
        cluster = scheduled.cluster
        cluster.call("RegisterTaskDefinition", **_filling())
        _create(scheduled, "moved", MOVED_TASKS, "filling")
        await scheduled.settle()
        drained = list(cluster.instances)
        for number in range(DRAINED, INSTANCES):
            cluster.register_instance(number)
        _create(scheduled, "web", tasks - MOVED_TASKS)
        await scheduled.settle()
        view = cluster.store.view
        assert sum(view.count(LIVE_TASKS_BY_INSTANCE, arn) for arn in drained) == MOVED_TASKS
        began = time.process_time()
        cluster.call("UpdateContainerInstancesState", containerInstances=drained, status="DRAINING")
        await scheduled.settle()
        took = time.process_time() - began
        assert not any(view.count(LIVE_TASKS_BY_INSTANCE, arn) for arn in drained)
        return took


@asynccontextmanager
async def _cluster(folder: Path, instances: int = INSTANCES) -> AsyncIterator[ScheduledCluster]:
    folder.mkdir()
    async with scheduled_cluster(SqliteLog(folder), instances=instances) as scheduled:
        scheduled.cluster.call("RegisterTaskDefinition", **definition("app"))
        yield scheduled


def _filling() -> dict[str, object]:
    """A definition of which ten fill an instance."""
    document = definition("filling")
    document["containerDefinitions"][0] |= {"cpu": 409, "memory": 1024}
    return document


def _create(scheduled: ScheduledCluster, name: str, tasks: int, family: str = "app") -> None:
    scheduled.cluster.call(
        "CreateService", serviceName=name, taskDefinition=family, desiredCount=tasks
    )


def _scale(scheduled: ScheduledCluster, name: str, tasks: int) -> None:
    scheduled.cluster.call("UpdateService", service=name, desiredCount=tasks)


def _running(scheduled: ScheduledCluster) -> int:
    """RUNNING tasks of the cluster."""
    view = scheduled.cluster.store.view
    return view.projection(TaskCounts).in_cluster(CLUSTER_ARN, "RUNNING")
