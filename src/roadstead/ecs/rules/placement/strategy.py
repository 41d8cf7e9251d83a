"""Which of the able instances is best: the default, or the steps of a strategy from left to right.

Every step keeps those it likes best, the next one chooses among them. A strategy prevents nothing:
whoever is able is in, and the last step leaves one.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np

from roadstead.ecs.records.zone import Booleans, Integers, Zone
from roadstead.ecs.rules.placement.search import Search, able, is_able
from roadstead.ecs.rules.placement.wishes import AVAILABILITY_ZONE, Preference

_NOT_HERE = np.int32(2**31 - 1)
_GROUP_FIRST = np.int32(1 << 14)
"""One task of the group outweighs as many other tasks; no instance has that many, nor can so many
of one group lift an instance over those that take no tasks."""

Found = list[tuple[Zone, Booleans]]
"""Zones with the slots that are still in; at least one slot of each."""


def best(search: Search, chance: int) -> tuple[Zone, int] | None:
    """The zone and slot of the best able instance; None when nobody is able."""
    zones = list(search.capacity.zones(search.cluster_arn))
    steps = search.wishes.strategy
    if not steps:
        return _by_default(search, zones)
    if steps[0].type == "spread" and steps[0].field == AVAILABILITY_ZONE:
        # The zones with the fewest tasks are asked first, and the others only if nobody is able.
        found: Found = []
        for _, level in groupby(_emptiest_first(search, zones), _tasks_of_group(search)):
            found = _all_able(search, level)
            if found:
                break
        steps = steps[1:]
    else:
        zones.sort(key=lambda zone: zone.name)
        found = _all_able(search, zones)
    return _best_of(search, found, steps, chance) if found else None


def _by_default(search: Search, zones: list[Zone]) -> tuple[Zone, int] | None:
    for zone in _emptiest_first(search, zones):
        slot = _least_burdened(search, zone)
        if slot is not None:
            return zone, slot
    return None


def _emptiest_first(search: Search, zones: list[Zone]) -> list[Zone]:
    count = _tasks_of_group(search)
    zones.sort(key=lambda zone: (count(zone), zone.tasks_total, zone.name))
    return zones


def _tasks_of_group(search: Search) -> Callable[[Zone], int]:
    groups = search.capacity.group(search.cluster_arn, search.group)
    if groups is None:
        return lambda zone: 0  # noqa: ARG005  # no zone has a task of the group
    return lambda zone: groups.by_zone.get(zone, 0)


def _least_burdened(search: Search, zone: Zone) -> int | None:
    load = zone.burden
    counts = search.capacity.counts_in(zone, search.cluster_arn, search.group)
    if counts is not None:
        load = counts * _GROUP_FIRST
        load += zone.burden
    # The least burdened of all is nearly always able; only if not are all the others asked.
    slot = int(load.argmin())
    if is_able(zone, slot, search):
        return slot
    those = able(zone, search)
    slot = int(np.where(those, load, _NOT_HERE).argmin())
    return slot if those[slot] else None


def _all_able(search: Search, zones: Iterable[Zone]) -> Found:
    found = []
    for zone in zones:
        those = able(zone, search)
        if those.any():
            found.append((zone, those))
    return found


def _best_of(
    search: Search, found: Found, steps: Sequence[Preference], chance: int
) -> tuple[Zone, int]:
    last = len(steps) - 1
    for number, step in enumerate(steps):
        match step.type:
            case "random":
                return _drawn(found, chance)
            case "binpack" if number == last:
                return _least(found, _left(step.field))
            case "binpack":
                found = _with_least(found, _left(step.field))
            case _ if step.field == AVAILABILITY_ZONE:
                found = _in_emptiest_zones(search, found)
            case _ if step.field == "instanceId":
                found = _with_least(
                    found,
                    lambda zone: search.capacity.counts_in(zone, search.cluster_arn, search.group),
                )
            case _:
                found = _with_least(found, _tasks_per_value(search, step.field))
    return _least(found, lambda zone: zone.burden)


def _left(resource: str) -> Callable[[Zone], Integers]:
    if resource == "cpu":
        return lambda zone: zone.cpu_left
    return lambda zone: zone.memory_left


def _with_least(found: Found, measure: Callable[[Zone], Integers | None]) -> Found:
    """Those of the lowest measure; None measures 0 everywhere."""
    kept: Found = []
    least = int(_NOT_HERE)
    for zone, those in found:
        measured = measure(zone)
        if measured is None:
            low = 0
        else:
            measured = np.where(those, measured, _NOT_HERE)
            low = int(measured.min())
        if low < least:
            kept, least = [], low
        if low == least:
            kept.append((zone, those if measured is None else measured == low))
    return kept


def _least(found: Found, measure: Callable[[Zone], Integers]) -> tuple[Zone, int]:
    """The first of those of the lowest measure."""
    best_zone, best_slot, least = found[0][0], -1, int(_NOT_HERE)
    for zone, those in found:
        measured = np.where(those, measure(zone), _NOT_HERE)
        slot = int(measured.argmin())
        if measured[slot] < least:
            best_zone, best_slot, least = zone, slot, int(measured[slot])
    assert best_slot >= 0
    return best_zone, best_slot


def _in_emptiest_zones(search: Search, found: Found) -> Found:
    count = _tasks_of_group(search)
    least = min(count(zone) for zone, _ in found)
    return [(zone, those) for zone, those in found if count(zone) == least]


def _tasks_per_value(search: Search, attribute: str) -> Callable[[Zone], Integers | None]:
    """How many tasks of the group there are on all instances with the same value."""
    capacity = search.capacity
    groups = capacity.group(search.cluster_arn, search.group)
    if groups is None:
        return lambda zone: None  # noqa: ARG005  # nobody has a task of the group
    codes = capacity.value_codes(search.cluster_arn, attribute)
    # All values have their number before the totals are made.
    values = {zone: capacity.values_in(zone, codes) for zone in capacity.zones(search.cluster_arn)}
    totals = np.zeros(len(codes))
    for zone in groups.by_zone:
        counts = capacity.counts_in(zone, search.cluster_arn, search.group)
        assert counts is not None
        held = np.flatnonzero(counts)
        totals += np.bincount(values[zone][held], weights=counts[held], minlength=len(codes))
    per_value = totals.astype(np.int32)
    return lambda zone: per_value[values[zone]]


def _drawn(found: Found, chance: int) -> tuple[Zone, int]:
    """One of all that are in, each as likely as any other."""
    sizes = [int(np.count_nonzero(those)) for _, those in found]
    number = chance % sum(sizes)
    for (zone, those), size in zip(found, sizes, strict=True):
        if number < size:
            return zone, int(np.flatnonzero(those)[number])
        number -= size
    raise AssertionError("the number drawn is below the sum of all sizes")
