"""Taking away all that a data directory's host ever made on this machine, running or crashed.

Works from what is found (cgroups, namespaces, devices, mounts, rules), not only from the book: a
crash may have left more than was written down. The host program must not be running.
"""

from functools import partial

from roadstead.data_dir import DataDir
from roadstead.host import agents, cgroups, fabric, mounts, namespaces, power
from roadstead.host import book as books
from roadstead.host.fabric import Names


def turn_off_all(data_dir: DataDir) -> int:
    """End every instance's agent and containers and take away its network; files stay.

    For `down` when no host runs. Returns how many instances there were.
    """
    names = Names(data_dir.short_id)
    book = books.read(data_dir.instances_file)
    instances = [] if book is None else list(book.instances)
    for instance in instances:
        power.turn_off(
            instance,
            f"{names.cgroup}/{instance.instance_id}",
            data_dir.instances / instance.instance_id,
        )
    return len(instances)


def remove_traces(data_dir: DataDir, agent_command: tuple[str, ...] = agents.AGENT_COMMAND) -> None:
    """Leave no process, mount, cgroup, namespace, device or rule of this data directory.

    Raises: OSError when something would not go: the directory must not be deleted then.
    """
    names = Names(data_dir.short_id)
    turn_off_all(data_dir)
    if data_dir.instances.is_dir():
        for directory in data_dir.instances.iterdir():
            power.wipe(directory, f"{names.cgroup}/{directory.name}", agent_command)
            namespaces.remove(f"rs-{directory.name}")
    power.end_processes(partial(cgroups.processes, names.cgroup), grace_seconds=0)
    cgroups.remove(names.cgroup)
    mounts.unmount_under(data_dir.path)
    fabric.remove(names)
    book = books.read(data_dir.instances_file)
    if book is not None and book.mounted_run_netns:
        namespaces.drop_run_dir()


def is_anything_left(data_dir: DataDir) -> bool:
    """Whether agents or containers of this directory still run."""
    return bool(cgroups.processes(Names(data_dir.short_id).cgroup))
