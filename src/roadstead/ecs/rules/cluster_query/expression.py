"""Expressions of the cluster query language: what is compared with what, and how it is written.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

import re

import msgspec

SPELLINGS = {
    "==": "equals",
    "!=": "not_equals",
    ">": "greater_than",
    ">=": "greater_than_equal",
    "<": "less_than",
    "<=": "less_than_equal",
    "exists": "exists",
    "!exists": "not_exists",
    "in": "in",
    "!in": "not_in",
    "=~": "matches",
    "!~": "not_matches",
}
"""Each operator, and how it is written in words."""
OPPOSITES = {"!=": "==", "!exists": "exists", "!in": "in", "!~": "=~"}
"""An operator that says no, and what it denies: it is true wherever that is not."""

_BARE = re.compile(r"[A-Za-z0-9_./\\@:*+-]+")
"""Values that mean the same without quotes, whatever the operator."""


class QueryError(Exception):
    """An expression that is none: where (from 1), what stands there, and what should."""

    def __init__(self, position: int, found: str, expected: str) -> None:
        super().__init__(f"at position {position}: found {found}, expected {expected}")
        self.position = position
        self.found = found
        self.expected = expected


class Comparison(msgspec.Struct, frozen=True):
    """One subject and what is said of it."""

    subject: str
    """`attribute:NAME`, or another subject as it is."""
    operator: str
    """The short spelling."""
    arguments: tuple[str, ...] = ()
    """None for exists, one or more for in, else one."""


class Not(msgspec.Struct, frozen=True):
    part: "Expression"


class All(msgspec.Struct, frozen=True):
    """Two or more joined by and."""

    parts: tuple["Expression", ...]


class Either(msgspec.Struct, frozen=True):
    """Two or more joined by or."""

    parts: tuple["Expression", ...]


Expression = Comparison | Not | All | Either


def text_of(expression: Expression) -> str:
    """The expression as text that reads as the very same expression."""
    match expression:
        case Comparison():
            return _comparison(expression)
        case Not(part):
            return f"not ({text_of(part)})"
        case All(parts):
            return " and ".join(_within(each) for each in parts)
        case Either(parts):
            return " or ".join(_within(each) for each in parts)


def _within(part: Expression) -> str:
    return f"({text_of(part)})" if isinstance(part, All | Either) else text_of(part)


def _comparison(comparison: Comparison) -> str:
    said = f"{comparison.subject} {comparison.operator}"
    if not comparison.arguments:
        return said
    values = [_value(each) for each in comparison.arguments]
    if comparison.operator in ("in", "!in"):
        return f"{said} [{', '.join(values)}]"
    return f"{said} {values[0]}"


def _value(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    return f'"{value}"' if "'" in value else f"'{value}'"
