"""Starting a container's process: conmon, which watches it, and the OCI runtime, which makes it.

conmon outlives the agent, holds the container's output and writes its exit code to a file. The
process stands before its first instruction until `release` opens the runtime's `exec.fifo`: a file
operation instead of one more process (`runc start`, 6 ms).
"""

import errno
import os
import select
import shutil
import subprocess
from pathlib import Path

import msgspec

from roadstead.agent.runtime.bundles import LOG_FILE
from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure

LOG_BYTES_MAX = 10 * 1024 * 1024
RELEASE_MS_MAX = 5000
_REPORT_BYTES_MAX = 65536


class Tools(msgspec.Struct, frozen=True):
    """The programs in use, chosen once at start."""

    conmon: str
    runtime: str
    is_crun: bool


class Report(msgspec.Struct):
    """What conmon says through its sync pipe: a pid, or -1 and the runtime's error."""

    data: int = -1
    pid: int = -1
    message: str = ""


def spawn(tools: Tools, spec: ContainerSpec, bundle: Path, root: Path, exits: Path) -> int:
    """Start conmon for a bundle; the pipe on which it will report that the container is made."""
    wishes = ["--terminal"] if spec.terminal else []
    wishes += ["--stdin", "--leave-stdin-open"] if spec.stdin_open else []
    for_us, for_conmon = os.pipe()
    try:
        os.set_inheritable(for_conmon, True)
        process = subprocess.Popen(
            [
                tools.conmon,
                "--cid", spec.container_id,
                "--cuuid", spec.container_id,
                "--name", spec.container_name or spec.container_id,
                "--runtime", tools.runtime,
                f"--runtime-arg=--root={root}",
                "--bundle", str(bundle),
                "--container-pidfile", str(bundle / "pid"),
                "--conmon-pidfile", str(bundle / "monitor.pid"),
                "--exit-dir", str(exits),
                "--full-attach",
                "--log-path", f"k8s-file:{bundle / LOG_FILE}",
                "--log-size-max", str(LOG_BYTES_MAX),
                "--no-sync-log",
                *wishes,
            ],
            pass_fds=(for_conmon,),
            env={"PATH": os.environ.get("PATH", os.defpath), "_OCI_SYNCPIPE": str(for_conmon)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=bundle,  # when memory runs out, conmon leaves a file named `oom` where it stands
            start_new_session=True,
        )  # fmt: skip
        # conmon forks at once, so that its parent need not stay; the first process has nothing more
        # to say.
        process.wait()
    except BaseException:
        os.close(for_us)
        raise
    finally:
        os.close(for_conmon)
    return for_us


def wait_created(pipe: int) -> int:
    """The pid of the container's first process, once the runtime has made it.

    Raises: RuntimeFailure with CannotStartContainerError
    """
    text = b""
    with open(pipe, "rb") as reports:
        text = reports.readline(_REPORT_BYTES_MAX)
    if not text:
        raise RuntimeFailure(
            "CannotStartContainerError", "the container's monitor (conmon) ended without a report"
        )
    report = msgspec.json.decode(text, type=Report)
    pid = max(report.pid, report.data)
    if pid > 0:
        return pid
    raise RuntimeFailure("CannotStartContainerError", _explained(report.message))


def _explained(message: str) -> str:
    """The runtime's own sentence, in the frame that ECS users know from Docker."""
    text = message.strip() or "the runtime gave no reason"
    lines = [line for line in text.splitlines() if line.strip()]
    return f"Error response from daemon: OCI runtime create failed: {lines[-1]}"


def release(tools: Tools, root: Path, container_id: str) -> bool:
    """Let the process go; False when it was released before.

    Raises: OSError when the process is no more
    """
    fifo = root / container_id / "exec.fifo"
    try:
        # Nobody at the other end: the process has died. ENXIO for crun, an empty read for runc.
        if tools.is_crun:
            gate = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(gate, b"\0")
                fifo.unlink()  # last: as long as it is there, a restarted agent tries again
            finally:
                os.close(gate)
        else:
            gate = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            try:
                waiting = select.poll()
                waiting.register(gate, select.POLLIN)
                if not waiting.poll(RELEASE_MS_MAX) or not os.read(gate, 1):
                    raise OSError(errno.ENXIO, "nobody waits to be released")
                fifo.unlink()
            finally:
                os.close(gate)
    except FileNotFoundError:
        return False
    return True


def is_released(root: Path, container_id: str) -> bool:
    """Has the process been let go?"""
    return not (root / container_id / "exec.fifo").exists()


def find_tools(runtime: str = "") -> list[Tools]:
    """What this host has, the fastest first.

    Raises: RuntimeFailure when something is missing
    """
    conmon = shutil.which("conmon")
    if conmon is None:
        raise RuntimeFailure(
            "ContainerRuntimeError", "conmon is not installed; `apt-get install conmon` brings it"
        )
    names = [runtime] if runtime else ["crun", "runc"]
    found = [
        Tools(conmon, path, "crun" in Path(path).name)
        for path in map(shutil.which, names)
        if path is not None
    ]
    if not found:
        raise RuntimeFailure(
            "ContainerRuntimeError",
            f"no OCI runtime found ({', '.join(names)}); `apt-get install crun runc` brings them",
        )
    return found
