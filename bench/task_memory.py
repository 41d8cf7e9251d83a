"""Bytes per task in the process that placed them: `python -m bench.task_memory 100000`."""

import asyncio
import gc
import sys
from pathlib import Path

from bench.simulated import NoLog, simulated_cluster

DEFINITIONS = 100
INSTANCES = 1_000
TASKS_PER_CALL = 10
CALLS_PER_BATCH = 20


async def weigh(tasks: int) -> float:
    """Bytes that each of so many RUNNING tasks adds to this process."""
    async with simulated_cluster(NoLog()) as cluster:
        cluster.populate(definitions=DEFINITIONS, tasks=0, instances=INSTANCES)
        await cluster.store.durable()
        gc.collect()
        before = own_bytes()
        for number in range(tasks // TASKS_PER_CALL):
            arns = cluster.run_tasks(f"app-{number % DEFINITIONS}", TASKS_PER_CALL)
            cluster.report_running(arns)
            if number % CALLS_PER_BATCH == 0:
                await cluster.store.durable()
        await cluster.store.durable()
        gc.collect()
        return (own_bytes() - before) / tasks


def own_bytes(process: int | str = "self") -> int:
    """Memory of a process that is neither of files nor shared."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "RssAnon":
            return int(value.split()[0]) * 1024
    raise AssertionError("this kernel does not tell RssAnon")


if __name__ == "__main__":
    print(asyncio.run(weigh(int(sys.argv[1]))))
