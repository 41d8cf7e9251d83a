"""DescribeX: by ids or by filters, in pages. The same road for every kind of resource.

A page costs what it shows when the question can be answered from an index: ids, a filter that an
index knows, else the resources of the caller's account and region.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

import msgspec

from roadstead.aws.pages import after_token, next_token
from roadstead.ec2.errors import invalid_combination, invalid_parameter
from roadstead.ec2.rules.filters import Filter, passes, read_filters
from roadstead.state.plans import Call
from roadstead.state.records import Index, Record
from roadstead.state.view import View

R = TypeVar("R", bound=Record)
Response = dict[str, Any]

PAGE_ROWS_MIN = 5
PAGE_ROWS_MAX = 1000
"""Rows of a page that names no number. Source: botocore:ec2#DescribeVpcsMaxResults"""

Fields = Mapping[str, Callable[[View, R], Iterable[str]]]
"""Name of a filter → what a resource has under it."""


class Listing(msgspec.Struct, Generic[R], frozen=True):
    """One DescribeX."""

    operation: str
    result: str
    """The member of the response: `Vpcs`."""
    ids: str
    """The member of the request: `VpcIds`."""
    named: Callable[[View, str, str], R]
    """(view, scope, id) → the resource, or EC2's error"""
    fields: Fields[R]
    by_scope: Index[R]
    narrower: Mapping[str, Index[R]]
    """Filters that an index answers. Ids are unique, so these need no scope in their keys."""
    shown: Callable[[View, R], Response]


def describe(view: View, call: Call, request: dict[str, Any], listing: Listing[R]) -> Response:
    """The resources that the request asks for, as its operation shows them.

    Raises: the errors of `named`, of filters, InvalidPaginationToken, InvalidParameterCombination
    """
    filters = read_filters(request, listing.fields)
    ids = request.get(listing.ids)
    if ids:
        if "MaxResults" in request:
            raise invalid_combination(
                f"The parameter {listing.ids} cannot be used with the parameter maxResults"
            )
        rows: Iterable[R] = [listing.named(view, call.scope, each) for each in dict.fromkeys(ids)]
    else:
        after = page_start(listing.operation, request)
        rows = _candidates(view, call.scope, listing, filters, after)
    passing = _passing(view, rows, filters, listing.fields)
    found, token = one_page(listing.operation, request, passing, lambda row: row.arn)
    return {listing.result: [listing.shown(view, row) for row in found], **token}


def _candidates(
    view: View, scope: str, listing: Listing[R], filters: Iterable[Filter], after: str | None
) -> Iterable[R]:
    for each in filters:
        index = listing.narrower.get(each.name)
        values = each.plain_values
        if index is not None and values is not None:
            rows = {row.arn: row for value in values for row in view.find(index, value)}
            return [
                rows[arn]
                for arn in sorted(rows)
                if in_scope(arn, scope) and (after is None or arn > after)
            ]
    return view.walk(listing.by_scope, scope, after=after)


def in_scope(arn: str, scope: str) -> bool:
    """Whether a resource of EC2 is of this `account/region`."""
    _, _, _, region, account, _ = arn.split(":", 5)
    return scope == f"{account}/{region}"


def _passing(
    view: View, rows: Iterable[R], filters: tuple[Filter, ...], fields: Fields[R]
) -> Iterator[R]:
    for row in rows:
        tags: Mapping[str, str] = getattr(row, "tags", {})
        if passes(filters, tags, lambda name, row=row: fields[name](view, row)):  # type: ignore[misc]  # bound now
            yield row


T = TypeVar("T")


def page_start(operation: str, request: dict[str, Any]) -> str | None:
    """The position behind which the page starts; None for the first page.

    Raises: InvalidPaginationToken
    """
    after = after_token(operation, _question(request), code="InvalidPaginationToken")
    assert after is None or isinstance(after, str), after
    return after


def one_page(
    operation: str, request: dict[str, Any], rows: Iterable[T], position: Callable[[T], str]
) -> tuple[list[T], dict[str, str]]:
    """The rows of the page, and `{"NextToken": …}` if more follow, else an empty dict.

    Raises: InvalidParameterValue, for the operations whose model sets no bounds itself
    """
    size = request.get("MaxResults", PAGE_ROWS_MAX)
    if not PAGE_ROWS_MIN <= size <= PAGE_ROWS_MAX:
        raise invalid_parameter(
            f"Value ({size}) for parameter maxResults is invalid. "
            f"It must be from {PAGE_ROWS_MIN} to {PAGE_ROWS_MAX}."
        )
    found = list(islice(rows, size + 1))
    if len(found) <= size:
        return found, {}
    del found[size:]
    return found, {"NextToken": next_token(operation, _question(request), position(found[-1]))}


def _question(request: dict[str, Any]) -> dict[str, Any]:
    """The request as `aws.pages` knows it: paging members in lower case."""
    question = {
        name: value for name, value in request.items() if name not in ("MaxResults", "DryRun")
    }
    token = question.pop("NextToken", None)
    return question if token is None else {**question, "nextToken": token}
