"""AcsConnection: one open command connection, from admission to its end.

A thin shell around `AcsServerSession`: it feeds stimuli, carries out what comes back, and sends
nothing that is not durable. It gets tasks as durable commits made them; at its start, and when the
view is replaced, it looks at all tasks of its instance.
"""

import asyncio
import logging
from collections.abc import Iterable

from roadstead.agent_protocol import server_session as acs
from roadstead.agent_protocol.channel import Channel, ChannelClosed
from roadstead.agent_protocol.deliveries import TaskDelivery
from roadstead.agent_protocol.queries import AcsQuery
from roadstead.agent_protocol.server_connection import (
    BadFrame,
    Close,
    ConnectionClosed,
    SendFrame,
    Tick,
)
from roadstead.agent_protocol.session_states import ServerState
from roadstead.clock import Clock
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.task import Task
from roadstead.ecs.views.agent_payload import (
    manifest_for_agent,
    payload_task,
    status_told,
    stops_confirmed,
    tasks_of_agent,
)
from roadstead.ids import Ids
from roadstead.server.inbox import Inbox
from roadstead.store.store import Store

SEQUENCE_NUMBERS_PER_CONNECTION = 1_000_000
"""Connections are numbered for ever, so these rise across restarts; none sends so many payloads."""

log = logging.getLogger(__name__)


class AcsConnection:
    """`run` it where the connection was accepted; `feed` it from anywhere on the same loop."""

    def __init__(
        self,
        channel: Channel,
        query: AcsQuery,
        instance: ContainerInstance,
        store: Store,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self.silent = False
        """It ended because heartbeats stayed unanswered."""
        self._channel = channel
        self._arn = instance.arn
        self._store = store
        self._clock = clock
        self._session = acs.AcsServerSession(
            query=query,
            cluster_arn=instance.cluster_arn,
            container_instance_arn=instance.arn,
            first_sequence_number=instance.connections * SEQUENCE_NUMBERS_PER_CONNECTION + 1,
            ids=ids,
            now=clock.now(),
            at_seconds=clock.monotonic(),
        )
        self._inbox = Inbox[acs.Stimulus]()
        self._changed: dict[str, Task | None] = {}
        self._seen_sequence = 0
        """Commits up to this one were seen by looking at everything."""
        self._look_at_everything = True
        self._missed_heartbeats = 0

    def feed(self, stimulus: acs.Stimulus) -> None:
        """Have the session handle this soon."""
        self._inbox.feed(stimulus)

    def task_changed(self, sequence: int, arn: str, task: Task | None) -> None:
        """A task of this instance became so, durably, by the commit `sequence`."""
        if sequence > self._seen_sequence:
            self._changed[arn] = task
            self._inbox.ring()

    def look_at_everything(self) -> None:
        """Compare all tasks of the instance with what the agent was told."""
        self._look_at_everything = True
        self._inbox.ring()

    async def run(self) -> None:
        """Play the session until either side closes the connection."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._inbox.fill_from(self._channel, acs.FrameReceived))
            try:
                await self._play()
            except ChannelClosed:
                self._session.handle(ConnectionClosed(), self._clock.monotonic())
            finally:
                reading.cancel()

    async def _play(self) -> None:
        session = self._session
        while session.state is ServerState.OPEN:
            while (stimulus := self._inbox.take()) is not None:
                await self._handle(stimulus)
            if self._look_at_everything:
                await self._full_look()
            if self._changed:
                changed, self._changed = self._changed, {}
                await self._tell(changed.items())
            wake_at = session.wake_at_seconds
            if wake_at is None or self._inbox or self._changed:
                continue
            await self._inbox.wait(self._clock, wake_at - self._clock.monotonic())
            await self._handle(Tick())

    async def _full_look(self) -> None:
        """Send the manifest and every task that the agent may know of: duplicates do no harm."""
        self._look_at_everything = False
        self._changed.clear()
        view = self._store.view
        self._seen_sequence = self._store.sequence
        tasks = tasks_of_agent(view, self._arn)
        manifest = manifest_for_agent(view, self._arn)
        await self._store.durable(self._seen_sequence)
        await self._handle(acs.SendManifest(manifest))
        await self._tell((task.arn, task) for task in tasks)

    async def _tell(self, tasks: Iterable[tuple[str, Task | None]]) -> None:
        for arn, task in tasks:
            status = None if task is None else status_told(task)
            if task is None or status is None:
                await self._handle(acs.ForgetTasks((arn,)))
            elif self._session.told(arn) not in (status, "STOPPED"):
                delivery = self._delivery(task)
                if delivery is not None:
                    await self._handle(acs.SendTasks((delivery,)))

    def _delivery(self, task: Task) -> TaskDelivery | None:
        """What to tell of a task; None, and a line in the log, when that cannot be made."""
        try:
            payload = payload_task(self._store.view, task)
        except Exception:  # one task that cannot be told must not hide the others
            log.exception("no payload can be made of %s", task.arn)
            return None
        return TaskDelivery(task.arn, payload.desired_status, payload)

    async def _handle(self, stimulus: acs.Stimulus) -> None:
        for output in self._session.handle(stimulus, self._clock.monotonic()):
            await self._carry_out(output)

    async def _carry_out(self, output: acs.Output) -> None:
        match output:
            case SendFrame(text):
                await self._channel.send(text)
            case Close(code, reason):
                self.silent = self._missed_heartbeats >= acs.HEARTBEATS_UNANSWERED_MAX
                await self._channel.close(code, reason)
            case acs.VerifyStops(message_id, candidates):
                confirmed = stops_confirmed(self._store.view, self._arn, candidates)
                await self._store.durable()
                await self._handle(acs.StopsVerified(message_id, confirmed))
            case acs.AgentAlive():
                self._missed_heartbeats = 0
            case acs.HeartbeatMissed(in_a_row):
                self._missed_heartbeats = in_a_row
                log.warning("agent of %s missed %d heartbeats", self._arn, in_a_row)
            case acs.MessageRejected(message_id, reason):
                log.warning("agent of %s refused %s: %s", self._arn, message_id, reason[:200])
            case BadFrame(text):
                log.warning("agent of %s sent no message: %s", self._arn, text[:200])
            case (
                acs.TasksAcknowledged() | acs.MessageAcknowledged() | acs.CredentialsAcknowledged()
            ):
                pass
