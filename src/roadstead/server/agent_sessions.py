"""AgentSessions: which container instance is connected, and who must be told of a commit.

Carries what durable commits say to the open connections (one look-up a change, never a walk over
sessions), tells the state when agents come and go, and gives each instance one connection: a newer
one replaces the older. The connections themselves are `acs_connection` and `tcs_connection`; how
they come about over HTTP is for `agent_doors`.

Agents reconnect by routine, several times an hour. So a lost connection counts as a disconnected
agent only after `DISCONNECTED_AFTER_SECONDS` without a new one. Silence that heartbeats have
already found out about, counts at once. After a start, agents get `RECONNECT_SECONDS_MAX` to come
back before the state says that they are gone.
"""

import asyncio
import heapq
import logging

from roadstead.agent_protocol.channel import Channel
from roadstead.agent_protocol.queries import AcsQuery, TcsQuery
from roadstead.agent_protocol.server_connection import (
    HostReportedStopped,
    InstanceDeregistered,
    ServerStopping,
    Superseded,
)
from roadstead.clock import Clock
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions.container_instances import (
    InstanceRefused,
    agent_connected,
    agent_disconnected,
)
from roadstead.ids import Ids
from roadstead.server.acs_connection import AcsConnection
from roadstead.server.calls import own_call_about
from roadstead.server.tcs_connection import OpenFrame, TcsConnection
from roadstead.server.waiting import wait_for_news
from roadstead.state.records import Change
from roadstead.store.store import Commit, Store, StoreFailed

DISCONNECTED_AFTER_SECONDS = 5.0
RECONNECT_SECONDS_MAX = 60.0

log = logging.getLogger(__name__)


