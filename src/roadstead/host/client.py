"""Talking to a running host over its control socket. Synchronous: for the command line."""

import json
import socket
from collections.abc import Callable
from typing import Any

from roadstead.data_dir import DataDir

ANSWER_SECONDS_MAX = 120.0


class HostUnreachable(Exception):
    """No host answers in this data directory."""


class HostRefused(Exception):
    """The host said no; the text says why and what would be right."""


def call(
    data_dir: DataDir,
    request: dict[str, Any],
    progress: Callable[[str], None] = lambda _: None,
    timeout_seconds: float = ANSWER_SECONDS_MAX,
) -> Any:
    """What the host answers to one request.

    Raises: HostUnreachable when none runs, HostRefused when it refuses.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(data_dir.host_socket))
            connection.sendall(json.dumps(request).encode() + b"\n")
            for line in connection.makefile("rb"):
                answer = json.loads(line)
                if "progress" in answer:
                    progress(answer["progress"])
                elif "error" in answer:
                    raise HostRefused(answer["error"])
                else:
                    return answer["result"]
        except OSError as error:
            raise HostUnreachable(_unreachable(data_dir, str(error))) from error
    raise HostUnreachable(_unreachable(data_dir, "it closed the connection"))


def _unreachable(data_dir: DataDir, why: str) -> str:
    return (
        f"No host answers in {data_dir.path} ({why}). Start one with `roadstead up`, or name the "
        "right directory with --data-dir or ROADSTEAD_DATA_DIR."
    )
