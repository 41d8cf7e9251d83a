"""Layout: how the tasks of a group lie on their instances, for choosing which of them go.

What a placement strategy has laid out stays laid out when tasks are taken away.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
"""

from collections.abc import Iterable

import msgspec

from roadstead.ecs.records.capacity import Capacity, Seat
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.wishes import AVAILABILITY_ZONE, Preference, Wishes


class Place(msgspec.Struct, frozen=True, gc=False):
    """One instance as each step of the strategy sees it."""

    measures: tuple[int | str | None, ...]
    """For a step that spreads over an attribute, its value (None: it lacks it); for one that packs,
    what is left of the resource; for the others, nothing."""


class Layout(msgspec.Struct, frozen=True):
    """`choose_tasks_to_stop` follows it."""

    strategy: tuple[Preference, ...]
    places: dict[str, Place]
    """By instance ARN."""
    cpu_units: int
    """What a task gives back when it goes, as the next."""
    memory_mib: int


def layout_of(
    capacity: Capacity, instance_arns: Iterable[str], demand: Demand, wishes: Wishes
) -> Layout | None:
    """The layout of tasks on these instances; None without a strategy, which needs none."""
    if not wishes.strategy:
        return None
    places = {}
    for arn in instance_arns:
        seat = capacity.seat(arn)
        instance = None if seat is None else seat.instance
        if seat is None or instance is None:
            places[arn] = Place((None,) * len(wishes.strategy))
            continue
        places[arn] = Place(tuple(_measure(step, instance, seat) for step in wishes.strategy))
    return Layout(wishes.strategy, places, demand.cpu_units, demand.memory_mib)


def _measure(step: Preference, instance: ContainerInstance, seat: Seat) -> int | str | None:
    match step.type, step.field:
        case "binpack", "cpu":
            return instance.cpu_units - seat.cpu_units
        case "binpack", _:
            return instance.memory_mib - seat.memory_mib
        case "random", _:
            return None
        case _, "instanceId":
            return None
        case _, field if field == AVAILABILITY_ZONE:
            return instance.availability_zone
    for attributes in (instance.attributes, instance.custom_attributes):
        if step.field in attributes:
            return f"={attributes[step.field] or ''}"
    return None