class AgentSessions:
    """All open agent connections of this process."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._acs: dict[str, AcsConnection] = {}
        self._tcs: dict[str, TcsConnection] = {}
        self._gone: list[tuple[float, str, int]] = []
        self._news = asyncio.Event()
        self._stopping = False
        store.on_durable(self._committed)
        self._expect_agents()

    @property
    def connected(self) -> int:
        """How many command connections are open."""
        return len(self._acs)

    def admit(self, query: AcsQuery) -> ContainerInstance:
        """The instance whose agent may open a command connection now, noted as connected.

        Raises: InstanceRefused
        """
        if self._stopping:
            raise InstanceRefused("ServerException", "this control plane is stopping")
        arn = query.container_instance_arn
        self._check_cluster(arn, query.cluster)
        now = self._clock.now()
        return self._store.update(
            lambda tx: agent_connected(
                tx,
                own_call_about(arn, now, self._ids),
                arn,
                agent_version=query.agent_version,
                agent_hash=query.agent_hash,
                docker_version=query.docker_version,
            )
        )

    def admit_telemetry(self, query: TcsQuery) -> ContainerInstance:
        """The instance whose agent may open a telemetry connection.

        Raises: InstanceRefused
        """
        if self._stopping:
            raise InstanceRefused("ServerException", "this control plane is stopping")
        instance = self._check_cluster(query.container_instance_arn, query.cluster)
        if instance.status == "INACTIVE":
            raise InstanceRefused(
                "InactiveInstanceException", "The container instance is deregistered."
            )
        return instance

    async def serve(self, channel: Channel, query: AcsQuery, instance: ContainerInstance) -> None:
        """Play ACS on an open channel of an admitted agent, until it ends."""
        connection = AcsConnection(channel, query, instance, self._store, self._clock, self._ids)
        older = self._acs.get(instance.arn)
        self._acs[instance.arn] = connection
        if older is not None:
            older.feed(Superseded())
        if self._is_inactive(instance.arn):  # it became so while the connection was opening
            connection.feed(InstanceDeregistered())
        try:
            await connection.run()
        finally:
            if self._acs.get(instance.arn) is connection:
                del self._acs[instance.arn]
                seconds = 0.0 if connection.silent else DISCONNECTED_AFTER_SECONDS
                self._expect(instance.arn, instance.connections, seconds)

    def never_opened(self, instance: ContainerInstance) -> None:
        """An admitted agent left before its channel was open: that is a lost connection too."""
        self._expect(instance.arn, instance.connections, DISCONNECTED_AFTER_SECONDS)

    async def serve_telemetry(
        self, channel: Channel, instance: ContainerInstance, open_frame: OpenFrame
    ) -> None:
        """Play TCS on an open channel of an admitted agent, until it ends."""
        connection = TcsConnection(
            channel, instance.arn, open_frame, self._store, self._clock, self._ids
        )
        older = self._tcs.get(instance.arn)
        self._tcs[instance.arn] = connection
        if older is not None:
            older.feed(Superseded())
        if self._is_inactive(instance.arn):
            connection.feed(InstanceDeregistered())
        try:
            await connection.run()
        finally:
            if self._tcs.get(instance.arn) is connection:
                del self._tcs[instance.arn]

    def stop(self) -> None:
        """Close all connections; agents shall come back at once, to whoever answers then."""
        self._stopping = True
        for connection in self._acs.values():
            connection.feed(ServerStopping())
        for telemetry in self._tcs.values():
            telemetry.feed(ServerStopping())

    async def run(self) -> None:
        """Note agents as disconnected when they have been gone for long enough; for ever."""
        while True:
            seconds = self._gone[0][0] - self._clock.monotonic() if self._gone else None
            if seconds is not None and seconds <= 0:
                _, arn, connections = heapq.heappop(self._gone)
                if self._stopping or arn in self._acs:
                    continue
                try:
                    self._disconnected(arn, connections)
                except StoreFailed:
                    return
                await self._clock.sleep(0)
            else:
                await wait_for_news(self._news, self._clock, seconds)

    def _disconnected(self, arn: str, connections: int) -> None:
        call = own_call_about(arn, self._clock.now(), self._ids)
        if self._store.update(lambda tx: agent_disconnected(tx, call, arn, connections)):
            log.info("agent of %s is disconnected", arn)

    def _expect_agents(self) -> None:
        """Agents that were connected to an earlier process have a while to come back."""
        for instance in self._store.view.all(CONTAINER_INSTANCES):
            if instance.agent_connected and instance.arn not in self._acs:
                self._expect(instance.arn, instance.connections, RECONNECT_SECONDS_MAX)

    def _expect(self, arn: str, connections: int, seconds: float) -> None:
        heapq.heappush(self._gone, (self._clock.monotonic() + seconds, arn, connections))
        self._news.set()

    def _check_cluster(self, arn: str, cluster: str) -> ContainerInstance:
        instance = self._store.view.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            # Deregistered instances are forgotten after a while; their agents shall stay away.
            identity = arn.rpartition("/")[2][:100]
            raise InstanceRefused(
                "InactiveInstanceException", f"Container instance {identity} is not registered."
            )
        if cluster not in (instance.cluster_arn, instance.cluster_arn.rpartition("/")[2]):
            raise InstanceRefused(
                "InvalidClusterException",
                f"The container instance is of {instance.cluster_arn}, not of {cluster[:200]}.",
            )
        return instance

    def _is_inactive(self, arn: str) -> bool:
        instance = self._store.view.get(CONTAINER_INSTANCES, arn)
        return instance is None or instance.status == "INACTIVE"

    def _committed(self, commit: Commit) -> None:
        if commit.reloaded:
            for connection in self._acs.values():
                connection.look_at_everything()
            self._expect_agents()
            return
        for change in commit.changes:
            if change.table is TASKS:
                self._task_changed(commit.sequence, change)
            elif change.table is CONTAINER_INSTANCES:
                self._instance_changed(change)

    def _task_changed(self, sequence: int, change: Change) -> None:
        record = change.before if change.after is None else change.after
        connection = self._acs.get(record.container_instance_arn)
        if connection is not None:
            connection.task_changed(sequence, change.arn, change.after)

    def _instance_changed(self, change: Change) -> None:
        connection = self._acs.get(change.arn)
        if change.after is not None and change.after.status != "INACTIVE":
            now = self._store.view.get(CONTAINER_INSTANCES, change.arn)
            if connection is not None and now is not None and not now.agent_connected:
                connection.feed(HostReportedStopped())
            return
        if connection is not None:
            connection.feed(InstanceDeregistered())
        telemetry = self._tcs.get(change.arn)
        if telemetry is not None:
            telemetry.feed(InstanceDeregistered())
