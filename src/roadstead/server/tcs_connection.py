"""TcsConnection: one open telemetry connection. Health goes to the state; the acknowledgement
leaves once that is durable. Metrics are acknowledged and dropped: nothing reads them yet.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from roadstead.agent_protocol import telemetry_server_session as tcs
from roadstead.agent_protocol.channel import Channel, ChannelClosed
from roadstead.agent_protocol.messages.tcs import InstanceStatus, PublishHealthRequest
from roadstead.agent_protocol.session_states import ServerState
from roadstead.aws.errors import ApiError
from roadstead.clock import Clock
from roadstead.ecs.transitions.container_instances import report_health
from roadstead.ecs.transitions.task_reports import report_task_health
from roadstead.ids import Ids
from roadstead.server.calls import own_call_about
from roadstead.server.waiting import wait_for_news
from roadstead.state.view import Tx
from roadstead.store.store import Store

FRAMES_QUEUED_MAX = 100

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
        self._stimuli: deque[tcs.Stimulus] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    def feed(self, stimulus: tcs.Stimulus) -> None:
        """Have the session handle this soon."""
        self._stimuli.append(stimulus)
        self._news.set()

    async def run(self) -> None:
        """Play the session until either side closes the connection."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read())
            try:
                await self._play()
            except ChannelClosed:
                self._session.handle(tcs.ConnectionClosed(), self._clock.monotonic())
            finally:
                reading.cancel()

    async def _read(self) -> None:
        while True:
            frame = await self._channel.receive()
            if frame is None:
                self.feed(tcs.ConnectionClosed())
                return
            while len(self._stimuli) >= FRAMES_QUEUED_MAX:
                self._room.clear()
                await self._room.wait()
            try:
                self.feed(tcs.BodyReceived(self._open_frame(frame)))
            except ApiError as error:
                self.feed(tcs.SignatureWrong(error.message))

    async def _play(self) -> None:
        while self._session.state is ServerState.OPEN:
            while self._stimuli:
                await self._handle(self._stimuli.popleft())
            self._room.set()
            wake_at = self._session.wake_at_seconds
            if wake_at is None or self._stimuli:
                continue
            await wait_for_news(self._news, self._clock, wake_at - self._clock.monotonic())
            await self._handle(tcs.Tick())

    async def _handle(self, stimulus: tcs.Stimulus) -> None:
        for output in self._session.handle(stimulus, self._clock.monotonic()):
            match output:
                case tcs.SendFrame(text):
                    await self._channel.send(text)
                case tcs.Close(code, reason):
                    await self._channel.close(code, reason)
                case tcs.HealthTold(request):
                    self._task_health(request)
                    await self._store.durable()
                case tcs.InstanceStatusTold(request):
                    self._instance_health(request.statuses)
                    await self._store.durable()
                case tcs.MetricsTold():
                    pass
                case tcs.BadFrame(text):
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
