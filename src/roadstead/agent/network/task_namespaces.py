"""Network namespaces of awsvpc tasks: one a task, its interface in it as eth0.

Each is pinned by a bind mount, `<data dir>/netns/<task id>`, so it needs no process, and is there
for the next agent when this one is killed. Whatever was cut off may be done again. Everything here
blocks; all but `join` runs in threads that see the instance's own mounts.

A device that was moved is gone with its namespace: the kernel deletes both ends of a veth pair.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from roadstead.agent.network.netlink import Netlink
from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.port import RuntimeFailure, TaskNetwork

FOLDER = "netns"
INSIDE = "eth0"
JOIN_SECONDS_MAX = 10.0
"""How long a container that is being made waits for its task's namespace to be there."""
INSTANCE_METADATA = "169.254.169.254"

_LOOPBACK_INDEX = 1
_ANNOUNCE = Path("/proc/sys/net/ipv4/conf/default/arp_notify")
_NO_IPV6 = Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")

T = TypeVar("T")


class TaskNamespaces:
    """All task namespaces of one instance. Its methods may be called from several threads."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._open: dict[str, int] = {}
        """Task id → a descriptor of its namespace."""
        self._changed = threading.Condition()

    def open(self) -> None:
        """Take up the namespaces that are here."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for pin in _pins(self._folder):
            if _is_pinned(pin):
                self._open[pin.name] = os.open(pin, os.O_RDONLY | os.O_CLOEXEC)
            else:  # cut off before it was mounted, or from before the machine's last start
                pin.unlink()

    def close(self) -> None:
        """Let go of the namespaces. They stay: containers use them."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def make(self, task_id: str) -> bool:
        """Make a task's namespace, if it is not there; True when its interface is in it already.

        Raises: OSError
        """
        if task_id in self._open:
            with self._inside(task_id) as inside:
                return INSIDE in inside.links()
        pin = self._folder / task_id
        pin.touch(mode=0o400)
        descriptor = _new_namespace()
        try:
            kernel.mount(f"/proc/self/fd/{descriptor}", str(pin), "", kernel.MS_BIND)
        except BaseException:
            os.close(descriptor)
            raise
        with self._changed:
            self._open[task_id] = descriptor
            self._changed.notify_all()
        return False

    def is_there(self, task_id: str) -> bool:
        """Whether anything of a task's namespace is there."""
        return task_id in self._open or (self._folder / task_id).exists()

    def bring_in(self, task_id: str, device_index: int) -> None:
        """Move the task's device into its namespace. Raises: OSError"""
        with Netlink() as instance:
            instance.move_link(device_index, self._open[task_id], INSIDE)

    def configure(self, task_id: str, network: TaskNetwork) -> None:
        """Give the interface its address and routes. Raises: OSError"""
        with self._inside(task_id) as inside:
            index = inside.links()[INSIDE]
            with contextlib.suppress(FileExistsError):
                inside.add_address(index, network.address, network.prefix_length)
            inside.set_up(index)
            with contextlib.suppress(FileExistsError):
                inside.add_default_route(network.gateway, index)

    def join(self, task_id: str) -> int:
        """A new descriptor of a task's namespace; for containers, from any thread.

        Raises: RuntimeFailure with CannotCreateContainerError
        """
        with self._changed:
            if not self._changed.wait_for(lambda: task_id in self._open, JOIN_SECONDS_MAX):
                raise RuntimeFailure(
                    "CannotCreateContainerError", "the task has no network namespace to join"
                )
            return os.dup(self._open[task_id])

    def remove(self, task_id: str) -> None:
        """Take away a task's namespace, and its interface whoever still holds the namespace.

        Raises: OSError
        """
        if task_id in self._open:
            with self._inside(task_id) as inside:
                inside.delete_link(INSIDE)
            with self._changed:
                os.close(self._open.pop(task_id))
        _unpin(self._folder / task_id)

    def _inside(self, task_id: str) -> Netlink:
        """A socket of the task's namespace; sockets stay where they were made."""
        return _within(self._open[task_id], Netlink)


def purge(data_dir: Path) -> None:
    """Take away all task namespaces of an instance, with no agent running."""
    namespaces = TaskNamespaces(data_dir)
    if (data_dir / FOLDER).exists():
        namespaces.open()
        for pin in _pins(data_dir / FOLDER):
            namespaces.remove(pin.name)
        (data_dir / FOLDER).rmdir()


def _new_namespace() -> int:
    """A namespace with its loopback up, ready for an interface.

    Addresses are announced when they come up: others may remember a former interface of the same
    address, and must not wait for that to expire. The interface gets no IPv6 address of the
    kernel's choosing, as EC2 gave it none. There is no instance metadata here, and none of the
    machine's own may be reached.
    """

    def furnish() -> int:
        kernel.unshare(kernel.CLONE_NEWNET)
        _ANNOUNCE.write_text("1")
        if _NO_IPV6.exists():
            _NO_IPV6.write_text("1")
        with Netlink() as inside:
            inside.set_up(_LOOPBACK_INDEX)
            inside.add_unreachable_route(INSTANCE_METADATA)
        return os.open(_own_namespace(), os.O_RDONLY | os.O_CLOEXEC)

    return _in_own_thread(furnish)


def _within(descriptor: int, act: Callable[[], T]) -> T:
    """What `act` returns in a namespace."""

    def inside() -> T:
        kernel.enter(descriptor, kernel.CLONE_NEWNET)
        return act()

    return _in_own_thread(inside)


def _in_own_thread(act: Callable[[], T]) -> T:
    """What `act` returns (or raises) in a thread that ends with it, whatever it did to itself."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(act())
        except BaseException as failure:  # noqa: BLE001  # raised again by the caller
            failures.append(failure)

    thread = threading.Thread(target=run, name="task-namespace")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]


def _own_namespace() -> str:
    return f"/proc/self/task/{threading.get_native_id()}/ns/net"


def _pins(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def _is_pinned(pin: Path) -> bool:
    """Whether a namespace is mounted there, and not only the file it was to be mounted on."""
    return os.stat(pin).st_dev == os.stat("/proc/self/ns/net").st_dev


def _unpin(pin: Path) -> None:
    """Deleting the file takes the mount out of every other mount namespace that has a copy."""
    if pin.exists():
        while _is_pinned(pin):
            kernel.unmount(str(pin))
        pin.unlink()
