"""What a killed agent leaves: its containers run on, the next agent finds them, nothing stays."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
from container_instance import Instance, cgroups_under, next_exit

from roadstead.agent.runtime.kernel import start_ticks
from roadstead.agent.runtime.port import ContainerSpec, PortMapping
from roadstead.agent.runtime.purge import purge

OWN = re.compile(r"\becs0\b|\bve[0-9a-f]{11}\b|\broadstead$|\b172\.17\.")

AGENT = """
import asyncio, sys
from pathlib import Path
import msgspec
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds

async def main():
    data, images, cgroup, specs = sys.argv[1:]
    runtime = await OciRuntime.open(Path(data), Path(images), cgroup, SystemClock(), SystemIds())
    for spec in msgspec.json.decode(specs, type=list[ContainerSpec]):
        await runtime.create(spec)
        started = await runtime.start(spec.container_id)
        print(msgspec.json.encode(started).decode(), flush=True)
    print("all", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def _agent(instance: Instance, *specs: ContainerSpec) -> subprocess.Popen[str]:
    """An agent process of its own, in the instance's namespace."""
    return subprocess.Popen(
        [
            "nsenter", f"--net={instance.namespace}", sys.executable, "-c", AGENT,
            str(instance.data_dir), str(instance.images_dir), instance.cgroup,
            msgspec.json.encode(specs).decode(),
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _kill(agent: subprocess.Popen[str]) -> None:
    agent.kill()
    agent.wait()
    assert agent.stdout is not None
    agent.stdout.close()


def test_a_killed_agents_containers_run_on_and_are_adopted(instance: Instance) -> None:
    web = instance.spec(
        "sh", "-c", "echo hi > /tmp/index.html; exec httpd -f -p 80 -h /tmp",
        network_mode="bridge", port_mappings=(PortMapping(80),),
    )  # fmt: skip
    brief = instance.spec("sh", "-c", "read x < /tmp/never & sleep 0.3; exit 9")
    agent = _agent(instance, web, brief)
    assert agent.stdout is not None
    lines = [agent.stdout.readline() for _ in range(3)]
    assert lines[2] == "all\n"
    _kill(agent)

    async def test() -> None:
        runtime = await instance.open()
        ended = await next_exit(runtime)
        assert (ended.container_id, ended.exit_code) == (brief.container_id, 9)
        found = {one.container_id: one for one in await runtime.found()}
        assert {key: one.state for key, one in found.items()} == {
            web.container_id: "running",
            brief.container_id: "exited",
        }
        before = msgspec.json.decode(lines[0])
        after = msgspec.json.decode(msgspec.json.encode(found[web.container_id].started))
        assert after == before
        await runtime.create(web)  # what was done is not done again
        assert (await runtime.start(web.container_id)).pid == before["pid"]
        await runtime.signal(web.container_id, "SIGKILL")
        assert (await next_exit(runtime)).exit_code == 137
        for spec in (web, brief):
            await runtime.remove(spec.container_id)
            await runtime.remove_task(spec.task_arn)
        await runtime.close()

    instance.run(test)


def test_an_agent_killed_at_any_moment_leaves_nothing_that_the_next_cannot_use(
    instance: Instance,
) -> None:
    for moment_ms in (120, 180, 210, 230, 250, 270, 290, 310, 350, 420):
        specs = [instance.spec("sleep", "600", network_mode="bridge") for _ in range(6)]
        agent = _agent(instance, *specs)
        with contextlib.suppress(subprocess.TimeoutExpired):
            agent.wait(moment_ms / 1000)
        _kill(agent)

        async def test(specs: list[ContainerSpec] = specs) -> None:
            runtime = await instance.open()
            await runtime.found()
            for spec in specs:
                await runtime.create(spec)
                await runtime.start(spec.container_id)
            found = await runtime.found()
            assert [one.state for one in found] == ["running"] * len(specs)
            for spec in specs:
                await runtime.remove(spec.container_id)
                await runtime.remove_task(spec.task_arn)
            assert await runtime.found() == []
            await runtime.close()

        instance.run(test)
    assert cgroups_under(instance.cgroup) == []


def test_a_killed_monitor_ends_its_container_and_the_exit_is_told(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sleep", "600")
        await runtime.create(spec)
        started = await runtime.start(spec.container_id)
        monitor = instance.data_dir / "containers" / spec.container_id / "monitor.pid"
        os.kill(int(monitor.read_text()), signal.SIGKILL)
        ended = await next_exit(runtime)
        assert ended.exit_code == 137
        assert "monitor was killed" in ended.reason
        await runtime.remove(spec.container_id)
        assert start_ticks(started.pid) is None
        await runtime.close()

    instance.run(test)


def test_purge_leaves_nothing_of_an_instance_and_the_host_as_it_was(instance: Instance) -> None:
    before = _host_network()
    specs = [
        instance.spec("sleep", "600", network_mode=mode)
        for mode in ("bridge", "bridge", "host", "none")
    ]
    agent = _agent(instance, *specs)
    assert agent.stdout is not None
    for line in agent.stdout:
        if line == "all\n":
            break
    _kill(agent)
    assert cgroups_under(instance.cgroup)
    pids = _processes_of(instance)
    assert len(pids) >= len(specs)

    async def test() -> None:
        purge(instance.data_dir, instance.cgroup)

    instance.run(test)
    assert _processes_of(instance) == []
    assert cgroups_under(instance.cgroup) == []
    assert str(instance.data_dir) not in Path("/proc/self/mountinfo").read_text()
    assert list(instance.data_dir.iterdir()) == []
    assert _host_network() == before


def _processes_of(instance: Instance) -> list[int]:
    """Processes that name the instance's data directory: monitors, and what they run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            groups = (folder / "cgroup").read_text()
        except OSError:
            continue
        if str(instance.data_dir).encode() in words or f":{instance.cgroup}/" in groups:
            found.append(int(folder.name))
    return found


def _host_network() -> list[str]:
    """The runtime's own things in the host's namespace; other programs may be at work."""
    shown = []
    for command in ("ip -o link", "ip -4 -o addr", "ip route", "nft list tables"):
        done = subprocess.run(command.split(), capture_output=True, text=True, check=True)
        shown += [line for line in done.stdout.splitlines() if OWN.search(line)]
    return shown
