"""A program that a keeper watches, on real processes: how it ends, and what its log comes to."""

import asyncio
import signal
import subprocess
from pathlib import Path

from roadstead.clock import SystemClock
from roadstead.host import processes
from roadstead.host.watched import Watched, rotate


def a_program(script: str) -> processes.Process:
    return processes.from_child(subprocess.Popen(["sh", "-c", script]))


def test_it_is_asked_to_end_and_its_keeper_waited_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        watched = Watched(tmp_path / "log", SystemClock())
        watched.begin()
        running = asyncio.create_task(watched.until_exit(a_program("exec sleep 60")))
        await asyncio.sleep(0.1)
        assert watched.pid is not None
        stopping = asyncio.create_task(watched.stop())
        assert await asyncio.wait_for(running, 4) == -signal.SIGTERM
        assert watched.is_stopping
        assert watched.pid is None
        await asyncio.sleep(0)
        assert not stopping.done()
        watched.finish()
        await asyncio.wait_for(stopping, 1)

    asyncio.run(scenario())


def test_what_is_started_while_it_is_stopped_is_asked_to_end_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        watched = Watched(tmp_path / "log", SystemClock())
        watched.begin()
        stopping = asyncio.create_task(watched.stop())
        await asyncio.sleep(0)
        status = await asyncio.wait_for(watched.until_exit(a_program("exec sleep 60")), 4)
        assert status == -signal.SIGTERM
        watched.finish()
        await asyncio.wait_for(stopping, 1)

    asyncio.run(scenario())


def test_who_never_began_is_not_waited_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        await asyncio.wait_for(Watched(tmp_path / "log", SystemClock()).stop(), 1)

    asyncio.run(scenario())


def test_a_pause_ends_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        watched = Watched(tmp_path / "log", SystemClock())
        pausing = asyncio.create_task(watched.pause(60))
        await watched.stop()
        await asyncio.wait_for(pausing, 1)

    asyncio.run(scenario())


def test_a_long_log_is_begun_anew_and_its_content_kept_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("0123456789")
    rotate(path, bytes_max=11)
    assert path.read_text() == "0123456789"
    rotate(path, bytes_max=10)
    assert path.read_text() == ""
    assert (tmp_path / "log.1").read_text() == "0123456789"
