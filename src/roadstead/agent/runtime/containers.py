"""One instance's containers: the blocking half of the runtime. Runs in carrier threads only.

Each step may be cut by kill -9 and called again: `create` first takes away what a cut attempt left,
`start` asks the runtime's own files whether it has happened, `remove` begins anew from whatever is
there.
"""

import os
import shutil
import signal
import subprocess
import threading
from datetime import datetime
from pathlib import Path

import msgspec

from roadstead.agent.network.bridge import Attachment, Bridge
from roadstead.agent.network.task_namespaces import TaskNamespaces
from roadstead.agent.runtime import cgroups, execution, kernel, monitor, oci_spec
from roadstead.agent.runtime.bundles import Bundles, Kept
from roadstead.agent.runtime.carriers import mounted_root
from roadstead.agent.runtime.etc_files import write_etc_files
from roadstead.agent.runtime.images import ImageConfig, Images
from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure, Started
from roadstead.agent.runtime.processes import end_process, processes_of, signal_number


class Containers:
    """What is there, and the steps that change it."""

    def __init__(
        self,
        bundles: Bundles,
        images: Images,
        tools: monitor.Tools,
        bridge: Bridge,
        namespaces: TaskNamespaces,
        cgroup: str,
    ) -> None:
        self._bundles = bundles
        self._images = images
        self._tools = tools
        self._bridge = bridge
        self._namespaces = namespaces
        self._cgroup = cgroup
        self._lock = threading.Lock()
        self.kept: dict[str, Kept] = bundles.read_all()

    def create(self, spec: ContainerSpec) -> Kept:
        """Make a container up to its first instruction.

        Raises: RuntimeFailure
        """
        before = self.kept.get(spec.container_id)
        if before is not None and before.phase != "creating":
            return before
        if before is not None:
            self.remove(spec.container_id)
        config, image_root = self._images.config(spec.image)
        cgroup = f"{self.task_cgroup(spec.task_arn)}/{spec.container_id}"
        kept = Kept(spec=spec, cgroup=cgroup)
        self._bundles.folder(spec.container_id).mkdir(mode=0o700)
        self._keep(kept)
        try:
            return self._make(kept, config, image_root)
        except RuntimeFailure:
            self.remove(spec.container_id)
            raise
        except OSError as error:
            self.remove(spec.container_id)
            raise RuntimeFailure("CannotCreateContainerError", str(error)) from error

    def _make(self, kept: Kept, config: ImageConfig, image_root: Path) -> Kept:
        spec = kept.spec
        folder = self._bundles.folder(spec.container_id)
        self._limit_task(spec)
        attachment = self._attach(spec)
        try:
            kept = msgspec.structs.replace(
                kept,
                network_bindings=attachment.bindings,
                address=attachment.address,
                link=attachment.link,
            )
            self._keep(kept)
            hostname = self._hostname(spec)
            write_etc_files(folder / "etc", spec, hostname, kept.address, self._linked(spec))
            try:
                document = oci_spec.build(
                    spec,
                    config,
                    root=folder / "rootfs",
                    image_root=image_root,
                    etc=folder / "etc",
                    volumes=self._bundles.task_folder(spec.task_arn) / "volumes",
                    hostname=hostname,
                    cgroup=kept.cgroup,
                    network_namespace=attachment.namespace_path,
                )
            except RuntimeFailure as failure:
                if failure.name != "CannotStartContainerError":
                    raise
                return self._unstartable(kept, failure)
            (folder / "config.json").write_bytes(document)
            return self._launch(kept, image_root)
        finally:
            attachment.let_go()

    def _attach(self, spec: ContainerSpec) -> Attachment:
        match spec.network_mode:
            case "bridge":
                return self._bridge.attach(spec.container_id, spec.port_mappings)
            case "awsvpc":
                task_id = spec.task_arn.rpartition("/")[2]
                return Attachment(self._namespaces.join(task_id), address=spec.address)
            case _:
                return Attachment()

    def _launch(self, kept: Kept, image_root: Path) -> Kept:
        """Mount the root, start monitor and process; `start` tells of a command that cannot run."""
        folder = self._bundles.folder(kept.spec.container_id)
        with mounted_root(image_root, folder):
            report = monitor.spawn(
                self._tools, kept.spec, folder, self._bundles.oci_root, self._bundles.exits
            )
        self._bridge.publish(kept.address, kept.network_bindings)
        try:
            pid = monitor.wait_created(report)
        except RuntimeFailure as failure:
            return self._unstartable(kept, failure)
        watcher = _read_pid(folder / "monitor.pid")
        kept = msgspec.structs.replace(
            kept,
            phase="created",
            pid=pid,
            pid_ticks=kernel.start_ticks(pid) or 0,
            monitor_pid=watcher,
            monitor_ticks=kernel.start_ticks(watcher) or 0,
        )
        self._keep(kept)
        return kept

    def _unstartable(self, kept: Kept, failure: RuntimeFailure) -> Kept:
        kept = msgspec.structs.replace(kept, phase="created", failure=(failure.name, failure.text))
        self._keep(kept)
        return kept

    def start(self, container_id: str, now: datetime) -> Started:
        """Let a created container run; when it runs already, say so.

        Raises: RuntimeFailure with CannotStartContainerError
        """
        kept = self.kept.get(container_id)
        if kept is None or kept.phase == "creating":
            raise RuntimeFailure(
                "CannotStartContainerError", f"No such container: {container_id}; create it first"
            )
        if kept.failure[0]:
            raise RuntimeFailure(*kept.failure)
        if kept.phase == "created":
            try:
                if not monitor.release(self._tools, self._bundles.oci_root, container_id):
                    now = _released_at(self._bundles.folder(container_id), now)
            except OSError as error:
                if kernel.start_ticks(kept.pid) != kept.pid_ticks:
                    raise RuntimeFailure(
                        "CannotStartContainerError",
                        f"the container's process ended before it was started: {error}",
                    ) from error
                # Nobody waits at the gate, and the process lives: an agent that was killed between
                # opening the gate and taking it away has let it go.
                now = _released_at(self._bundles.folder(container_id), now)
            kept = msgspec.structs.replace(kept, phase="started", started_at=now)
            self._keep(kept)
        return started(kept)

    def note_started(self, container_id: str, now: datetime) -> Kept:
        """Note what an agent that was killed in `start` could not."""
        kept = self.kept[container_id]
        moment = _released_at(self._bundles.folder(container_id), now)
        kept = msgspec.structs.replace(kept, phase="started", started_at=moment)
        self._keep(kept)
        return kept

    def signal(self, container_id: str, name: str) -> None:
        """Send a signal to a container's first process.

        Raises: RuntimeFailure when there is no such signal
        """
        number = signal_number(name)
        kept = self.kept.get(container_id)
        if kept is not None and kept.pid:
            kernel.send_signal(kept.pid, kept.pid_ticks, number)

    def execute(
        self, container_id: str, command: tuple[str, ...]
    ) -> tuple["subprocess.Popen[bytes]", int]:
        """Begin a command in a container that runs: its process and its output.

        Raises: RuntimeFailure with CannotExecuteCommandError
        """
        folder = self._bundles.folder(container_id)
        return execution.begin(self._tools, self._bundles.oci_root, folder, container_id, command)

    def remove(self, container_id: str) -> None:
        """Kill what still runs and take everything away."""
        kept = self.kept.get(container_id)
        if kept is None:
            return
        end_container(kept)
        self._bridge.detach(kept.link, kept.address, kept.network_bindings)
        self._bundles.delete(container_id)
        with self._lock:
            self.kept.pop(container_id, None)

    def remove_task(self, task_arn: str) -> None:
        """Take away a task's group and volumes, when none of its containers is left."""
        if any(kept.spec.task_arn == task_arn for kept in self.kept.values()):
            raise RuntimeFailure(
                "CannotRemoveTaskError", f"{task_arn} still has containers; remove them first"
            )
        cgroups.remove(self.task_cgroup(task_arn))
        shutil.rmtree(self._bundles.task_folder(task_arn), ignore_errors=True)

    def task_cgroup(self, task_arn: str) -> str:
        return f"{self._cgroup}/{task_arn.rpartition('/')[2]}"

    def _limit_task(self, spec: ContainerSpec) -> None:
        if spec.task_cpu_units or spec.task_memory_bytes:
            cgroups.limit_task(
                self.task_cgroup(spec.task_arn), spec.task_cpu_units, spec.task_memory_bytes
            )

    def _hostname(self, spec: ContainerSpec) -> str:
        if spec.network_mode == "host":
            return os.uname().nodename
        return oci_spec.valid_hostname(spec.hostname or spec.container_id[:12])

    def _linked(self, spec: ContainerSpec) -> list[tuple[str, str]]:
        known = ((alias, self.kept.get(other)) for other, alias in spec.links)
        return [(alias, kept.address) for alias, kept in known if kept and kept.address]

    def _keep(self, kept: Kept) -> None:
        self._bundles.write(kept)
        with self._lock:
            self.kept[kept.spec.container_id] = kept


