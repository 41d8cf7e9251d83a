"""ScheduledCluster: a SimulatedCluster whose reconcilers are at work and whose agents answer.

The loops are the server's own, driven by hand instead of by the event loop, so that their work is
measured and not somebody's waiting. Agents report a task RUNNING, or STOPPED, as soon as they are
told of it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.simulated import ACCOUNT, REGION, SimulatedCluster, simulated_cluster
from roadstead.clock import SystemClock
from roadstead.ecs.reconcilers.table import RECONCILERS
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.tuning import Tuning
from roadstead.ecs.transitions.tuning import put_tuning
from roadstead.ids import SystemIds
from roadstead.server.loops import ReconcileLoop
from roadstead.store.log import Log
from roadstead.store.store import Commit

TURN_SECONDS = 0.05
TASKS_MAX = 100_000
"""Of one service; ECS allows 5,000 until asked for more."""


class ScheduledCluster:
    """`settle` lets the loops and the agents work until neither has anything to do."""

    def __init__(self, cluster: SimulatedCluster) -> None:
        self.cluster = cluster
        self._to_start: list[str] = []
        self._to_stop: list[str] = []
        cluster.store.on_durable(self._tell_agents)
        clock, ids = SystemClock(), SystemIds()
        self._loops = [
            ReconcileLoop(each, cluster.store, clock, ids, account=ACCOUNT, region=REGION)
            for each in RECONCILERS
        ]

    async def settle(self) -> None:
        """Return when every loop is idle and every agent has reported."""
        store = self.cluster.store
        while True:
            for loop in self._loops:
                loop.wake_due()
                loop.work(TURN_SECONDS)
            await store.durable()
            await asyncio.sleep(0)
            started, self._to_start = self._to_start, []
            stopped, self._to_stop = self._to_stop, []
            if not (started or stopped or any(not loop.idle for loop in self._loops)):
                return
            self.cluster.report_running(started)
            self.cluster.report_stopped(stopped)

    def _tell_agents(self, commit: Commit) -> None:
        for change in commit.changes:
            if change.table is TASKS and change.after is not None:
                self._tell_agent(change.before, change.after)

    def _tell_agent(self, before: Task | None, after: Task) -> None:
        if before is None:
            self._to_start.append(after.arn)
        elif before.desired_status == "RUNNING" != after.desired_status:
            self._to_stop.append(after.arn)


@asynccontextmanager
async def scheduled_cluster(log: Log, *, instances: int) -> AsyncIterator[ScheduledCluster]:
    """A cluster of so many connected instances; a task is healthy as soon as it is RUNNING."""
    async with simulated_cluster(log) as cluster:
        numbers = Tuning(healthy_after_running_seconds=0, tasks_per_service_max=TASKS_MAX)
        cluster.update(lambda tx, _: put_tuning(tx, numbers))
        for number in range(instances):
            cluster.register_instance(number)
        scheduled = ScheduledCluster(cluster)
        await scheduled.settle()
        yield scheduled
