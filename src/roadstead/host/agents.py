"""One agent process per running instance: started in its namespace, watched, started again.

An agent outlives its host program. What is needed to find it again is written beside it; an agent
that ended unseen is simply started again, and adopts its own containers.
"""

import asyncio
import logging
import signal

from roadstead.clock import Clock
from roadstead.host import launches, processes, rules
from roadstead.host.launches import Launch
from roadstead.host.records import AgentStatus
from roadstead.host.watched import STOP_SECONDS, Watched

log = logging.getLogger(__name__)


class AgentKeeper:
    """Keeps one instance's agent running until told otherwise."""

    def __init__(self, launch: Launch, clock: Clock) -> None:
        self._launch = launch
        self._clock = clock
        self._watched = Watched(launch.log_file, clock)
        self._watched.begin()  # who stops it waits for `run`, begun or not
        self.status: AgentStatus = "starting"
        self.reason = ""

    @property
    def pid(self) -> int | None:
        return self._watched.pid

    async def run(self) -> None:
        """Keep the agent running; return when it ended for good or `stop` was called."""
        try:
            await self._keep()
        finally:
            self._watched.finish()

    async def stop(self) -> None:
        """End the agent: SIGTERM, and SIGKILL if it takes too long. Its containers run on."""
        await self._watched.stop()

    async def _keep(self) -> None:
        failures = 0
        while not self._watched.is_stopping:
            started = self._clock.monotonic()
            try:
                status = await self._run_once()
                verdict = rules.after_exit(status, self._clock.monotonic() - started, failures)
            except OSError as error:
                verdict = rules.after_failed_start(str(error), failures)
            if self._watched.is_stopping:
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
            await self._watched.pause(verdict.after_seconds)
        self.status = "none"

    async def _run_once(self) -> int | None:
        """The exit status of the agent that was found or started, once it has ended.

        Raises: OSError when it cannot be started.
        """
        process = await self._found() or launches.start(self._launch)
        self.status = "running"
        return await self._watched.until_exit(process)

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
