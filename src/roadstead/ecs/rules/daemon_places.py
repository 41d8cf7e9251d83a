"""Where a DAEMON service has tasks, lacks them, or has them in vain: all instances at once.

Read from the arrays of `Capacity`, so that one look costs some microseconds a thousand instances.
A constraint that asks what runs on an instance decides where a task is started and no more: were it
asked again, a daemon's own task could answer it and send itself away.
"""

import msgspec
import numpy as np

from roadstead.ecs.records.capacity import Capacity, live_group
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.zone import EC2, EXTERNAL, Booleans, Zone
from roadstead.ecs.rules.placement.choose import Refusal, refusal_by
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.wishes import Wishes


class DaemonPlaces(msgspec.Struct, kw_only=True):
    matching: int = 0
    """ACTIVE instances that the service wants a task on, their agents connected or not."""
    missing: int = 0
    """Those without a task that is to stay."""
    ending: int = 0
    """Those of them, with a connected agent, whose task was asked to stop and has not ended."""
    startable: list[str] = []
    """Instances that lack a task and can take one now, up to as many as were asked for."""
    refusal: Refusal | None = None
    """Why one whose agent is connected cannot take the task that it lacks."""
    strays: list[str] = []
    """Instances that have a task to stay though they do not match (any more)."""


def daemon_places(
    capacity: Capacity,
    cluster_arn: str,
    service_arn: str,
    demand: Demand,
    wishes: Wishes,
    *,
    most: int,
) -> DaemonPlaces:
    """The places of one DAEMON service. most: so many startable ones at most."""
    places = DaemonPlaces()
    for zone in sorted(capacity.zones(cluster_arn), key=lambda each: each.name):
        held = _has_tasks(capacity, zone, cluster_arn, service_arn)
        matching = _matching(capacity, zone, cluster_arn, demand, wishes)
        wanted, there = np.count_nonzero(matching), np.count_nonzero(matching & held)
        places.matching += int(wanted)
        places.missing += int(wanted - there)
        if np.count_nonzero(held) > there:
            places.strays += _arns(zone, held & ~matching, zone.size)
        if wanted == there:
            continue
        live = _has_tasks(capacity, zone, cluster_arn, live_group(service_arn))
        connected = matching & (zone.takes == zone.active)
        places.ending += int(np.count_nonzero(connected & live & ~held))
        lacking = connected & ~live
        if lacking.any():
            able = lacking & _can_take(capacity, zone, cluster_arn, demand, wishes)
            places.startable += _arns(zone, able, most - len(places.startable))
            if places.refusal is None:
                for arn in _arns(zone, lacking & ~able, 1):
                    places.refusal = refusal_by(capacity, arn, demand, wishes=wishes)
    return places


def is_match(
    capacity: Capacity, container_instance_arn: str, demand: Demand, wishes: Wishes
) -> bool:
    """Whether the service wants a task on this instance, room or no room."""
    seat = capacity.seat(container_instance_arn)
    if seat is None or seat.zone is None or seat.instance is None:
        return False
    cluster_arn = seat.instance.cluster_arn
    return bool(_matching(capacity, seat.zone, cluster_arn, demand, wishes)[seat.slot])


def _matching(
    capacity: Capacity, zone: Zone, cluster_arn: str, demand: Demand, wishes: Wishes
) -> Booleans:
    matching: Booleans = zone.active == (EXTERNAL if demand.launch_type == "EXTERNAL" else EC2)
    if demand.zones is not None and zone.name not in demand.zones:
        matching &= False
    if demand.requires_attributes:
        matching &= zone.having(demand.requires_attributes)
    for query in wishes.queries:
        if not query.asks_tasks:
            matching &= query.members(zone, capacity, cluster_arn)
    return matching


def _can_take(
    capacity: Capacity, zone: Zone, cluster_arn: str, demand: Demand, wishes: Wishes
) -> Booleans:
    able: Booleans = zone.cpu_left >= demand.cpu_units
    able &= zone.memory_left >= demand.memory_mib
    if demand.has_interface:
        able &= zone.interfaces_left > 0
    for code in ports_as_codes(demand.host_ports, demand.host_ports_udp):
        able &= ~zone.taken(code)
    for query in wishes.queries:
        if query.asks_tasks:
            able &= query.members(zone, capacity, cluster_arn)
    return able


def _has_tasks(capacity: Capacity, zone: Zone, cluster_arn: str, group: str) -> Booleans:
    counts = capacity.counts_in(zone, cluster_arn, group)
    if counts is None:
        return np.zeros(len(zone.instances), np.bool_)
    found: Booleans = counts > 0
    return found


def _arns(zone: Zone, slots: Booleans, most: int) -> list[str]:
    found = []
    for slot in np.flatnonzero(slots)[: max(0, most)]:
        instance = zone.instances[slot]
        assert instance is not None
        found.append(instance.arn)
    return found
