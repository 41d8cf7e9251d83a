"""Reads an expression of the cluster query language, or says where it stops being one.

`not` binds tighter than `and`, `and` tighter than `or`.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

import re
from difflib import get_close_matches

from roadstead.ecs.rules.cluster_query.expression import (
    All,
    Comparison,
    Either,
    Expression,
    Not,
    QueryError,
)
from roadstead.ecs.rules.cluster_query.scanner import Scanner
from roadstead.ecs.rules.cluster_query.values import moment, number, pattern, version

CHARACTERS_MAX = 2000
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html"""
DEPTH_MAX = 50
"""Parentheses and negations within each other; ours, so that reading takes bounded room."""

_EQUALITY = ("==", "!=")
_ORDER = (">", ">=", "<", "<=")
_LISTS = ("in", "!in")
_PATTERNS = ("=~", "!~")
_OPERATORS: dict[str, tuple[str, ...]] = {
    "agentConnected": (*_EQUALITY, *_LISTS, *_PATTERNS),
    "agentVersion": (*_EQUALITY, *_ORDER),
    "attribute": ("exists", "!exists", *_EQUALITY, *_LISTS, *_PATTERNS, *_ORDER),
    "ec2InstanceId": (*_EQUALITY, *_LISTS, *_PATTERNS),
    "registeredAt": (*_EQUALITY, *_ORDER),
    "runningTasksCount": (*_EQUALITY, *_ORDER),
    "task:group": (*_EQUALITY, *_LISTS, *_PATTERNS),
}
_SUBJECTS = tuple("attribute:NAME" if each == "attribute" else each for each in _OPERATORS)
_COUNT_DIGITS_MAX = 9
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_\-/\\.]{1,128}")
_DATE_FORMS = "a date (2018-06-18 or 2018-06-18T22:28:28Z)"


def parse(text: str) -> Expression:
    """The expression that the text is.

    Raises: QueryError, nothing else.
    """
    if len(text) > CHARACTERS_MAX:
        raise QueryError(CHARACTERS_MAX + 1, f"{len(text)} characters", f"{CHARACTERS_MAX} at most")
    scanner = Scanner(text)
    found = _either(scanner, 0)
    if not scanner.at_end():
        raise scanner.refusal(scanner.at, "and (&&), or (||) or the end")
    return found


def _either(scanner: Scanner, depth: int) -> Expression:
    parts = [_all(scanner, depth)]
    while scanner.took("||", "or"):
        parts.append(_all(scanner, depth))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def _all(scanner: Scanner, depth: int) -> Expression:
    parts = [_one(scanner, depth)]
    while scanner.took("&&", "and"):
        parts.append(_one(scanner, depth))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _one(scanner: Scanner, depth: int) -> Expression:
    start = scanner.blanks()
    if depth > DEPTH_MAX:
        raise scanner.refusal(start, f"at most {DEPTH_MAX} parentheses within each other")
    if scanner.took_not():
        return Not(_one(scanner, depth + 1))
    if scanner.took("("):
        found = _either(scanner, depth + 1)
        end = scanner.blanks()
        if not scanner.took(")"):
            raise scanner.refusal(end, "a closing parenthesis, and (&&) or or (||)")
        return found
    return _comparison(scanner)


def _comparison(scanner: Scanner) -> Comparison:
    kind, subject = _subject(scanner)
    operator = scanner.operator(_OPERATORS[kind], subject)
    if operator in ("exists", "!exists"):
        return Comparison(subject, operator)
    if operator in _PATTERNS:
        return Comparison(subject, operator, (_pattern(scanner),))
    if operator in _LISTS:
        return Comparison(subject, operator, _list(scanner, kind))
    return Comparison(subject, operator, (_value(scanner, kind, operator),))


def _subject(scanner: Scanner) -> tuple[str, str]:
    start = scanner.blanks()
    subject = scanner.name()
    if subject.startswith("attribute:"):
        if not _ATTRIBUTE_NAME.fullmatch(subject.removeprefix("attribute:")):
            raise scanner.refusal(
                start,
                "an attribute's name of 1 to 128 letters, digits, hyphens, underscores, slashes, "
                "backslashes and periods",
            )
        return "attribute", subject
    if subject in _OPERATORS and subject != "attribute":
        return subject, subject
    near = get_close_matches(subject, _SUBJECTS, 1) if subject else []
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise scanner.refusal(start, f"a subject: {', '.join(_SUBJECTS)}{hint}")


def _list(scanner: Scanner, kind: str) -> tuple[str, ...]:
    start = scanner.blanks()
    if not scanner.took("["):
        raise scanner.refusal(start, "a list: [a, b]")
    values = [_value(scanner, kind, "in")]
    while scanner.took(","):
        values.append(_value(scanner, kind, "in"))
    end = scanner.blanks()
    if not scanner.took("]"):
        raise scanner.refusal(end, "a comma or a closing bracket")
    return tuple(values)


def _pattern(scanner: Scanner) -> str:
    start = scanner.blanks()
    found = scanner.pattern()
    try:
        pattern(found)
    except ValueError as error:
        raise scanner.refusal(start, f"a regular expression without this: {error}") from error
    return found


def _value(scanner: Scanner, kind: str, operator: str) -> str:
    start = scanner.blanks()
    expected = _expected(kind, operator)
    found = scanner.value(expected)
    if not _is_valid(kind, operator, found):
        raise scanner.refusal(start, expected)
    return found


def _expected(kind: str, operator: str) -> str:
    match kind:
        case "agentConnected":
            return "true or false"
        case "agentVersion":
            return "a version such as 1.2.3"
        case "registeredAt":
            return _DATE_FORMS
        case "runningTasksCount":
            return "a number of tasks"
        case "attribute" if operator in _ORDER:
            return "a number"
    return "a value"


def _is_valid(kind: str, operator: str, value: str) -> bool:
    match kind:
        case "agentConnected":
            return value in ("true", "false")
        case "agentVersion":
            return version(value) is not None
        case "registeredAt":
            return moment(value) is not None
        case "runningTasksCount":
            return value.isascii() and value.isdecimal() and len(value) <= _COUNT_DIGITS_MAX
        case "attribute" if operator in _ORDER:
            return number(value) is not None
    return True
