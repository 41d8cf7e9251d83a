"""Placement constraints as the simulated user writes them, and as he reads them himself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task_definition import TaskDefinition
from sim.places import REGION

DISTINCT = "distinctInstance"
LABEL = "disk"
LABELS = ("ssd", "hdd")

Constraint = Mapping[str, Any]


def _disk(instance: ContainerInstance) -> str | None:
    return instance.custom_attributes.get(LABEL)


EXPRESSIONS: dict[str, Callable[[ContainerInstance], bool]] = {
    f"attribute:ecs.availability-zone in [{REGION}a, {REGION}b]": (
        lambda each: each.availability_zone in (f"{REGION}a", f"{REGION}b")
    ),
    f"attribute:{LABEL} == ssd": lambda each: _disk(each) == "ssd",
    f"attribute:{LABEL} exists": lambda each: _disk(each) is not None,
    f"not(attribute:{LABEL} == hdd)": lambda each: _disk(each) != "hdd",
    f"attribute:ecs.availability-zone =~ .*c or attribute:{LABEL} !exists": (
        lambda each: each.availability_zone.endswith("c") or _disk(each) is None
    ),
}


def member_of(expression: str) -> dict[str, str]:
    return {"type": "memberOf", "expression": expression}


def is_member(instance: ContainerInstance, constraints: Iterable[Constraint]) -> bool:
    """Whether the instance is one where they allow a task; what runs there is not asked."""
    return all(
        EXPRESSIONS[each["expression"]](instance)
        for each in constraints
        if each["type"] != DISTINCT
    )


def is_distinct(constraints: Iterable[Constraint]) -> bool:
    return any(each["type"] == DISTINCT for each in constraints)


def constraints_of(
    definition: TaskDefinition | None, service: Service | None = None
) -> tuple[Constraint, ...]:
    """A task definition's constraints, and those of a service."""
    found = () if definition is None else tuple(definition.document["placementConstraints"])
    return found if service is None else (*found, *service.placement_constraints)
