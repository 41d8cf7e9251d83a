"""Learning that a container ended: from the exit files that conmon writes, told by inotify."""

import ctypes
import os
import struct
from datetime import UTC, datetime
from pathlib import Path

from roadstead.agent.runtime import cgroups
from roadstead.agent.runtime.bundles import Kept
from roadstead.agent.runtime.port import Exit

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
KILLED = 137

_IN_CLOSE_WRITE = 0x8
_IN_MOVED_TO = 0x80
_HEADER = struct.Struct("iIII")
_libc = ctypes.CDLL(None, use_errno=True)


class ExitFolder:
    """A folder in which a file per ended container appears."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.descriptor = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"inotify: {os.strerror(number)}")
        mask = _IN_CLOSE_WRITE | _IN_MOVED_TO
        if _libc.inotify_add_watch(self.descriptor, str(folder).encode(), mask) < 0:
            number = ctypes.get_errno()
            os.close(self.descriptor)
            raise OSError(number, f"inotify on {folder}: {os.strerror(number)}")

    def news(self) -> list[str]:
        """The ids of containers whose exit file has appeared; does not block."""
        names = []
        try:
            data = os.read(self.descriptor, 65536)
        except BlockingIOError:
            return []
        at = 0
        while at < len(data):
            length = _HEADER.unpack_from(data, at)[3]
            at += _HEADER.size
            names.append(data[at : at + length].rstrip(b"\0").decode())
            at += length
        return names

    def close(self) -> None:
        os.close(self.descriptor)


def read_exit(file: Path, kept: Kept) -> Exit | None:
    """How a container ended; None while there is no (whole) exit file.

    Never before it was started, although the file may look older: its time is that of the kernel's
    last tick, some milliseconds ago, and a container may end sooner than that.
    """
    try:
        text = file.read_text().strip()
        finished_at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None
    if not text:
        return None
    if kept.started_at is not None:
        finished_at = max(finished_at, kept.started_at)
    code = int(text)
    out_of_memory = code == KILLED and cgroups.oom_kills(kept.cgroup) > 0
    return Exit(kept.spec.container_id, code, finished_at, OUT_OF_MEMORY if out_of_memory else "")
