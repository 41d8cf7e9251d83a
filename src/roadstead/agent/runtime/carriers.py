"""Carrier threads: they do what blocks, each in a mount namespace where only containers are made.

Every container's root is mounted in a mount namespace of its own, held by its processes alone: when
they end, however they end, the kernel unmounts it. A carrier thread makes that namespace, mounts,
starts the monitor and steps back into its own.

crun refuses hosts with both versions of control groups (hybrid), although it needs only the first.
Carriers see only those version 1 hierarchies that a container's limits need, so crun finds a host
of version 1, and has fewer groups to make.
"""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from roadstead.agent.runtime import cgroups, kernel

LIMITING = {"cpu", "cpuacct", "devices", "freezer", "memory", "pids"}
"""The freezer limits nothing here, but crun asks it whether a container runs: without it, crun
calls all of them stopped and executes nothing in them."""

_local = threading.local()


def open_carriers(count: int, *, hide_unified: bool) -> ThreadPoolExecutor:
    """A pool of carrier threads."""
    return ThreadPoolExecutor(
        count, thread_name_prefix="carrier", initializer=_become_carrier, initargs=(hide_unified,)
    )


def _become_carrier(hide_unified: bool) -> None:
    kernel.unshare(kernel.CLONE_FS | kernel.CLONE_NEWNS)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_SLAVE)
    if hide_unified:
        _narrow_control_groups()
    _local.home = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/mnt", os.O_RDONLY)


def _narrow_control_groups() -> None:
    """Cover /sys/fs/cgroup, in this thread's view, with the hierarchies that limits need."""
    hierarchies = {}
    links = {}
    for entry in sorted(cgroups.ROOT.iterdir()):
        if entry.is_symlink():
            links[entry.name] = os.readlink(entry)
        elif LIMITING & set(entry.name.split(",")):
            hierarchies[entry.name] = os.open(entry, os.O_PATH)
    kernel.mount("tmpfs", str(cgroups.ROOT), "tmpfs", 0, "mode=755")
    for name, descriptor in hierarchies.items():
        (cgroups.ROOT / name).mkdir()
        kernel.mount(f"/proc/self/fd/{descriptor}", str(cgroups.ROOT / name), flags=kernel.MS_BIND)
        os.close(descriptor)
    for name, target in links.items():
        if target in hierarchies:
            (cgroups.ROOT / name).symlink_to(target)


@contextmanager
def mounted_root(lower: Path, bundle: Path) -> Iterator[None]:
    """Within it, the calling carrier is in a new mount namespace that has the container's root.

    Raises: OSError
    """
    for name in ("upper", "work", "rootfs"):
        (bundle / name).mkdir(mode=0o755)
    kernel.unshare(kernel.CLONE_NEWNS)
    try:
        # volatile: the layer of a container dies with it, nobody has to wait for the disk.
        options = f"lowerdir={lower},upperdir={bundle}/upper,workdir={bundle}/work,volatile"
        kernel.mount("overlay", str(bundle / "rootfs"), "overlay", 0, options)
        yield
    finally:
        kernel.enter(_local.home, kernel.CLONE_NEWNS)
