"""Fill a data directory with state, as a process of its own: `python -m bench.fill DIR …`.

Everything is written by the operations themselves into the same log that the server opens. The
agents are gone at the end, so a server that starts on it has nothing to do by itself.
"""

import argparse
import asyncio
from pathlib import Path

from bench.simulated import ACCOUNT, REGION, simulated_cluster
from roadstead import data_dir
from roadstead.store.sqlite import SqliteLog


async def fill(folder: Path, *, definitions: int, tasks: int, instances: int) -> None:
    """Everything there is, then the agents go."""
    data_dir.claim(folder, ACCOUNT, REGION)
    async with simulated_cluster(SqliteLog(folder)) as cluster:
        cluster.populate(definitions=definitions, tasks=tasks, instances=instances)
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
