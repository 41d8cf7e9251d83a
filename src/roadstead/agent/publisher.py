"""The publisher: when what is told over TCS.

All of it when the channel opens and every 20 s after; the health of a task also as soon as it
changes, so that a service need not wait for what it acts on. What cannot be told is dropped: the
next round tells how things are then.
"""

import asyncio

from roadstead.agent import telemetry
from roadstead.agent.carrier import Carrier
from roadstead.agent.engine.engine import Engine
from roadstead.agent.engine.life_cycle import TaskStatus
from roadstead.agent.journal import Identity
from roadstead.agent.link import SessionDriver
from roadstead.agent_protocol import telemetry_agent_session
from roadstead.agent_protocol.messages import tcs
from roadstead.agent_protocol.session_states import AgentState
from roadstead.agent_protocol.telemetry_agent_session import TcsAgentSession
from roadstead.clock import Clock
from roadstead.ids import Ids


class Publisher:
    """Tells measurements, health of containers and the status of the instance."""

    def __init__(
        self,
        identity: Identity,
        engine: Engine,
        carrier: Carrier,
        session: TcsAgentSession,
        driver: SessionDriver[telemetry_agent_session.Output],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._identity = identity
        self._engine = engine
        self._carrier = carrier
        self._session = session
        self._driver = driver
        self._clock = clock
        self._ids = ids
        self._instance = telemetry.InstanceHealth(clock.now())
        self._is_status_wanted = False
        self._is_all_wanted = False
        self._changed: dict[str, None] = {}
        """ARNs of tasks whose health changed, in the order of the changes."""
        self._news = asyncio.Event()

    def heartbeat_heard(self) -> None:
        """The next round tells the instance's status too."""
        self._is_status_wanted = True

    def channel_opened(self) -> None:
        """Tell everything now."""
        self._is_all_wanted = True
        self._news.set()

    def health_changed(self, task_arn: str) -> None:
        """Tell this task's health now."""
        self._changed[task_arn] = None
        self._news.set()

    async def run(self) -> None:
        """Tell, for ever."""
        while True:
            await self._publish_all()
            until = self._clock.monotonic() + telemetry.PUBLISH_SECONDS
            while await self._hears_news(until) and not self._is_all_wanted:
                await self._publish_changes()

    async def _hears_news(self, until: float) -> bool:
        """True when there is news before that moment."""
        try:
            async with asyncio.timeout(until - self._clock.monotonic()):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def _publish_changes(self) -> None:
        self._news.clear()
        found = (self._engine.task(arn) for arn in self._changed)
        changed = [task for task in found if task is not None]
        self._changed.clear()
        await self._tell(
            telemetry.health(self._identity, changed, now=self._clock.now(), ids=self._ids)
        )

    async def _publish_all(self) -> None:
        self._is_all_wanted = False
        self._changed.clear()
        self._news.clear()
        if self._session.state is not AgentState.OPEN:
            return
        now = self._clock.now()
        tasks = self._engine.tasks
        idle = all(task.status is TaskStatus.STOPPED for task in tasks)
        messages: list[tcs.TelemetryFromAgent] = [
            telemetry.metrics(self._identity, idle=idle, now=now, ids=self._ids),
            *telemetry.health(self._identity, tasks, now=now, ids=self._ids),
        ]
        if self._is_status_wanted:
            self._is_status_wanted = False
            status = self._instance.status(self._carrier.runtime_trouble, now)
            messages.append(
                telemetry.instance_status(self._identity, status, now=now, ids=self._ids)
            )
        await self._tell(messages)

    async def _tell(self, messages: "list[tcs.TelemetryFromAgent]") -> None:
        for message in messages:
            publish = telemetry_agent_session.Publish(message)
            await self._driver.carry(self._session.handle(publish, self._clock.monotonic()))
