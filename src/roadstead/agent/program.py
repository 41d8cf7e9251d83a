"""The agent as a program: its parts put together, and every background routine in one TaskGroup.

Order at a start: what is remembered is compared with what runs, then the instance registers, then
the channels open. Time, chance, network and runtime are arguments: simulations run this very code.
"""

import asyncio
import logging

from roadstead.agent.api import ApiCaller
from roadstead.agent.attachments import Attachments, AttachMessage
from roadstead.agent.carrier import Carrier
from roadstead.agent.configuration import AgentSettings, engine_settings
from roadstead.agent.connecting import ConnectionFailed, Connector
from roadstead.agent.discovery import Discovery
from roadstead.agent.ends import EXIT_CLEAN, EXIT_RETRY, AgentEnd
from roadstead.agent.engine import stimuli
from roadstead.agent.engine.engine import Engine
from roadstead.agent.journal import Identity, Journal
from roadstead.agent.link import SessionDriver
from roadstead.agent.publisher import Publisher
from roadstead.agent.registration import check_saved, register
from roadstead.agent.reporter import Reporter
from roadstead.agent.runtime.port import Runtime, RuntimeFailure
from roadstead.agent_protocol import agent_session, telemetry_agent_session
from roadstead.agent_protocol.agent_connection import InstanceInactive
from roadstead.agent_protocol.agent_session import AcsAgentSession
from roadstead.agent_protocol.channel import Channel
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.queries import AcsQuery, TcsQuery, build_acs, build_tcs
from roadstead.agent_protocol.telemetry_agent_session import TcsAgentSession
from roadstead.clock import Clock
from roadstead.ids import Ids

