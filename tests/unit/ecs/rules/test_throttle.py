"""How long a service waits before it tries again."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.throttle import failed_rounds, is_announced, wait_seconds


@pytest.mark.parametrize(
    ("failed", "seconds"), [(0, 0), (1, 1), (2, 2), (3, 4), (10, 512), (11, 900), (5000, 900)]
)
def test_SV_65_the_wait_doubles_up_to_fifteen_minutes(failed: int, seconds: float) -> None:
    assert wait_seconds(failed, 1) == seconds


def test_a_round_is_as_many_failures_as_tasks_are_wanted() -> None:
    assert [failed_rounds(failed, 10) for failed in (0, 1, 10, 11)] == [0, 1, 1, 2]


def test_a_service_of_none_counts_every_failure() -> None:
    assert failed_rounds(3, 0) == 3


def test_the_third_failed_round_is_announced() -> None:
    assert [is_announced(failed, 1) for failed in (0, 1, 2, 3)] == [False, False, False, True]


@drawn(st.integers(0, 10**9), st.integers(0, 5000))
def test_the_wait_never_shrinks_as_failures_grow(failed: int, desired: int) -> None:
    assert 0 <= wait_seconds(failed, desired) <= wait_seconds(failed + 1, desired) <= 900
