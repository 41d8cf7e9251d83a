"""The event log file: each event a line, once; what a crash or a full disk held up comes later."""

import asyncio
import errno
import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from real_server import RealServer

from given import a_task, tuned
from publishing import derive
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions.tuning import put_tuning
from roadstead.server import event_sink
from roadstead.server.event_feed import EventFeed
from roadstead.server.event_sink import EventSink
from roadstead.settings import SettingError
from roadstead.store.memory import Kept, MemoryLog
from roadstead.store.store import Store


class World:
    """A store with its sink, as one life of the server."""

    def __init__(self, path: Path, kept: Kept, **options: Any) -> None:
        self.store = Store(MemoryLog(kept), SCHEMA, SystemClock(), derive=derive)
        self.feed = EventFeed(self.store)
        self.sink = EventSink(path, self.feed, SystemClock(), **options)

    async def tasks(self, *numbers: int) -> None:
        """A commit for each, all durable."""
        for number in numbers:
            self.store.update(lambda tx, number=number: tx.put(TASKS, stopped(number)))
        await self.store.durable()


def stopped(number: int) -> Any:
    return a_task(number, last_status="STOPPED")


Story = Callable[[World], Coroutine[Any, Any, None]]


def played(path: Path, kept: Kept, story: Story, *, finish: bool = True, **options: Any) -> World:
    """Run the story beside the store and the sink; without `finish` it ends like a crash."""

    async def play() -> World:
        world = World(path, kept, **options)
        async with asyncio.TaskGroup() as group:
            group.create_task(world.store.run())
            sinking = group.create_task(world.sink.run())
            await story(world)
            if finish:
                world.feed.stop()
                await sinking
                await world.sink.finish()
            else:
                sinking.cancel()
            world.store.close()
        return world

    return asyncio.run(play())


