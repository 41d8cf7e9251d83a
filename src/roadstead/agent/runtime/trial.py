"""Which OCI runtime works on this host: tried once when the agent starts, by creating a container.

crun makes a container in half of runc's time; where it refuses the host's control groups or does not exist, runc
takes over.
"""

import logging
import subprocess
from pathlib import Path

from roadstead.agent.runtime import cgroups, monitor
from roadstead.agent.runtime.monitor import Tools
from roadstead.agent.runtime.port import RuntimeFailure

log = logging.getLogger(__name__)


def choose_tools(runtime: str, data_dir: Path, cgroup_parent: str) -> Tools:
    """The fastest of the installed runtimes that works here; `runtime` names one, empty means any.

    Raises: RuntimeFailure when none works
    """
    reasons = []
    for tools in monitor.find_tools(runtime):
        reason = _try(tools, data_dir, cgroup_parent)
        if not reason:
            log.info("containers are made by %s; control groups %s", tools.runtime, _groups())
            return tools
        reasons.append(f"{tools.runtime}: {reason}")
    raise RuntimeFailure(
        "ContainerRuntimeError", "no OCI runtime works on this host: " + "; ".join(reasons)
    )


def _groups() -> str:
    tree = cgroups.hierarchies()
    return "hybrid" if tree.hybrid else f"version {tree.version}"


def _try(tools: Tools, data_dir: Path, cgroup_parent: str) -> str:
    done = subprocess.run(
        [tools.runtime, "--version"], capture_output=True, text=True, check=False, timeout=10
    )
    return "" if done.returncode == 0 else done.stderr.strip()
