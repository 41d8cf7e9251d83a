"""Network mode awsvpc for real: a namespace a task, its interface in it, nothing left after it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from container_instance import Instance
from interfaces import GATEWAY, Vpc, in_host, ip, task_arn, vpc_of

from roadstead.agent.network.task_namespaces import INSTANCE_METADATA
from roadstead.agent.runtime import task_networks
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure, TaskNetwork
from roadstead.agent.runtime.purge import purge

SERVE = "mkdir -p /tmp/w; echo {} > /tmp/w/index.html; exec httpd -f -p {} -h /tmp/w"
ASK = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc {} {}"


@pytest.fixture
def vpc(instance: Instance) -> Iterator[Vpc]:
    with vpc_of(instance) as vpc:
        yield vpc


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


def test_awsvpc_containers_share_localhost(instance: Instance, vpc: Vpc) -> None:
    async def test() -> None:
        network = vpc.attach(1)
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), network)
        web = member(instance, network, "one", "sh", "-c", SERVE.format("web", 80))
        await up(runtime, web)
        assert await asyncio.to_thread(ask, network.address, 80) == "web"
        client = member(instance, network, "one", "sh", "-c", ASK.format("127.0.0.1", 80))
        await up(runtime, client)
        async for ended in runtime.exits():
            assert (ended.container_id, ended.exit_code) == (client.container_id, 0)
            break
        assert instance.output(client).splitlines()[-1] == "web"
        await down(runtime, "one", web, client)
        await runtime.close()

    instance.run(test)
    assert not vpc.has(1)
    assert list((instance.data_dir / "netns").iterdir()) == []


def test_two_tasks_have_networks_of_their_own_and_reach_each_other(
    instance: Instance, vpc: Vpc
) -> None:
    async def test() -> None:
        runtime = await instance.open()
        one, two = vpc.attach(1), vpc.attach(2)
        specs = []
        for name, network in (("one", one), ("two", two)):
            await runtime.prepare_network(task_arn(name), network)
            serve = SERVE.format(name, 80)  # the same port in both
            specs.append(member(instance, network, name, "sh", "-c", serve))
            await up(runtime, specs[-1])
        assert await asyncio.to_thread(ask, one.address, 80) == "one"
        assert await asyncio.to_thread(ask, two.address, 80) == "two"
        client = member(instance, two, "two", "sh", "-c", ASK.format(one.address, 80))
        _, output = await ran(instance, runtime, client)
        assert output.splitlines()[-1] == "one"
        await down(runtime, "one", specs[0])
        await down(runtime, "two", specs[1])
        await runtime.close()

    instance.run(test)
    assert not vpc.has(1)
    assert not vpc.has(2)


async def ran(instance: Instance, runtime: OciRuntime, spec: ContainerSpec) -> tuple[int, str]:
    """Run one more container of a task that stays: how it ended, and what it wrote."""
    await up(runtime, spec)
    async for ended in runtime.exits():
        if ended.container_id == spec.container_id:
            break
    output = instance.output(spec)
    await runtime.remove(spec.container_id)
    return ended.exit_code, output


def test_hostname_in_awsvpc(instance: Instance, vpc: Vpc) -> None:
    async def test() -> None:
        network = vpc.attach(1)
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), network)
        look = "hostname; cat /etc/hosts /etc/resolv.conf; ip -o addr; ip route"
        _, output = await ran(instance, runtime, member(instance, network, "one", "sh", "-c", look))
        lines = [" ".join(line.split()) for line in output.splitlines()]
        assert lines[0] == "ip-10-212-0-11.ec2.internal"
        assert f"{network.address} ip-10-212-0-11.ec2.internal" in lines
        assert "nameserver 10.212.0.2" in lines
        assert "search ec2.internal" in lines
        assert "fe80" not in output
        assert [line.split()[1:4] for line in lines if "inet" in line.split()] == [
            ["lo", "inet", "127.0.0.1/8"],
            ["eth0", "inet", f"{network.address}/24"],
        ]
        assert f"default via {GATEWAY} dev eth0" in lines
        await down(runtime, "one")
        await runtime.close()

    instance.run(test)


def test_instance_metadata_blocked(instance: Instance, vpc: Vpc) -> None:
    """Even where the machine has one: the test's host plays it, on the gateway."""
    ip("addr", "add", f"{INSTANCE_METADATA}/32", "dev", vpc.bridge)

    async def test() -> None:
        network = vpc.attach(1)
        listeners = [
            in_host(lambda where=where: socket.create_server((where, 0)))  # type: ignore[misc]
            for where in (INSTANCE_METADATA, GATEWAY)
        ]
        metadata, gateway = (each.getsockname()[1] for each in listeners)
        for each in listeners:
            threading.Thread(target=_answer_all, args=(each,), daemon=True).start()
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), network)
        tried = (
            f"echo gateway: $(nc {GATEWAY} {gateway} < /dev/null 2>&1); "
            f"echo metadata: $(nc {INSTANCE_METADATA} {metadata} < /dev/null 2>&1)"
        )
        _, output = await ran(
            instance, runtime, member(instance, network, "one", "sh", "-c", tried)
        )
        assert "gateway: here" in output
        assert "metadata: here" not in output
        assert "unreachable" in output or "No route" in output
        await down(runtime, "one")
        await runtime.close()
        for each in listeners:
            each.shutdown(socket.SHUT_RDWR)
            each.close()

    instance.run(test)


