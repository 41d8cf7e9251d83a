"""Query: an expression made ready to be asked of all instances of a zone at once.

What depends on an instance's record alone is answered once and kept by the zone; what depends on
its tasks is worked out of the zone's arrays every time, since every placement changes it.
"""

import operator
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.zone import Booleans, Zone
from roadstead.ecs.rules.cluster_query.expression import (
    OPPOSITES,
    All,
    Comparison,
    Either,
    Expression,
    Not,
    text_of,
)
from roadstead.ecs.rules.cluster_query.instances import instance_test
from roadstead.ecs.rules.cluster_query.parser import parse
from roadstead.ecs.rules.cluster_query.values import pattern

QUERIES_KEPT_MAX = 1024
_OF_TASKS = ("runningTasksCount", "task:group")
_COMPARES: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_NAMES_KEPT_MAX = 16_384

Finder = Callable[[Zone, Capacity, str], Booleans]


class Query:
    """Two queries of one text are the same."""

    __slots__ = ("_find", "expression", "text")

    def __init__(self, text: str) -> None:
        """Raises: QueryError when the text is no expression."""
        self.expression = parse(text)
        self.text = text_of(self.expression)
        self._find = _finder(self.expression)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Query({self.text!r})"

    @property
    def asks_tasks(self) -> bool:
        """Whether the answer changes with the tasks of an instance."""
        return _asks_tasks(self.expression)

    def members(self, zone: Zone, capacity: Capacity, cluster_arn: str) -> Booleans:
        """Which slots of the zone the expression means; free slots say anything. Not to be changed.

        cluster_arn: the zone's.
        """
        return self._find(zone, capacity, cluster_arn)


@lru_cache(QUERIES_KEPT_MAX)
def query_of(text: str) -> Query:
    """The query of the text, which costs nothing to ask for again.

    Raises: QueryError when the text is no expression.
    """
    return Query(text)


def _finder(expression: Expression) -> Finder:
    if not _asks_tasks(expression):
        return partial(_of_instances, ("query", text_of(expression)), instance_test(expression))
    match expression:
        case Not(part):
            return partial(_denied, _finder(part))
        case All(parts):
            return partial(_joined, np.logical_and, tuple(_finder(each) for each in parts))
        case Either(parts):
            return partial(_joined, np.logical_or, tuple(_finder(each) for each in parts))
        case Comparison("runningTasksCount", compared, (count,)):
            return partial(_counted, _COMPARES[compared], int(count))
        case Comparison(_, operator_, arguments) if operator_ in OPPOSITES:
            return partial(_denied, _with_group(OPPOSITES[operator_], arguments))
        case Comparison(_, operator_, arguments):
            return _with_group(operator_, arguments)


def _asks_tasks(expression: Expression) -> bool:
    match expression:
        case Comparison(subject):
            return subject in _OF_TASKS
        case Not(part):
            return _asks_tasks(part)
        case All(parts) | Either(parts):
            return any(_asks_tasks(each) for each in parts)


def _of_instances(
    question: tuple[str, str], test: Any, zone: Zone, _capacity: Capacity, _cluster_arn: str
) -> Booleans:
    return zone.answers(question, test, np.bool_)


def _denied(part: Finder, zone: Zone, capacity: Capacity, cluster_arn: str) -> Booleans:
    return ~part(zone, capacity, cluster_arn)


def _joined(
    join: Any, parts: tuple[Finder, ...], zone: Zone, capacity: Capacity, cluster_arn: str
) -> Booleans:
    found = parts[0](zone, capacity, cluster_arn)
    for part in parts[1:]:
        found = join(found, part(zone, capacity, cluster_arn))
    return found


def _counted(
    compare: Any, count: int, zone: Zone, _capacity: Capacity, _cluster_arn: str
) -> Booleans:
    found: Booleans = compare(zone.tasks, count)
    return found


def _with_group(operator_: str, arguments: tuple[str, ...]) -> Finder:
    """Who has a task of a group that is meant, whichever service or request started it."""
    question = f"{operator_} {arguments!r}"

    @lru_cache(_NAMES_KEPT_MAX)
    def is_meant(group: str) -> bool:
        name = _name(group)
        if not name:
            return False
        if operator_ == "=~":
            return pattern(arguments[0]).matches(name)
        return name in arguments

    def find(zone: Zone, capacity: Capacity, cluster_arn: str) -> Booleans:
        found: Booleans = capacity.tally_in(zone, cluster_arn, question, is_meant) > 0
        return found

    return find


def _name(group: str) -> str:
    """A task's group as the API shows it; capacity knows a service's tasks by its ARN. Empty for
    a `live_group`: tasks that are ending do not count here, as nowhere in placement."""
    if not group.startswith("arn:"):
        return group
    return "" if "|" in group else f"service:{group.rpartition('/')[2]}"
