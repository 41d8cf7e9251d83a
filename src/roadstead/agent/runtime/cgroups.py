"""Control groups: where a container's and a task's are, what they tell, how they go away.

The OCI runtime makes a container's group; its parent, the task's, is made here when the task has a
size of its own. `path` is always relative to the hierarchies' roots: `/roadstead/i-1/<task>/<id>`.
Version 1, version 2 and the hybrid of both (version 1 with an empty version 2 tree beside it) are
told apart once, by `hierarchies()`.

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html and …/cgroup-v1/
"""

import contextlib
import errno
import os
import signal
import threading
from functools import lru_cache
from pathlib import Path

import msgspec

ROOT = Path("/sys/fs/cgroup")
SHARED_PARENT = "/ecs"
"""Where containers go when the instance has no group of its own, as under AWS's agent."""

CPU_PERIOD_US = 100_000
CPU_UNITS_PER_CPU = 1024


class Hierarchies(msgspec.Struct, frozen=True):
    """Where the groups are mounted. Version 2: one root, `memory` and `cpu` are the same."""

    version: int
    hybrid: bool
    roots: tuple[Path, ...]

    @property
    def memory(self) -> Path:
        return ROOT if self.version == 2 else ROOT / "memory"

    @property
    def cpu(self) -> Path:
        return ROOT if self.version == 2 else ROOT / "cpu"


@lru_cache(maxsize=1)
def hierarchies() -> Hierarchies:
    """The control groups of this host."""
    kinds = {}
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            before, _, after = line.partition(" - ")
            kind = after.split()[0]
            if kind in ("cgroup", "cgroup2"):
                kinds[before.split()[4]] = kind
    if kinds.get(str(ROOT)) == "cgroup2":
        return Hierarchies(2, False, (ROOT,))
    roots = tuple(Path(p) for p, kind in kinds.items() if kind == "cgroup")
    unified = tuple(Path(p) for p, kind in kinds.items() if kind == "cgroup2")
    return Hierarchies(1, bool(unified), roots + unified)


def limit_task(path: str, cpu_units: int, memory_bytes: int) -> None:
    """Make a task's group, with its size as limit; 0 means no limit.

    Units: 1024 cpu units are one CPU for all of the time.
    Raises: OSError
    """
    tree = hierarchies()
    quota_us = cpu_units * CPU_PERIOD_US // CPU_UNITS_PER_CPU
    for root in {tree.cpu, tree.memory}:
        _make(root, path, tree.version)
    if tree.version == 2:
        if cpu_units:
            _write(ROOT, path, "cpu.max", f"{quota_us} {CPU_PERIOD_US}")
        if memory_bytes:
            _write(ROOT, path, "memory.max", str(memory_bytes))
        return
    if cpu_units:
        _write(tree.cpu, path, "cpu.cfs_period_us", str(CPU_PERIOD_US))
        _write(tree.cpu, path, "cpu.cfs_quota_us", str(quota_us))
    if memory_bytes:
        _write(tree.memory, path, "memory.limit_in_bytes", str(memory_bytes))


def _make(root: Path, path: str, version: int) -> None:
    """A group with its parents, able to limit what is below it."""
    at = root
    for part in path.strip("/").split("/"):
        if version == 2:
            with contextlib.suppress(OSError):  # a controller that is not there limits nothing
                (at / "cgroup.subtree_control").write_text("+cpu +memory +pids")
        at /= part
        at.mkdir(exist_ok=True)


def _write(root: Path, path: str, file: str, value: str) -> None:
    (root / path.strip("/") / file).write_text(value)


def oom_kills(path: str) -> int:
    """How often the kernel killed in this group for want of memory; 0 when the group is gone."""
    tree = hierarchies()
    file = "memory.events" if tree.version == 2 else "memory.oom_control"
    try:
        lines = (tree.memory / path.strip("/") / file).read_text().splitlines()
    except OSError:
        return 0
    return next((int(ln.split()[1]) for ln in lines if ln.startswith("oom_kill ")), 0)


def kill_all(path: str) -> int:
    """Kill every process below a group; how many there were. Never those of the root."""
    _check_below_root(path)
    killed = 0
    for root in hierarchies().roots:
        for folder, _, _ in os.walk(root / path.strip("/")):
            try:
                pids = (Path(folder) / "cgroup.procs").read_text().split()
            except OSError:
                continue
            for pid in pids:
                # 0 stands for a process that is just ending; to kill(2) it would mean ourselves.
                with contextlib.suppress(ProcessLookupError):
                    if int(pid) > 0:
                        os.kill(int(pid), signal.SIGKILL)
                        killed += 1
    return killed


def _check_below_root(path: str) -> None:
    """Raises: ValueError for the root group, which holds every process of the machine."""
    parts = [part.strip() for part in path.split("/") if part.strip()]
    if not parts or "." in parts or ".." in parts:
        raise ValueError(f"{path!r} does not name a control group below the root")


def remove(path: str) -> bool:
    """Take away a group and those below it; False when processes still live in it."""
    _check_below_root(path)
    gone = True
    for root in hierarchies().roots:
        top = root / path.strip("/")
        for folder, _, _ in os.walk(top, topdown=False):
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                continue
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                gone = False
    return gone


def remove_soon(path: str) -> None:
    """Take away a group whose last processes have just been killed.

    Raises: OSError when they do not end
    """
    for pause in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2):
        if remove(path):
            return
        threading.Event().wait(pause)
    raise OSError(errno.EBUSY, f"control group {path} still has processes after they were killed")