def _answer_all(listener: socket.socket) -> None:
    """Say a word to everyone who comes, until the socket is shut."""
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            connection.sendall(b"here\n")


def test_a_task_waits_for_its_device(instance: Instance, vpc: Vpc) -> None:
    async def test() -> None:
        runtime = await instance.open()
        async with asyncio.TaskGroup() as group:
            preparing = group.create_task(
                runtime.prepare_network(task_arn("one"), vpc.interface(1))
            )
            await asyncio.sleep(0.1)
            assert not preparing.done()
            assert not await runtime.is_device_seen("0a:58:00:00:00:01", timeout_seconds=0.01)
            seen = group.create_task(runtime.is_device_seen("0A:58:00:00:00:01", timeout_seconds=5))
            await asyncio.to_thread(vpc.attach, 1)
        assert seen.result()
        await down(runtime, "one")
        await runtime.close()

    instance.run(test)
    assert not vpc.has(1)


def test_a_device_that_does_not_come_is_said_and_its_wait_ends_with_the_task(
    instance: Instance, vpc: Vpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        runtime = await instance.open()
        monkeypatch.setattr(task_networks, "DEVICE_SECONDS_MAX", 0.05)
        with pytest.raises(RuntimeFailure) as failed:
            await runtime.prepare_network(task_arn("one"), vpc.interface(1))
        assert str(failed.value).startswith("ContainerNetworkingError: container resource prov")
        assert "0a:58:00:00:00:01" in str(failed.value)
        await runtime.release_network(task_arn("one"))
        monkeypatch.setattr(task_networks, "DEVICE_SECONDS_MAX", 20)

        async def stopped() -> None:
            with pytest.raises(RuntimeFailure, match="was stopped before"):
                await runtime.prepare_network(task_arn("two"), vpc.interface(2))

        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(stopped())
            await asyncio.sleep(0.1)
            await runtime.release_network(task_arn("two"))
        await runtime.close()

    instance.run(test)
    assert list((instance.data_dir / "netns").iterdir()) == []


def test_a_reused_address_is_announced(instance: Instance, vpc: Vpc) -> None:
    async def test() -> None:
        runtime = await instance.open()
        for mac_address in ("0a:58:00:00:00:aa", "0a:58:00:00:00:bb"):
            network = vpc.attach(1, mac_address=mac_address)
            await runtime.prepare_network(task_arn("one"), network)
            web = member(instance, network, "one", "sh", "-c", SERVE.format(mac_address, 80))
            await up(runtime, web)
            begun = time.monotonic()
            assert await asyncio.to_thread(ask, network.address, 80) == mac_address
            assert time.monotonic() - begun < 1
            await down(runtime, "one", web)
            await asyncio.sleep(1.1)  # a younger entry is not overwritten: the kernel's locktime
        await runtime.close()

    instance.run(test)


AGENT = """
import asyncio, sys
from pathlib import Path
import msgspec
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec, TaskNetwork
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds

async def main():
    data, images, cgroup, network, specs = sys.argv[1:]
    runtime = await OciRuntime.open(Path(data), Path(images), cgroup, SystemClock(), SystemIds())
    specs = msgspec.json.decode(specs, type=list[ContainerSpec])
    print("open", flush=True)
    await runtime.prepare_network(specs[0].task_arn, msgspec.json.decode(network, type=TaskNetwork))
    print("prepared", flush=True)
    for spec in specs:
        await runtime.create(spec)
        await runtime.start(spec.container_id)
    print("all", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def agent(
    instance: Instance, network: TaskNetwork, *specs: ContainerSpec
) -> "subprocess.Popen[str]":
    """An agent process of its own, in the instance's namespace."""
    return subprocess.Popen(
        [
            "nsenter", f"--net={instance.namespace}", sys.executable, "-c", AGENT,
            str(instance.data_dir), str(instance.images_dir), instance.cgroup,
            msgspec.json.encode(network).decode(), msgspec.json.encode(specs).decode(),
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def kill(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_killed_agents_task_keeps_its_network_and_more_containers_join_it(
    instance: Instance, vpc: Vpc
) -> None:
    network = vpc.attach(1)
    web = member(instance, network, "one", "sh", "-c", SERVE.format("web", 80))
    process = agent(instance, network, web)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(3)] == ["open\n", "prepared\n", "all\n"]
    kill(process)
    assert ask(network.address, 80) == "web"

    async def test() -> None:
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), network)  # what was done is not done again
        client = member(instance, network, "one", "sh", "-c", ASK.format("127.0.0.1", 80))
        _, output = await ran(instance, runtime, client)
        assert output.splitlines()[-1] == "web"
        await down(runtime, "one", web)
        await runtime.close()

    instance.run(test)
    assert not vpc.has(1)
    assert list((instance.data_dir / "netns").iterdir()) == []


def test_an_agent_killed_while_it_makes_a_network_leaves_what_the_next_can_use(
    instance: Instance, vpc: Vpc
) -> None:
    for number, moment_ms in enumerate((0, 2, 5, 8, 12, 18, 25, 35, 50, 70), start=1):
        network = vpc.attach(number)
        task = f"task{number}"
        web = member(instance, network, task, "sh", "-c", SERVE.format(task, 80))
        process = agent(instance, network, web)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(moment_ms / 1000)
        kill(process)

        async def test(
            task: str = task, web: ContainerSpec = web, network: TaskNetwork = network
        ) -> None:
            runtime = await instance.open()
            await runtime.found()
            await runtime.prepare_network(task_arn(task), network)
            await runtime.create(web)
            await runtime.start(web.container_id)
            assert await asyncio.to_thread(ask, network.address, 80) == task
            await down(runtime, task, web)
            await runtime.close()

        instance.run(test)
        assert not vpc.has(number)
    assert list((instance.data_dir / "netns").iterdir()) == []


def test_an_interface_goes_though_someone_still_holds_its_namespace(
    instance: Instance, vpc: Vpc
) -> None:
    async def test() -> None:
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), vpc.attach(1))
        held = os.open(instance.data_dir / "netns" / "one", os.O_RDONLY)
        await runtime.release_network(task_arn("one"))
        assert not vpc.has(1)
        os.close(held)
        await runtime.close()

    instance.run(test)


