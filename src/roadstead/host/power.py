"""Turning an instance's network on, and everything it runs off.

Off means: no process, mount, cgroup, cable or namespace of it is left; its files stay. All of it
blocks and runs in a thread. Each step looks at what is there, so a host killed in the middle, or
one that finds what a crash left, does it again.
"""

import errno
import logging
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from roadstead.files import make_private_directory
from roadstead.host import cgroups, links, mounts, namespaces, processes
from roadstead.host.fabric import Names
from roadstead.host.firewall import Firewall
from roadstead.host.launches import AGENT_COMMAND
from roadstead.host.records import Instance, Vpc
from roadstead.host.ruleset import Port

GRACE_SECONDS = 2.0
"""How long containers may take to end on SIGTERM when their instance stops."""

KILL_SECONDS = 10.0
KILL_ROUNDS_MAX = 50
CONTAINER_MONITOR = "conmon"
PURGE_SECONDS = 60

log = logging.getLogger(__name__)


def turn_on(
    instance: Instance, vpc: Vpc, names: Names, directory: Path, firewall: Firewall
) -> None:
    """Give an instance its directory, namespace, cable and cgroup; what it has is kept."""
    make_private_directory(directory)
    namespaces.make(instance.namespace)
    firewall.admit(instance.link, Port(instance.mac, instance.address, is_instances=True))
    links.plug_in(instance, vpc.subnet(instance.subnet_id), names.bridge)
    cgroups.make(f"{names.cgroup}/{instance.instance_id}/agent")


def turn_off(
    instance: Instance, cgroup: str, directory: Path, grace_seconds: float = GRACE_SECONDS
) -> None:
    """End what an instance runs and take away all but its files. Its agent has ended already.

    Raises: OSError when something would not go.
    """

    def alive() -> set[int]:
        return cgroups.processes(cgroup) | _in_namespace(instance.namespace)

    end_processes(alive, grace_seconds)
    mounts.unmount_under(directory)
    cgroups.remove(cgroup)
    links.remove_link(instance.link)
    namespaces.remove(instance.namespace)


def wipe(directory: Path, cgroup: str, agent_command: tuple[str, ...] = AGENT_COMMAND) -> None:
    """Delete a turned-off instance's files, after its runtime took away what it keeps elsewhere."""
    if not directory.exists():
        return
    _purge_runtime(directory, cgroup, agent_command)
    mounts.unmount_under(directory)
    cgroups.remove(cgroup)
    shutil.rmtree(directory)


def end_processes(alive: Callable[[], set[int]], grace_seconds: float) -> None:
    """SIGTERM, then SIGKILL, until `alive` finds nobody.

    Monitors of containers are not asked to end: they end with their container.

    Raises: OSError when some process does not die.
    """
    asked = {pid for pid in alive() if processes.command_name(pid) != CONTAINER_MONITOR}
    if asked and grace_seconds:
        processes.signal_and_wait(asked, signal.SIGTERM, grace_seconds)
    for _ in range(KILL_ROUNDS_MAX):
        left = alive()
        if not left:
            return
        processes.signal_and_wait(left, signal.SIGKILL, KILL_SECONDS)
    raise OSError(errno.EBUSY, f"processes {sorted(left)[:5]} do not end")


def _in_namespace(name: str) -> set[int]:
    """Processes in a namespace by name; for those that joined no cgroup of the instance."""
    inode = namespaces.inode(name)
    if inode is None:
        return set()
    return {pid for pid in processes.all_pids() if processes.network_of(pid) == inode}


def _purge_runtime(directory: Path, cgroup: str, agent_command: tuple[str, ...]) -> None:
    """Have the agent's own code take away its containers; the host knows no runtime.

    The instance's namespace is gone, so it runs in an empty one: what it would change of a network
    must never be the machine's.
    """
    done = subprocess.run(
        [
            "unshare", "--net", "--",
            *agent_command, "purge",
            "--data-dir", str(directory / "data"), "--cgroup-parent", cgroup,
        ],
        capture_output=True,
        timeout=PURGE_SECONDS,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        log.warning(
            "agent purge of %s: exit status %d: %s",
            directory,
            done.returncode,
            done.stderr.decode(errors="replace").strip()[-500:],
        )
