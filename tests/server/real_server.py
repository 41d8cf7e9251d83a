"""A real `roadstead server` process, and a small client that signs without an SDK."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign

KEY_ID, SECRET = "AKIATEST", "a-secret-for-tests"
CREDENTIALS = Credentials(KEY_ID, SECRET)
TARGET = "AmazonEC2ContainerServiceV20141113"
PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RealServer:
    """One process on a data directory. `port` stays the same over restarts."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.process: subprocess.Popen[bytes]
        self.errors = data_dir.with_name(f"{data_dir.name}.log")

    def start(self, **options: Any) -> None:
        """Return once it says that it is ready."""
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "roadstead", "server"),
                    *("--data-dir", str(self.data_dir), "--port", str(self.port)),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                env={
                    **os.environ,
                    "ROADSTEAD_ROOT_ACCESS_KEY_ID": KEY_ID,
                    "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": SECRET,
                },
                **options,
            )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        line = self.process.stdout.readline().decode() if ready else ""
        assert "ready on" in line, f"{line}\n{self.errors.read_text()}"

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        status = self.process.wait(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def client(self) -> "Client":
        return Client(self.port)


class Client:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_SECONDS)

    def call(self, operation: str, **request: Any) -> tuple[int, dict[str, Any]]:
        """HTTP status and body of the answer. Raises: OSError, HTTPException"""
        unsigned = HttpRequest(
            "POST",
            "/",
            "",
            {
                "host": self._host,
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"{TARGET}.{operation}",
            },
            json.dumps(request).encode(),
        )
        added = sign(unsigned, CREDENTIALS, "us-east-1", "ecs", datetime.now(UTC))
        self._connection.request("POST", "/", unsigned.body, {**unsigned.headers, **added})
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def must(self, operation: str, **request: Any) -> dict[str, Any]:
        status, answer = self.call(operation, **request)
        assert status == 200, answer
        return answer

    def close(self) -> None:
        self._connection.close()
