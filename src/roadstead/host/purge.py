"""Taking away what a data directory's host made on this machine: all of it, or what nobody owns.

Works from what is found (cgroups, namespaces, devices, mounts, rules), not only from the book: a
crash may have left more than was written down. All but `remove_strangers` want no host program to
be running.
"""

from functools import partial

from roadstead.data_dir import DataDir
from roadstead.host import book as books
from roadstead.host import (
    cgroups,
    devices,
    fabric,
    launches,
    links,
    mounts,
    namespaces,
    power,
    proxy,
)
from roadstead.host.fabric import Names
from roadstead.host.records import Book


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
    proxy.end_traces(data_dir)
    return len(instances)


def remove_traces(
    data_dir: DataDir, agent_command: tuple[str, ...] = launches.AGENT_COMMAND
) -> None:
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


def remove_strangers(names: Names, book: Book) -> None:
    """Take away what belongs to this data directory but to no instance in the book."""
    known = {proxy.GROUP, *(instance.instance_id for instance in book.instances)}
    links_known = {one.link for one in book.instances if one.is_powered}
    for name in cgroups.children(names.cgroup) - known:
        group = f"{names.cgroup}/{name}"
        power.end_processes(partial(cgroups.processes, group), grace_seconds=0)
        cgroups.remove(group)
    for link in links.ports(names.bridge) - links_known:
        if not link.startswith(devices.NEAR):  # those are looked at once it is known what is right
            links.remove_link(link)
