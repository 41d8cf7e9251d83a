"""Wishes: where a task must go (constraints) and where it should go (strategy), ready for use.

A constraint that is not met means no place; a strategy never prevents one.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.cluster_query.query import Query, query_of

_WISHES_KEPT_MAX = 1024
AVAILABILITY_ZONE = "ecs.availability-zone"


class Preference(msgspec.Struct, frozen=True):
    """One step of a strategy: it keeps those it likes best, the next one chooses among them."""

    type: str
    """random, spread or binpack."""
    field: str = ""
    """spread: `instanceId`, or the name of an attribute; binpack: cpu or memory."""


class Wishes(msgspec.Struct, frozen=True):
    """What a task's definition and its request or service ask of placement together."""

    is_distinct: bool = False
    """No two tasks of the group on one instance."""
    queries: tuple[Query, ...] = ()
    """What the instance must be a member of."""
    strategy: tuple[Preference, ...] = ()
    """Empty: spread over the zones, then over their instances."""

    @property
    def is_random(self) -> bool:
        """Whether chance has a say: then `choose_instance` wants some."""
        return any(each.type == "random" for each in self.strategy)


NO_WISHES = Wishes()


def wishes_of(
    definition: TaskDefinition | None,
    constraints: Sequence[Mapping[str, Any]] = (),
    strategy: Sequence[Mapping[str, Any]] = (),
) -> Wishes:
    """The definition's constraints and these, and this strategy; all of them checked before.

    constraints, strategy: as `parameters` returns them, in the wire's spelling. Cheap to ask again.
    """
    of_definition = () if definition is None else definition.document.get("placementConstraints")
    if not (of_definition or constraints or strategy):
        return NO_WISHES
    return _wishes(
        tuple(
            (str(each["type"]), str(each.get("expression") or ""))
            for each in (*(of_definition or ()), *constraints)
        ),
        tuple((str(each["type"]), str(each.get("field") or "")) for each in strategy),
    )


@lru_cache(_WISHES_KEPT_MAX)
def _wishes(
    constraints: tuple[tuple[str, str], ...], strategy: tuple[tuple[str, str], ...]
) -> Wishes:
    expressions = [expression for type_, expression in constraints if type_ == "memberOf"]
    return Wishes(
        is_distinct=any(type_ == "distinctInstance" for type_, _ in constraints),
        queries=tuple(query_of(each) for each in dict.fromkeys(expressions)),
        strategy=tuple(_preference(type_, field) for type_, field in strategy),
    )


def _preference(type_: str, field: str) -> Preference:
    if type_ == "binpack":
        return Preference(type_, field.lower())
    if type_ == "spread":
        attribute = field.removeprefix("attribute:")
        return Preference(type_, "instanceId" if attribute == field else attribute)
    return Preference(type_)
