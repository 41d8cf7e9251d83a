"""Filters: which of the resources a DescribeX asks for.

All filters must hold; of one filter's values any. `*` stands for any letters and `?` for one; a
backslash before them, or before itself, takes that meaning away.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter

VALUES_MAX = 200
_ODD = re.compile(r"[*?\\]")
_WILD = re.compile(r"\\(.)|([*?])|([^*?\\]+|\\)", re.DOTALL)


class Filter(msgspec.Struct, frozen=True):
    """One of the conditions."""

    name: str
    values: tuple[str, ...]

    @property
    def plain_values(self) -> tuple[str, ...] | None:
        """The values if none of them has a letter with a meaning, else None."""
        return None if any(_ODD.search(value) for value in self.values) else self.values


def read_filters(request: Mapping[str, Any], known: Collection[str]) -> tuple[Filter, ...]:
    """The filters of a request. known: the names that the operation has, besides the tags'.

    Raises: InvalidParameterValue for another name, FilterLimitExceeded, MissingParameter for a
        filter without a name
    """
    found = []
    for given in request.get("Filters", ()):
        name, values = given.get("Name"), given.get("Values", [])
        if not name:
            raise ApiError("MissingParameter", "The request must contain the parameter Filter.Name")
        if name not in known and name not in ("tag-key", "tag-value") and name[:4] != "tag:":
            raise invalid_parameter(f"The filter '{name}' is invalid")
        if len(values) > VALUES_MAX:
            raise ApiError(
                "FilterLimitExceeded",
                f"The maximum number of filter values specified on a single call is {VALUES_MAX}",
            )
        found.append(Filter(name, tuple(values)))
    return tuple(found)


def passes(
    filters: Iterable[Filter],
    tags: Mapping[str, str],
    field: Callable[[str], Iterable[str]],
) -> bool:
    """Whether a resource passes. field: what the resource has under a filter's name."""
    return all(_holds(each, _field(each.name, tags, field)) for each in filters)


def matches(pattern: str, text: str) -> bool:
    """Whether the text is what a filter's value says."""
    if _ODD.search(pattern) is None:
        return pattern == text
    return _compiled(pattern).fullmatch(text) is not None


def _field(
    name: str, tags: Mapping[str, str], field: Callable[[str], Iterable[str]]
) -> Iterable[str]:
    if name.startswith("tag:"):
        value = tags.get(name[4:])
        return () if value is None else (value,)
    if name == "tag-key":
        return tags
    if name == "tag-value":
        return tags.values()
    return field(name)


def _holds(one: Filter, found: Iterable[str]) -> bool:
    return any(matches(value, text) for text in found for value in one.values)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = []
    for literal, wild, plain in _WILD.findall(pattern):
        if wild:
            parts.append(".*" if wild == "*" else ".")
        else:
            parts.append(re.escape(literal or plain))
    return re.compile("".join(parts), re.DOTALL)
