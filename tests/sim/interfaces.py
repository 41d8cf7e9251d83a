"""The host's part in networks: it follows interfaces, makes and removes devices, and says so.

What an interface should have is decided by the host's own code (`host/presence.py`); devices are
pretended. One program for all machines here, as on a real machine that carries many instances.
"""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

import msgspec

from roadstead.control.fabric_items import AttachmentItem, InterfaceItem
from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_interface import TASKS_WITH_INTERFACE
from roadstead.host.presence import InterfaceReport, Presence, failed, presence_of
from roadstead.host.records import Instance
from roadstead.host.ruleset import Network
from roadstead.keys import Key
from roadstead.store.store import Commit, Store
from sim.caller import ROADSTEAD, Caller, Refused
from sim.devices import Device
from sim.machine import Machine
from sim.network import Link, NoAnswer
from sim.places import CIDR

if TYPE_CHECKING:
    from sim.world import World


class InterfaceHost(Caller):
    """Level, not edge: what changed is looked at, compared with what is there, made so."""

    def __init__(self, key: Key, link: Link, world: "World") -> None:
        super().__init__(key, link, prefix=ROADSTEAD, service="roadstead", tries=1)
        self.away_until = 0.0
        """The program is stopped until then, or stuck."""
        self._world = world
        self._rng = world.rng("interfaces")
        self._known: dict[str, NetworkInterface] = {}
        self._changed: dict[str, None] = {}
        self._news = asyncio.Event()
        self._reports: dict[str, InterfaceReport] = {}
        """What is still to be told: of each interface the newest."""
        self._has_reports = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        return not self._changed and not self._reports

    def watch(self, store: Store) -> None:
        """Another server: its feed begins with all that there is, and that is durable."""
        there = {each.network_interface_id: each for each in store.view.all(NETWORK_INTERFACES)}
        self._note(dict.fromkeys((*self._known, *there)))
        self._known = there
        store.on_durable(self._became_durable)

    def look_at(self, machine: Machine) -> None:
        """The machine was switched on or off: what it should have is another thing now."""
        self._note(
            name
            for name, eni in self._known.items()
            if eni.attachment is not None and eni.attachment.instance_id == machine.id
        )

    async def run(self) -> None:
        """Follow for ever."""
        loop = asyncio.get_running_loop()
        self._world.spawn(self._tell_for_ever())
        while True:
            await self._news.wait()
            slow = self._rng.random() < self._world.hardships.slow
            seconds = self._rng.uniform(1.0, 30.0) if slow else self._rng.uniform(0.01, 0.1)
            await asyncio.sleep(max(seconds, self.away_until - loop.time()))
            changed, self._changed = list(self._changed), {}
            self._news.clear()
            self._settle(changed)

    def _note(self, interface_ids: Iterable[str]) -> None:
        for each in interface_ids:
            self._changed[each] = None
        if self._changed:
            self._news.set()

    def _became_durable(self, commit: Commit) -> None:
        for change in commit.changes:
            if change.table is not NETWORK_INTERFACES:
                continue
            name = (change.after or change.before).network_interface_id
            if change.after is None:
                self._known.pop(name, None)
            else:
                self._known[name] = change.after
            self._note((name,))

    def _settle(self, changed: list[str]) -> None:
        """What goes is gone before anything comes."""
        instances = {
            each.id: _instance(each, "terminated" if each.is_gone else "running")
            for each in self._world.machines.values()
            if each.is_powered or each.is_gone
        }
        instances |= {
            each.id: _instance(each, "stopped")
            for each in self._world.machines.values()
            if each.id not in instances
        }
        places = {name: self._place(self._known.get(name), instances) for name in changed}
        for name, place in places.items():
            self._remove(name, place)
        for name, place in places.items():
            report = place.report
            if place.is_made and not self._make(self._known[name]):
                report = failed(_item(self._known[name]), "no device could be made")
            if report is not None:
                self._reports[name] = report
        if self._reports:
            self._has_reports.set()

    def _place(self, eni: NetworkInterface | None, instances: dict[str, Instance]) -> Presence:
        item = None if eni is None else _item(eni)
        networks = {} if eni is None else {eni.vpc_id: Network("br", IPv4Network(CIDR), "")}
        return presence_of(item, networks, {}, instances)

    def _remove(self, name: str, place: Presence) -> None:
        """What the interface has and should not have."""
        for machine in self._world.machines.values():
            device = machine.devices.by_interface.get(name)
            wanted = place.device
            if device is None or (
                wanted is not None and wanted.attachment_id == device.attachment_id
            ):
                continue
            self._check_free(machine, device)
            del machine.devices.by_interface[name]
            self._world.tell(f"device of {name} leaves {machine.id}")

    def _make(self, eni: NetworkInterface) -> bool:
        attachment = eni.attachment
        assert attachment is not None
        machine = self._world.machines[attachment.instance_id]
        if eni.network_interface_id in machine.devices.by_interface:
            return True
        if self._rng.random() < self._world.hardships.attach_fails:
            return False
        for other in self._world.machines.values():
            for device in other.devices.by_interface.values():
                if (device.vpc_id, device.address) == (eni.vpc_id, eni.private_ip_address):
                    self._world.fail(
                        f"{device.interface_id} on {other.id} has {device.address}, "
                        f"which {eni.network_interface_id} gets"
                    )
        machine.devices.by_interface[eni.network_interface_id] = Device(
            eni.network_interface_id,
            attachment.attachment_id,
            eni.vpc_id,
            eni.private_ip_address,
            eni.mac_address,
        )
        self._world.tell(f"device of {eni.network_interface_id} on {machine.id}")
        return True

    def _check_free(self, machine: Machine, device: Device) -> None:
        """Nobody takes its interface from a task that runs, unless its end is on record."""
        running = any(each.spec.task_arn == device.task_arn for each in machine.running.values())
        task = self._world.disk.read(TASKS, device.task_arn) if running else None
        if task is not None and task.last_status not in ("DEPROVISIONING", "STOPPED"):
            self._world.fail(f"{task.arn} is {task.last_status} and loses {device.interface_id}")

    async def _tell_for_ever(self) -> None:
        while True:
            await self._has_reports.wait()
            some = list(self._reports.values())
            try:
                states = [
                    {key: value for key, value in msgspec.to_builtins(each).items() if value}
                    for each in some
                ]
                await self.call("SubmitInterfaceStates", states=states)
            except (NoAnswer, Refused):
                await asyncio.sleep(1.0)
                continue
            for report in some:
                if self._reports.get(report.network_interface_id) is report:
                    del self._reports[report.network_interface_id]
            if not self._reports:
                self._has_reports.clear()


