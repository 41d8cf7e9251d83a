"""Control groups of instances: made, counted, emptied and removed, whatever the machine's layout.

cgroups come as v1 (a tree per controller), v2 (one tree) and hybrid (both). A group named
`/roadstead-<id>/<instance>` is made at that path in every tree that an agent needs; whatever a
container runtime adds below it in any tree is found there again.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

MOUNTINFO = Path("/proc/self/mountinfo")
V2_CONTROLLERS = ("cpu", "memory", "pids", "io", "cpuset")
AGENT_TREES = ("cpu", "memory", "pids", "freezer", "name=systemd")
"""The v1 trees that an agent's processes join, where they exist."""


class Tree(msgspec.Struct, frozen=True):
    """One mounted hierarchy."""

    path: Path
    version: int
    controllers: frozenset[str]


def trees(mountinfo: str | None = None) -> tuple[Tree, ...]:
    """The mounted cgroup hierarchies of this machine."""
    text = MOUNTINFO.read_text() if mountinfo is None else mountinfo
    found = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        path = Path(before.split(" ")[4])
        if kind == "cgroup2":
            found[path] = Tree(path, 2, frozenset())
        elif kind == "cgroup":
            found[path] = Tree(path, 1, frozenset(options.split(",")) - {"rw", "ro"})
    return tuple(found.values())


def make(group: str) -> None:
    """Make `group`, with the controllers of v2 passed down to it."""
    for tree in trees():
        if tree.version == 1 and not tree.controllers & frozenset(AGENT_TREES):
            continue
        directory = tree.path
        for part in group.strip("/").split("/"):
            if tree.version == 2:
                _pass_down(directory)
            directory = directory / part
            directory.mkdir(exist_ok=True)


def join(group: str, pid: int) -> None:
    """Move a process into `group`, in every tree where the group exists."""
    for tree in trees():
        members = _directory(tree, group) / "cgroup.procs"
        if members.exists():
            members.write_text(str(pid))


def processes(group: str) -> set[int]:
    """Processes in `group` and in what is below it, in any tree."""
    found: set[int] = set()
    for tree in trees():
        for directory in _walk(_directory(tree, group)):
            try:
                found.update(map(int, (directory / "cgroup.procs").read_text().split()))
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENODEV, errno.EOPNOTSUPP):
                    raise
    return found


def exists(group: str) -> bool:
    """Whether anything of `group` is left, in any tree."""
    return any(_directory(tree, group).is_dir() for tree in trees())


def children(group: str) -> set[str]:
    """Names of the groups right below `group`, in any tree."""
    return {
        child.name
        for tree in trees()
        if (directory := _directory(tree, group)).is_dir()
        for child in directory.iterdir()
        if child.is_dir()
    }


def remove(group: str) -> None:
    """Remove `group` and what is below it, in every tree.

    Raises: OSError while a process is left in it.
    """
    for tree in trees():
        for directory in _walk(_directory(tree, group)):
            try:
                directory.rmdir()
            except FileNotFoundError:
                continue


def _directory(tree: Tree, group: str) -> Path:
    return tree.path / group.strip("/")


def _walk(directory: Path) -> Iterator[Path]:
    """A directory and its sub-directories, deepest first."""
    for path, _, _ in os.walk(directory, topdown=False):
        yield Path(path)


def _pass_down(directory: Path) -> None:
    """Let groups below a v2 group use its controllers, those that it has."""
    available = (directory / "cgroup.controllers").read_text().split()
    for controller in V2_CONTROLLERS:
        if controller in available:
            try:
                (directory / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError as error:
                # A group with processes of its own cannot pass controllers down; a machine whose
                # root refuses one still runs containers without that limit.
                if error.errno not in (errno.EBUSY, errno.EINVAL, errno.EOPNOTSUPP):
                    raise
