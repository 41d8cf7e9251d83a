"""A program that a keeper watches: its log is kept short, and it is asked before it is killed.

What is started, when it is started again and what is said of it is the keeper's.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from pathlib import Path

from roadstead.clock import Clock
from roadstead.host import processes

LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_CHECK_SECONDS = 60.0
STOP_SECONDS = 5.0
"""How long a program may take to end on SIGTERM."""

log = logging.getLogger(__name__)


class Watched:
    """One program at a time, from the moment that its keeper begins until it has finished."""

    def __init__(self, log_file: Path, clock: Clock) -> None:
        self._log_file = log_file
        self._clock = clock
        self._process: processes.Process | None = None
        self._stopping = asyncio.Event()
        self._finished = asyncio.Event()
        self._finished.set()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.mark.pid

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def begin(self) -> None:
        """From now on `stop` waits until the keeper has finished."""
        self._finished.clear()

    def finish(self) -> None:
        """The keeper starts nothing more."""
        self._finished.set()

    async def until_exit(self, process: processes.Process) -> int | None:
        """Its exit status, once it has ended."""
        self._process = process
        if self.is_stopping:  # while it was looked for or started
            process.send(signal.SIGTERM)
        try:
            async with asyncio.TaskGroup() as group:
                rotation = group.create_task(self._rotate_for_ever())
                try:
                    return await process.wait()
                finally:
                    rotation.cancel()
        finally:
            process.close()
            self._process = None

    async def stop(self) -> None:
        """End it, by SIGKILL if SIGTERM is not enough, and wait for the keeper to finish."""
        self._stopping.set()
        if self._process is not None:
            self._process.send(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._finished.wait(), STOP_SECONDS)
            except TimeoutError:
                if self._process is not None:
                    self._process.send(signal.SIGKILL)
        await self._finished.wait()

    async def pause(self, seconds: float) -> None:
        """Wait, but not any longer once it is to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _rotate_for_ever(self) -> None:
        while True:
            try:
                rotate(self._log_file)
            except OSError as error:  # a full disk: the program matters more than its log
                log.warning("cannot rotate %s: %s", self._log_file, error)
            await self._clock.sleep(LOG_CHECK_SECONDS)


def rotate(path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
    """Move a log's content to `<name>.1` once it is long; its writer appends, and goes on."""
    if not path.exists() or path.stat().st_size < bytes_max:
        return
    older = path.with_name(f"{path.name}.1")
    shutil.copyfile(path, older)
    older.chmod(0o600)
    os.truncate(path, 0)
