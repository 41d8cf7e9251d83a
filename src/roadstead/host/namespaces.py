"""Named network namespaces: made, entered, removed, as `ip netns` knows them.

Whatever must happen inside one happens in a thread made for it, which dies there: netlink sockets
that a library opens late then belong to the namespace and never to the machine.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from roadstead.host import kernel, mounts

RUN_DIR = Path("/run/netns")

T = TypeVar("T")


def path_of(name: str) -> Path:
    return RUN_DIR / name


def make(name: str) -> None:
    """Make a namespace, or keep the one that has this name."""
    if exists(name):
        return
    _share_run_dir()
    path = path_of(name)
    path.touch(mode=0o444)
    own = Path("/proc/thread-self/ns/net")

    def pin() -> None:
        kernel.unshare(kernel.CLONE_NEWNET)
        kernel.mount(str(own), str(path), "none", kernel.MS_BIND)

    try:
        in_own_thread(pin)
    except OSError:
        path.unlink()
        raise


def exists(name: str) -> bool:
    """Whether a namespace has this name; a file left by a crash before its mount does not count."""
    return inode(name) is not None


def inode(name: str) -> int | None:
    """What tells this namespace from others, or None if there is none of this name."""
    try:
        found = os.stat(path_of(name))
    except FileNotFoundError:
        return None
    return found.st_ino if found.st_dev == os.stat("/proc/self/ns/net").st_dev else None


def names() -> list[str]:
    """Names of all namespaces of this machine, ours or not."""
    return sorted(os.listdir(RUN_DIR)) if RUN_DIR.is_dir() else []


def remove(name: str) -> None:
    """Remove the name; the namespace goes with its last process."""
    path = path_of(name)
    while exists(name):
        kernel.unmount(path)
    path.unlink(missing_ok=True)


def run_inside(name: str, act: Callable[[], T]) -> T:
    """What `act` returns when it runs inside the namespace."""

    def enter_and_act() -> T:
        with open(path_of(name), "rb") as file:
            kernel.setns(file.fileno(), kernel.CLONE_NEWNET)
        return act()

    return in_own_thread(enter_and_act)


def in_own_thread(act: Callable[[], T]) -> T:
    """What `act` returns (or raises) in a thread that ends with it."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(act())
        except BaseException as error:  # noqa: BLE001  # raised again by the caller
            failures.append(error)

    thread = threading.Thread(target=run, name="namespace")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]


def is_run_dir_mounted() -> bool:
    """Whether /run/netns is a mount of its own, which the first user of namespaces makes it."""
    return RUN_DIR in mounts.mounts_under(RUN_DIR)


def drop_run_dir() -> None:
    """Undo what `make` did to /run/netns, unless someone's namespace is still there."""
    if is_run_dir_mounted() and not names():
        kernel.unmount(RUN_DIR)


def _share_run_dir() -> None:
    """Make /run/netns a shared mount of its own, as `ip netns add` does.

    Names are then seen and removed in every mount namespace alike.
    """
    RUN_DIR.mkdir(mode=0o755, exist_ok=True)
    target = str(RUN_DIR)
    try:
        kernel.mount("none", target, "none", kernel.MS_SHARED | kernel.MS_REC)
    except OSError:
        kernel.mount(target, target, "none", kernel.MS_BIND | kernel.MS_REC)
        kernel.mount("none", target, "none", kernel.MS_SHARED | kernel.MS_REC)
