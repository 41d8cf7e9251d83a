"""Pages of a list, as Cloud Map has them: MaxResults, NextToken; and the filters of lists."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

from roadstead.aws.pages import Key, after_token, next_token
from roadstead.servicediscovery.errors import invalid_input

PAGE_MAX = 100
"""Source: botocore:servicediscovery#MaxResults"""

T = TypeVar("T")


def after_last(operation: str, request: dict[str, Any]) -> Key | None:
    """The key behind which the page starts; None for the first page.

    Raises: InvalidInput when the token does not continue this request.
    """
    return after_token(operation, _question(request), code="InvalidInput")


def one_page(
    operation: str, request: dict[str, Any], rows: Iterable[T], position: Callable[[T], Key]
) -> tuple[list[T], dict[str, str]]:
    """Up to MaxResults rows, and `{"NextToken": …}` if more follow, else an empty dict.

    rows: in order, from just behind the last row of the previous page.
    """
    size = request.get("MaxResults") or PAGE_MAX
    found = list(islice(rows, size + 1))
    if len(found) <= size:
        return found, {}
    del found[size:]
    return found, {"NextToken": next_token(operation, _question(request), position(found[-1]))}


def passes(request: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    """Whether something with these values, by names of filters, is asked for.

    Raises: InvalidInput for a filter, or a condition, that the operation does not have.
    """
    return all(_holds(each, values) for each in request.get("Filters") or ())


def _holds(one: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    name, wanted = one["Name"], one["Values"]
    if name not in values:
        raise invalid_input(
            f"There is no filter '{name}' here; there are: {', '.join(sorted(values))}"
        )
    value = values[name]
    match one.get("Condition") or "EQ":
        case "EQ" if len(wanted) == 1:
            return bool(wanted[0] == value)
        case "IN":
            return value in wanted
        case "BEGINS_WITH" if len(wanted) == 1:
            return value.startswith(wanted[0])
        case condition:
            raise invalid_input(
                f"The condition {condition} with {len(wanted)} values is not valid for the filter "
                f"'{name}'"
            )


def _question(request: dict[str, Any]) -> dict[str, Any]:
    """The request with its paging members under the names that tokens know."""
    question = {k: v for k, v in request.items() if k not in ("NextToken", "MaxResults")}
    return {**question, "nextToken": request.get("NextToken")}
