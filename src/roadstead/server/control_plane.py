"""ControlPlane: the parts of the server put together, and all its background routines.

Knows which services and which reconcilers there are. The program around it (`main`, or a test)
chooses the log, the clock and the keys.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from roadstead.acm.operations import table as acm_table
from roadstead.aws.arns import partition_of
from roadstead.aws.models import service_model
from roadstead.aws.protocol.dialects import EC2
from roadstead.clock import Clock
from roadstead.control import operations as control_operations
from roadstead.control.model import control_model
from roadstead.control.schema import SCHEMA
from roadstead.ec2.operations import table as ec2_table
from roadstead.ec2.transitions.default_vpc import ensure_default_vpc
from roadstead.ecs.operations import table as ecs_table
from roadstead.ecs.records.tuning import Tuning
from roadstead.ecs.transitions.container_instances import await_agents_anew
from roadstead.ecs.transitions.events import publish
from roadstead.ecs.transitions.tuning import put_tuning
from roadstead.elb.operations import table as elb_table
from roadstead.elbv2.operations import table as elbv2_table
from roadstead.ids import Ids
from roadstead.server.agent_doors import AgentDoors
from roadstead.server.agent_sessions import AgentSessions
from roadstead.server.change_streams import CHANGES_PATH, ChangeStreams
from roadstead.server.console_pages import ConsolePages
from roadstead.server.cross_origin import CrossOrigin
from roadstead.server.data_plane import data_plane
from roadstead.server.dispatch import Api, Check, Dispatcher
from roadstead.server.event_feed import EventFeed
from roadstead.server.event_sink import EventSink
from roadstead.server.event_streams import EVENTS_PATH, EventStreams
from roadstead.server.fabric_streams import FABRIC_PATH, FabricStreams
from roadstead.server.http import HttpApplication, HttpServer, claim, connections_max
from roadstead.server.key_ring import KeyRing
from roadstead.server.loops import ReconcileLoop
from roadstead.server.sign_in_links import SignInLinks
from roadstead.servicediscovery.operations import table as servicediscovery_table
from roadstead.settings import DefaultVpc
from roadstead.state.plans import Call, Reconciler
from roadstead.store.log import Log
from roadstead.store.store import Store

STOP_SECONDS_MAX = 5.0
"""For clients to take their last answers when the server stops; then it goes without them."""

log = logging.getLogger(__name__)


def all_apis(clock: Clock, links: SignInLinks) -> tuple[Api, ...]:
    """The services on offer; the first one answers requests that name none of them."""
    return (
        Api(
            partial(service_model, "ecs"),
            ecs_table.WRITES,
            ecs_table.READS,
            target_prefix="AmazonEC2ContainerServiceV20141113",
        ),
        Api(
            control_model,
            control_operations.WRITES,
            control_operations.reads(clock.monotonic, links.make),
            target_prefix="Roadstead_20261121",
        ),
        Api(
            partial(service_model, "ec2"),
            ec2_table.WRITES,
            ec2_table.READS,
            api_version="2016-11-15",
            form_dialect=EC2,
            unimplemented_code="UnsupportedOperation",
        ),
        Api(
            partial(service_model, "elbv2"),
            elbv2_table.WRITES,
            elbv2_table.READS,
            api_version="2015-12-01",
            unimplemented_code="OperationNotPermitted",
        ),
        Api(
            partial(service_model, "elb"),
            elb_table.WRITES,
            elb_table.READS,
            api_version="2012-06-01",
            unimplemented_code="OperationNotPermitted",
        ),
        Api(
            partial(service_model, "servicediscovery"),
            servicediscovery_table.WRITES,
            servicediscovery_table.READS,
            target_prefix="Route53AutoNaming_v20170314",
        ),
        Api(
            partial(service_model, "acm"),
            acm_table.WRITES,
            acm_table.READS,
            target_prefix="CertificateManager",
        ),
    )


class ControlPlane:
    """A store, an API on it, reconcilers and agent sessions. `run` it once."""

    def __init__(
        self,
        log: Log,
        keys: KeyRing,
        clock: Clock,
        ids: Ids,
        *,
        account: str,
        region: str,
        agent_endpoint: str = "",
        reconcilers: Iterable[Reconciler] = (),
        check: Check | None = None,
        event_log: Path | None = None,
        dataplane: Path | None = None,
        console_dir: Path | None = None,
        console_origins: Iterable[str] = (),
    ) -> None:
        """Opens the log, and the file to which events are appended, if there is to be one.

        dataplane: where the files of the load balancers' proxy go, if there is to be one.
        console_dir: where the built console is, if not where it is looked for.
        console_origins: whose pages may read our answers, beside our own.

        Raises: LogError, SettingError
        """
        self.store = Store(
            log,
            SCHEMA,
            clock,
            derive=lambda tx, changes: publish(tx, changes, clock.now(), ids),
        )
        self.clock = clock
        self.loops = tuple(
            ReconcileLoop(each, self.store, clock, ids, account=account, region=region)
            for each in reconcilers
        )
        links = SignInLinks(keys, clock, ids)
        self.dispatcher = Dispatcher(
            all_apis(clock, links),
            self.store,
            keys,
            clock,
            ids,
            agent_endpoint=agent_endpoint,
            check=check,
        )
        self.sessions = AgentSessions(self.store, clock, ids)
        self.doors = AgentDoors(self.sessions, self.store, keys, clock)
        self.feed = EventFeed(self.store)
        self.event_streams = EventStreams(self.feed, keys, clock, ids)
        self.change_streams = ChangeStreams(self.store, keys, clock, ids)
        self.fabric_streams = FabricStreams(self.store, keys, clock, ids)
        self.console = ConsolePages(
            console_dir, links, region=region, version=control_operations.VERSION
        )
        self._cross_origin = CrossOrigin(console_origins)
        self.event_sink = None if event_log is None else EventSink(event_log, self.feed, clock)
        self.data_plane = (
            None if dataplane is None else data_plane(self.store, dataplane, clock, ids)
        )
        self._account = account
        self._region = region
        self._ids = ids
        self._stop = asyncio.Event()

    def set_tuning(self, tuning: Tuning) -> None:
        """Put these numbers in force, at the start."""
        self.store.update(lambda tx: put_tuning(tx, tuning))
        if tuning.dead_host_grace_seconds:
            now = self.clock.now()
            self.store.update(lambda tx: await_agents_anew(tx, now))

    def ensure_default_vpc(self, given: DefaultVpc | None) -> None:
        """See to it that there is a default VPC, at the start; see `ec2`'s transition."""
        call = Call(
            account=self._account,
            region=self._region,
            partition=partition_of(self._region),
            caller_arn=f"arn:aws:iam::{self._account}:root",
            request_id="start",
            now=self.clock.now(),
            ids=self._ids,
        )
        self.store.update(lambda tx: ensure_default_vpc(tx, call, given))

    async def run(
        self, addresses: Iterable[str], on_ready: Callable[[tuple[str, ...]], None]
    ) -> None:
        """Serve on the addresses until `stop`; `on_ready` gets them with the ports chosen.

        Raises: LogError when the log takes no more, ListenError when an address is not to be had.
        """
        try:
            await self._run(addresses, on_ready)
        finally:
            self.store.close()

    def stop(self) -> None:
        """Let `run` end: what was committed gets to the log first."""
        self._stop.set()

    async def _run(
        self, addresses: Iterable[str], on_ready: Callable[[tuple[str, ...]], None]
    ) -> None:
        application = HttpApplication(
            self.dispatcher,
            self.doors.open,
            streams={
                EVENTS_PATH: self.event_streams.open,
                CHANGES_PATH: self.change_streams.open,
                FABRIC_PATH: self.fabric_streams.open,
            },
            console=self.console,
            cross_origin=self._cross_origin,
        )
        claims = [claim(each) for each in addresses]
        servers = [HttpServer(application, each, connections_max(len(claims))) for each in claims]
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self.store.run())
            loops = [group.create_task(loop.run()) for loop in self.loops]
            loops.append(group.create_task(self.sessions.run()))
            if self.data_plane is not None:
                loops.append(group.create_task(self.data_plane.run()))
            sinks = [group.create_task(each.run()) for each in (self.event_sink,) if each]
            serving = [group.create_task(server.run()) for server in servers]
            for server in servers:
                await server.ready(self.clock)
            on_ready(tuple(f"{server.host}:{server.port}" for server in servers))
            await self._stop.wait()
            self.sessions.stop()
            self.event_streams.stop()
            self.change_streams.stop()
            self.fabric_streams.stop()
            for server in servers:
                server.stop()
            if serving:
                _, late = await asyncio.wait(serving, timeout=STOP_SECONDS_MAX)
                for routine in late:
                    log.warning("clients that do not read their answers are left behind")
                    routine.cancel()
            for routine in loops:
                routine.cancel()
            self.store.close()
            await writing
            await asyncio.gather(*sinks)
            if self.event_sink is not None:
                await self.event_sink.finish()
