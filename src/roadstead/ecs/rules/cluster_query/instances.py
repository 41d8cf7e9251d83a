"""What an expression says of one container instance, its tasks left out.

An operator that denies (!=, !in, !~, !exists) is true wherever what it denies is not: also of an
instance that lacks the attribute.
"""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.rules.cluster_query.expression import (
    OPPOSITES,
    All,
    Comparison,
    Either,
    Expression,
    Not,
)
from roadstead.ecs.rules.cluster_query.values import moment, number, pattern, version

Test = Callable[[ContainerInstance], bool]

_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def instance_test(expression: Expression) -> Test:
    """The question whether an instance is meant by an expression that does not speak of tasks."""
    match expression:
        case Not(part):
            return _denied(instance_test(part))
        case All(parts):
            tests = tuple(instance_test(each) for each in parts)
            return lambda instance: all(test(instance) for test in tests)
        case Either(parts):
            tests = tuple(instance_test(each) for each in parts)
            return lambda instance: any(test(instance) for test in tests)
        case Comparison(subject, denial, arguments) if denial in OPPOSITES:
            return _denied(_comparison(subject, OPPOSITES[denial], arguments))
        case Comparison(subject, affirmed, arguments):
            return _comparison(subject, affirmed, arguments)


def _denied(test: Test) -> Test:
    return lambda instance: not test(instance)


def _comparison(subject: str, said: str, arguments: tuple[str, ...]) -> Test:
    match subject:
        case "agentConnected":
            return _text(lambda each: "true" if each.agent_connected else "false", said, arguments)
        case "ec2InstanceId":
            return _text(lambda each: each.ec2_instance_id or None, said, arguments)
        case "agentVersion":
            return _ordered(lambda each: version(each.agent_version), said, version(arguments[0]))
        case "registeredAt":
            return _ordered(
                lambda each: _whole_seconds(each.registered_at), said, moment(arguments[0])
            )
    name = subject.removeprefix("attribute:")
    if said == "exists":
        return lambda each: name in each.attributes or name in each.custom_attributes
    if said in _COMPARES and said != "==":
        return _ordered(lambda each: _number(_attribute(each, name)), said, number(arguments[0]))
    return _text(lambda each: _attribute(each, name), said, arguments)


def _text(
    read: Callable[[ContainerInstance], str | None], said: str, arguments: tuple[str, ...]
) -> Test:
    if said == "=~":
        matches = pattern(arguments[0]).matches
        return lambda each: (value := read(each)) is not None and matches(value)
    wanted = frozenset(arguments)
    return lambda each: read(each) in wanted


def _ordered(read: Callable[[ContainerInstance], Any], said: str, wanted: Any) -> Test:
    assert wanted is not None, "the parser let through an argument that means nothing"
    compare = _COMPARES[said]
    return lambda each: (value := read(each)) is not None and compare(value, wanted)


def _attribute(instance: ContainerInstance, name: str) -> str | None:
    """The attribute's value; None when it has none, or the instance lacks it."""
    if name in instance.attributes:
        return instance.attributes[name]
    return instance.custom_attributes.get(name)


def _number(value: str | None) -> float | None:
    return None if value is None else number(value)


def _whole_seconds(registered_at: datetime | None) -> datetime | None:
    """Dates are written in whole seconds, and one that was read should be found again."""
    return None if registered_at is None else registered_at.replace(microsecond=0)
