"""Carrying networks: what the feed tells and what instances do, made true, and told back.

Only notes what to look at; `machine_networks` looks and acts, in a thread. After whatever went
wrong, all is compared with all again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from roadstead.clock import Clock
from roadstead.control.fabric_items import InterfaceItem
from roadstead.host import reports, rules
from roadstead.host.fleet import Fleet
from roadstead.host.interface_reports import InterfaceReports
from roadstead.host.machine_networks import MachineNetworks, Wanted
from roadstead.host.nftables import NftablesError
from roadstead.host.records import Instance
from roadstead.host.ruleset import Network
from roadstead.host.told import Key, Told

RULES_LOOKED_AT_SECONDS = 5.0
INTERFACES_AT_ONCE_MAX = 16
"""Made and told before the next are looked at, so that the first ones do not wait for the last."""

log = logging.getLogger(__name__)


class FabricCarrier:
    """Keeps one machine's networks as they are wanted. `run` it once instances are resumed."""

    def __init__(
        self,
        told: Told,
        fleet: Fleet,
        machine: MachineNetworks,
        reports: InterfaceReports,
        clock: Clock,
        on_networks: Callable[[Mapping[str, Network]], None],
    ) -> None:
        """on_networks: called with the VPCs that are carried, by id, whenever all was looked at."""
        self._on_networks = on_networks
        self._told = told
        self._fleet = fleet
        self._machine = machine
        self._reports = reports
        self._clock = clock
        self._interfaces: dict[str, None] = {}
        self._groups: dict[str, None] = {}
        self._is_all = True
        self._news = asyncio.Event()

    def note(self, changed: set[Key]) -> None:
        """Look at these items."""
        for kind, key in changed:
            match kind:
                case "interface":
                    self._interfaces[key] = None
                case "security-group":
                    self._groups[key] = None
                case "vpc":
                    self._is_all = True
        self._news.set()

    async def run(self) -> None:
        """Carry for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_instances())
            group.create_task(self._watch_rules())
            failures = 0
            while True:
                await self._news.wait()
                self._news.clear()
                if not self._told.lots:
                    continue
                try:
                    await self._look()
                    failures = 0
                except Exception:  # whatever the machine refuses: try again, look at everything
                    log.exception("networks could not be made as they are wanted; trying again")
                    self._is_all = True
                    await self._clock.sleep(
                        rules.doubled(
                            failures, rules.REPORT_SECONDS_FIRST, rules.REPORT_SECONDS_MAX
                        )
                    )
                    failures += 1
                    self._news.set()

    async def _look(self) -> None:
        """Look at everything, or at some of what changed; the rest is looked at next."""
        instances = self._instances()
        some = self._taken()
        if any(
            item is not None and self._machine.lacks_network(item, instances)
            for item in some.values()
        ):
            self._is_all = True
        if self._is_all:
            self._is_all = False
            self._interfaces.clear()
            self._groups.clear()
            wanted = Wanted(
                dict(self._told.vpcs),
                dict(self._told.interfaces),
                dict(self._told.groups),
                instances,
            )
            self._reports.add(await asyncio.to_thread(self._machine.settle, wanted))
            self._on_networks(self._machine.networks)
            await self._introduce(instances)
        else:
            groups = {name: self._told.groups.get(name) for name in self._groups}
            self._groups.clear()
            self._reports.add(
                await asyncio.to_thread(self._machine.follow, some, groups, instances)
            )
            self._is_all = self._is_all or self._machine.is_stale
        if self._interfaces or self._is_all:
            self._news.set()

    async def _introduce(self, instances: Mapping[str, Instance]) -> None:
        """Tell of primary interfaces that the control plane has never heard of.

        Those of instances that run since before it asked for them, or if it began anew.
        """
        if self._fleet.book.vpc.vpc_id not in self._told.vpcs:
            return
        for instance in instances.values():
            if instance.state == "running" and instance.eni_id not in self._told.interfaces:
                await reports.tell_again(self._fleet, instance.instance_id)

    def _taken(self) -> dict[str, InterfaceItem | None]:
        names = [name for name, _ in zip(self._interfaces, range(INTERFACES_AT_ONCE_MAX))]  # noqa: B905  # the shorter one ends it
        for name in names:
            del self._interfaces[name]
        return {name: self._told.interfaces.get(name) for name in names}

    def _instances(self) -> Mapping[str, Instance]:
        return {one.instance_id: one for one in self._fleet.book.instances}

    async def _watch_instances(self) -> None:
        """Look at an instance's interfaces when its state is another."""
        known: dict[str, str] = {}
        while True:
            async with self._fleet.changed:
                await self._fleet.changed.wait_for(lambda: self._states() != known)  # noqa: B023  # called before it is another
            now = self._states()
            moved = {name for name in {*now, *known} if now.get(name) != known.get(name)}
            known = now
            self.note(
                {
                    ("interface", name)
                    for name, item in self._told.interfaces.items()
                    if item.attachment is not None and item.attachment.instance_id in moved
                }
            )

    async def _watch_rules(self) -> None:
        """Write the rules again if somebody took them away (`nft flush ruleset`)."""
        while True:
            await self._clock.sleep(RULES_LOOKED_AT_SECONDS)
            try:
                is_found = await asyncio.to_thread(self._machine.has_rules)
            except NftablesError as error:
                log.warning("rules cannot be looked at: %s", error)
                continue
            if not is_found and self._told.lots:
                log.warning("somebody removed the rules of security groups; they are written again")
                self._is_all = True
                self._news.set()

    def _states(self) -> dict[str, str]:
        return {one.instance_id: one.state for one in self._fleet.book.instances}
