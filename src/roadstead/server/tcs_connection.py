"""TcsConnection: one open telemetry connection. Health goes to the state; the acknowledgement
leaves once that is durable. Metrics are acknowledged and dropped: nothing reads them yet.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from roadstead.agent_protocol import telemetry_server_session as tcs
from roadstead.agent_protocol.channel import Channel, ChannelClosed
from roadstead.agent_protocol.messages.tcs import InstanceStatus, PublishHealthRequest
from roadstead.agent_protocol.server_connection import (
    BadFrame,
    Close,
    ConnectionClosed,
    SendFrame,
    Tick,
)
from roadstead.agent_protocol.session_states import ServerState
from roadstead.aws.errors import ApiError
from roadstead.clock import Clock
from roadstead.ecs.transitions.container_instances import report_health
from roadstead.ecs.transitions.task_reports import report_task_health
from roadstead.ids import Ids
from roadstead.server.calls import own_call_about
from roadstead.server.inbox import Inbox
from roadstead.state.view import Tx
from roadstead.store.store import Store

OpenFrame = Callable[[str], str]
"""The body of a frame whose signature is right. Raises: ApiError when it is wrong."""

log = logging.getLogger(__name__)


class TcsConnection:
    """`run` it where the connection was accepted; `feed` it from anywhere on the same loop."""

    def __init__(
        self,
        channel: Channel,
        container_instance_arn: str,
        open_frame: OpenFrame,
        store: Store,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._channel = channel
        self._arn = container_instance_arn
        self._open_frame = open_frame
        self._store = store
        self._clock = clock
        self._ids = ids
        self._session = tcs.TcsServerSession(
            container_instance_arn=container_instance_arn, ids=ids, at_seconds=clock.monotonic()
        )
        self._inbox = Inbox[tcs.Stimulus]()

    def feed(self, stimulus: tcs.Stimulus) -> None:
        """Have the session handle this soon."""
        self._inbox.feed(stimulus)

    async def run(self) -> None:
        """Play the session until either side closes the connection."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._inbox.fill_from(self._channel, self._received))
            try:
                await self._play()
            except ChannelClosed:
                self._session.handle(ConnectionClosed(), self._clock.monotonic())
            finally:
                reading.cancel()

    def _received(self, frame: str) -> tcs.Stimulus:
        try:
            return tcs.BodyReceived(self._open_frame(frame))
        except ApiError as error:
            return tcs.SignatureWrong(error.message)

    async def _play(self) -> None:
        while self._session.state is ServerState.OPEN:
            while (stimulus := self._inbox.take()) is not None:
                await self._handle(stimulus)
            wake_at = self._session.wake_at_seconds
            if wake_at is None or self._inbox:
                continue
            await self._inbox.wait(self._clock, wake_at - self._clock.monotonic())
            await self._handle(Tick())

    async def _handle(self, stimulus: tcs.Stimulus) -> None:
        for output in self._session.handle(stimulus, self._clock.monotonic()):
            match output:
                case SendFrame(text):
                    await self._channel.send(text)
                case Close(code, reason):
                    await self._channel.close(code, reason)
                case tcs.HealthTold(request):
                    self._task_health(request)
                    await self._store.durable()
                case tcs.InstanceStatusTold(request):
                    self._instance_health(request.statuses)
                    await self._store.durable()
                case tcs.MetricsTold():
                    pass
                case BadFrame(text):
                    log.warning("telemetry of %s: %s", self._arn, text[:200])

    def _task_health(self, request: PublishHealthRequest) -> None:
        call = own_call_about(self._arn, self._clock.now(), self._ids)

        def report(tx: Tx) -> None:
            for task in request.tasks:
                healths = {each.container_name: each.health_status for each in task.containers}
                if healths:
                    report_task_health(tx, call, self._arn, task.task_arn, healths)

        self._store.update(report)

    def _instance_health(self, statuses: tuple[InstanceStatus, ...]) -> None:
        call = own_call_about(self._arn, self._clock.now(), self._ids)
        told = [
            {
                "type": each.type,
                "status": each.status,
                "statusReason": each.status_reason,
                "lastUpdated": _moment(each.last_updated, call.now),
                "lastStatusChange": _moment(each.last_status_change, call.now),
            }
            for each in statuses
        ]
        self._store.update(lambda tx: report_health(tx, call, self._arn, told))


def _moment(seconds: float, now: datetime) -> datetime:
    """The moment an agent means; its clock may be anything, so nonsense becomes now."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return now
