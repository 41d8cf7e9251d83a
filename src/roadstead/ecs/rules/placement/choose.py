"""Which container instance gets the next task, and why none does.

An instance can take a task when it is ACTIVE, its agent is connected, it has the cpu, memory and
ports, every attribute that the task requires, and meets every constraint. Among those the strategy
chooses; without one, the Availability Zone with the fewest tasks of the group is taken, in it the
instance with the fewest of them, among equals the one with the fewest tasks at all.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html for
services. For RunTask without a strategy AWS promises no order; spreading the task group the same
way is ours: it is a choice among candidates, and the most useful one.
"""

import msgspec
import numpy as np

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.zone import Zone
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.search import (
    Filter,
    Search,
    filters,
    is_able,
)
from roadstead.ecs.rules.placement.strategy import best
from roadstead.ecs.rules.placement.wishes import NO_WISHES, Wishes

REFUSALS_MAX = 100
"""As many instances are told why they were not taken."""
CHANCES = 1 << 60
"""A chance is drawn below this: so many that every instance is as likely as any other."""


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
    capacity: Capacity,
    cluster_arn: str,
    demand: Demand,
    *,
    group: str,
    wishes: Wishes = NO_WISHES,
    chance: int = 0,
) -> Placed | NoPlace:
    """The instance for one task of `group`: a service's ARN, else the task's group.

    capacity: `view.projection(Capacity)`. Ask again for each task, after the one before was
        started.
    chance: for the strategy random, drawn below `CHANCES` if `wishes.is_random`; who only wants to
        know whether there is a place needs none.
    """
    search = Search(capacity, cluster_arn, demand, group, wishes)
    found = best(search, chance)
    return _no_place(search) if found is None else Placed(_arn(*found))


def refusal_by(
    capacity: Capacity,
    container_instance_arn: str,
    demand: Demand,
    *,
    group: str = "",
    wishes: Wishes = NO_WISHES,
) -> Refusal | None:
    """Why this very instance cannot take the task; None when it can. For StartTask and daemons.

    The launch type is not asked: the caller means this instance. MISSING when it is unknown,
    INACTIVE when it takes no tasks.
    """
    seat = capacity.seat(container_instance_arn)
    if seat is None or seat.instance is None:
        return Refusal(container_instance_arn, "MISSING")
    if seat.instance.status != "ACTIVE":
        return Refusal(container_instance_arn, "INACTIVE")
    assert seat.zone is not None
    launch_type = "EXTERNAL" if seat.instance.external else "EC2"
    if demand.launch_type != launch_type:
        demand = msgspec.structs.replace(demand, launch_type=launch_type)
    search = Search(capacity, seat.instance.cluster_arn, demand, group, wishes)
    if is_able(seat.zone, seat.slot, search):
        return None
    return refusal_at(seat.zone, seat.slot, filters(search))


def refusal_at(zone: Zone, slot: int, asked: list[Filter]) -> Refusal | None:
    """The first filter at which the instance falls; None when it falls at none."""
    for each in asked:
        if not each.fits(zone)[slot]:
            return Refusal(_arn(zone, slot), each.reason)
    return None


def closest_slot(search: Search, asked: list[Filter]) -> tuple[Zone, int] | None:
    """The ACTIVE instance of the launch type that lacks least; None when there is none.

    A connected one before a disconnected one, then one with the attributes and constraints, then
    the fewest missing resources, then the most memory left.
    """
    nearest: tuple[int, int, str, Zone, int] | None = None
    for zone in search.capacity.zones(search.cluster_arn):
        slots = np.flatnonzero(zone.active == search.kind)
        if not len(slots):
            continue
        missing = np.zeros(len(zone.instances), np.int32)
        for each in asked:
            missing += each.weight * ~each.fits(zone)
        missing = missing[slots]
        first = int(np.lexsort((-zone.memory_left[slots], missing))[0])
        slot = int(slots[first])
        found = (int(missing[first]), -int(zone.memory_left[slot]), _arn(zone, slot), zone, slot)
        nearest = found if nearest is None or found[:3] < nearest[:3] else nearest
    return None if nearest is None else nearest[3:]


def _no_place(search: Search) -> NoPlace:
    asked = filters(search)
    closest = closest_slot(search, asked)
    if closest is None:
        return NoPlace()
    refusals: list[Refusal] = []
    for zone in sorted(search.capacity.zones(search.cluster_arn), key=lambda zone: zone.name):
        slots = np.flatnonzero(zone.active == search.kind)
        for slot in slots[: REFUSALS_MAX - len(refusals)]:
            refusal = refusal_at(zone, int(slot), asked)
            assert refusal is not None, "an instance that could take the task was not chosen"
            refusals.append(refusal)
    return NoPlace(tuple(refusals), refusal_at(*closest, asked))


def _arn(zone: Zone, slot: int) -> str:
    instance = zone.instances[slot]
    assert instance is not None
    return instance.arn
