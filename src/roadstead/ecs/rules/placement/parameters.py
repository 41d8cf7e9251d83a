"""What a client may say of placement: constraints and strategies, checked as they come.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error, invalid_parameter
from roadstead.ecs.rules.cluster_query.expression import QueryError
from roadstead.ecs.rules.cluster_query.query import query_of

CONSTRAINTS_MAX = 10
"""Of the definition and of the request or service together.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""
STRATEGIES_MAX = 5
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
EXPRESSION_CHARACTERS_MAX = 2000
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html"""

_CONSTRAINT_TYPES = ("distinctInstance", "memberOf")
_STRATEGY_TYPES = ("random", "spread", "binpack")
_BINPACK_FIELDS = ("cpu", "memory")
_SPREAD_FIELDS = {"instanceid": "instanceId", "host": "instanceId"}
_SPREAD_ATTRIBUTE = re.compile(r"attribute:[A-Za-z0-9_\-/\\.]{1,128}")


def checked_constraints(
    constraints: Sequence[Mapping[str, Any]] | None,
) -> tuple[dict[str, Any], ...]:
    """The constraints of a request or a service, as they are kept and shown.

    Raises: InvalidParameterException that says what is wrong and what would be right.
    """
    given = constraints or ()
    if len(given) > CONSTRAINTS_MAX:
        raise invalid_parameter(
            f"placementConstraints can have up to {CONSTRAINTS_MAX} elements, not {len(given)}."
        )
    found = []
    for number, constraint in enumerate(given):
        where = f"placementConstraints[{number}]"
        type_ = constraint.get("type") or ""
        if type_ not in _CONSTRAINT_TYPES:
            raise invalid_parameter(
                f"{where}.type should be one of [{', '.join(_CONSTRAINT_TYPES)}], "
                f"not {type_[:100]!r}."
            )
        problem = _problem(where, type_, constraint.get("expression") or "")
        if problem:
            raise invalid_parameter(problem)
        found.append(_kept(constraint, "expression"))
    return tuple(found)


def check_total(
    of_definition: Sequence[Mapping[str, Any]], constraints: Sequence[Mapping[str, Any]]
) -> None:
    """Return if a definition and a request or service have no more constraints than allowed.

    Raises: InvalidParameterException.
    """
    total = len(of_definition) + len(constraints)
    if total > CONSTRAINTS_MAX:
        raise invalid_parameter(
            f"The task definition has {len(of_definition)} placement constraints and the request "
            f"{len(constraints)}: together there can be up to {CONSTRAINTS_MAX}."
        )


def check_placed_by_us(
    launch_type: str,
    constraints: Sequence[Mapping[str, Any]],
    strategy: Sequence[Mapping[str, Any]],
) -> None:
    """Return if tasks of the launch type may have wishes: on Fargate there are no instances.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
    """
    for given, what in ((constraints, "constraints"), (strategy, "strategies")):
        if given and launch_type == "FARGATE":
            raise invalid_parameter(f"Placement {what} are not supported with FARGATE launch type.")


def check_definition_constraints(constraints: Sequence[Mapping[str, Any]]) -> None:
    """Return if a task definition may have these constraints: memberOf, ten at most.

    Raises: ClientException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinitionPlacementConstraint.html
    """
    if len(constraints) > CONSTRAINTS_MAX:
        raise client_error(
            f"placementConstraints can have up to {CONSTRAINTS_MAX} elements, "
            f"not {len(constraints)}."
        )
    for number, constraint in enumerate(constraints):
        where = f"placementConstraints[{number}]"
        type_ = constraint.get("type") or ""
        if type_ != "memberOf":
            raise client_error(
                f"{where}.type of a task definition should be memberOf, not {type_[:100]!r}."
            )
        problem = _problem(where, type_, constraint.get("expression") or "")
        if problem:
            raise client_error(problem)


def checked_strategy(
    strategy: Sequence[Mapping[str, Any]] | None,
) -> tuple[dict[str, Any], ...]:
    """The strategy of a request or a service, as it is kept and shown: fields in their one form.

    Raises: InvalidParameterException that says what is wrong and what would be right.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html
    """
    given = strategy or ()
    if len(given) > STRATEGIES_MAX:
        raise invalid_parameter(
            f"placementStrategy can have up to {STRATEGIES_MAX} elements, not {len(given)}."
        )
    found: list[dict[str, Any]] = []
    for number, step in enumerate(given):
        where = f"placementStrategy[{number}]"
        type_, field = step.get("type") or "", step.get("field") or ""
        match type_:
            case "random":
                if field:
                    raise invalid_parameter(
                        f"{where}.field should be absent: the strategy random has none, "
                        f"not {field[:100]!r}."
                    )
                found.append({"type": type_})
            case "spread":
                found.append({"type": type_, "field": _spread_field(where, field)})
            case "binpack":
                if field.lower() not in _BINPACK_FIELDS:
                    raise invalid_parameter(
                        f"{where}.field of the strategy binpack should be one of "
                        f"[{', '.join(_BINPACK_FIELDS)}], not {field[:100]!r}."
                    )
                found.append({"type": type_, "field": field.lower()})
            case _:
                raise invalid_parameter(
                    f"{where}.type should be one of [{', '.join(_STRATEGY_TYPES)}], "
                    f"not {type_[:100]!r}."
                )
    return tuple(found)


def _spread_field(where: str, field: str) -> str:
    if field.lower() in _SPREAD_FIELDS:
        return _SPREAD_FIELDS[field.lower()]
    if not _SPREAD_ATTRIBUTE.fullmatch(field):
        raise invalid_parameter(
            f"{where}.field of the strategy spread should be instanceId, host or "
            f"attribute:<name>, such as attribute:ecs.availability-zone, not {field[:200]!r}."
        )
    return field


def _problem(where: str, type_: str, expression: str) -> str:
    """What is wrong with a constraint's expression; empty if nothing is."""
    if type_ == "distinctInstance":
        if expression:
            return f"{where}.expression should be absent: distinctInstance has none."
        return ""
    if not expression.strip():
        return f"{where}.expression is required: memberOf needs one in the cluster query language."
    if len(expression) > EXPRESSION_CHARACTERS_MAX:
        return (
            f"{where}.expression can have up to {EXPRESSION_CHARACTERS_MAX} characters, "
            f"not {len(expression)}."
        )
    try:
        query_of(expression)
    except QueryError as error:
        return f"Invalid expression in {where}, {error}."
    return ""


def _kept(given: Mapping[str, Any], member: str) -> dict[str, Any]:
    kept = {"type": given["type"]}
    if given.get(member):
        kept[member] = given[member]
    return kept
