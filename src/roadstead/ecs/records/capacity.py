"""Capacity: what each container instance has left, and where the tasks of each group are.

A projection: it follows the container instances and the tasks, so that placement reads numbers in
arrays and never walks records. A task takes its resources when it is placed and gives them back as
soon as its desiredStatus is STOPPED, though its containers may still run: its agent keeps new
tasks waiting until they fit. A daemon task keeps them until it is STOPPED. An interface is kept, by
whomever, until it is deleted: nobody could attach one more before.

Instances of one cluster and Availability Zone share the arrays of a `Zone`; a change of a task
touches one element of each. An instance's element never moves while it stays in its zone; elements
of those that left are used again.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.host_ports import held_ports
from roadstead.ecs.records.seat import Seat, holds_room, is_unknown, seat_has_port
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import has_interface
from roadstead.ecs.records.value_codes import ValueCodes
from roadstead.ecs.records.zone import Integers, Zone
from roadstead.state.records import Table

CODES_KEPT_MAX = 256
"""Attributes that strategies spread over, of all clusters."""


class Groups:
    """Where the tasks of one group are: by instance ARN and by zone."""

    __slots__ = ("by_instance", "by_zone")

    def __init__(self) -> None:
        self.by_instance: dict[str, int] = {}
        self.by_zone: dict[Zone, int] = {}


class Capacity:
    tables = (CONTAINER_INSTANCES, TASKS)

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._zones: dict[str, dict[str, Zone]] = {}
        self._groups: dict[str, dict[str, Groups]] = {}
        self._codes: dict[tuple[str, str], ValueCodes] = {}

    def seat(self, container_instance_arn: str) -> Seat | None:
        """What is known of an instance; None when neither it nor a task of it is."""
        return self._seats.get(container_instance_arn)

    def zones(self, cluster_arn: str) -> Iterable[Zone]:
        """The zones of the cluster that ever had an instance."""
        return self._zones.get(cluster_arn, {}).values()

    def group(self, cluster_arn: str, group: str) -> Groups | None:
        """Where the tasks of the group are; None when it has none."""
        return self._groups.get(cluster_arn, {}).get(group)

    def counts_in(self, zone: Zone, cluster_arn: str, group: str) -> Integers | None:
        """How many tasks of the group each slot of the zone has; None when no slot has any."""
        groups = self.group(cluster_arn, group)
        if groups is None or zone not in groups.by_zone:
            return None
        return zone.counts_of(group, partial(self._counts_of, zone, groups))

    def tally_in(
        self, zone: Zone, cluster_arn: str, question: str, is_meant: Callable[[str], bool]
    ) -> Integers:
        """How many tasks each slot of the zone has of the groups that are meant."""
        return zone.tally(question, is_meant, partial(self._all_counts, zone, cluster_arn))

    def value_codes(self, cluster_arn: str, name: str) -> ValueCodes:
        """The numbers that stand for the values of an attribute in the cluster."""
        key = (cluster_arn, name)
        found = self._codes.get(key)
        if found is None:
            if len(self._codes) >= CODES_KEPT_MAX:
                del self._codes[next(iter(self._codes))]
            found = self._codes[key] = ValueCodes(name)
        return found

    def values_in(self, zone: Zone, codes: ValueCodes) -> Integers:
        """The number of each slot's value."""
        return zone.answers(codes, codes.code_of, np.int32)

    def _counts_of(self, zone: Zone, groups: Groups) -> Iterator[tuple[int, int]]:
        for arn, count in groups.by_instance.items():
            seat = self._seats[arn]
            if seat.zone is zone:
                yield seat.slot, count

    def _all_counts(self, zone: Zone, cluster_arn: str) -> Iterator[tuple[int, str, int]]:
        for group, groups in self._groups.get(cluster_arn, {}).items():
            for slot, count in self._counts_of(zone, groups):
                yield slot, group, count

    def apply(self, table: Table[Any], before: Any, after: Any) -> None:
        if table is TASKS:
            self._task_changed(before, after)
        else:
            self._instance_changed(before, after)

    def _task_changed(self, before: Task | None, after: Task | None) -> None:
        task = after or before
        assert task is not None
        if task.is_daemon:
            stayed = before is not None and before.desired_status == "RUNNING"
            stays = after is not None and after.desired_status == "RUNNING"
            if stayed != stays:
                self._daemon_changed(task, 1 if stays else -1)
        if task.interface is not None and task.container_instance_arn:
            change = has_interface(after) - has_interface(before)
            if change:
                self._interface_changed(task.container_instance_arn, change)
        held, holds = holds_room(before), holds_room(after)
        if held and holds:
            assert before is not None
            assert after is not None
            if before.containers is after.containers or held_ports(before) == held_ports(after):
                return
        if held:
            assert before is not None
            self._take(before, -1)
        if holds:
            assert after is not None
            self._take(after, 1)

    def _interface_changed(self, arn: str, sign: int) -> None:
        """An interface of a task came to the instance, or was deleted."""
        seat = self._known_seat(arn)
        seat.interfaces += sign
        if seat.zone is not None:
            seat.zone.interface_changed(seat.slot, sign)
        elif is_unknown(seat):
            del self._seats[arn]

    def _known_seat(self, arn: str) -> Seat:
        seat = self._seats.get(arn)
        if seat is None:
            seat = self._seats[arn] = Seat()
        return seat

    def _daemon_changed(self, task: Task, sign: int) -> None:
        """A daemon task that is to stay came, or is not to stay any more."""
        arn = task.container_instance_arn
        seat = self._known_seat(arn)
        seat.daemons += sign
        count = self._count(task.cluster_arn, task.service_arn, arn, seat.zone, sign)
        if seat.zone is not None:
            seat.zone.group_changed(seat.slot, task.service_arn, count, sign)
        elif is_unknown(seat):
            del self._seats[arn]

    def _take(self, task: Task, sign: int) -> None:
        arn = task.container_instance_arn
        seat = self._known_seat(arn)
        seat.cpu_units += sign * task.cpu_units
        seat.memory_mib += sign * task.memory_mib
        seat.tasks += sign
        zone = seat.zone
        for code in held_ports(task):
            count = seat.ports.get(code, 0) + sign
            if count:
                seat.ports[code] = count
            else:
                del seat.ports[code]
            if zone is not None:
                zone.port_changed(seat.slot, code, taken=seat_has_port(seat, code))
        group = live_group(task.service_arn) if task.is_daemon else group_of(task)
        count = self._count(task.cluster_arn, group, arn, zone, sign)
        if zone is not None:
            zone.task_changed(seat.slot, sign, task.cpu_units, task.memory_mib, group, count)
        elif is_unknown(seat):
            del self._seats[arn]

    def _count(self, cluster_arn: str, group: str, arn: str, zone: Zone | None, sign: int) -> int:
        """Count a task of the group in or out; returns how many it has on the instance now."""
        of_cluster = self._groups.get(cluster_arn)
        if of_cluster is None:
            of_cluster = self._groups[cluster_arn] = {}
        groups = of_cluster.get(group)
        if groups is None:
            groups = of_cluster[group] = Groups()
        here = groups.by_instance.get(arn, 0) + sign
        if here:
            groups.by_instance[arn] = here
        else:
            del groups.by_instance[arn]
        if zone is not None:
            _add(groups.by_zone, zone, sign)
        if not groups.by_instance:
            del of_cluster[group]
            if not of_cluster:
                del self._groups[cluster_arn]
        return here

    def _instance_changed(
        self, before: ContainerInstance | None, after: ContainerInstance | None
    ) -> None:
        known = after or before
        assert known is not None
        seat = self._known_seat(known.arn)
        if seat.zone is not None and (after is None or after.availability_zone != seat.zone.name):
            self._leave(seat, known.arn)
        seat.instance = after
        if after is None:
            if is_unknown(seat):
                del self._seats[known.arn]
            return
        if seat.zone is None:
            self._enter(seat, after)
        assert seat.zone is not None
        seat.zone.set(
            seat.slot,
            after,
            cpu_left=after.cpu_units - seat.cpu_units,
            memory_left=after.memory_mib - seat.memory_mib,
            interfaces_left=after.task_interfaces_max - seat.interfaces,
            tasks=seat.tasks,
        )

    def _enter(self, seat: Seat, instance: ContainerInstance) -> None:
        zones = self._zones.setdefault(instance.cluster_arn, {})
        zone = zones.get(instance.availability_zone)
        if zone is None:
            zone = zones[instance.availability_zone] = Zone(instance.availability_zone)
        seat.zone = zone
        seat.slot = zone.add(instance, seat.ports)
        if seat.tasks or seat.daemons:
            self._move_counts(instance.cluster_arn, instance.arn, zone, seat.slot, 1)

    def _leave(self, seat: Seat, arn: str) -> None:
        assert seat.zone is not None
        assert seat.instance is not None
        if seat.tasks or seat.daemons:
            self._move_counts(seat.instance.cluster_arn, arn, seat.zone, seat.slot, -1)
        seat.zone.remove(seat.slot)
        if not seat.zone.size:
            zones = self._zones[seat.instance.cluster_arn]
            del zones[seat.zone.name]
            if not zones:
                del self._zones[seat.instance.cluster_arn]
        seat.zone, seat.slot = None, -1

    def _move_counts(self, cluster_arn: str, arn: str, zone: Zone, slot: int, sign: int) -> None:
        """An instance with tasks came into a zone or left it: rare, so every group is asked."""
        for name, groups in self._groups.get(cluster_arn, {}).items():
            count = groups.by_instance.get(arn)
            if count:
                _add(groups.by_zone, zone, sign * count)
                zone.group_changed(slot, name, count if sign > 0 else 0, sign * count)


def group_of(task: Task) -> str:
    """What placement spreads: the tasks of a service, else those of a task group."""
    return task.service_arn or task.group


def live_group(service_arn: str) -> str:
    """The group that counts a DAEMON service's tasks until they are STOPPED: as long as they hold
    their resources. The service's own counts those that are to stay, as for every service."""
    return f"{service_arn}|live"


def _add(counts: dict[Zone, int], zone: Zone, amount: int) -> None:
    count = counts.get(zone, 0) + amount
    if count:
        counts[zone] = count
    else:
        del counts[zone]