PROTOCOL_VERSION = 2
AGENT_HASH = "roadstead"

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The agent was asked to end."""


async def run_agent(
    settings: AgentSettings,
    *,
    clock: Clock,
    ids: Ids,
    runtime: Runtime,
    journal: Journal,
    api: ApiCaller,
    connector: Connector,
    stop: asyncio.Event,
) -> int:
    """Be an agent until `stop` is set or it cannot go on; the exit status. Containers run on."""
    try:
        async with asyncio.TaskGroup() as group:
            agent = _Agent(settings, clock, ids, runtime, journal, api, connector, group)
            group.create_task(_until(stop))
            await agent.start()
    except* _Stopped:
        log.info("stopped; containers run on")
        return_code = EXIT_CLEAN
    except* AgentEnd as ends:
        return_code = _report_end(ends)
    finally:
        await runtime.close()
    return return_code


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
    raise _Stopped


def _report_end(ends: ExceptionGroup[AgentEnd]) -> int:
    """A group may hold several; the gravest decides."""
    code = EXIT_CLEAN
    for end in _leaves(ends):
        log.error("the agent ends: %s", end.text)
        code = max(code, end.code)
    return code


def _leaves(group: ExceptionGroup[AgentEnd]) -> list[AgentEnd]:
    leaves: list[AgentEnd] = []
    for each in group.exceptions:
        leaves += _leaves(each) if isinstance(each, ExceptionGroup) else [each]
    return leaves


class _Agent:
    """One agent process's parts."""

    def __init__(
        self,
        settings: AgentSettings,
        clock: Clock,
        ids: Ids,
        runtime: Runtime,
        journal: Journal,
        api: ApiCaller,
        connector: Connector,
        group: asyncio.TaskGroup,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._runtime = runtime
        self._journal = journal
        self._api = api
        self._connector = connector
        self._group = group
        self._reporter = Reporter(settings.cluster, api, ids)
        self._engine = Engine(engine_settings(settings), ids, journal.tasks())
        self._carrier = Carrier(
            engine=self._engine,
            runtime=runtime,
            journal=journal,
            reporter=self._reporter,
            clock=clock,
            group=group,
            pull_behaviour=settings.pull_behaviour,
        )

        self._attachments = Attachments(
            runtime=runtime,
            journal=journal,
            reporter=self._reporter,
            clock=clock,
            spawn=group.create_task,
        )

    async def start(self) -> None:
        """Adopt, register, connect. Raises: AgentEnd"""
        saved = self._journal.identity()
        check_saved(self._settings, saved)
        try:
            found = await self._runtime.found()
        except (RuntimeFailure, OSError) as failure:
            text = f"what runs on this instance cannot be found out: {failure}"
            raise AgentEnd(EXIT_RETRY, text) from failure
        self._carrier.feed(stimuli.RuntimeFound(tuple(found)))
        self._group.create_task(self._carrier.watch_exits())
        self._group.create_task(self._carrier.timers.run())
        identity = await register(
            self._settings, saved, api=self._api, clock=self._clock, ids=self._ids
        )
        if identity != saved:
            self._journal.remember_identity(identity)
            await self._journal.flush()
        log.info("registered as %s", identity.container_instance_arn)
        self._attachments.resume()
        self._connect(identity)

    def _connect(self, identity: Identity) -> None:
        discovery = Discovery(identity, self._settings.availability_zone, self._api, self._clock)
        self._identity = identity
        self._discovery = discovery
        self._acs = AcsAgentSession(
            highest_sequence_number=self._journal.sequence_number(), ids=self._ids
        )
        self._tcs = TcsAgentSession(ids=self._ids)
        self._acs_driver = SessionDriver(
            "ACS",
            self._acs,
            open_channel=self._open_acs,
            clock=self._clock,
            told=self._acs_told,
        )
        self._tcs_driver = SessionDriver(
            "TCS",
            self._tcs,
            open_channel=self._open_tcs,
            clock=self._clock,
            told=_nothing_more,
            opened=lambda: self._publisher.channel_opened(),
        )
        self._publisher = Publisher(
            identity,
            self._engine,
            self._carrier,
            self._tcs,
            self._tcs_driver,
            self._clock,
            self._ids,
        )
        self._carrier.link = self
        self._group.create_task(self._acs_driver.run())
        self._group.create_task(self._tcs_driver.run())
        self._group.create_task(self._publisher.run())

    async def _open_acs(self) -> Channel:
        query = AcsQuery(
            cluster=self._identity.cluster,
            container_instance_arn=self._identity.container_instance_arn,
            agent_version=self._settings.version,
            agent_hash=AGENT_HASH,
            docker_version=f"roadstead-{self._settings.runtime}",
            protocol_version=PROTOCOL_VERSION,
            sequence_number=1,
            send_credentials=self._acs.send_credentials,
        )
        endpoints = await self._discovery.endpoints()
        if not endpoints.acs:
            self._discovery.doubt()
            raise ConnectionFailed("DiscoverPollEndpoint named no endpoint")
        try:
            channel = await self._connector.open_acs(endpoints.acs, build_acs(query))
        except ConnectionFailed:
            self._discovery.doubt()
            raise
        self._reporter.control_plane_heard()
        return channel

    async def _open_tcs(self) -> Channel:
        query = TcsQuery(
            cluster=self._identity.cluster,
            container_instance_arn=self._identity.container_instance_arn,
            agent_version=self._settings.version,
            agent_hash=AGENT_HASH,
            docker_version=f"roadstead-{self._settings.runtime}",
        )
        endpoints = await self._discovery.endpoints()
        if not endpoints.tcs:
            self._discovery.doubt()
            raise ConnectionFailed("DiscoverPollEndpoint named no telemetryEndpoint")
        return await self._connector.open_tcs(endpoints.tcs, build_tcs(query))

    def _acs_told(self, output: agent_session.Output) -> None:
        match output:
            case agent_session.Received(message):
                self._received(message)
            case agent_session.HeartbeatHeard():
                self._publisher.heartbeat_heard()
            case InstanceInactive(text):
                log.error(
                    "this container instance is deregistered; its containers run on, and the "
                    "next try is in an hour: %s",
                    text,
                )
                self._group.create_task(self._leave_tcs())
            case agent_session.ServerFailure(kind, text):
                log.warning("ACS: %s: %s", kind, text)

    def _received(self, message: acs.ServerMessage) -> None:
        match message:
            case acs.PayloadMessage():
                self._carrier.feed(stimuli.PayloadReceived(message))
            case acs.TaskManifestMessage():
                self._journal.remember_sequence_number(message.timeline)
                self._carrier.feed(stimuli.ManifestReceived(message))
            case acs.TaskStopVerificationAck():
                self._carrier.feed(stimuli.StopsVerified(message))
            case (
                acs.AttachTaskNetworkInterfacesMessage()
                | acs.AttachInstanceNetworkInterfacesMessage()
            ):
                self._group.create_task(self._attach(message))
            case _:
                log.warning("ACS: %s is not acted on by this agent", type(message).__name__)

    async def _attach(self, message: AttachMessage) -> None:
        await self._attachments.take(message)
        await self.accept(message)

    async def _leave_tcs(self) -> None:
        stimulus = telemetry_agent_session.InstanceKnownInactive()
        await self._tcs_driver.carry(self._tcs.handle(stimulus, self._clock.monotonic()))

    async def accept(self, message: acs.ServerMessage) -> None:
        """Acknowledge a message that is taken over."""
        stimulus = agent_session.Accepted(message)
        await self._acs_driver.carry(self._acs.handle(stimulus, self._clock.monotonic()))

    async def say(self, message: acs.AgentMessage) -> None:
        """Send a message of our own."""
        stimulus = agent_session.Say(message)
        await self._acs_driver.carry(self._acs.handle(stimulus, self._clock.monotonic()))

    def health_changed(self, task_arn: str) -> None:
        """Tell the health of this task's containers."""
        self._publisher.health_changed(task_arn)


def _nothing_more(output: object) -> None:
    """TCS tells nothing that its driver does not see to."""
    log.debug("TCS: %s", output)
