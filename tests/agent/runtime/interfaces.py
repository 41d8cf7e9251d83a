"""The host's part for tests: interfaces of a VPC as devices that appear on an instance.

A bridge in the host's namespace stands for the VPC; each interface is a veth pair, its far end in
the instance's namespace: down, without address, with the interface's hardware address.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from container_instance import TASK_ARN, Instance

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec, TaskNetwork

T = TypeVar("T")

HOST = f"/proc/{os.getpid()}/ns/net"
"""The namespace of the test's main thread."""

_NUMBER = os.getpid() % 250
PREFIX = f"10.212.{_NUMBER}"
GATEWAY = f"{PREFIX}.1"

SERVE = "mkdir -p /tmp/w; echo {} > /tmp/w/index.html; exec httpd -f -p {} -h /tmp/w"
ASK = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc {} {}"


class Vpc:
    """A bridge with the subnet's gateway."""

    def __init__(self, instance: Instance) -> None:
        self.bridge = f"rsv{os.getpid() % 100000}"
        self._instance = instance

    def attach(self, number: int, *, mac_address: str = "") -> TaskNetwork:
        """An interface whose device is on the instance now."""
        network = self.interface(number, mac_address=mac_address)
        near, far = self.near(number), f"eni{number:011x}"
        ip(
            "link", "add", near, "master", self.bridge, "up", "type", "veth",
            "peer", "name", far, "address", network.mac_address,
            "netns", self._instance.namespace.name,
        )  # fmt: skip
        return network

    def interface(self, number: int, *, mac_address: str = "") -> TaskNetwork:
        """An interface of which the instance has no device."""
        return TaskNetwork(
            mac_address=mac_address or f"0a:58:00:00:00:{number:02x}",
            address=f"{PREFIX}.{number + 10}",
            prefix_length=24,
            gateway=GATEWAY,
        )

    def near(self, number: int) -> str:
        """The host's end of an interface."""
        return f"{self.bridge}.{number}"

    def has(self, number: int) -> bool:
        """Whether an interface's device is still anywhere."""
        return self.near(number) in ip("-o", "link", "show", "master", self.bridge)


@contextmanager
def vpc_of(instance: Instance) -> Iterator[Vpc]:
    """A VPC for a test; its bridge goes with the test."""
    vpc = Vpc(instance)
    ip("link", "add", vpc.bridge, "type", "bridge")
    try:
        ip("addr", "add", f"{GATEWAY}/24", "dev", vpc.bridge)
        ip("link", "set", vpc.bridge, "up")
        yield vpc
    finally:
        left = ip("-o", "link", "show", "master", vpc.bridge)
        for line in left.splitlines():
            ip("link", "del", line.split()[1].partition("@")[0])
        ip("link", "del", vpc.bridge)


def task_arn(name: str) -> str:
    return TASK_ARN + name


def ip(*words: str) -> str:
    """What `ip` says in the host's namespace, whichever the caller is in.

    Raises: OSError
    """
    done = subprocess.run(
        ["nsenter", f"--net={HOST}", "ip", *words], capture_output=True, text=True
    )
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr}")
    return done.stdout


def in_host(act: Callable[[], T]) -> T:
    """What `act` returns in the host's network namespace."""

    def inside() -> T:
        descriptor = os.open(HOST, os.O_RDONLY)
        kernel.enter(descriptor, kernel.CLONE_NEWNET)
        os.close(descriptor)
        return act()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(inside).result()


def member(instance: Instance, network: TaskNetwork, task: str, *command: str) -> ContainerSpec:
    """A container of an awsvpc task."""
    return instance.spec(
        *command, task_arn=task_arn(task), network_mode="awsvpc", address=network.address,
        hostname="ip-10-212-0-11.ec2.internal", dns_servers=("10.212.0.2",),
        dns_search=("ec2.internal",),
    )  # fmt: skip


async def up(runtime: OciRuntime, spec: ContainerSpec) -> None:
    await runtime.create(spec)
    started = await runtime.start(spec.container_id)
    assert started.network_bindings == ()


async def down(runtime: OciRuntime, task: str, *specs: ContainerSpec) -> None:
    """End a task as the engine does: processes, then its network, then all the rest."""
    for spec in specs:
        await runtime.signal(spec.container_id, "SIGKILL")
    await runtime.release_network(task_arn(task))
    for spec in specs:
        await runtime.remove(spec.container_id)
    await runtime.remove_task(task_arn(task))


def ask(address: str, port: int) -> str:
    """What an HTTP server says to the host; empty when nobody answers in time."""
    return in_host(lambda: _answer(address, port))


def _answer(address: str, port: int) -> str:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, port), timeout=1) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return connection.makefile().read().splitlines()[-1]
        except OSError:
            time.sleep(0.01)
    return ""


async def ran(instance: Instance, runtime: OciRuntime, spec: ContainerSpec) -> tuple[int, str]:
    """Run one more container of a task that stays: how it ended, and what it wrote."""
    await up(runtime, spec)
    async for ended in runtime.exits():
        if ended.container_id == spec.container_id:
            break
    output = instance.output(spec)
    await runtime.remove(spec.container_id)
    return ended.exit_code, output
