"""Indexes and projections, made anew of the same records."""

from collections.abc import Iterator
from typing import Any

from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.state.view import View


def recount(view: View) -> Iterator[str]:
    """Where indexes and projections differ from those made anew of the same records."""
    fresh = View(SCHEMA)
    for table in SCHEMA.tables:
        fresh.load(table, list(view.all(table)))
    for index in SCHEMA.indexes:
        here, there = view._buckets[index.name], fresh._buckets[index.name]
        if here != there:
            yield f"{index} is {here}, and should be {there}"
    here, there = (each.projection(TaskCounts)._counts for each in (view, fresh))
    if here != there:
        yield f"TaskCounts has {here}, and should have {there}"
    here, there = (_capacity(each) for each in (view, fresh))
    if here != there:
        yield f"Capacity has {here}, and should have {there}"


def _capacity(view: View) -> dict[str, Any]:
    """What the projection knows of each instance, group and zone, as plain values."""
    capacity = view.projection(Capacity)
    known: dict[str, Any] = {}
    for arn, seat in capacity._seats.items():
        zone, slot = seat.zone, seat.slot
        arrays = None
        if zone is not None:
            of_slot = (zone.cpu_left, zone.memory_left, zone.tasks, zone.active, zone.takes)
            arrays = zone.name, *(int(each[slot]) for each in of_slot)
        known[arn] = seat.cpu_units, seat.memory_mib, seat.tasks, dict(seat.ports), arrays
    for cluster in view.all(CLUSTERS):
        for zone in capacity.zones(cluster.arn):
            known[f"{cluster.arn}|{zone.name}"] = zone.size, zone.tasks_total
        for name, groups in capacity._groups.get(cluster.arn, {}).items():
            by_zone = {zone.name: count for zone, count in groups.by_zone.items()}
            known[f"{cluster.arn}|{name}"] = dict(groups.by_instance), by_zone
    return known