def left_behind(world: "World") -> list[str]:
    """Devices whose interfaces are nobody's any more; namespaces that no agent will remove."""
    found = []
    view = world.view
    for machine in world.machines.values():
        for name, device in machine.devices.by_interface.items():
            if not view.count(TASKS_WITH_INTERFACE, name):
                found.append(f"{machine.id} still has the device of {name} ({device.task_arn})")
        for arn in machine.devices.namespaces:
            runs = any(each.spec.task_arn == arn for each in machine.running.values())
            if not runs and all(arn != each.arn for each in machine.journal.tasks()):
                found.append(f"{machine.id} still has the namespace of {arn}")
    return found


def _item(eni: NetworkInterface) -> InterfaceItem:
    on = eni.attachment
    return InterfaceItem(
        network_interface_id=eni.network_interface_id,
        vpc_id=eni.vpc_id,
        subnet_id=eni.subnet_id,
        mac_address=eni.mac_address,
        private_ip_address=eni.private_ip_address,
        groups=eni.groups,
        is_load_balancers=eni.requester_id == "amazon-elb",
        is_managed=eni.is_requester_managed,
        attachment=None
        if on is None
        else AttachmentItem(
            attachment_id=on.attachment_id,
            instance_id=on.instance_id,
            device_index=on.device_index,
            status=on.status,
        ),
        failure=eni.failure,
    )


def _instance(machine: Machine, state: str) -> Instance:
    settings = machine.settings
    return Instance(
        instance_id=machine.id,
        state=state,  # type: ignore[arg-type]  # one of its words
        instance_type=settings.instance_type,
        cpu_units=settings.cpu_units,
        memory_mib=settings.memory_mib,
        cluster=settings.cluster,
        zone=settings.availability_zone,
        subnet_id="",
        eni_id="",
        mac="",
        address="",
        launched_at=machine.clock.now(),
        state_changed_at=machine.clock.now(),
    )