def test_no_other_container_keeps_a_released_namespace(instance: Instance, vpc: Vpc) -> None:
    """Containers made after a restart of the agent have copies of all mounts, pins among them."""
    network = vpc.attach(1)
    process = agent(instance, network, member(instance, network, "one", "sleep", "600"))
    assert process.stdout is not None
    for line in process.stdout:
        if line == "all\n":
            break
    kill(process)
    pin = str(instance.data_dir / "netns" / "one")

    async def test() -> None:
        runtime = await instance.open()
        other = instance.spec("sleep", "600")
        await runtime.create(other)
        await runtime.start(other.container_id)
        assert len(seen_in_mounts(pin)) > 1
        [one] = [each for each in await runtime.found() if each.container_id != other.container_id]
        await runtime.signal(one.container_id, "SIGKILL")
        await runtime.release_network(task_arn("one"))
        assert seen_in_mounts(pin) == []
        await runtime.close()

    instance.run(test)


def seen_in_mounts(path: str) -> list[str]:
    """Processes in whose mount namespace something is mounted on `path`."""
    found = []
    for file in Path("/proc").glob("[0-9]*/mountinfo"):
        with contextlib.suppress(OSError):
            if path in file.read_text():
                found.append(file.parent.name)
    return found


def test_purge_takes_task_networks_away(instance: Instance, vpc: Vpc) -> None:
    network = vpc.attach(1)
    web = member(instance, network, "one", "sleep", "600")
    process = agent(instance, network, web)
    assert process.stdout is not None
    for line in process.stdout:
        if line == "all\n":
            break
    kill(process)

    async def test() -> None:
        purge(instance.data_dir, instance.cgroup)

    instance.run(test)
    assert not vpc.has(1)
    assert list(instance.data_dir.iterdir()) == []
    assert str(instance.data_dir) not in Path("/proc/self/mountinfo").read_text()


def test_a_release_of_nothing_does_nothing(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        await runtime.release_network(task_arn("never"))
        assert await runtime.why_no_task_networks() == ""
        await runtime.close()

    instance.run(test)
    assert list((instance.data_dir / "netns").iterdir()) == []
