"""Pages: how many rows, and tokens that were made for another list."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from given import a_call, a_cluster
from given import given as a_view
from roadstead.aws.errors import ApiError
from roadstead.aws.pages import Key, next_token
from roadstead.ecs.operations.attributes import list_attributes
from roadstead.ecs.operations.clusters import list_clusters
from roadstead.ecs.operations.paged import one_page, page_size
from roadstead.ecs.operations.task_definitions.listing import list_task_definitions


@given(st.lists(st.integers(0, 99), unique=True).map(sorted), st.integers(1, 10))
def test_a_page_has_a_token_exactly_if_more_rows_follow(rows: list[int], size: int) -> None:
    page, token = one_page("ListThings", {}, iter(rows), size, lambda row: row)
    assert page == rows[:size]
    assert bool(token) == (len(rows) > size)


def test_a_page_reads_one_row_more_than_it_shows() -> None:
    rows = iter(range(10))
    one_page("ListThings", {}, rows, 3, lambda row: row)
    assert next(rows) == 4


def test_a_page_has_the_default_size_unless_asked() -> None:
    assert page_size({}, default=10, most=100) == 10
    assert page_size({"maxResults": 100}, default=10, most=100) == 100


@pytest.mark.parametrize("wanted", [-1, 0, 101])
def test_another_size_is_refused_with_the_range(wanted: int) -> None:
    with pytest.raises(ApiError) as refusal:
        page_size({"maxResults": wanted}, default=10, most=100)
    assert refusal.value.message == f"maxResults must be between 1 and 100, not {wanted}."


@pytest.mark.parametrize(
    ("operation", "perform", "request_", "after"),
    [
        ("ListClusters", list_clusters, {}, ("a", 1)),
        ("ListTaskDefinitions", list_task_definitions, {}, "web"),
        ("ListTaskDefinitions", list_task_definitions, {}, (1, "web")),
        ("ListAttributes", list_attributes, {"targetType": "container-instance"}, ("a", "b", "c")),
        ("ListAttributes", list_attributes, {"targetType": "container-instance"}, 7),
    ],
)
def test_a_forged_token_is_refused(
    operation: str, perform: Any, request_: dict[str, Any], after: Key
) -> None:
    forged = {"nextToken": next_token(operation, request_, after)}
    with pytest.raises(ApiError) as refusal:
        perform(a_view(a_cluster()), a_call(), request_ | forged)
    assert refusal.value.message.startswith("Invalid token")
