"""The few system calls that Python 3.11 does not offer: mount, unshare, setns.

They act on the calling thread; who changes a thread's namespaces owns that thread.
"""

import ctypes
import os
import signal

CLONE_FS = 0x00000200
CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
MS_BIND = 4096
MS_REC = 16384
MS_SLAVE = 1 << 19
MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2) in the calling thread's mount namespace.

    Raises: OSError
    """
    if _libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode() or None):
        raise _failure(f"mount {kind or source} on {target}")


def unmount(target: str) -> None:
    """Detach what is mounted on `target`, as soon as nobody uses it.

    Raises: OSError
    """
    if _libc.umount2(target.encode(), MNT_DETACH):
        raise _failure(f"unmount {target}")


def unshare(flags: int) -> None:
    """Give the calling thread namespaces of its own.

    Raises: OSError
    """
    if _libc.unshare(flags):
        raise _failure("unshare")


def enter(namespace_fd: int, kind: int = 0) -> None:
    """Move the calling thread into an open namespace.

    Raises: OSError
    """
    if _libc.setns(namespace_fd, kind):
        raise _failure("setns")


def start_ticks(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None when it is gone or a zombie.

    Together with the pid it names a process for good: pids are reused, moments are not.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def send_signal(pid: int, ticks: int, number: int) -> bool:
    """Signal the process that `start_ticks` named; False when it has ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if start_ticks(pid) != ticks:
            return False
        signal.pidfd_send_signal(process, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(process)
    return True


def _failure(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