def lines(path: Path) -> list[int]:
    """The numbers of the events in the file; each line is one, whole."""
    return [int(json.loads(line)["id"][-12:], 16) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


async def nothing(world: World) -> None:
    await world.store.durable()


def test_every_event_is_a_line_in_a_private_file(path: Path) -> None:
    played(path, {}, lambda world: world.tasks(1, 2, 3))
    assert lines(path) == [1, 2, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text().splitlines()[0])["detail-type"] == "ECS Task State Change"


def test_it_goes_on_after_a_restart_without_gap_or_double(path: Path) -> None:
    kept: Kept = {}
    played(path, kept, lambda world: world.tasks(1, 2))
    played(path, kept, lambda world: world.tasks(3))
    assert lines(path) == [1, 2, 3]


def test_what_a_crash_kept_from_the_file_is_written_at_the_next_start(path: Path) -> None:
    kept: Kept = {}
    played(path, kept, lambda world: world.tasks(1, 2, 3))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\n") + 20])
    played(path, kept, nothing)
    assert lines(path) == [1, 2, 3]


def test_without_its_file_it_begins_with_the_oldest_that_is_kept(path: Path) -> None:
    kept: Kept = {}
    played(path, kept, lambda world: world.tasks(1, 2))
    path.unlink()
    played(path, kept, nothing)
    assert lines(path) == [1, 2]


def test_a_file_of_another_state_is_gone_on_with(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    played(path, {}, lambda world: world.tasks(1, 2, 3))
    played(path, {}, lambda world: world.tasks(1))
    assert lines(path) == [1, 2, 3, 1]
    assert "is from another state" in caplog.text


def test_what_the_state_no_longer_has_is_counted_and_said(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept: Kept = {}
    played(path, kept, lambda world: world.tasks(1))

    async def without_the_file(world: World) -> None:
        world.store.update(lambda tx: put_tuning(tx, tuned(events_kept_max=2)))
        await world.tasks(2, 3, 4, 5)

    played(path.with_name("other"), kept, without_the_file)
    world = played(path, kept, nothing)
    assert lines(path) == [1, 4, 5]
    assert world.sink.lost == 2
    assert "2 events are not in" in caplog.text


def test_a_long_file_is_put_aside(path: Path) -> None:
    async def story(world: World) -> None:
        for number in range(6):
            await world.tasks(number)
            await until(lambda number=number: written(path) == number + 1)

    played(path, {}, story, file_bytes_max=4000)
    former = path.with_name("events.jsonl.1")
    assert lines(former) + lines(path) == [3, 4, 5, 6]
    assert max(former.stat().st_size, path.stat().st_size) <= 4000
    assert stat.S_IMODE(former.stat().st_mode) == 0o600


def written(path: Path) -> int:
    """How far the file is."""
    return (lines(path) or [0])[-1]


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.001)


def test_after_it_was_put_aside_a_restart_still_knows_how_far_it_was(path: Path) -> None:
    kept: Kept = {}
    played(path, kept, lambda world: world.tasks(1, 2))
    path.rename(path.with_name("events.jsonl.1"))
    played(path, kept, lambda world: world.tasks(3))
    assert lines(path) == [3]


@pytest.mark.parametrize("how", ["moved", "emptied", "removed"])
def test_whoever_rotates_the_file_needs_no_signal(path: Path, how: str) -> None:
    async def story(world: World) -> None:
        await world.tasks(1)
        await until(lambda: written(path) == 1)
        match how:
            case "moved":
                path.rename(path.with_name("elsewhere"))
            case "emptied":
                os.truncate(path, 0)
            case "removed":
                path.unlink()
        await world.tasks(2)
        await until(path.exists)
        await until(lambda: written(path) == 2)

    played(path, {}, story)
    assert lines(path) == [2]


def test_a_full_disk_stops_nothing_and_loses_nothing_that_is_still_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The disk takes half a line, then nothing, then all."""
    monkeypatch.setattr(event_sink, "TRY_AGAIN_SECONDS", 0.001)
    caplog.set_level(logging.WARNING)
    is_full = False
    write = os.write

    def writes(descriptor: int, text: bytes) -> int:
        if not is_full:
            return write(descriptor, text)
        if len(text) > 100:
            return write(descriptor, text[: len(text) - 100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(event_sink.os, "write", writes)

    async def story(world: World) -> None:
        nonlocal is_full
        await world.tasks(1)
        await until(lambda: written(path) == 1)
        is_full = True
        await world.tasks(2, 3)
        await until(lambda: world.sink.failures > 3)
        is_full = False
        await until(lambda: written_or_torn(path) == 3)

    world = played(path, {}, story)
    assert lines(path) == [1, 2, 3]
    assert world.sink.lost == 0
    assert caplog.text.count("No space left on device") == 1
    assert "are written to" in caplog.text
    assert "again; 0 were lost" in caplog.text


def written_or_torn(path: Path) -> int:
    try:
        return written(path)
    except ValueError:
        return -1


def test_what_is_lost_to_a_full_disk_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_sink, "TRY_AGAIN_SECONDS", 0.001)
    caplog.set_level(logging.WARNING)
    append = EventSink._append
    is_full = True

    def appends(sink: EventSink, text: bytes) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(sink, text)

    monkeypatch.setattr(EventSink, "_append", appends)

    async def story(world: World) -> None:
        nonlocal is_full
        world.store.update(lambda tx: put_tuning(tx, tuned(events_kept_max=3)))
        await world.tasks(*range(1, 11))
        await until(lambda: world.sink.failures > 0)
        is_full = False
        await until(lambda: written(path) == 10)

    world = played(path, {}, story)
    assert lines(path) == [8, 9, 10]
    assert world.sink.lost == 7
    assert "again; 7 were lost" in caplog.text


@pytest.mark.parametrize(
    "content",
    [b"root:x:0:0:root\n", b"no end", b'{"a": 1}\n', b'{"version":"0","id":"x"}\n', b"\0"],
)
def test_a_file_that_is_no_event_log_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SettingError, match="is not an event log"):
        World(path, {})
    assert path.read_bytes() == content


def test_a_file_that_would_be_replaced_one_day_must_be_an_event_log_too(path: Path) -> None:
    former = path.with_name(f"{path.name}.1")
    former.write_text("somebody's notes\n")
    with pytest.raises(SettingError, match=r"\.1 is not an event log"):
        World(path, {})
    assert former.read_text() == "somebody's notes\n"


def test_a_place_where_nothing_can_be_written_is_told(path: Path) -> None:
    with pytest.raises(SettingError, match="No such file or directory"):
        World(path / "deeper", {})
    with pytest.raises(SettingError, match="--event-log"):
        World(path.parent, {})
    path.symlink_to("/etc/hostname")
    with pytest.raises(SettingError, match="symbolic links"):
        World(path, {})


def test_a_server_that_is_killed_goes_on_with_its_file(tmp_path: Path) -> None:
    """kill -9 in the midst of it, three times: no gap, nothing twice, no torn line."""
    path = tmp_path / "events.jsonl"
    server = RealServer(tmp_path / "data")
    os.environ["ROADSTEAD_EVENT_LOG"] = str(path)
    try:
        for life in range(3):
            server.start()
            client = server.client()
            client.must("CreateCluster", clusterName="default")
            for number in range(10):
                client.must(
                    "RegisterContainerInstance",
                    cluster="default",
                    instanceIdentityDocument=json.dumps({"instanceId": f"i-{life:08}{number:09}"}),
                    totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 1024}],
                )
            client.close()
            server.kill()
        server.start()
        assert server.stop() == 0
    finally:
        del os.environ["ROADSTEAD_EVENT_LOG"]
        if server.process.poll() is None:
            server.kill()
    assert lines(path) == list(range(1, 31))


def test_a_server_that_is_given_a_foreign_file_does_not_start(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text("root:x\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "roadstead", "server", "--port", "1"),
            *("--data-dir", str(tmp_path / "data"), "--event-log", "passwords"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert f"{path} is not an event log of Roadstead. Name another file" in done.stderr
    assert path.read_text() == "root:x\n"
