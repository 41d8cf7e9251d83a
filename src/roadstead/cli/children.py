"""The programs that `up` starts: each kept running until `up` itself is told to stop."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from roadstead.clock import Clock
from roadstead.files import make_private_directory
from roadstead.host import processes, rules, watched

STOP_SECONDS = 15.0
EARLY_FAILURES_MAX = 3
"""A program that fails this often before it ever worked will not work by itself."""

LAST_LINES = 8


class GaveUp(Exception):
    """A program cannot be kept running; the text holds the last lines of its log."""


class Child:
    """One program, started again whenever it ends unasked."""

    def __init__(
        self, name: str, arguments: list[str], logs: Path, clock: Clock, say: Callable[[str], None]
    ) -> None:
        self.name = name
        self.has_worked = False
        """Set by whoever saw it answer: from then on it is started again for ever."""
        self._arguments = arguments
        self._log_file = logs / f"{name}.log"
        self._clock = clock
        self._say = say
        self._process: processes.Process | None = None
        self._stopping = asyncio.Event()
        self._finished = asyncio.Event()
        self._finished.set()

    async def run(self) -> None:
        """Keep the program running; return once `stop` was called.

        Raises: GaveUp when it fails again and again without ever having worked.
        """
        self._finished.clear()
        failures = 0
        try:
            while not self._stopping.is_set():
                self._process = processes.from_child(self._start())
                started = self._clock.monotonic()
                status = await self._process.wait()
                if self._stopping.is_set():
                    return
                ran_seconds = self._clock.monotonic() - started
                failures = 1 if ran_seconds >= rules.STEADY_SECONDS else failures + 1
                await self._recover(status, failures)
        finally:
            if self._process is not None:
                self._process.close()
                self._process = None
            self._finished.set()

    def expect_end(self) -> None:
        """From now on, its end is no failure."""
        self._stopping.set()

    async def stop(self) -> None:
        """End the program: SIGTERM, and SIGKILL if it takes too long."""
        self.expect_end()
        if self._process is not None:
            self._process.send(signal.SIGTERM)
        await self.ended()

    async def ended(self, within_seconds: float = STOP_SECONDS) -> None:
        """Return once the program has ended; it is killed if it takes too long."""
        try:
            await asyncio.wait_for(self._finished.wait(), within_seconds)
        except TimeoutError:
            self._say(f"{self.name} does not end; killing it")
            if self._process is not None:
                self._process.send(signal.SIGKILL)
            await self._finished.wait()

    def last_lines(self) -> str:
        """The end of the program's log, for people."""
        if not self._log_file.exists():
            return "(it wrote no log)"
        lines = self._log_file.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])

    def _start(self) -> "subprocess.Popen[bytes]":
        make_private_directory(self._log_file.parent)
        watched.rotate(self._log_file)
        descriptor = os.open(
            self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        try:
            # A session of its own: Ctrl-C reaches `up` alone, which ends the others in order.
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "roadstead"),
                    *self._arguments,
                    *("--parent", str(os.getpid())),
                ],
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    async def _recover(self, status: int | None, failures: int) -> None:
        why = rules.words(status)
        if failures >= EARLY_FAILURES_MAX and not self.has_worked:
            raise GaveUp(
                f"roadstead {self.name} does not start ({why}). Its log {self._log_file} ends "
                f"with:\n{self.last_lines()}"
            )
        seconds = 0.1 if failures == 1 else rules.doubled(failures - 2, 0.5, 30.0)
        self._say(
            f"roadstead {self.name} ended ({why}); starting it again in {seconds:g} s. "
            f"Its log: {self._log_file}"
        )
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
