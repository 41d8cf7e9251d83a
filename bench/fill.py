"""Fill a data directory with state, as a process of its own: `python -m bench.fill DIR …`.

Everything is written by the operations themselves into the same log that the server opens. The
agents are gone at the end, so a server that starts on it has nothing to do by itself.
"""

import argparse
import asyncio
from pathlib import Path

from bench.simulated import ACCOUNT, REGION, SIZES, simulated_cluster
from roadstead import data_dir
from roadstead.store.sqlite import SqliteLog

FAMILIES = 100
TASKS_PER_CALL = 10


async def fill(folder: Path, *, definitions: int, tasks: int, instances: int) -> None:
    """Register, connect, run, report; then the agents go.

    Nothing waits in between, so all of it goes to the log in one batch.
    """
    data_dir.claim(folder, ACCOUNT, REGION)
    async with simulated_cluster(SqliteLog(folder)) as cluster:
        families = min(FAMILIES, definitions)
        cluster.register_definitions(families, definitions)
        scale = 1 + tasks * max(memory for _, memory in SIZES) // (instances * 16_384)
        for number in range(instances):
            cluster.register_instance(number, scale=4 * scale)
        for number in range(tasks // TASKS_PER_CALL):
            arns = cluster.run_tasks(f"app-{number % families}", TASKS_PER_CALL)
            cluster.report_running(arns)
        cluster.disconnect()


def main() -> None:
    """Read the arguments and fill."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill")
    parser.add_argument("folder", type=Path)
    for name in ("definitions", "tasks", "instances"):
        parser.add_argument(f"--{name}", type=int, required=True)
    chosen = parser.parse_args()
    asyncio.run(
        fill(
            chosen.folder,
            definitions=chosen.definitions,
            tasks=chosen.tasks,
            instances=chosen.instances,
        )
    )


if __name__ == "__main__":
    main()
