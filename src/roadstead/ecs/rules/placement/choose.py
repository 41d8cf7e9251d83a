"""Which container instance gets the next task: default placement.

An instance can take a task when it is ACTIVE, its agent is connected, it has the cpu, memory and
ports, and every attribute that the task requires. Among those, the Availability Zone with the
fewest tasks of the group is taken, in it the instance with the fewest of them, among equals the
one with the fewest tasks at all.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html for
services. For RunTask without a strategy AWS promises no order; spreading the task group the same
way is ours: it is a choice among candidates, and the most useful one.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from roadstead.ecs.records.capacity import Capacity, Groups, Seat, ports_as_codes, seat_has_port
from roadstead.ecs.records.zone import EC2, EXTERNAL, Booleans, Zone, has_attributes
from roadstead.ecs.rules.placement.demand import Demand

REFUSALS_MAX = 100
"""As many instances are told why they were not taken."""
_NOT_HERE = np.int32(2**31 - 1)
_GROUP_FIRST = np.int32(1 << 14)
"""One task of the group outweighs as many other tasks; no instance has that many, nor can so many
of one group lift an instance over those that take no tasks."""


class Placed(msgspec.Struct, frozen=True):
    """The task goes there. Nothing is taken yet: starting the task takes it."""

    container_instance_arn: str


class Refusal(msgspec.Struct, frozen=True):
    """Why an instance cannot take a task, in ECS's words: RESOURCE:MEMORY, AGENT, ATTRIBUTE …"""

    container_instance_arn: str
    reason: str


class NoPlace(msgspec.Struct, frozen=True):
    """No instance can take the task.

    `refusals` is empty when the cluster has no ACTIVE instance of the launch type; `closest` is
    the instance that nearly could.
    """

    refusals: tuple[Refusal, ...] = ()
    closest: Refusal | None = None


def choose_instance(
    capacity: Capacity, cluster_arn: str, demand: Demand, *, group: str
) -> Placed | NoPlace:
    """The instance for one task of `group`: a service's ARN, else the task's group.

    `capacity` is `view.projection(Capacity)`. Call it again for each task, after the one before
    was started.
    """
    zones = list(capacity.zones(cluster_arn))
    groups = capacity.group(cluster_arn, group)
    by_zone = {} if groups is None else groups.by_zone
    zones.sort(key=lambda zone: (by_zone.get(zone, 0), zone.tasks_total, zone.name))
    for zone in zones:
        slot = _best_slot(zone, demand, group, capacity, groups)
        if slot is not None:
            instance = zone.instances[slot]
            assert instance is not None
            return Placed(instance.arn)
    return _no_place(capacity, cluster_arn, demand)


def refusal_by(capacity: Capacity, container_instance_arn: str, demand: Demand) -> Refusal | None:
    """Why this very instance cannot take the task; None when it can. For StartTask."""
    seat = capacity.seat(container_instance_arn)
    if seat is None or seat.instance is None:
        return Refusal(container_instance_arn, "MISSING")
    reason = _reason(seat, demand)
    return None if reason is None else Refusal(container_instance_arn, reason)


def _best_slot(
    zone: Zone, demand: Demand, group: str, capacity: Capacity, groups: Groups | None
) -> int | None:
    load = zone.burden
    if groups is not None and zone in groups.by_zone:
        load = zone.counts_of(group, lambda: _counts_in(zone, capacity, groups)) * _GROUP_FIRST
        load += zone.burden
    # The least burdened of all is nearly always able; only if not are all the others asked.
    slot = int(load.argmin())
    if _is_able(zone, slot, demand):
        return slot
    able = _able(zone, demand)
    slot = int(np.where(able, load, _NOT_HERE).argmin())
    return slot if able[slot] else None


def _is_able(zone: Zone, slot: int, demand: Demand) -> bool:
    return bool(
        zone.takes[slot] == _kind(demand)
        and zone.cpu_left[slot] >= demand.cpu_units
        and zone.memory_left[slot] >= demand.memory_mib
        and (not demand.requires_attributes or zone.having(demand.requires_attributes)[slot])
        and not any(zone.taken(code)[slot] for code in _ports(demand))
    )