def end_container(kept: Kept) -> None:
    """Kill a container's processes and their monitor, wait for their end, take away the group.

    Raises: RuntimeFailure or OSError when a process does not end
    """
    if kept.phase == "creating":
        # Cut off in the middle: monitor and runtime may be at work without our having noted them.
        while strays := processes_of(kept.spec.container_id):
            for pid, ticks in strays:
                end_process(pid, ticks, signal.SIGKILL)
    if kept.pid:
        end_process(kept.pid, kept.pid_ticks, signal.SIGKILL)
    if kept.monitor_pid:
        end_process(kept.monitor_pid, kept.monitor_ticks, None)
    if not cgroups.remove(kept.cgroup):
        cgroups.kill_all(kept.cgroup)
        cgroups.remove_soon(kept.cgroup)


def started(kept: Kept) -> Started:
    """What `start` says of a container."""
    assert kept.started_at is not None
    return Started(kept.pid, kept.started_at, kept.network_bindings, kept.address)


def _read_pid(file: Path) -> int:
    try:
        return int(file.read_text() or 0)
    except FileNotFoundError:
        return 0


def _released_at(folder: Path, now: datetime) -> datetime:
    """When an agent that was killed in `start` let the process go: about when it last wrote."""
    return datetime.fromtimestamp((folder / "state.json").stat().st_mtime, tz=now.tzinfo)
