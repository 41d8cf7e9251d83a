"""Network mode awsvpc for real: a namespace a task, its interface in it, nothing left after it."""

import asyncio
import os
import socket
import threading
import time

import pytest
from container_instance import Instance
from interfaces import (
    ASK,
    GATEWAY,
    SERVE,
    Vpc,
    ask,
    down,
    in_host,
    ip,
    member,
    ran,
    task_arn,
    up,
)

from roadstead.agent.network.task_namespaces import INSTANCE_METADATA
from roadstead.agent.runtime import task_networks
from roadstead.agent.runtime.port import RuntimeFailure


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


def test_what_a_failed_release_left_goes_with_the_task(instance: Instance, vpc: Vpc) -> None:
    async def test() -> None:
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), vpc.attach(1))
        await runtime.remove_task(task_arn("one"))
        await runtime.close()

    instance.run(test)
    assert not vpc.has(1)
    assert list((instance.data_dir / "netns").iterdir()) == []


def test_a_release_of_nothing_does_nothing(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        await runtime.release_network(task_arn("never"))
        assert await runtime.why_no_task_networks() == ""
        await runtime.close()

    instance.run(test)
    assert list((instance.data_dir / "netns").iterdir()) == []
