"""Which zone gives how many tasks to which."""

from collections import Counter

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.rebalancing import is_balanced, next_shifts

zones = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 60), min_size=1)


@pytest.mark.parametrize(
    ("counts", "balanced"),
    [
        ({}, True),
        ({"a": 7}, True),
        ({"a": 2, "b": 1}, True),
        ({"a": 1, "b": 1, "c": 0}, True),
        ({"a": 2, "b": 1, "c": 0}, False),
        ({"a": 4, "b": 2}, False),
    ],
)
def test_balanced_definition(counts: dict[str, int], balanced: bool) -> None:
    """SV-82: the counts of the zones differ by at most 1."""
    assert is_balanced(counts) is balanced


@pytest.mark.parametrize(
    ("counts", "most", "shifts"),
    [
        ({"a": 4, "b": 0}, 9, {("a", "b"): 2}),
        ({"a": 4, "b": 0}, 1, {("a", "b"): 1}),
        ({"a": 4, "b": 0}, 0, {}),
        ({"a": 6, "b": 0, "c": 0}, 9, {("a", "b"): 2, ("a", "c"): 2}),
        ({"a": 5, "b": 3, "c": 1}, 9, {("a", "c"): 2}),
        ({"a": 2, "b": 1}, 9, {}),
    ],
)
def test_the_fullest_zone_gives_to_the_emptiest(
    counts: dict[str, int], most: int, shifts: dict[tuple[str, str], int]
) -> None:
    assert next_shifts(counts, most) == shifts


def test_a_zone_without_a_place_gets_none_and_the_others_are_balanced() -> None:
    assert next_shifts({"a": 6, "b": 0, "c": 2}, 9, full={"b"}) == {("a", "c"): 2}


def test_protected_tasks_are_not_moved() -> None:
    assert next_shifts({"a": 6, "b": 0}, 9, stuck={"a": 5}) == {("a", "b"): 1}
    assert next_shifts({"a": 6, "b": 0}, 9, stuck={"a": 6}) == {}


@drawn(zones)
def test_enough_moves_balance_any_zones(counts: dict[str, int]) -> None:
    after = Counter(counts)
    for (giver, taker), moved in next_shifts(counts, 1000).items():
        after[giver] -= moved
        after[taker] += moved
    assert is_balanced({zone: after[zone] for zone in counts})
    assert sum(after.values()) == sum(counts.values())
