"""Why a task goes where it goes: how many instances fell at which filter, which came closest."""

import msgspec
import numpy as np

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.seat import Seat, seat_has_port
from roadstead.ecs.records.zone import Zone, has_attributes
from roadstead.ecs.rules.placement.choose import Refusal, closest_slot, refusal_at
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.search import Filter, Search, filters
from roadstead.ecs.rules.placement.strategy import best
from roadstead.ecs.rules.placement.wishes import NO_WISHES, Wishes


class Fall(msgspec.Struct, frozen=True, kw_only=True):
    """One filter, and what became of the instances that had come so far."""

    reason: str
    """As in `failures` of RunTask; STATUS and LAUNCH_TYPE for those that are not even asked."""
    asks: str
    fell: int
    left: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table. An instance falls once, at the first filter that it does not fit."""

    registered: int
    """Instances of the cluster that are not INACTIVE."""
    falls: tuple[Fall, ...]
    able: int
    chosen: str = ""
    """ARN of the instance that the next task would get; empty when nobody is able. With the
    strategy random, one of those that are able."""
    closest: Refusal | None = None
    """When nobody is able."""
    closest_lacks: str = ""
    """What the closest instance has and what is asked of it, for people."""


def explain_placement(
    capacity: Capacity,
    cluster_arn: str,
    demand: Demand,
    *,
    group: str,
    wishes: Wishes = NO_WISHES,
) -> Explanation:
    """What `choose_instance` would say, and how it comes to it."""
    search = Search(capacity, cluster_arn, demand, group, wishes)
    asked = [*_first_filters(search), *filters(search)]
    zones = list(capacity.zones(cluster_arn))
    in_cluster = [
        np.fromiter(
            (each is not None and each.status != "INACTIVE" for each in zone.instances),
            np.bool_,
            len(zone.instances),
        )
        for zone in zones
    ]
    registered = left = sum(int(np.count_nonzero(each)) for each in in_cluster)
    falls = []
    for each in asked:
        for zone, still_in in zip(zones, in_cluster, strict=True):
            still_in &= each.fits(zone)
        now = sum(int(np.count_nonzero(still_in)) for still_in in in_cluster)
        falls.append(Fall(reason=each.reason, asks=each.asks, fell=left - now, left=now))
        left = now
    found = best(search, 0)
    assert (found is not None) == (left > 0), "the filters and the choice disagree"
    if found is not None:
        return Explanation(
            registered=registered, falls=tuple(falls), able=left, chosen=_arn(*found)
        )
    closest, lacks = _closest(search)
    return Explanation(
        registered=registered, falls=tuple(falls), able=0, closest=closest, closest_lacks=lacks
    )


def _first_filters(search: Search) -> list[Filter]:
    kind = search.kind
    name = search.demand.launch_type
    return [
        Filter("STATUS", "status ACTIVE", lambda zone: zone.active != 0),
        Filter("LAUNCH_TYPE", f"launch type {name}", lambda zone: zone.active == kind),
    ]


def _closest(search: Search) -> tuple[Refusal | None, str]:
    asked = filters(search)
    closest = closest_slot(search, asked)
    if closest is None:
        return None, ""
    zone, slot = closest
    refusal = refusal_at(zone, slot, asked)
    assert refusal is not None
    seat = search.capacity.seat(refusal.container_instance_arn)
    assert seat is not None
    return refusal, _lacks(zone, slot, seat, refusal.reason, search)


def _lacks(zone: Zone, slot: int, seat: Seat, reason: str, search: Search) -> str:
    demand = search.demand
    match reason:
        case "AGENT":
            return "its agent is not connected"
        case "RESOURCE:CPU":
            return f"{zone.cpu_left[slot]} cpu units are left, {demand.cpu_units} are needed"
        case "RESOURCE:MEMORY":
            return (
                f"{zone.memory_left[slot]} MiB of memory are left, {demand.memory_mib} are needed"
            )
        case "RESOURCE:PORTS":
            return f"taken: {_taken(seat, ports_as_codes(demand.host_ports, ()))}"
        case "RESOURCE:PORTS_UDP":
            return f"taken: {_taken(seat, ports_as_codes((), demand.host_ports_udp))}"
        case "RESOURCE:ENI":
            most = zone.interfaces_left[slot] + seat.interfaces
            return f"all of its {most} network interfaces for tasks are taken"
        case "LOCATION":
            return f"it is in {zone.name}, where the task has no subnet"
        case "ATTRIBUTE":
            missing = (
                name
                for name in demand.requires_attributes
                if not has_attributes(zone.instances[slot], (name,))
            )
            return f"missing: {', '.join(missing)}"
    unmet = next(
        each.asks for each in filters(search) if each.reason == reason and not each.fits(zone)[slot]
    )
    return f"unmet: {unmet}"


def _taken(seat: Seat, codes: set[int]) -> str:
    taken = sorted(code for code in codes if seat_has_port(seat, code))
    return ", ".join(f"host port {code >> 1}/{'udp' if code & 1 else 'tcp'}" for code in taken)


def _arn(zone: Zone, slot: int) -> str:
    instance = zone.instances[slot]
    assert instance is not None
    return instance.arn
