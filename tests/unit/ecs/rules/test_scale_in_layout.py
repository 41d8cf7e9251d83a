"""Scale-in of services that have a placement strategy: what was laid out stays laid out."""

from collections import Counter

from hypothesis import given as drawn
from hypothesis import strategies as st

from given import a_task, ago, an_instance, given, instance_arn
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.layout import Layout, layout_of
from roadstead.ecs.rules.placement.wishes import Preference, wishes_of
from roadstead.ecs.rules.scale_in import (
    HEALTHY,
    PENDING,
    Candidate,
    choose_tasks_to_stop,
    take_by_layout,
)

ZONES = Preference("spread", "ecs.availability-zone")
HOSTS = Preference("spread", "instanceId")
RACKS = Preference("spread", "rack")
MEMORY = Preference("binpack", "memory")
CPU = Preference("binpack", "cpu")
RANDOM = Preference("random")


def laid_out(*steps: Preference, **places: tuple[int | str | None, ...]) -> Layout:
    """places: by instance, what each step sees of it."""
    return Layout(steps, tuple(places), tuple(zip(*places.values(), strict=True)), 100, 100)


def tasks(on: str, worth: int = HEALTHY) -> list[Candidate]:
    """A task for each letter, which is its instance; the first is the oldest."""
    return [
        Candidate(f"{instance}{number}", "z", instance, ago(900 - number), worth)
        for number, instance in enumerate(on)
    ]


def stopped(candidates: list[Candidate], count: int, layout: Layout) -> str:
    """The instances of the tasks that go, in their order."""
    chosen = choose_tasks_to_stop(candidates, count, layout)
    return "".join(each[0] for each in chosen)


def test_binpack_stops_where_most_will_be_left_and_empties_instance_after_instance() -> None:
    layout = laid_out(MEMORY, a=(500,), b=(800,), c=(700,))
    assert stopped(tasks("abcab"), 4, layout) == "bbca"


def test_spread_stops_in_the_value_with_most_tasks() -> None:
    layout = laid_out(RACKS, a=("=1",), b=("=1",), c=("=2",), d=(None,))
    assert stopped(tasks("abccdab"), 3, layout) == "abc"
    without = laid_out(RACKS, a=("=1",), b=("=2",), c=(None,), d=(None,))
    assert stopped(tasks("abccd"), 1, without) == "c"


def test_spread_over_instances_stops_on_the_fullest() -> None:
    assert stopped(tasks("abbbcc"), 3, laid_out(HOSTS, a=(None,), b=(None,), c=(None,))) == "bbc"


def test_steps_apply_from_left_to_right_when_tasks_go_too() -> None:
    layout = laid_out(ZONES, MEMORY, a=("1a", 100), b=("1a", 900), c=("1b", 500), d=("1b", 600))
    assert stopped(tasks("aabbcd"), 3, layout) == "bbd"


def test_random_stops_any_and_pending_ones_still_go_first() -> None:
    layout = laid_out(RANDOM, a=(None,), b=(None,))
    assert len(stopped(tasks("aabb"), 3, layout)) == 3
    layout = laid_out(MEMORY, a=(100,), b=(900,))
    assert stopped(tasks("bb") + tasks("a", PENDING), 2, layout) == "ab"


def test_an_instance_that_may_give_none_is_passed_over() -> None:
    layout = laid_out(CPU, a=(100,), b=(900,))
    given_up = take_by_layout({"a": 2, "b": 2}, layout, {"a": ["a1", "a2"], "b": []}.__getitem__, 3)
    assert given_up == ["a2", "a1"]


def test_the_layout_is_read_from_the_instances() -> None:
    view = given(
        an_instance(1, cpu_units=1000, memory_mib=900, custom_attributes={"rack": "x"}),
        an_instance(2, availability_zone="us-east-1b", custom_attributes={"rack": None}),
        a_task(1, instance=1),
    )
    steps = (
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "attribute:rack"},
        {"type": "spread", "field": "instanceId"},
        {"type": "binpack", "field": "cpu"},
        {"type": "binpack", "field": "memory"},
        {"type": "random"},
    )
    wishes = wishes_of(None, strategy=steps)
    arns = [instance_arn(number) for number in (1, 2, 3)]
    demand = Demand(cpu_units=10, memory_mib=20)
    capacity = view.projection(Capacity)
    assert layout_of(capacity, arns, demand, wishes) == Layout(
        wishes.strategy,
        tuple(arns),
        (
            ("us-east-1a", "us-east-1b", None),
            ("=x", "=", None),
            (None, None, None),
            (872, 2048, None),
            (836, 4096, None),
            (None, None, None),
        ),
        10,
        20,
    )
    assert layout_of(capacity, arns, demand, wishes_of(None)) is None


@drawn(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=40),
    st.integers(0, 45),
    st.lists(st.sampled_from((ZONES, HOSTS, RACKS, MEMORY, CPU, RANDOM)), min_size=1, max_size=3),
)
def test_as_many_go_as_should_and_a_first_spread_stays_even(
    instances: list[str], count: int, steps: list[Preference]
) -> None:
    measures = {
        "a": {"ecs.availability-zone": "1a", "rack": "=1", "memory": 100, "cpu": 300},
        "b": {"ecs.availability-zone": "1a", "rack": "=2", "memory": 200, "cpu": 200},
        "c": {"ecs.availability-zone": "1b", "rack": "=1", "memory": 300, "cpu": 100},
        "d": {"ecs.availability-zone": "1b", "rack": None, "memory": 300, "cpu": 300},
    }
    places = {
        name: tuple(each.get(step.field) for step in steps) for name, each in measures.items()
    }
    candidates = tasks("".join(instances))
    chosen = choose_tasks_to_stop(candidates, count, laid_out(*steps, **places))
    assert len(chosen) == len(set(chosen)) == min(count, len(instances))
    if steps[0] is ZONES:
        before = Counter(measures[each]["ecs.availability-zone"] for each in instances)
        gone = Counter(measures[each[0]]["ecs.availability-zone"] for each in chosen)
        left = {zone: before[zone] - gone[zone] for zone in before}
        highest = max(left.values())
        assert all(kept >= min(before[zone], highest - 1) for zone, kept in left.items())
