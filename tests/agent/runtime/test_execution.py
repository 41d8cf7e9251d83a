"""Commands in real containers that run already: what health checks are made of."""

import asyncio
import contextlib
import subprocess
import time
from pathlib import Path

import pytest
from container_instance import Instance

from roadstead.agent.runtime.execution import OUTPUT_BYTES_MAX
from roadstead.agent.runtime.monitor import find_tools
from roadstead.agent.runtime.oci import OciRuntime
from roadstead.agent.runtime.port import ContainerSpec, Executed, RuntimeFailure

RUNTIMES = [Path(tools.runtime).name for tools in find_tools()]


async def running(runtime: OciRuntime, spec: ContainerSpec) -> ContainerSpec:
    await runtime.create(spec)
    await runtime.start(spec.container_id)
    return spec


def command_lines() -> list[bytes]:
    """Of all processes of this machine."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.append((folder / "cmdline").read_bytes())
    return found


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_command_runs_as_the_containers_own_process_does(instance: Instance, name: str) -> None:
    async def test() -> None:
        runtime = await instance.open(runtime=name)
        spec = await running(
            runtime,
            instance.spec(
                "sleep", "600",
                user="alice", working_directory="/tmp", environment={"GREETING": "hello"},
                capabilities_drop=("ALL",),
            ),
        )  # fmt: skip
        script = "id; echo $GREETING; pwd; cat /proc/self/cgroup; cat /proc/self/status; exit 3"
        done = await runtime.execute(
            spec.container_id, ("/bin/sh", "-c", script), timeout_seconds=10
        )
        await runtime.close()
        assert (done.exit_code, done.is_timed_out) == (3, False), done.output
        lines = done.output.splitlines()
        assert lines[:3] == [
            "uid=1000(alice) gid=1000(alice) groups=50(staff),1000(alice)", "hello", "/tmp",
        ]  # fmt: skip
        assert f"memory:{instance.cgroup}/" in done.output
        assert "CapBnd:\t0000000000000000" in lines
        assert "Seccomp:\t2" in lines

    instance.run(test)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_command_whose_time_is_over_is_killed_with_what_it_started(
    instance: Instance, name: str
) -> None:
    async def test() -> None:
        runtime = await instance.open(runtime=name)
        spec = await running(runtime, instance.spec("sleep", "600"))
        began = time.monotonic()
        script = "echo begun; sleep 601 & sleep 602; echo done"
        done = await runtime.execute(
            spec.container_id, ("/bin/sh", "-c", script), timeout_seconds=0.5
        )
        assert done == Executed(-1, "begun\n", is_timed_out=True)
        assert time.monotonic() - began < 3
        look = ("/bin/sh", "-c", "cat /proc/[0-9]*/cmdline")
        while True:  # killed ones may not be gone yet; the test's own limit ends this
            left = await runtime.execute(spec.container_id, look, timeout_seconds=10)
            assert "600" in left.output
            if "601" not in left.output and "602" not in left.output:
                break
        await runtime.close()

    instance.run(test)


def test_output_is_bounded_however_much_there_is(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = await running(runtime, instance.spec("sleep", "600"))
        command = ("/bin/dd", "if=/dev/zero", "bs=1k", "count=200")
        done = await runtime.execute(spec.container_id, command, timeout_seconds=10)
        await runtime.close()
        assert done.exit_code == 0
        assert done.output == "\0" * OUTPUT_BYTES_MAX + "..."

    instance.run(test)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_command_gets_no_file_of_the_agents(instance: Instance, name: str) -> None:
    async def test() -> None:
        runtime = await instance.open(runtime=name)
        spec = await running(runtime, instance.spec("sleep", "600"))
        done = await runtime.execute(
            spec.container_id, ("/bin/ls", "/proc/self/fd"), timeout_seconds=10
        )
        await runtime.close()
        assert done.output.split() == ["0", "1", "2", "3"]  # 3: the folder that is listed

    instance.run(test)


def test_what_is_killed_in_a_container_that_shares_the_hosts_processes_is_its_own(
    instance: Instance,
) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = await running(runtime, instance.spec("sleep", "600", pid_mode="host"))
        script = "sleep 987654 & sleep 987655"
        done = await runtime.execute(
            spec.container_id, ("/bin/sh", "-c", script), timeout_seconds=0.5
        )
        assert done.is_timed_out
        while any(words.startswith(b"sleep\x0098765") for words in command_lines()):
            await asyncio.sleep(0.02)  # killed, and not gone yet; the test's own limit ends this
        assert b"sleep\x00600\x00" in command_lines()
        await runtime.close()

    instance.run(test)


def test_a_program_that_is_not_there_fails(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = await running(runtime, instance.spec("sleep", "600"))
        done = await runtime.execute(spec.container_id, ("/no/such",), timeout_seconds=10)
        await runtime.close()
        assert done.exit_code not in (0, -1)
        assert "/no/such" in done.output

    instance.run(test)


def test_nothing_runs_in_a_container_that_has_ended_or_never_was(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("true")
        with pytest.raises(RuntimeFailure, match="CannotExecuteCommandError: No such container"):
            await runtime.execute(spec.container_id, ("/bin/true",), timeout_seconds=10)
        await running(runtime, spec)
        await asyncio.sleep(0.3)
        done = await runtime.execute(spec.container_id, ("/bin/true",), timeout_seconds=10)
        await runtime.close()
        assert done.exit_code not in (0, -1)

    instance.run(test)


@pytest.mark.skipif("crun" not in RUNTIMES, reason="crun is not installed")
def test_crun_lists_a_container_that_runs_as_running(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open(runtime="crun")
        spec = await running(runtime, instance.spec("sleep", "600"))
        words = ["crun", "--root", str(instance.data_dir / "oci"), "list"]
        listed = await asyncio.to_thread(
            subprocess.run, words, check=True, capture_output=True, text=True
        )
        await runtime.close()
        line = next(each for each in listed.stdout.splitlines() if spec.container_id in each)
        assert "running" in line.split()

    instance.run(test)
