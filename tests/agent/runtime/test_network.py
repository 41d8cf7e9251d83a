"""Bridge, host and none for real: who reaches whom, on which port."""

import asyncio
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from container_instance import ADDRESS, HOST_ADDRESS, Instance

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import (
    ContainerSpec,
    Mount,
    NetworkBinding,
    PortMapping,
    RuntimeFailure,
    Started,
)

T = TypeVar("T")

HOST = f"/proc/{os.getpid()}/ns/net"
"""The namespace of the test's main thread."""

HEAR = (
    "$s = IO::Socket::INET->new(Proto => 'udp', LocalPort => 53) or die; $s->recv($m, 99); print $m"
)
SAY = (
    "IO::Socket::INET->new(Proto => q(udp), PeerAddr => $ARGV[0], PeerPort => $ARGV[1])"
    "->send($ARGV[0]) or die"
)
SERVE = "mkdir -p /tmp/w; echo {} > /tmp/w/index.html; exec httpd -f -p 80 -h /tmp/w"


async def _up(runtime: OciRuntime, spec: ContainerSpec) -> Started:
    await runtime.create(spec)
    return await runtime.start(spec.container_id)


def _get(address: str, port: int, namespace: str = HOST, attempts: int = 300) -> str:
    """What an HTTP server says, asked from a namespace; empty when nobody answers in time."""

    def ask() -> str:
        for _ in range(attempts):
            try:
                with socket.create_connection((address, port), timeout=2) as connection:
                    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    return connection.makefile().read().splitlines()[-1]
            except ConnectionRefusedError:
                threading.Event().wait(0.01)
        return ""

    return _within(namespace, ask)


def _within(namespace: str, act: Callable[[], T]) -> T:
    """Do something in a thread that has entered a network namespace."""

    def inside() -> T:
        descriptor = os.open(namespace, os.O_RDONLY)
        kernel.enter(descriptor, kernel.CLONE_NEWNET)
        os.close(descriptor)
        return act()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(inside).result()


