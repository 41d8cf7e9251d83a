"""Real containers: what a container definition asks for is what its process finds."""

import resource
import shutil
from pathlib import Path

import pytest
from container_instance import Instance, next_exit

from roadstead.agent.runtime.cgroups import hierarchies
from roadstead.agent.runtime.oci_spec import INIT_PROGRAMS
from roadstead.agent.runtime.port import Mount, RuntimeFailure, Ulimit

MIB = 1024 * 1024


def test_the_exit_code_of_a_container_is_told(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sh", "-c", "exit 7")
        ended, _ = await instance.ran(runtime, spec)
        await runtime.close()
        assert (ended.container_id, ended.exit_code, ended.reason) == (spec.container_id, 7, "")

    instance.run(test)


def test_what_a_container_wrote_outlasts_it(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sh", "-c", "echo no such table >&2; exit 3")
        await instance.ran(runtime, spec)
        await runtime.close()
        assert not (instance.data_dir / "containers" / spec.container_id).exists()
        kept = instance.data_dir / "ended" / f"{spec.container_id}.log"
        assert kept.read_text().rstrip().endswith("no such table")

    instance.run(test)


def test_a_container_killed_by_a_signal_exits_with_128_and_its_number(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sleep", "600")
        await runtime.create(spec)
        await runtime.start(spec.container_id)
        await runtime.signal(spec.container_id, "SIGKILL")
        ended = await next_exit(runtime)
        await runtime.signal(spec.container_id, "SIGTERM")  # nothing happens
        await runtime.close()
        assert (ended.exit_code, ended.reason) == (137, "")

    instance.run(test)


def test_a_container_over_its_memory_is_killed_and_the_reason_says_so(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("dd", "if=/dev/zero", "of=/dev/null", "bs=100M", memory_bytes=16 * MIB)
        ended, _ = await instance.ran(runtime, spec)
        await runtime.close()
        assert ended.exit_code == 137
        assert ended.reason == "OutOfMemoryError: Container killed due to memory usage"

    instance.run(test)


def test_what_the_definition_says_reaches_the_process(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        script = "id; env; cat /proc/self/cgroup; hostname; ulimit -n; cat /proc/1/status; pwd"
        spec = instance.spec(
            "sh", "-c", script,
            user="alice", working_directory="/tmp", environment={"GREETING": "hello there"},
            hostname="web", ulimits=(Ulimit("nofile", 512, 1024),),
            capabilities_drop=("ALL",), capabilities_add=("NET_BIND_SERVICE",),
        )  # fmt: skip
        _, output = await instance.ran(runtime, spec)
        await runtime.close()
        lines = output.splitlines()
        assert lines[0] == "uid=1000(alice) gid=1000(alice) groups=50(staff),1000(alice)"
        assert {"GREETING=hello there", "FROM_IMAGE=yes", "HOME=/home/alice"} <= set(lines)
        assert any(line.startswith("PATH=/usr/local/sbin") for line in lines)
        assert f"memory:{instance.cgroup}/" in output
        assert {"web", "512", "/tmp"} <= set(lines)
        assert "CapBnd:\t0000000000000400" in lines
        assert "CapEff:\t0000000000000000" in lines
        assert "Seccomp:\t2" in lines

    instance.run(test)


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("1000", "uid=1000(alice) gid=1000(alice) groups=50(staff),1000(alice)"),
        ("1234:50", "uid=1234 gid=50(staff) groups=50(staff)"),
        ("root:staff", "uid=0(root) gid=50(staff) groups=50(staff)"),
    ],
)
def test_a_user_may_be_named_or_numbered(instance: Instance, user: str, shown: str) -> None:
    async def test() -> None:
        runtime = await instance.open()
        _, output = await instance.ran(runtime, instance.spec("id", user=user))
        await runtime.close()
        assert output.splitlines() == [shown]

    instance.run(test)


def test_a_container_may_have_a_terminal_and_an_open_input(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("sh", "-c", "test -t 1 && echo tty", terminal=True, stdin_open=True)
        ended, output = await instance.ran(runtime, spec)
        await runtime.close()
        assert (ended.exit_code, output.strip()) == (0, "tty")

    instance.run(test)


def test_an_init_process_is_the_first_when_the_host_has_one(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec("cat", "/proc/1/comm", init=True)
        if any(map(shutil.which, INIT_PROGRAMS)):
            _, output = await instance.ran(runtime, spec)
            assert output.strip() == "docker-init"
        else:
            with pytest.raises(RuntimeFailure, match="initProcessEnabled needs one of"):
                await runtime.create(spec)
        await runtime.close()

    instance.run(test)


def test_entry_point_and_command_follow_docker(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        _, own = await instance.ran(runtime, instance.spec())
        entry = instance.spec("b", entry_point=("/bin/echo", "a"))
        _, both = await instance.ran(runtime, entry)
        await runtime.close()
        assert (own, both) == ("the image's own command\n", "a b\n")

    instance.run(test)


def test_a_read_only_root_still_has_its_tmpfs_and_volumes(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        script = "touch /a; touch /scratch/b && touch /data/c && echo fine; touch /locked/d"
        spec = instance.spec(
            "sh", "-c", script, read_only_root=True, tmpfs={"/scratch": "size=1m"},
            mounts=(
                Mount("data", "/data", kind="volume"),
                Mount(str(instance.data_dir), "/locked", read_only=True),
            ),
        )  # fmt: skip
        ended, output = await instance.ran(runtime, spec)
        await runtime.close()
        assert ended.exit_code == 1
        assert output.splitlines() == [
            "touch: /a: Read-only file system",
            "fine",
            "touch: /locked/d: Read-only file system",
        ]

    instance.run(test)


def test_making_namespaces_is_refused_by_the_system_call_filter(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        plain, output = await instance.ran(runtime, instance.spec("unshare", "-U", "true"))
        free, _ = await instance.ran(
            runtime, instance.spec("unshare", "-U", "true", privileged=True)
        )
        await runtime.close()
        assert (plain.exit_code, free.exit_code) == (1, 0)
        assert "Operation not permitted" in output

    instance.run(test)


def test_the_task_size_limits_all_its_containers(instance: Instance) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = instance.spec(
            "sleep", "600", task_cpu_units=512, task_memory_bytes=32 * MIB, cpu_shares=256
        )
        await runtime.create(spec)
        await runtime.start(spec.container_id)
        tree = hierarchies()
        task = f"{instance.cgroup}/{spec.task_arn.rpartition('/')[2]}".strip("/")
        if tree.version == 2:
            assert (tree.cpu / task / "cpu.max").read_text() == "50000 100000\n"
            assert (tree.memory / task / "memory.max").read_text() == f"{32 * MIB}\n"
        else:
            own = tree.cpu / task / spec.container_id
            assert (tree.cpu / task / "cpu.cfs_quota_us").read_text() == "50000\n"
            assert (tree.memory / task / "memory.limit_in_bytes").read_text() == f"{32 * MIB}\n"
            assert (own / "cpu.shares").read_text() == "256\n"
        await runtime.remove(spec.container_id)
        await runtime.remove_task(spec.task_arn)
        await runtime.close()

    instance.run(test)


@pytest.mark.parametrize(
    ("options", "name", "text"),
    [
        ({"command": ("/nope",)}, "CannotStartContainerError", "/nope"),
        ({"user": "nobody-here"}, "CannotStartContainerError", "unable to find user nobody-here"),
        ({"hostname": "a b"}, "CannotCreateContainerError", "invalid hostname 'a b'"),
        ({"capabilities_add": ("FLY",)}, "CannotCreateContainerError", "CAP_FLY"),
        (
            {"mounts": (Mount("relative", "/data"),)},
            "CannotCreateContainerError",
            "invalid source 'relative' of mount /data",
        ),
        (
            {"mounts": (Mount("../../etc", "/data", kind="volume"),)},
            "CannotCreateContainerError",
            "invalid source '../../etc'",
        ),
        ({"mounts": (Mount("v", "data", kind="volume"),)}, "CannotCreateContainerError", "'data'"),
        (
            {"mounts": (Mount("v", "/x/..", kind="volume"),)},
            "CannotCreateContainerError",
            "'/x/..'",
        ),
        (
            {"mounts": (Mount("v", "//proc/sys", kind="volume"),)},
            "CannotCreateContainerError",
            "not in /proc",
        ),
        ({"image": "absent"}, "CannotCreateContainerError", "No such image: absent"),
    ],
)
def test_a_container_that_cannot_be_made_says_why_and_leaves_nothing(
    instance: Instance, options: dict[str, object], name: str, text: str
) -> None:
    async def test() -> None:
        runtime = await instance.open()
        spec = (
            instance.spec("true", **options)
            if "command" not in options
            else instance.spec(**options)
        )
        with pytest.raises(RuntimeFailure) as caught:
            await instance.ran(runtime, spec)
        await runtime.remove(spec.container_id)
        await runtime.remove_task(spec.task_arn)
        assert caught.value.name == name
        assert text in caught.value.text
        assert await runtime.found() == []
        await runtime.close()
        assert list((instance.data_dir / "containers").iterdir()) == []

    instance.run(test)


def test_a_ulimit_that_the_host_withholds_is_named(instance: Instance) -> None:
    async def test() -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        runtime = await instance.open()
        spec = instance.spec("sh", "-c", "ulimit -Hn", ulimits=(Ulimit("nofile", 64, hard + 1),))
        await runtime.create(spec)
        if _may_raise_limits():
            await runtime.start(spec.container_id)
            await next_exit(runtime)
            assert instance.output(spec) == f"{hard + 1}\n"
        else:
            with pytest.raises(RuntimeFailure, match="CannotStartContainerError: ulimit nofile"):
                await runtime.start(spec.container_id)
        await runtime.remove(spec.container_id)
        await runtime.close()

    instance.run(test)


def _may_raise_limits() -> bool:
    """Does this host grant CAP_SYS_RESOURCE?"""
    status = Path("/proc/self/status").read_text()
    held = next(line for line in status.splitlines() if line.startswith("CapEff"))
    return bool(int(held.split()[1], 16) & (1 << 24))
