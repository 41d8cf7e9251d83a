"""What the kernel's own lists say, read from samples."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from roadstead.host import book, cgroups, mounts, nftables, processes
from roadstead.host.records import Book, HostError, new_vpc
from roadstead.ids import SeededIds

MOUNTS = """\
21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 21 0:40 / /data/i-1/root rw - overlay overlay rw
41 40 0:41 / /data/i-1/root/proc rw - proc proc rw
42 21 0:42 / /data/i-1\\040b rw - tmpfs tmpfs rw
43 21 0:43 / /data/i-10 rw - tmpfs tmpfs rw
"""


def test_mounts_are_taken_away_deepest_first() -> None:
    assert mounts.mounts_under(Path("/data/i-1"), MOUNTS) == [
        Path("/data/i-1/root/proc"),
        Path("/data/i-1/root"),
    ]


def test_names_of_mounts_may_contain_spaces() -> None:
    assert mounts.mounts_under(Path("/data/i-1 b"), MOUNTS) == [Path("/data/i-1 b")]


def test_hybrid_cgroups_are_one_tree_per_controller_and_one_of_the_second_version() -> None:
    sample = """\
30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
31 25 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
32 25 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
33 25 0:29 / /proc rw - proc proc rw
"""
    assert cgroups.trees(sample) == (
        cgroups.Tree(Path("/sys/fs/cgroup/cpu,cpuacct"), 1, frozenset({"cpu", "cpuacct"})),
        cgroups.Tree(Path("/sys/fs/cgroup/systemd"), 1, frozenset({"xattr", "name=systemd"})),
        cgroups.Tree(Path("/sys/fs/cgroup/unified"), 2, frozenset()),
    )


def test_a_process_is_not_mistaken_for_an_earlier_one_with_its_number() -> None:
    own = processes.start_ticks(os.getpid())
    assert own is not None
    assert processes.adopt(processes.ProcessMark(os.getpid(), own - 1)) is None
    found = processes.adopt(processes.ProcessMark(os.getpid(), own))
    assert found is not None
    found.close()


def test_signalled_processes_are_waited_for() -> None:
    child = subprocess.Popen(["sleep", "1000"])
    processes.signal_and_wait({child.pid}, signal.SIGKILL, 10)
    assert child.wait(timeout=0) == -signal.SIGKILL


def test_the_command_and_environment_of_a_process_can_be_read() -> None:
    assert processes.command_line(os.getpid())
    assert "PATH" in processes.environment(os.getpid())


def test_a_process_of_a_container_is_told_from_one_of_this_machine() -> None:
    inside = subprocess.Popen(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", "echo in; read -r _"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert inside.stdout is not None
    assert inside.stdout.readline() == b"in\n"
    assert not processes.sees_our_mounts(inside.pid)
    assert processes.sees_our_mounts(os.getpid())
    inside.communicate(b"\n")
    assert not processes.sees_our_mounts(inside.pid)


def test_a_process_that_has_ended_has_neither_command_nor_environment() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert processes.command_line(child.pid) == []
    assert processes.environment(child.pid) == {}
    assert processes.start_ticks(child.pid) is None


def test_a_refused_rule_is_told_in_the_librarys_words() -> None:
    with pytest.raises(nftables.NftablesError, match="syntax error"):
        nftables.run("no such words")


def test_the_book_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = Book(vpc=new_vpc("172.31.0.0/16", "us-east-1", SeededIds(1)), launched=3)
    book.write(tmp_path / "instances.json", written)
    assert book.read(tmp_path / "instances.json") == written
    assert (tmp_path / "instances.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_book_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    path.write_text('{"vpc": 7}')
    with pytest.raises(HostError, match="is damaged"):
        book.read(path)
    assert path.read_text() == '{"vpc": 7}'


def test_a_book_of_a_newer_roadstead_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    newer = Book(format=2, vpc=new_vpc("172.31.0.0/16", "us-east-1", SeededIds(1)))
    book.write(path, newer)
    with pytest.raises(HostError, match="newer Roadstead"):
        book.read(path)
