"""Processes that may outlive the program that started them.

A process is known by its id *and* the moment it started, since ids are used again; signals and
waiting go through a descriptor of it (pidfd), which cannot mean another.
"""

import asyncio
import os
import select
import signal
import subprocess
from pathlib import Path

import msgspec

PROC = Path("/proc")


class ProcessMark(msgspec.Struct, frozen=True):
    """What to write down so that a restarted program finds the same process again."""

    pid: int
    start_ticks: int


class Process:
    """A live process that we may signal and wait for; ours, or one we adopted."""

    def __init__(self, mark: ProcessMark, pidfd: int, child: "subprocess.Popen[bytes] | None"):
        self.mark = mark
        self._pidfd = pidfd
        self._child = child

    def send(self, signal_number: signal.Signals) -> None:
        """Signal it; nothing happens if it has ended."""
        try:
            signal.pidfd_send_signal(self._pidfd, signal_number)
        except ProcessLookupError:
            return

    async def wait(self) -> int | None:
        """Its exit status (negative: the signal that ended it), None for an adopted process."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pidfd, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._pidfd)
        return None if self._child is None else self._child.wait()

    def close(self) -> None:
        """Let go of it; it runs on if it still runs."""
        os.close(self._pidfd)
        if self._child is not None and self._child.poll() is None:
            _LET_GO.append(self._child)


_LET_GO: "list[subprocess.Popen[bytes]]" = []
"""Children that run on though nobody watches them: on purpose, so nothing is to warn of it."""


def from_child(child: "subprocess.Popen[bytes]") -> Process:
    """A process that we have just started."""
    return Process(
        ProcessMark(child.pid, start_ticks(child.pid) or 0), os.pidfd_open(child.pid), child
    )


def adopt(mark: ProcessMark) -> Process | None:
    """The process that `mark` was written for, or None if it has ended."""
    try:
        pidfd = os.pidfd_open(mark.pid)
    except ProcessLookupError:
        return None
    if start_ticks(mark.pid) != mark.start_ticks or _is_zombie(mark.pid):
        os.close(pidfd)
        return None
    return Process(mark, pidfd, None)


def start_ticks(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None if there is no such process."""
    fields = _stat(pid)
    return None if fields is None else int(fields[19])


def environment(pid: int) -> dict[str, str]:
    """The environment that a process was started with; empty if it has ended or is the kernel's."""
    try:
        entries = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return {}
    pairs = (os.fsdecode(entry).partition("=") for entry in entries if entry)
    return {name: value for name, _, value in pairs}


def command_line(pid: int) -> list[str]:
    """The words that a process was started with; none if it has ended."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [os.fsdecode(word) for word in words[:-1]]


def all_pids() -> list[int]:
    """Every process that this machine shows us."""
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]


def network_of(pid: int) -> int | None:
    """The inode of a process's network namespace, None if it has ended."""
    try:
        return os.stat(PROC / str(pid) / "ns" / "net").st_ino
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None


def sees_our_mounts(pid: int) -> bool:
    """Whether a process is in our mount namespace: no container is."""
    try:
        return os.stat(PROC / str(pid) / "ns/mnt").st_ino == os.stat("/proc/self/ns/mnt").st_ino
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def command_name(pid: int) -> str:
    """What `ps` calls it; empty if it has ended."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def signal_and_wait(pids: set[int], number: signal.Signals, timeout_seconds: float) -> None:
    """Signal processes and return once they have ended, or when the time is up."""
    pidfds = []
    for pid in pids:
        try:
            pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        pidfds.append(pidfd)
        try:
            signal.pidfd_send_signal(pidfd, number)
        except ProcessLookupError:
            continue
    try:
        _wait_for_all(pidfds, timeout_seconds)
    finally:
        for pidfd in pidfds:
            os.close(pidfd)


def _wait_for_all(pidfds: list[int], timeout_seconds: float) -> None:
    poll = select.poll()
    for pidfd in pidfds:
        poll.register(pidfd, select.POLLIN)
    waiting = set(pidfds)
    while waiting:
        ended = poll.poll(timeout_seconds * 1000)
        if not ended:
            return
        for pidfd, _ in ended:
            poll.unregister(pidfd)
            waiting.discard(pidfd)


def _is_zombie(pid: int) -> bool:
    fields = _stat(pid)
    return fields is None or fields[0] == "Z"


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat from the third on: the second may contain spaces."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