def _able(zone: Zone, demand: Demand) -> Booleans:
    able: Booleans = zone.takes == _kind(demand)
    able &= zone.cpu_left >= demand.cpu_units
    able &= zone.memory_left >= demand.memory_mib
    if demand.requires_attributes:
        able &= zone.having(demand.requires_attributes)
    for code in _ports(demand):
        able &= ~zone.taken(code)
    return able


def _ports(demand: Demand) -> set[int] | tuple[()]:
    if demand.host_ports or demand.host_ports_udp:
        return ports_as_codes(demand.host_ports, demand.host_ports_udp)
    return ()


def _counts_in(zone: Zone, capacity: Capacity, groups: Groups) -> Iterator[tuple[int, int]]:
    for arn, count in groups.by_instance.items():
        seat = capacity.seat(arn)
        assert seat is not None
        if seat.zone is zone:
            yield seat.slot, count


def _no_place(capacity: Capacity, cluster_arn: str, demand: Demand) -> NoPlace:
    refusals: list[Refusal] = []
    nearest: tuple[int, int, str] | None = None
    for zone in sorted(capacity.zones(cluster_arn), key=lambda zone: zone.name):
        slots = np.flatnonzero(zone.active == _kind(demand))
        if not len(slots):
            continue
        for slot in slots[: REFUSALS_MAX - len(refusals)]:
            refusals.append(_refusal_at(zone, int(slot), capacity, demand))
        missing = _missing(zone, demand)[slots]
        best = np.lexsort((-zone.memory_left[slots], missing))[0]
        instance = zone.instances[slots[best]]
        assert instance is not None
        found = (int(missing[best]), -int(zone.memory_left[slots[best]]), instance.arn)
        nearest = found if nearest is None else min(nearest, found)
    if nearest is None:
        return NoPlace()
    return NoPlace(tuple(refusals), refusal_by(capacity, nearest[2], demand))


def _missing(zone: Zone, demand: Demand) -> npt.NDArray[np.int32]:
    """How far each slot is from taking the task: what it lacks, the hardest to mend first."""
    missing = np.zeros(len(zone.instances), np.int32)
    missing += zone.cpu_left < demand.cpu_units
    missing += zone.memory_left < demand.memory_mib
    for code in _ports(demand):
        missing += zone.taken(code)
    missing += 1_000 * ~zone.having(demand.requires_attributes)
    missing += 1_000_000 * (zone.takes != zone.active)
    return missing


def _refusal_at(zone: Zone, slot: int, capacity: Capacity, demand: Demand) -> Refusal:
    instance = zone.instances[slot]
    assert instance is not None
    refusal = refusal_by(capacity, instance.arn, demand)
    assert refusal is not None, "an instance that could take the task was not chosen"
    return refusal


def _reason(seat: Seat, demand: Demand) -> str | None:
    """One reason: agent, then resources, then attributes."""
    instance = seat.instance
    assert instance is not None
    if instance.status != "ACTIVE":
        return "INACTIVE"
    if not instance.agent_connected:
        return "AGENT"
    if instance.cpu_units - seat.cpu_units < demand.cpu_units:
        return "RESOURCE:CPU"
    if instance.memory_mib - seat.memory_mib < demand.memory_mib:
        return "RESOURCE:MEMORY"
    if any(seat_has_port(seat, code) for code in ports_as_codes(demand.host_ports, ())):
        return "RESOURCE:PORTS"
    if any(seat_has_port(seat, code) for code in ports_as_codes((), demand.host_ports_udp)):
        return "RESOURCE:PORTS_UDP"
    if not has_attributes(instance, demand.requires_attributes):
        return "ATTRIBUTE"
    return None


def _kind(demand: Demand) -> int:
    return EXTERNAL if demand.launch_type == "EXTERNAL" else EC2
