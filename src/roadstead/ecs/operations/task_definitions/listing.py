"""ListTaskDefinitions and ListTaskDefinitionFamilies."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from roadstead.aws.pages import after_token
from roadstead.ecs.operations.paged import after_text, invalid_token, one_page, page_size
from roadstead.ecs.records.task_definition import (
    LISTED_FAMILIES,
    LISTED_TASK_DEFINITIONS,
    Family,
)
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.rules.task_definition.names import is_name
from roadstead.state.plans import Call
from roadstead.state.view import View

_PAGE_MAX = 100
_STATUSES = ("ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS")
_FAMILY_STATUSES = ("ACTIVE", "INACTIVE", "ALL")
_BEHIND_EVERY_NAME = "\x7f"
"""Sorts behind every character that a family's name can have."""


def list_task_definitions(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The ARNs of revisions of one status, by family and number, or the other way round.

    familyPrefix is, in spite of its name, a whole family.
    Raises: InvalidParameterException for a status, sort, token or page size that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html
    """
    operation = "ListTaskDefinitions"
    status = request.get("status") or "ACTIVE"
    check_choice("status", status, _STATUSES)
    sort = request.get("sort") or "ASC"
    check_choice("sort", sort, ("ASC", "DESC"))
    family = request.get("familyPrefix")
    key = f"{call.scope}|{status}|{family}" if family else f"{call.scope}|{status}"
    after = _after_revision(operation, request)
    rows = view.walk(LISTED_TASK_DEFINITIONS, key, after=after, reverse=sort == "DESC")
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    page, token = one_page(operation, request, rows, size, lambda row: (row.family, row.revision))
    return {"taskDefinitionArns": [definition.arn for definition in page], **token}


def list_task_definition_families(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    """The names of families that have a revision left, in order.

    A family is ACTIVE if one of its revisions is. familyPrefix is a prefix here.
    Raises: InvalidParameterException for a status, token or page size that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html
    """
    operation = "ListTaskDefinitionFamilies"
    status = request.get("status") or "ALL"
    check_choice("status", status, _FAMILY_STATUSES)
    key = call.scope if status == "ALL" else f"{call.scope}|{status}"
    after = after_text(operation, request)
    rows = _families(view, key, request.get("familyPrefix") or "", after)
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    page, token = one_page(operation, request, rows, size, lambda family: family.name)
    return {"families": [family.name for family in page], **token}


def _families(view: View, key: str, prefix: str, after: str | None) -> Iterator[Family]:
    """The families behind `after` whose names begin with the prefix; walks no others."""
    if prefix and not is_name(prefix):
        return iter(())
    if prefix and after is None:
        # Just before the prefix itself: behind all that begins with its predecessor.
        after = prefix[:-1] + chr(ord(prefix[-1]) - 1) + _BEHIND_EVERY_NAME
    return takewhile(
        lambda family: family.name.startswith(prefix),
        view.walk(LISTED_FAMILIES, key, after=after),
    )


def _after_revision(operation: str, request: dict[str, Any]) -> tuple[str, int] | None:
    """Raises: InvalidParameterException when the token does not continue this request."""
    match after_token(operation, request):
        case None:
            return None
        case (str(family), int(revision)):
            return family, revision
        case _:
            raise invalid_token(operation)
