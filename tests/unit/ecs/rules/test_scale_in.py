"""Which tasks are given up first."""

from collections import Counter

from hypothesis import given as drawn
from hypothesis import strategies as st

from given import ago
from roadstead.ecs.rules.scale_in import (
    CHECKING,
    HEALTHY,
    PENDING,
    UNHEALTHY,
    YOUNG,
    Candidate,
    choose_tasks_to_stop,
)


def a_candidate(
    name: str, zone: str = "a", instance: str = "1", age: float = 60, worth: int = HEALTHY
) -> Candidate:
    return Candidate(name, zone, instance, ago(age), worth)


def test_SV_58_pending_goes_before_unhealthy_unchecked_young_and_healthy() -> None:
    tasks = [
        a_candidate("healthy", worth=HEALTHY),
        a_candidate("young", worth=YOUNG),
        a_candidate("unchecked", worth=CHECKING),
        a_candidate("unhealthy", worth=UNHEALTHY),
        a_candidate("pending", worth=PENDING),
    ]
    chosen = choose_tasks_to_stop(tasks, 5)
    assert chosen == ("pending", "unhealthy", "unchecked", "young", "healthy")


def test_PL_12_the_zone_with_most_tasks_gives_one_up_first() -> None:
    tasks = [
        a_candidate("a1", "a", "1"),
        a_candidate("b1", "b", "2"),
        a_candidate("b2", "b", "3"),
    ]
    assert choose_tasks_to_stop(tasks, 1)[0] in ("b1", "b2")


def test_in_a_zone_the_instance_with_most_tasks_gives_one_up_first() -> None:
    tasks = [
        a_candidate("one", instance="1"),
        a_candidate("two", instance="2"),
        a_candidate("three", instance="2"),
    ]
    assert choose_tasks_to_stop(tasks, 1)[0] in ("two", "three")


def test_scale_in_stops_the_newest_task_first() -> None:
    tasks = [a_candidate("old", age=900), a_candidate("new", age=50), a_candidate("older", age=999)]
    assert choose_tasks_to_stop(tasks, 2) == ("new", "old")


def test_tasks_that_are_not_stopped_now_count_for_the_spread() -> None:
    tasks = [
        a_candidate("a-pending", "a", "1", worth=PENDING),
        a_candidate("b-pending", "b", "2", worth=PENDING),
        a_candidate("b-healthy", "b", "2"),
    ]
    assert choose_tasks_to_stop(tasks, 1) == ("b-pending",)


candidates = st.lists(
    st.builds(
        Candidate,
        st.uuids().map(str),
        st.just("a"),
        st.sampled_from("12"),
        st.integers(0, 5).map(ago),
        st.sampled_from((PENDING, UNHEALTHY, YOUNG, HEALTHY)),
    ),
    max_size=30,
)


@drawn(candidates, st.integers(-1, 40))
def test_as_many_as_wanted_are_chosen_none_twice_the_least_worth_first(
    tasks: list[Candidate], count: int
) -> None:
    chosen = choose_tasks_to_stop(tasks, count)
    assert len(chosen) == len(set(chosen)) == max(0, min(count, len(tasks)))
    worth = {task.task_arn: task.worth for task in tasks}
    assert [worth[each] for each in chosen] == sorted(worth.values())[: len(chosen)]


@drawn(st.lists(st.sampled_from("abc"), min_size=1, max_size=40), st.integers(0, 40))
def test_what_is_left_is_spread_over_the_zones_as_evenly_as_can_be(
    zones: list[str], count: int
) -> None:
    tasks = [a_candidate(f"t{n}", zone, f"{zone}{n % 2}") for n, zone in enumerate(zones)]
    chosen = set(choose_tasks_to_stop(tasks, count))
    before = Counter(zones)
    left = Counter(task.zone for task in tasks if task.task_arn not in chosen)
    highest = max(left.values(), default=0)
    for zone, kept in left.items():
        assert kept >= min(before[zone], highest - 1)
