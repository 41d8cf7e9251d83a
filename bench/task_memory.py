"""Bytes per task in the process that placed them: `python -m bench.task_memory 100000`."""

import asyncio
import gc
import sys
from pathlib import Path

from bench.simulated import SIZES, simulated_cluster
from roadstead.state.records import Schema
from roadstead.state.view import View
from roadstead.store.log import Batch

INSTANCES = 1_000
TASKS_PER_CALL = 10
CALLS_PER_BATCH = 20


class NoLog:
    """Keeps nothing, so that what is weighed is the state alone."""

    def load(self, schema: Schema) -> View:
        """An empty state."""
        return View(schema)

    async def append(self, batch: Batch) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing is open."""


async def weigh(tasks: int) -> float:
    """Bytes that each of so many RUNNING tasks adds to this process."""
    async with simulated_cluster(NoLog()) as cluster:
        cluster.register_definitions(100, 100)
        scale = 1 + tasks * max(memory for _, memory in SIZES) // (INSTANCES * 16_384)
        for number in range(INSTANCES):
            cluster.register_instance(number, scale=4 * scale)
        await cluster.store.durable()
        gc.collect()
        before = _own_bytes()
        for number in range(tasks // TASKS_PER_CALL):
            cluster.report_running(cluster.run_tasks(f"app-{number % 100}", TASKS_PER_CALL))
            if number % CALLS_PER_BATCH == 0:
                await cluster.store.durable()
        await cluster.store.durable()
        gc.collect()
        return (_own_bytes() - before) / tasks


def _own_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "RssAnon":
            return int(value.split()[0]) * 1024
    raise AssertionError("this kernel does not tell RssAnon")


if __name__ == "__main__":
    print(asyncio.run(weigh(int(sys.argv[1]))))
