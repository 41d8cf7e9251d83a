"""`roadstead server` alone: a real process on a data directory, and boto3 for its users."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from house import PATIENCE_SECONDS, free_port

KEY_ID, SECRET = "AKIATESTOFPEERAGENT", "a-secret-for-tests"


class LoneServer:
    """One control plane; its port stays the same over restarts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._log = path.with_name(f"{path.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it says that it is ready."""
        with open(self._log, "ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "roadstead", "server"),
                    *("--data-dir", str(self.path), "--port", str(self.port)),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    **os.environ,
                    "ROADSTEAD_ROOT_ACCESS_KEY_ID": KEY_ID,
                    "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": SECRET,
                },
            )
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
        line = process.stdout.readline().decode() if ready else ""
        self._process = process
        assert "ready on" in line, f"{line}\n{self._log.read_text()}"

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(PATIENCE_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def client(self) -> Any:
        return boto3.client(
            "ecs",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
        )
