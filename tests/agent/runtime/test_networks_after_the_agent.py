"""What a killed agent, or a lost machine, leaves of task networks."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from container_instance import Instance
from interfaces import (
    ASK,
    SERVE,
    Vpc,
    ask,
    down,
    member,
    ran,
    task_arn,
)

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.port import ContainerSpec, TaskNetwork
from roadstead.agent.runtime.purge import purge

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


def test_pins_of_before_a_power_loss_are_forgotten(instance: Instance, vpc: Vpc) -> None:
    """The mounts are gone then, and with them the namespaces."""

    async def before() -> None:
        runtime = await instance.open()
        await runtime.prepare_network(task_arn("one"), vpc.attach(1))
        await runtime.close()

    async def after() -> None:
        runtime = await instance.open()
        assert list((instance.data_dir / "netns").iterdir()) == []
        await runtime.prepare_network(task_arn("one"), vpc.attach(1))
        await runtime.release_network(task_arn("one"))
        await runtime.close()

    instance.run(before)
    kernel.unmount(str(instance.data_dir / "netns" / "one"))
    wait_until(lambda: not vpc.has(1))
    instance.run(after)


def wait_until(is_so: Callable[[], bool]) -> None:
    """The kernel takes namespaces down by itself, a moment after their last user is gone."""
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
