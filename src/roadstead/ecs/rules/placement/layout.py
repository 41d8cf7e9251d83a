"""Layout: how the tasks of a group lie on their instances, for choosing which of them go.

What a placement strategy has laid out stays laid out when tasks are taken away.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
"""

from collections.abc import Iterable

import msgspec

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.seat import Seat
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.wishes import AVAILABILITY_ZONE, Preference, Wishes

Column = tuple[int | str | None, ...]


class Layout(msgspec.Struct, frozen=True):
    """`choose_tasks_to_stop` follows it."""

    strategy: tuple[Preference, ...]
    instances: tuple[str, ...]
    """Their ARNs, each once."""
    columns: tuple[Column, ...]
    """What each step sees of each instance: one that spreads over an attribute its value (None: it
    lacks it), one that packs what is left of the resource; the others see nothing."""
    cpu_units: int
    """What a task gives back when it goes, as the next."""
    memory_mib: int


def layout_of(
    capacity: Capacity, instance_arns: Iterable[str], demand: Demand, wishes: Wishes
) -> Layout | None:
    """The layout of tasks on these instances; None without a strategy, which needs none."""
    if not wishes.strategy:
        return None
    arns = tuple(instance_arns)
    seats = [capacity.seat(arn) for arn in arns]
    columns = tuple(_column(step, seats) for step in wishes.strategy)
    return Layout(wishes.strategy, arns, columns, demand.cpu_units, demand.memory_mib)


def _column(step: Preference, seats: list[Seat | None]) -> Column:
    known = [(seat, None if seat is None else seat.instance) for seat in seats]
    if step.type == "binpack":
        if step.field == "cpu":
            return tuple(
                each.cpu_units - seat.cpu_units if seat and each else None for seat, each in known
            )
        return tuple(
            each.memory_mib - seat.memory_mib if seat and each else None for seat, each in known
        )
    if step.type == "spread" and step.field == AVAILABILITY_ZONE:
        return tuple(each.availability_zone if each else None for _, each in known)
    if step.type == "spread" and step.field != "instanceId":
        return tuple(_value(each, step.field) if each else None for _, each in known)
    return (None,) * len(seats)


def _value(instance: ContainerInstance, name: str) -> str | None:
    """The attribute's value, made different from having none."""
    for attributes in (instance.attributes, instance.custom_attributes):
        if name in attributes:
            return f"={attributes[name] or ''}"
    return None
