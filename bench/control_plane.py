"""Our control plane alone: the real `roadstead server` process on a data directory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ecs_client import EcsClient
from bench.programs import end, free_port, run, wait_for_line
from bench.task_memory import own_bytes
from roadstead.aws.sigv4 import Credentials

CREDENTIALS = Credentials("AKIABENCH", "a-secret-for-benchmarks")
FILL_SECONDS_MAX = 600


class ControlPlane:
    """A server that answers."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def client(self) -> EcsClient:
        """A connection with the root key."""
        return EcsClient(self.port, CREDENTIALS)

    def memory_bytes(self) -> int:
        """What the process holds of its own: no files, nothing shared."""
        return own_bytes(self.process.pid)


@contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """A server on the data directory; it has ended when the block is left."""
    port = free_port()
    log = folder.with_name(f"{folder.name}.log")
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "roadstead", "server"),
                *("--data-dir", str(folder), "--port", str(port)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={
                **os.environ,
                "ROADSTEAD_ROOT_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
                "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": CREDENTIALS.secret,
            },
            start_new_session=True,
        )
    try:
        wait_for_line(process, "ready on", log)
        yield ControlPlane(process, port)
    finally:
        end(process)
        assert process.stdout is not None
        process.stdout.close()


def processor_seconds(process: int) -> float:
    """What a process has used of the processors so far, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fill(folder: Path, *, definitions: int, tasks: int, instances: int) -> Path:
    """Make a data directory with that much state, in a process of its own; returns it."""
    run(
        [
            *(sys.executable, "-m", "bench.fill", str(folder)),
            *("--definitions", str(definitions), "--tasks", str(tasks)),
            *("--instances", str(instances)),
        ],
        timeout_seconds=FILL_SECONDS_MAX,
    )
    return folder
