"""Which OCI runtime works on this host: tried once, when the agent starts.

crun makes a container in half of runc's time; where it is missing or refuses the host's control
groups, runc takes over. The trial asks for a container whose program does not exist: a runtime that
gets as far as looking for it can make the others.
"""

import logging
import os
import signal
import subprocess
from pathlib import Path

import msgspec

from roadstead.agent.runtime import cgroups, monitor
from roadstead.agent.runtime.bundles import delete_tree
from roadstead.agent.runtime.carriers import open_carriers
from roadstead.agent.runtime.monitor import Tools
from roadstead.agent.runtime.port import RuntimeFailure
from roadstead.agent.runtime.processes import end_process, processes_of

TRIAL_SECONDS_MAX = 20
_PROGRAM = "/no-such-program"

log = logging.getLogger(__name__)


def choose_tools(runtime: str, data_dir: Path, cgroup_parent: str) -> Tools:
    """The fastest of the installed runtimes that works here; `runtime` names one, empty means any.

    Raises: RuntimeFailure when none works
    """
    tree = cgroups.hierarchies()
    kind = "hybrid" if tree.hybrid else f"version {tree.version}"
    reasons = []
    sweep_trials(data_dir, cgroup_parent)
    for tools in monitor.find_tools(runtime):
        with open_carriers(1, hide_unified=hides_unified(tools)) as carrier:
            reason = carrier.submit(_try, tools, data_dir, cgroup_parent).result()
        if not reason:
            log.info("containers are made by %s; control groups: %s", tools.runtime, kind)
            return tools
        log.warning("%s does not work here: %s", tools.runtime, reason)
        reasons.append(f"{tools.runtime}: {reason}")
    raise RuntimeFailure(
        "ContainerRuntimeError",
        f"no OCI runtime works on this host (control groups: {kind}): " + "; ".join(reasons),
    )


def hides_unified(tools: Tools) -> bool:
    """Must the second version's control groups be kept from this runtime's sight?"""
    return tools.is_crun and cgroups.hierarchies().hybrid


def sweep_trials(data_dir: Path, cgroup_parent: str) -> None:
    """Take away trials, also those that an agent was killed in."""
    for folder in sorted(data_dir.glob("trial-*")):
        while strays := processes_of(folder.name):
            for pid, ticks in strays:
                end_process(pid, ticks, signal.SIGKILL)
        cgroups.kill_all(f"{cgroup_parent}/{folder.name}")
        cgroups.remove_soon(f"{cgroup_parent}/{folder.name}")
        delete_tree(folder)


def _try(tools: Tools, data_dir: Path, cgroup_parent: str) -> str:
    """Why a runtime does not work; empty when it does."""
    name = f"trial-{os.getpid()}"
    folder, cgroup = data_dir / name, f"{cgroup_parent}/{name}"
    (folder / "rootfs").mkdir(parents=True)
    namespaces = [{"type": kind} for kind in ("mount", "pid", "ipc", "uts", "network")]
    config = {
        "ociVersion": "1.0.2",
        "process": {"user": {"uid": 0, "gid": 0}, "args": [_PROGRAM], "cwd": "/"},
        "root": {"path": "rootfs"},
        "linux": {
            "namespaces": namespaces,
            "cgroupsPath": cgroup,
            "resources": {"memory": {"limit": 64 * 1024 * 1024}},
        },
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
        ],
    }
    (folder / "config.json").write_bytes(msgspec.json.encode(config))
    words = [tools.runtime, "--root", str(folder / "state")]
    try:
        done = subprocess.run(
            [*words, "create", "--bundle", str(folder), name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=TRIAL_SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {TRIAL_SECONDS_MAX} s"
    finally:
        sweep_trials(data_dir, cgroup_parent)
    said = done.stderr.strip()
    if _PROGRAM in said and done.returncode:
        return ""
    return said.splitlines()[-1] if said else "it made a container without a program"