def test_a_published_port_answers_from_everywhere(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        web = instance.spec(
            "sh", "-c", SERVE.format("web"), network_mode="bridge",
            port_mappings=(PortMapping(80, 8080), PortMapping(80)),
        )  # fmt: skip
        started = await _up(runtime, web)
        static, dynamic = started.network_bindings
        assert static == NetworkBinding(80, 8080, "tcp")
        assert 32768 <= dynamic.host_port <= 60999
        for port in (8080, dynamic.host_port):
            assert _get(ADDRESS, port) == "web"
        assert _get(ADDRESS, 8080, str(instance.namespace)) == "web"
        assert _get("127.0.0.1", 8080, str(instance.namespace)) == "web"
        hairpin = f"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc {ADDRESS} 8080"
        for spec in (
            instance.spec("sh", "-c", hairpin, network_mode="bridge"),
            instance.spec(
                "sh", "-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc web 80",
                network_mode="bridge", links=((web.container_id, "web"),),
            ),
        ):  # fmt: skip
            _, output = await instance.ran(runtime, spec)
            assert output.splitlines()[-1] == "web"
        await runtime.remove(web.container_id)
        await runtime.remove_task(web.task_arn)
        assert _get(ADDRESS, 8080, attempts=1) == ""
        await runtime.close()

    instance.run(test)


def test_no_container_reaches_what_its_instance_keeps_on_its_loopback(instance: Instance) -> None:
    def listen() -> socket.socket:
        listener = socket.socket(type=socket.SOCK_DGRAM)
        listener.bind(("0.0.0.0", 0))  # in the instance's own namespace
        listener.settimeout(20)
        return listener

    async def test() -> None:
        listener = _within(str(instance.namespace), listen)
        port = listener.getsockname()[1]
        runtime = await instance.open()
        say = (
            "GATEWAY=$(ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p'); "
            "ip addr del 127.0.0.1/8 dev lo; ip route add 127.0.0.0/8 via $GATEWAY || exit 1; "
            "for TO in 127.0.0.1 $GATEWAY; do "
            f"/usr/bin/perl -MIO::Socket::INET -e '{SAY}' $TO {port} || exit 2; done"
        )
        spec = instance.spec(
            "sh", "-c", say, network_mode="bridge", capabilities_add=("NET_ADMIN",),
            mounts=tuple(Mount(path, path, read_only=True) for path in ("/usr", "/lib", "/lib64")),
        )  # fmt: skip
        ended, output = await instance.ran(runtime, spec)
        assert ended.exit_code == 0, output
        first = listener.recv(100).decode().strip()
        assert first != "127.0.0.1"
        assert first.startswith("172.")
        listener.close()
        await runtime.close()

    instance.run(test)


def test_a_container_reaches_the_world_as_its_instance(instance: Instance) -> None:
    async def test() -> None:
        listener = _within(HOST, lambda: socket.create_server((HOST_ADDRESS, 0)))
        port = listener.getsockname()[1]
        runtime = await instance.open()
        spec = instance.spec(
            "sh", "-c", f"nc {HOST_ADDRESS} {port} < /dev/null", network_mode="bridge"
        )
        await _up(runtime, spec)
        loop = asyncio.get_running_loop()
        connection, peer = await loop.run_in_executor(None, listener.accept)
        assert peer[0] == ADDRESS
        connection.close()
        listener.close()
        await runtime.remove(spec.container_id)
        await runtime.close()

    instance.run(test)


def test_udp_and_ranges_are_published_too(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec(
            "/usr/bin/perl", "-MIO::Socket::INET", "-e", HEAR, network_mode="bridge",
            mounts=tuple(Mount(path, path, read_only=True) for path in ("/usr", "/lib", "/lib64")),
            port_mappings=(
                PortMapping(53, protocol="udp"),
                PortMapping(0, container_port_range="9000-9003"),
            ),
        )  # fmt: skip
        started = await _up(runtime, spec)
        udp, tcp = started.network_bindings
        assert (udp.protocol, udp.container_port) == ("udp", 53)
        first, _, last = tcp.host_port_range.partition("-")
        assert int(last) - int(first) == 3
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            while not instance.output(spec):
                caller.sendto(b"over udp\n", (ADDRESS, udp.host_port))
                await asyncio.sleep(0.01)
        assert instance.output(spec).startswith("over udp")
        await runtime.remove(spec.container_id)
        await runtime.close()

    instance.run(test)


def test_a_port_in_use_is_refused_and_no_dynamic_port_collides(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        first = instance.spec(
            "sleep", "9", network_mode="bridge", port_mappings=(PortMapping(80, 8080),)
        )
        await _up(runtime, first)
        with socket.create_server(("0.0.0.0", 9090)), socket.create_server(("0.0.0.0", 32768)):
            for port in (8080, 9090):
                spec = instance.spec(
                    "true", network_mode="bridge", port_mappings=(PortMapping(80, port),)
                )
                with pytest.raises(RuntimeFailure, match=f"{port}/tcp failed: port is already"):
                    await runtime.create(spec)
            dynamic = instance.spec(
                "sleep", "9", network_mode="bridge", port_mappings=(PortMapping(80),)
            )
            started = await _up(runtime, dynamic)
            assert started.network_bindings[0].host_port == 32769
        await runtime.remove(first.container_id)
        again = instance.spec("true", network_mode="bridge", port_mappings=(PortMapping(80, 8080),))
        await runtime.create(again)
        assert len(await runtime.found()) == 2
        await runtime.close()

    instance.run(test)


def test_mode_host_is_the_instance_and_mode_none_is_alone(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        script = "ip -o addr"
        _, host = await instance.ran(
            runtime, instance.spec("sh", "-c", script, network_mode="host")
        )
        _, none = await instance.ran(
            runtime, instance.spec("sh", "-c", script, network_mode="none")
        )
        await runtime.close()
        assert f"inet {ADDRESS}/24" in host
        assert {line.split()[1] for line in none.splitlines()} == {"lo"}

    instance.run(test)


def test_another_subnet_is_taken_when_the_instance_holds_dockers(instance: Instance) -> None:
    enter = ["ip", "-n", instance.namespace.name, "addr", "add", "172.17.3.4/20", "dev", "ens5"]
    subprocess.run(enter, check=True)

    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sleep", "9", network_mode="bridge")
        started = await _up(runtime, spec)
        assert started.address.startswith("172.18.0.")
        await runtime.close()

    instance.run(test)


def test_a_held_port_outlives_its_container_and_the_agent(instance: Instance) -> None:
    async def test() -> None:
        def wanted() -> ContainerSpec:
            return instance.spec(
                "sleep", "9", network_mode="bridge", port_mappings=(PortMapping(80),)
            )

        runtime = await instance.open()
        spec = wanted()
        bindings = (await _up(runtime, spec)).network_bindings
        runtime.hold_ports(spec.container_id, bindings)
        await runtime.remove(spec.container_id)
        await runtime.close()

        runtime = await instance.open()
        runtime.hold_ports(spec.container_id, bindings)
        stranger = await _up(runtime, wanted())
        assert stranger.network_bindings[0].host_port != bindings[0].host_port
        assert (await _up(runtime, spec)).network_bindings == bindings
        await runtime.close()

    instance.run(test)
