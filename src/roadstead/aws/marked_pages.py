"""Pages of a list, as Elastic Load Balancing has them: PageSize, Marker, NextMarker.

Both of its APIs do, that of Classic load balancers and the newer one.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from roadstead.aws.pages import Key, after_token, next_token

PAGE_MAX = 400
"""Source: botocore:elb#PageSize, botocore:elbv2#PageSize"""

T = TypeVar("T")


def after_marker(operation: str, request: dict[str, Any]) -> Key | None:
    """The key behind which the page starts; None for the first page.

    Raises: ValidationError when the marker does not continue this request.
    """
    return after_token(operation, _question(request), code="ValidationError")


def one_page(
    operation: str, request: dict[str, Any], rows: Iterable[T], position: Callable[[T], Key]
) -> tuple[list[T], dict[str, str]]:
    """Up to PageSize rows, and `{"NextMarker": …}` if more follow, else an empty dict.

    rows: in order, from just behind the last row of the previous page.
    """
    size = request.get("PageSize") or PAGE_MAX
    found = list(islice(rows, size + 1))
    if len(found) <= size:
        return found, {}
    del found[size:]
    return found, {"NextMarker": next_token(operation, _question(request), position(found[-1]))}


def page_of(
    operation: str, request: dict[str, Any], rows: list[T]
) -> tuple[list[T], dict[str, str]]:
    """The same of a short list that is there as a whole.

    Raises: ValidationError when the marker does not continue this request.
    """
    after = after_marker(operation, request)
    start = after if isinstance(after, int) else 0
    numbered = list(enumerate(rows, 1))[start:]
    page, marker = one_page(operation, request, numbered, lambda row: row[0])
    return [row for _, row in page], marker


def _question(request: dict[str, Any]) -> dict[str, Any]:
    """The request with its paging members under the names that tokens know."""
    question = {key: value for key, value in request.items() if key not in ("Marker", "PageSize")}
    return {**question, "nextToken": request.get("Marker")}
