"""The carrier: runs what the engine asks and tells the engine what came of it.

Records are written before anything else of the same turn is begun. Decides nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import msgspec

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.engine import Engine
from roadstead.agent.journal import Journal
from roadstead.agent.reporter import Reporter
from roadstead.agent.runtime.port import Executed, Runtime, RuntimeFailure
from roadstead.agent.timers import Timers
from roadstead.agent_protocol.messages import acs
from roadstead.clock import Clock

STEPS_AT_ONCE_MAX = 8
"""Containers being created, started or removed at the same time; others wait their turn."""

log = logging.getLogger(__name__)


class Link(Protocol):
    """The channel to the control plane, as far as the carrier needs it."""

    async def accept(self, message: acs.ServerMessage) -> None:
        """Acknowledge a message."""
        ...

    async def say(self, message: acs.AgentMessage) -> None:
        """Send a message of our own."""
        ...

    def health_changed(self, task_arn: str) -> None:
        """Tell the health of this task's containers."""
        ...


class Carrier:
    """Everything between a pure engine and the world."""

    def __init__(
        self,
        *,
        engine: Engine,
        runtime: Runtime,
        journal: Journal,
        reporter: Reporter,
        clock: Clock,
        group: asyncio.TaskGroup,
        pull_behaviour: str,
    ) -> None:
        self._engine = engine
        self._runtime = runtime
        self._journal = journal
        self._reporter = reporter
        self._clock = clock
        self._group = group
        self._pull_behaviour = pull_behaviour
        self._steps = asyncio.Semaphore(STEPS_AT_ONCE_MAX)
        self.timers = Timers(clock, lambda key: self.feed(tell.TimerFired(key)))
        self.link: Link | None = None
        self.runtime_trouble = ""
        """What the runtime's last unexpected failure said; empty after it worked again."""

    def feed(self, stimulus: tell.Stimulus) -> None:
        """Tell the engine, keep its records, begin what it asks."""
        asked = self._engine.handle(stimulus, self._clock.now())
        records = [each for each in asked if isinstance(each, ask.SaveTask | ask.ForgetTask)]
        if records:
            self._journal.write(records)
        for instruction in asked[len(records) :]:
            self._begin(instruction)

    async def watch_exits(self) -> None:
        """Tell the engine of every container that ends; for ever."""
        async for exit_ in self._runtime.exits():
            self.feed(tell.Exited(exit_))
        raise RuntimeError("the runtime stopped watching its containers")

    def _begin(self, instruction: ask.Instruction) -> None:
        match instruction:
            case ask.Pull():
                self._spawn(self._pull(instruction))
            case ask.PrepareNetwork():
                self._spawn(self._prepare_network(instruction))
            case ask.ReleaseNetwork(task_arn):
                self._spawn(self._release_network(task_arn))
            case ask.Create():
                self._spawn(self._create(instruction))
            case ask.Start(container_id):
                self._spawn(self._start(container_id))
            case ask.Signal(container_id, signal):
                self._spawn(self._signal(container_id, signal))
            case ask.Remove(container_id):
                self._spawn(self._remove(container_id))
            case ask.RemoveTask(task_arn):
                self._spawn(self._remove_task(task_arn))
            case ask.HoldPorts(container_id, bindings):
                self._runtime.hold_ports(container_id, bindings)
            case ask.FreePorts(container_id):
                self._runtime.free_ports(container_id)
            case ask.Check():
                self._spawn(self._check(instruction))
            case ask.PublishHealth(task_arn):
                if self.link is not None:  # else all of it is told once there is one
                    self.link.health_changed(task_arn)
            case ask.Submit():
                self._spawn(self._submit(instruction))
            case ask.Acknowledge(message):
                self._spawn(self._acknowledge(message))
            case ask.NameStopCandidates(message):
                self._spawn(self._say(message))
            case ask.SetTimer(key, seconds):
                self.timers.set(key, seconds)
            case ask.Tell(text):
                log.warning("%s", text)
            case _:
                raise AssertionError(f"records come first: {instruction}")

    def _spawn(self, routine: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(routine)

    async def _pull(self, wanted: ask.Pull) -> None:
        async def pull() -> tell.Stimulus:
            image = await self._runtime.pull(wanted.image, behaviour=self._pull_behaviour)
            return tell.Pulled(wanted.container_id, image)

        await self._step(wanted.container_id, "CannotPullContainerError", pull)

    async def _prepare_network(self, wanted: ask.PrepareNetwork) -> None:
        outcome: tell.Stimulus
        try:
            await self._runtime.prepare_network(wanted.task_arn, wanted.network)
            outcome = tell.NetworkPrepared(wanted.task_arn)
        except RuntimeFailure as failure:
            log.warning("%s: %s", wanted.task_arn, failure)
            outcome = tell.NetworkFailed(wanted.task_arn, failure.name, failure.text)
        except Exception as error:  # the other tasks must go on
            log.exception("%s: its network cannot be made", wanted.task_arn)
            self.runtime_trouble = f"{type(error).__name__}: {error}"
            outcome = tell.NetworkFailed(
                wanted.task_arn, "ContainerNetworkingError", self.runtime_trouble
            )
        self.feed(outcome)

    async def _release_network(self, task_arn: str) -> None:
        try:
            await self._runtime.release_network(task_arn)
        except (RuntimeFailure, OSError) as failure:
            log.warning("%s: something of its network is left behind: %s", task_arn, failure)
        self.feed(tell.NetworkReleased(task_arn))

    async def _create(self, wanted: ask.Create) -> None:
        container_id = wanted.spec.container_id

        async def create() -> tell.Stimulus:
            async with self._steps:
                await self._runtime.create(wanted.spec)
            return tell.Created(container_id)

        await self._step(container_id, "CannotCreateContainerError", create)

    async def _start(self, container_id: str) -> None:
        async def start() -> tell.Stimulus:
            async with self._steps:
                started = await self._runtime.start(container_id)
            return tell.ContainerStarted(container_id, started)

        await self._step(container_id, "CannotStartContainerError", start)

    async def _step(
        self,
        container_id: str,
        error_name: str,
        step: Callable[[], Coroutine[Any, Any, tell.Stimulus]],
    ) -> None:
        """Run one step; what a runtime did not foresee fails the container, not the agent."""
        try:
            outcome = await step()
            self.runtime_trouble = ""
        except RuntimeFailure as failure:
            log.warning("container %s: %s", container_id[:12], failure)
            outcome = tell.StepFailed(container_id, failure.name, failure.text)
        except Exception as error:  # the other containers must go on
            log.exception("container %s: the runtime failed", container_id[:12])
            self.runtime_trouble = f"{type(error).__name__}: {error}"
            outcome = tell.StepFailed(container_id, error_name, self.runtime_trouble)
        self.feed(outcome)

    async def _check(self, wanted: ask.Check) -> None:
        """Run a health check; one that cannot be run has failed, as under Docker."""
        try:
            result = await self._runtime.execute(
                wanted.container_id, wanted.command, timeout_seconds=wanted.timeout_seconds
            )
        except (RuntimeFailure, OSError) as failure:
            result = Executed(-1, str(failure))
        self.feed(tell.Checked(wanted.container_id, wanted.run, result))

    async def _signal(self, container_id: str, signal: str) -> None:
        try:
            await self._runtime.signal(container_id, signal)
        except (RuntimeFailure, OSError) as failure:
            log.warning("container %s: %s was not sent: %s", container_id[:12], signal, failure)

    async def _remove(self, container_id: str) -> None:
        await self._journal.flush()  # only the container tells, until then, that it ever ran
        try:
            async with self._steps:
                await self._runtime.remove(container_id)
        except (RuntimeFailure, OSError) as failure:
            self.feed(tell.RemoveFailed(container_id, str(failure)))
        else:
            self.feed(tell.Removed(container_id))

    async def _remove_task(self, task_arn: str) -> None:
        try:
            await self._runtime.remove_task(task_arn)
        except (RuntimeFailure, OSError) as failure:
            log.warning("%s: something of it is left behind: %s", task_arn, failure)
        self.feed(tell.TaskRemoved(task_arn))

    async def _submit(self, wanted: ask.Submit) -> None:
        await self._journal.flush()  # nothing is told that a power loss could make us forget
        await self._reporter.submit(wanted.report)
        self.feed(tell.ReportAccepted(wanted.report.task))

    async def _acknowledge(self, message: acs.ServerMessage) -> None:
        await self._journal.flush()
        if self.link is not None:
            await self.link.accept(message)

    async def _say(self, message: msgspec.Struct) -> None:
        assert isinstance(message, acs.TaskStopVerificationMessage)
        if self.link is not None:
            await self.link.say(message)
