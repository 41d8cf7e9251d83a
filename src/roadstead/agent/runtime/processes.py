"""Processes of containers, known by pid and start: found, signalled, waited for.

A pid alone names nobody: it may have been given to another process since. Blocks; runs in carrier
threads only.
"""

import contextlib
import os
import select
import signal
from pathlib import Path

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.port import RuntimeFailure

STOP_SECONDS_MAX = 10
"""How long a killed process may take to end before removing it fails."""


def signal_number(name: str) -> int:
    """The number of `SIGTERM`, `TERM` or `15`.

    Raises: RuntimeFailure
    """
    if name.isdecimal():
        return int(name)
    full = name.upper() if name.upper().startswith("SIG") else f"SIG{name.upper()}"
    try:
        return int(signal.Signals[full])
    except KeyError:
        raise RuntimeFailure(
            "CannotStopContainerError", f"unknown signal {name!r}; see signal(7)"
        ) from None


def end_process(pid: int, ticks: int, number: int | None) -> None:
    """Signal a process, if asked to, and wait for its end.

    Raises: RuntimeFailure when it does not end
    """
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if kernel.start_ticks(pid) != ticks:
            return
        if number is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, number)
        ending = select.poll()
        ending.register(process, select.POLLIN)
        if not ending.poll(STOP_SECONDS_MAX * 1000):
            raise RuntimeFailure(
                "CannotStopContainerError",
                f"process {pid} has not ended {STOP_SECONDS_MAX} s after it was killed",
            )
    finally:
        os.close(process)


def processes_of(container_id: str) -> list[tuple[int, int]]:
    """(pid, start) of monitors and runtimes at work for a container, by their command lines."""
    found = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            words = Path(entry.path, "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks = kernel.start_ticks(int(entry.name))
        if ticks is not None and container_id.encode() in words:
            found.append((int(entry.name), ticks))
    return found
