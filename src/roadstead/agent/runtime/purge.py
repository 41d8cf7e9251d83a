"""Taking away everything that the runtime keeps of one instance, with no agent running."""

from pathlib import Path

from roadstead.agent.network import bridge, task_namespaces
from roadstead.agent.runtime import cgroups
from roadstead.agent.runtime.bundles import Bundles, delete_tree
from roadstead.agent.runtime.containers import end_container
from roadstead.agent.runtime.trial import sweep_trials


def purge(data_dir: Path, cgroup_parent: str) -> None:
    """End all containers under `data_dir` and delete them with their groups, volumes and links.

    To be called when the instance's agent has ended, from outside its control group. Other files in
    `data_dir` stay. May be called again after a failure, and when there is nothing.
    Raises: OSError or RuntimeFailure when a process does not end
    """
    shared = not cgroup_parent.strip("/")
    if shared:  # other agents of this machine may be there too: only what is known here goes
        cgroup_parent = cgroups.SHARED_PARENT
    if data_dir.exists():
        bundles = Bundles(data_dir)
        for container_id, kept in bundles.read_all().items():
            end_container(kept)
            bundles.delete(container_id)
            cgroups.remove(kept.cgroup.rpartition("/")[0])
        bridge.purge(data_dir)
        task_namespaces.purge(data_dir)
        for folder in bundles.folders:
            delete_tree(folder)
        sweep_trials(data_dir, cgroup_parent)
    if not shared:
        cgroups.kill_all(cgroup_parent)
        cgroups.remove_soon(cgroup_parent)
