"""dockerd: Debian's docker.io with a data root, exec root and socket of its own, over its HTTP API.

It runs in a network namespace of its own, so that its bridge and its rules stay out of the host's.
Everything it leaves behind (containers, mounts, cgroups, the namespace) is removed by hand, because
it was told to stop and may have been killed.
"""

import ctypes
import http.client
import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.programs import Failed, NotAvailable, program, run, wait_until

NAME = "dockerd"
START_SECONDS_MAX = 60
CALL_SECONDS_MAX = 180
TRACES = (Path("/etc/docker/key.json"), Path("/run/docker"))
"""What dockerd makes outside of its own directories, however it is started."""
CGROUPS = Path("/sys/fs/cgroup")
_MNT_DETACH = 2


class Dockerd:
    """A daemon that answers; each thread has a connection of its own."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.pid = pid
        self.folder = folder
        self._path = str(folder / "docker.sock")
        self._threads = threading.local()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer. Raises: Failed"""
        connection: _UnixConnection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = _UnixConnection(self._path)
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Failed(f"dockerd {method} {path}: {error}") from error
        if answer.status >= 300:
            raise Failed(f"dockerd {method} {path}: {answer.status} {data[:300]!r}")
        return json.loads(data) if data.startswith((b"{", b"[")) else None

    def load_image(self, archive: Path) -> None:
        """Load a docker archive."""
        connection = _UnixConnection(self._path)
        with archive.open("rb") as content:
            connection.request(
                "POST", "/images/load?quiet=1", content, {"Content-Type": "application/x-tar"}
            )
            answer = connection.getresponse()
            said = answer.read()
        connection.close()
        if answer.status != 200 or b"error" in said:
            raise Failed(f"dockerd does not load the image: {said[:300]!r}")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("dockerd", timeout=CALL_SECONDS_MAX)
        self._path = path

    def connect(self) -> None:
        """Over the daemon's socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(CALL_SECONDS_MAX)
        self.sock.connect(self._path)


@contextmanager
def dockerd(folder: Path, namespace: str) -> Iterator[Dockerd]:
    """A daemon in a network namespace that exists.

    Raises: NotAvailable where it cannot run, saying why.
    """
    check()
    folder.mkdir()
    new_traces = [each for each in TRACES if not each.exists()]
    parent = f"/{namespace}"
    words = [
        # nsenter, not `ip netns exec`: that one mounts /sys anew and hides the cgroups
        *("nsenter", f"--net=/run/netns/{namespace}", "dockerd"),
        *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
        *("--host", f"unix://{folder}/docker.sock", "--pidfile", str(folder / "pid")),
        *("--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", parent),
    ]
    log = folder / "log"
    try:
        with program(words, log) as process:
            daemon = Dockerd(folder, process.pid)
            _wait_for(daemon, log)
            try:
                yield daemon
            finally:
                with suppress(Failed):
                    _remove_containers(daemon)
    finally:
        sweep(folder, parent)
        for trace in new_traces:
            shutil.rmtree(trace) if trace.is_dir() else trace.unlink(missing_ok=True)


def check() -> None:
    """Raises: NotAvailable where there is no dockerd, or one cannot be started."""
    if os.geteuid() != 0:
        raise NotAvailable("dockerd needs root")
    for name in ("dockerd", "containerd", "ip", "nsenter", "skopeo"):
        if shutil.which(name) is None:
            raise NotAvailable(
                f"{name} is not installed: apt-get install docker.io iproute2 skopeo"
            )


def docker_archive(layout: Path, archive: Path, name: str) -> Path:
    """The image of an OCI layout, as this dockerd can load it; returns the archive."""
    run(["skopeo", "copy", "--quiet", f"oci:{layout}:latest", f"docker-archive:{archive}:{name}"])
    return archive


def _wait_for(daemon: Dockerd, log: Path) -> None:
    def answers() -> bool:
        if not os.path.exists(f"/proc/{daemon.pid}"):
            return True
        try:
            daemon.call("GET", "/version")
        except Failed:
            return False
        return True

    try:
        wait_until(answers, "dockerd answers", limit_seconds=START_SECONDS_MAX)
        daemon.call("GET", "/version")
    except Failed as failure:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise NotAvailable(f"dockerd does not start: {''.join(last)[-300:]}") from failure


def _remove_containers(daemon: Dockerd) -> None:
    for each in daemon.call("GET", "/containers/json?all=1"):
        with suppress(Failed):
            daemon.call("DELETE", f"/containers/{each['Id']}?force=1")


def sweep(folder: Path, cgroup_parent: str) -> None:
    """Remove what a daemon left: processes of its folder, mounts in it, cgroups of its name."""
    for pid in _pids_naming(str(folder)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for group in CGROUPS.glob(f"*{cgroup_parent}"):
        _remove_cgroup(group)
    libc = ctypes.CDLL(None, use_errno=True)
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for mount in sorted(mounts, key=len, reverse=True):
        if mount.startswith(f"{folder}/"):
            libc.umount2(os.fsencode(mount), _MNT_DETACH)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_cgroup(group: Path) -> None:
    """Innermost first; processes that are still in it are killed: they are its containers'."""
    for folder, _, _ in os.walk(group, topdown=False):
        processes = Path(folder) / "cgroup.procs"
        for line in processes.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(line), signal.SIGKILL)
        with suppress(Failed):
            wait_until(partial(_is_removed, folder), f"{folder} is empty", limit_seconds=5)


def _is_removed(folder: str) -> bool:
    try:
        os.rmdir(folder)
    except OSError:
        return False
    return True


def _pids_naming(folder: str) -> list[int]:
    """Processes whose command line names our folder: containerd and shims that outlived dockerd."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                if f"{folder}/".encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found
