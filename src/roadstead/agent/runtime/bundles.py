"""What the runtime keeps of each container on disk, and where.

`<data_dir>/containers/<container_id>/` holds `state.json` (a `Kept`), the OCI bundle
(`config.json`, `rootfs`, `upper`, `work`, `etc`) and the log. A container is known exactly as long
as its folder has a readable `state.json`; it is written first and taken away last.
"""

import contextlib
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from roadstead.agent.runtime.ended_logs import EndedLogs
from roadstead.agent.runtime.port import ContainerSpec, NetworkBinding, RuntimeFailure

STATE_FILE = "state.json"
LOG_FILE = "log"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a restarted agent has to know of a container."""

    spec: ContainerSpec
    phase: Literal["creating", "created", "started"] = "creating"
    pid: int = 0
    pid_ticks: int = 0
    """Start of `pid`, see `kernel.start_ticks`."""
    monitor_pid: int = 0
    monitor_ticks: int = 0
    cgroup: str = ""
    started_at: datetime | None = None
    network_bindings: tuple[NetworkBinding, ...] = ()
    address: str = ""
    link: str = ""
    """The instance's end of the container's veth pair."""
    failure: tuple[str, str] = ("", "")
    """Name and text of why the container cannot be started: told by `start`, as Docker does."""


class Bundles:
    """The folders of one instance's containers."""

    def __init__(self, data_dir: Path) -> None:
        self.containers = data_dir / "containers"
        self.exits = data_dir / "exits"
        self.oci_root = data_dir / "oci"
        self.tasks = data_dir / "tasks"
        self.ended = data_dir / "ended"
        self.folders = (self.containers, self.exits, self.oci_root, self.tasks, self.ended)
        for folder in self.folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ended_logs = EndedLogs(self.ended)

    def folder(self, container_id: str) -> Path:
        return self.containers / container_id

    def task_folder(self, task_arn: str) -> Path:
        return self.tasks / task_arn.rpartition("/")[2]

    def write(self, kept: Kept) -> None:
        """Replace `state.json` in one step."""
        folder = self.folder(kept.spec.container_id)
        new = folder / "state.new"
        new.write_bytes(msgspec.json.encode(kept))
        new.replace(folder / STATE_FILE)

    def read_all(self) -> dict[str, Kept]:
        """All containers; the folder of one whose first write was cut short is taken away."""
        found = {}
        for folder in sorted(self.containers.iterdir()):
            try:
                kept = msgspec.json.decode((folder / STATE_FILE).read_bytes(), type=Kept)
            except FileNotFoundError:
                delete_tree(folder)
                continue
            found[folder.name] = kept
        return found

    def exit_file(self, container_id: str) -> Path:
        return self.exits / container_id

    def delete(self, container_id: str) -> None:
        """Forget a container, but for its log: its folder last, so that a cut leaves it known."""
        delete_tree(self.oci_root / container_id)
        self.exit_file(container_id).unlink(missing_ok=True)
        folder = self.folder(container_id)
        self._ended_logs.keep(folder / LOG_FILE, container_id)
        for entry in os.scandir(folder) if folder.exists() else ():
            if entry.is_dir(follow_symlinks=False):
                delete_tree(Path(entry.path))
            elif entry.name != STATE_FILE:
                os.unlink(entry.path)
        delete_tree(folder)


def delete_tree(folder: Path) -> None:
    """Delete a folder; a monitor that is just ending may still add a last file, hence the retry."""
    for _ in range(3):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder, ignore_errors=False)
            return
        if not folder.exists():
            return
    raise RuntimeFailure("CannotRemoveContainerError", f"{folder} cannot be deleted")
