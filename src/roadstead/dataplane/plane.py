"""DataPlane: the parts of the data plane put together, for the server to run.

The state becomes files for the proxy, and what the proxy finds out becomes state. The proxy itself
is the host program's (`host/proxy.py`); here it may be away at any time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from roadstead.clock import Clock
from roadstead.dataplane.carrier import Carrier
from roadstead.dataplane.disk import Disk
from roadstead.dataplane.first_checks import FirstChecks
from roadstead.dataplane.health import HealthReports, Update
from roadstead.dataplane.logs import Logs
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable
from roadstead.dataplane.tail import Tail
from roadstead.dataplane.validation import Validator
from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS, LoadBalancer
from roadstead.elbv2.transitions.load_balancers import activate
from roadstead.state.plans import Call
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

LOOK_AGAIN_SECONDS = 0.25
BEGIN_ANEW_SECONDS = 1.0

log = logging.getLogger(__name__)


class DataPlane:
    """One proxy's worth. `run` it in the program's TaskGroup."""

    def __init__(
        self,
        root: Path,
        envoy: Path,
        view: Callable[[], View],
        update: Update,
        call: Callable[[str], Call],
        clock: Clock,
    ) -> None:
        """root: the data plane's directory; envoy: the program; call: makes one about an ARN."""
        disk = Disk(root)
        self.admin = ProxyAdmin(Path(disk.files.admin_socket))
        validator = Validator(envoy, disk.files, Path(disk.files.staging))
        first_checks = FirstChecks(clock, lambda key: self.carrier.look_at(key))
        self.carrier = Carrier(
            view, disk, validator, self.admin, clock, resting=first_checks.resting
        )
        self.health = HealthReports(
            view,
            update,
            call,
            Tail(Path(disk.files.health_events)),
            self.admin,
            clock,
            first_checks,
        )
        self._logs = Logs(disk.files, self.admin, clock)
        self.failures = 0
        """How often a routine had to begin anew."""
        self._update = update
        self._call = call
        self._clock = clock
        self._waiting = {
            each.arn: None for each in view().all(LOAD_BALANCERS) if each.state == "provisioning"
        }
        self._news = asyncio.Event()
        self._news.set()

    def note(self, changes: Iterable[Change]) -> None:
        """These changes are durable."""
        noted = tuple(changes)
        self.carrier.note(noted)
        self.health.note(noted)
        for change in noted:
            if change.table is LOAD_BALANCERS:
                after: LoadBalancer | None = change.after
                if after is None or after.state != "provisioning":
                    self._waiting.pop(change.arn, None)
                else:
                    self._waiting[change.arn] = None
                    self._news.set()

    def look_at_everything(self) -> None:
        """The whole state was replaced."""
        self.carrier.look_at_everything()

    async def run(self) -> None:
        """Carry and report, for ever."""
        async with asyncio.TaskGroup() as group:
            for name, routine in (
                ("carrier", self.carrier.run),
                ("health", self.health.run),
                ("logs", self._logs.run),
                ("activation", self._activate),
            ):
                group.create_task(self._keep_going(name, routine), name=name)

    async def _keep_going(self, name: str, routine: Callable[[], Awaitable[None]]) -> None:
        """Run it; begin anew, with a look at everything, if it fails."""
        while True:
            try:
                await routine()
            except Exception:  # traffic flows on: the API and the schedulers must do so too
                self.failures += 1
                log.exception("%s of the data plane failed; beginning anew", name)
            await self._clock.sleep(BEGIN_ANEW_SECONDS)
            self.carrier.look_at_everything()
            self._news.set()

    async def _activate(self) -> None:
        """Load balancers are active once the proxy has what was written for them."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                await self._clock.sleep(LOOK_AGAIN_SECONDS)
                ready = dict(self._waiting)
                try:
                    if not await self.carrier.is_taken():
                        continue
                except ProxyUnreachable as error:
                    log.debug("the proxy cannot be asked: %s", error)
                    continue
                for arn in ready:
                    self._waiting.pop(arn, None)
                    self._activate_one(arn)

    def _activate_one(self, arn: str) -> None:
        def change(tx: Tx) -> None:
            found = tx.get(LOAD_BALANCERS, arn)
            if found is not None:
                activate(tx, self._call(arn), found)

        self._update(change)
