"""Pages of a list: how many rows, after which one, and the token for the next page.

A page costs what it shows: the rows come from an index, from just behind the last one shown.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from roadstead.aws.pages import Key, after_token, next_token
from roadstead.ecs.errors import invalid_parameter

T = TypeVar("T")


def page_size(request: dict[str, Any], *, default: int, most: int) -> int:
    """Rows on the page that the request wants.

    Raises: InvalidParameterException when maxResults is not within 1 and `most`.
    """
    wanted = request.get("maxResults")
    if wanted is None:
        return default
    if not 1 <= wanted <= most:
        raise invalid_parameter(f"maxResults must be between 1 and {most}, not {wanted}.")
    return int(wanted)


def after_text(operation: str, request: dict[str, Any]) -> str | None:
    """The ARN, or other text, behind which the page starts; None for the first page.

    Raises: InvalidParameterException when the token does not continue this request.
    """
    after = after_token(operation, request)
    if after is not None and not isinstance(after, str):
        raise invalid_token(operation)
    return after


def invalid_token(operation: str) -> Exception:
    """The refusal of a token that was not made for this list."""
    return invalid_parameter(
        f"Invalid token: nextToken does not continue this {operation} request. "
        "Pass the nextToken of the previous page, and the same filters."
    )


def one_page(
    operation: str,
    request: dict[str, Any],
    rows: Iterable[T],
    size: int,
    position: Callable[[T], Key],
) -> tuple[list[T], dict[str, str]]:
    """Up to `size` rows, and `{"nextToken": …}` if more follow, else an empty dict.

    rows: in order, from just behind the last row of the previous page; read only as far as needed.
    position: where a row stands, as `View.walk` takes it for `after`.
    """
    found = list(islice(rows, size + 1))
    if len(found) <= size:
        return found, {}
    del found[size:]
    return found, {"nextToken": next_token(operation, request, position(found[-1]))}
