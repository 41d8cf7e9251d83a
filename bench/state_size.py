"""What 100,000 tasks cost the server: memory for each, and how long it is away when it restarts."""

import subprocess
import sys
import time
from pathlib import Path

from bench.control_plane import control_plane, fill, processor_seconds
from bench.figures import Figure, Target, median
from bench.sitting import Sitting

TASKS = 100_000
DEFINITIONS = 100
INSTANCES = 1_000


def measure(sitting: Sitting) -> None:
    """Memory of tasks loaded at a start and of tasks made in a running process; then restarts."""
    sitting.tell("filling a data directory with 100,000 tasks …")
    full = fill(sitting.folder / "tasks", definitions=DEFINITIONS, tasks=TASKS, instances=INSTANCES)
    none = fill(sitting.folder / "no-tasks", definitions=DEFINITIONS, tasks=0, instances=INSTANCES)
    loaded, seconds, worked = [], [], []
    for _ in range(sitting.rounds):
        took, memory, work = _start(full)
        seconds.append(took)
        worked.append(work)
        loaded.append((memory - _start(none)[1]) / TASKS)
    made = [_made() for _ in range(sitting.rounds)]
    for name, values in (("loaded at a start", loaded), ("of a running server", made)):
        sitting.report(
            Figure(
                name=f"memory per task {name}",
                unit=" kB",
                ours=median(values) / 1000,
                target=Target(at_most=3, of="ours"),
            )
        )
    sitting.report(
        Figure(
            name="restart with 100,000 tasks",
            unit=" s",
            ours=median(seconds),
            target=Target(at_most=3.5, of="ours"),
        )
    )

    sitting.report(Figure(name="restart, processor time of it", unit=" s", ours=median(worked)))


def _start(folder: Path) -> tuple[float, float, float]:
    """Seconds from starting the process to its first answer; its bytes and its work by then."""
    began = time.perf_counter()
    with control_plane(folder) as plane:
        client = plane.client()
        client.call("ListTasks", maxResults=1)
        took = time.perf_counter() - began
        client.close()
        return took, plane.memory_bytes(), processor_seconds(plane.process.pid)


def _made() -> float:
    """Bytes that a task takes in the process that made it."""
    words = [sys.executable, "-m", "bench.task_memory", str(TASKS)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=600)
    return float(done.stdout)
