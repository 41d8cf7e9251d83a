"""One agent process per running instance: started in its namespace, watched, started again.

An agent outlives its host program. What is needed to find it again is written beside it; an agent
that ended unseen is simply started again, and adopts its own containers.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from pathlib import Path

from roadstead.clock import Clock
from roadstead.host import launches, processes, rules
from roadstead.host.launches import Launch
from roadstead.host.records import AgentStatus

LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_CHECK_SECONDS = 60.0
STOP_SECONDS = 5.0
"""How long an agent may take to end on SIGTERM."""

log = logging.getLogger(__name__)


class AgentKeeper:
    """Keeps one instance's agent running until told otherwise."""

    def __init__(self, launch: Launch, clock: Clock) -> None:
        self._launch = launch
        self._clock = clock
        self._process: processes.Process | None = None
        self._asked_to_stop = asyncio.Event()
        self._finished = asyncio.Event()
        self.status: AgentStatus = "starting"
        self.reason = ""

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.mark.pid

    async def run(self) -> None:
        """Keep the agent running; return when it ended for good or `stop` was called."""
        try:
            await self._keep()
        finally:
            self._finished.set()

    async def stop(self) -> None:
        """End the agent: SIGTERM, and SIGKILL if it takes too long. Its containers run on."""
        self._asked_to_stop.set()
        if self._process is not None:
            self._process.send(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._finished.wait(), STOP_SECONDS)
            except TimeoutError:
                if self._process is not None:
                    self._process.send(signal.SIGKILL)
        await self._finished.wait()

    async def _keep(self) -> None:
        failures = 0
        while not self._asked_to_stop.is_set():
            started = self._clock.monotonic()
            try:
                status = await self._run_once()
                verdict = rules.after_exit(status, self._clock.monotonic() - started, failures)
            except OSError as error:
                verdict = rules.after_failed_start(str(error), failures)
            if self._asked_to_stop.is_set():
                break
            self.reason = verdict.why
            if isinstance(verdict, rules.Ended):
                self.status = "ended"
                log.warning("agent of %s: %s", self._launch.instance_id, verdict.why)
                return
            self.status, failures = "backing-off", verdict.failures
            log.warning(
                "agent of %s: %s; starting it again in %g s",
                self._launch.instance_id,
                verdict.why,
                verdict.after_seconds,
            )
            await self._pause(verdict.after_seconds)
        self.status = "none"

    async def _run_once(self) -> int | None:
        """The exit status of the agent that was found or started, once it has ended.

        Raises: OSError when it cannot be started.
        """
        self._process = await self._found() or launches.start(self._launch)
        try:
            self.status = "running"
            async with asyncio.TaskGroup() as group:
                rotation = group.create_task(self._rotate_for_ever())
                try:
                    return await self._process.wait()
                finally:
                    rotation.cancel()
        finally:
            self._process.close()
            self._process = None

    async def _found(self) -> processes.Process | None:
        """The agent that already runs; one that was told of another control plane is ended."""
        found = launches.find(self._launch)
        if found is None or launches.is_current(found.mark.pid, self._launch):
            return found
        log.info("agent of %s: ended, to be told of a new endpoint", self._launch.instance_id)
        found.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(found.wait(), STOP_SECONDS)
        except TimeoutError:
            found.send(signal.SIGKILL)
            await found.wait()
        finally:
            found.close()
        return None

    async def _rotate_for_ever(self) -> None:
        while True:
            try:
                rotate(self._launch.log_file)
            except OSError as error:  # a full disk: the agent matters more than its log
                log.warning("cannot rotate %s: %s", self._launch.log_file, error)
            await self._clock.sleep(LOG_CHECK_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked_to_stop.wait(), seconds)


def rotate(path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
    """Move a log's content to `<name>.1` once it is long; its writer appends, and goes on."""
    if not path.exists() or path.stat().st_size < bytes_max:
        return
    older = path.with_name(f"{path.name}.1")
    shutil.copyfile(path, older)
    older.chmod(0o600)
    os.truncate(path, 0)
