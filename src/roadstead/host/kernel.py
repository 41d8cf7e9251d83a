"""The few system calls that Python 3.11 has no name for.

`unshare` and `setns` act on the calling *thread*: they belong in a thread made for them, that ends
with what it did there (`namespaces.run_inside`).
"""

import ctypes
import os
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MS_SHARED = 1 << 20
MNT_DETACH = 2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Give the calling thread namespaces of its own."""
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Move the calling thread into the namespace that `descriptor` is open on."""
    _check(_libc.setns(descriptor, kind), "setns")


def mount(source: str, target: str, filesystem: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    _check(
        _libc.mount(
            source.encode(),
            os.fsencode(target),
            filesystem.encode(),
            ctypes.c_ulong(flags),
            options.encode() or None,
        ),
        f"mount {target}",
    )


def unmount(target: Path) -> None:
    """Take a mount away at once, even if something still uses it."""
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"unmount {target}")


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send the calling process this signal when its parent ends."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "prctl")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
