"""Execution: one command in a container that runs already, from its start to its end.

The OCI runtime's own `exec` puts it there: with the user, environment, working directory, limits
and privileges of the container's first process, in its control group. Nothing blocks: the process
is watched by a pidfd and its output read as it comes.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from roadstead.agent.runtime import kernel
from roadstead.agent.runtime.monitor import Tools
from roadstead.agent.runtime.port import Executed, RuntimeFailure

OUTPUT_BYTES_MAX = 4096
"""What is kept of the output. Source: Docker keeps as much of a health check's."""
DRAIN_BYTES = 65536
DRAIN_PAUSE_SECONDS = 0.005
"""What is written beyond that is thrown away at 13 MB/s at most, so that the agent stays idle."""
KILL_SECONDS_MAX = 10.0
BEGIN_AT_ONCE_MAX = 4
HOLD_SECONDS = 0.2
KILLED = -1


class Gate:
    """Lets commands begin a few at a time, in their order.

    Putting a command into a container takes CPU: hundreds at once, as after a restart of the agent,
    would hold up containers being made, and one another beyond their time. A command has its place
    until it has ended, or for `HOLD_SECONDS`: one that waits must not keep others out.
    """

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(BEGIN_AT_ONCE_MAX)

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Within it a command may begin; its time counts from here."""
        await self._places.acquire()
        held = [self._places]

        def give_back() -> None:
            while held:
                held.pop().release()

        timer = asyncio.get_running_loop().call_later(HOLD_SECONDS, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()


class _Config(msgspec.Struct):
    """As much of config.json as is needed here."""

    process: dict[str, Any]


class Execution:
    """A command that was begun. `output`: the reading end of the pipe that it writes to."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: int) -> None:
        self._process = process
        self._output = output
        self._kept = b""
        self._is_cut = False
        self._loop = asyncio.get_running_loop()
        self._drain: asyncio.TimerHandle | None = None

    async def finish(self, timeout_seconds: float) -> Executed:
        """Wait for its end; kill it when its time is over, or when the caller is cancelled."""
        ended = asyncio.Event()
        try:
            watched = os.pidfd_open(self._process.pid)
        except OSError:  # no descriptor left: nobody would see it end
            kill_with_descendants(self._process.pid)
            os.close(self._output)
            raise
        self._loop.add_reader(watched, ended.set)
        self._loop.add_reader(self._output, self._read)
        is_timed_out = False
        try:
            try:
                async with asyncio.timeout(timeout_seconds):
                    await ended.wait()
            except TimeoutError:
                is_timed_out = True
                await self._kill(ended)
        finally:
            self._loop.remove_reader(watched)
            os.close(watched)
            if not ended.is_set():
                kill_with_descendants(self._process.pid)
            self._close_output()
        code = self._process.poll()
        exit_code = KILLED if is_timed_out or code is None or code < 0 else code
        return Executed(exit_code, self._text(), is_timed_out)

    async def _kill(self, ended: asyncio.Event) -> None:
        """Kill it and wait until it is gone, so that killed ones do not pile up."""
        await asyncio.to_thread(kill_with_descendants, self._process.pid)
        with contextlib.suppress(TimeoutError):  # then it hangs in the kernel, out of our reach
            async with asyncio.timeout(KILL_SECONDS_MAX):
                await ended.wait()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._output, DRAIN_BYTES)
            room = OUTPUT_BYTES_MAX - len(self._kept)
            self._kept += data[:room]
            self._is_cut = self._is_cut or len(data) > room
            if not data:
                self._loop.remove_reader(self._output)
            elif self._is_cut:
                self._loop.remove_reader(self._output)
                self._drain = self._loop.call_later(DRAIN_PAUSE_SECONDS, self._read_on)

    def _read_on(self) -> None:
        self._loop.add_reader(self._output, self._read)

    def _close_output(self) -> None:
        """Take what is there already; what a left-over process may write later is nobody's."""
        self._read()
        if self._drain is not None:
            self._drain.cancel()
        self._loop.remove_reader(self._output)
        os.close(self._output)

    def _text(self) -> str:
        text = self._kept.decode(errors="replace")
        return text + "..." if self._is_cut else text


def begin(
    tools: Tools, root: Path, bundle: Path, container_id: str, command: tuple[str, ...]
) -> tuple["subprocess.Popen[bytes]", int]:
    """Begin `command` in a container: the runtime's process, and the end to read its output from.

    Blocks; runs in carrier threads only.
    Raises: RuntimeFailure with CannotExecuteCommandError
    """
    try:
        config = msgspec.json.decode((bundle / "config.json").read_bytes(), type=_Config)
    except FileNotFoundError as error:
        raise RuntimeFailure(
            "CannotExecuteCommandError", f"No such container: {container_id}"
        ) from error
    wanted = msgspec.json.encode(config.process | {"args": command, "terminal": False})
    reading, writing = os.pipe()
    description = os.memfd_create("process")
    try:
        os.write(description, wanted)
        os.set_blocking(reading, False)
        path = f"/proc/self/fd/{description}"
        process = subprocess.Popen(
            [tools.runtime, "--root", str(root), "exec", "--process", path, container_id],
            pass_fds=(description,),
            env={"PATH": os.environ.get("PATH", os.defpath)},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
        os.close(description)
    return process, reading


def kill_with_descendants(pid: int) -> None:
    """Kill a process and all that it started, as far as they have not left its tree."""
    for each, ticks in _tree(pid):
        kernel.send_signal(each, ticks, signal.SIGKILL)


def _tree(pid: int) -> list[tuple[int, int]]:
    """(pid, start) of a process and its descendants, parents first: killed in this order, none
    sees its children die and goes on.
    """
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                stat = Path(entry.path, "stat").read_bytes()
                parent = int(stat.rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    order = [pid]
    for each in order:
        order += children.get(each, [])
    found = [(each, kernel.start_ticks(each)) for each in order]
    return [(each, ticks) for each, ticks in found if ticks is not None]
