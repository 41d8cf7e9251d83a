"""The arithmetic of rolling deployments."""

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.deployment.rolling import (
    Moves,
    Population,
    after_stops,
    maximum_total,
    minimum_running,
    next_moves,
)


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "least", "most"),
    [
        (4, 50, 100, 2, 4),
        (4, 100, 200, 4, 8),
        (3, 100, 125, 3, 3),
        (2, 75, 100, 2, 2),
        (1, 0, 100, 0, 1),
        (10, 90, 110, 9, 11),
        (3, 50, 150, 2, 4),
        (0, 100, 200, 0, 0),
    ],
)
def test_SV_51_the_minimum_is_rounded_up_and_the_maximum_down(
    desired: int, minimum: int, maximum: int, least: int, most: int
) -> None:
    assert minimum_running(desired, minimum) == least
    assert maximum_total(desired, maximum) == most


@pytest.mark.parametrize(
    ("population", "moves"),
    [
        (
            Population(desired_count=4, leaving=4, minimum_healthy_percent=50, maximum_percent=100),
            Moves(stop_leaving=2, start=2),
        ),
        (Population(desired_count=4, leaving=4), Moves(start=4)),
        (
            Population(desired_count=4, leaving=4, current=4, current_healthy=3),
            Moves(stop_leaving=3),
        ),
        (
            Population(
                desired_count=3, leaving=3, minimum_healthy_percent=100, maximum_percent=125
            ),
            Moves(is_blocked=True),
        ),
        (
            Population(desired_count=2, leaving=2, minimum_healthy_percent=75, maximum_percent=100),
            Moves(is_blocked=True),
        ),
        (
            Population(
                desired_count=1, leaving=1, minimum_healthy_percent=100, maximum_percent=100
            ),
            Moves(is_blocked=True),
        ),
        (
            Population(desired_count=1, leaving=1, minimum_healthy_percent=0, maximum_percent=100),
            Moves(stop_leaving=1, start=1),
        ),
        (Population(desired_count=2, current=5, current_healthy=1), Moves(stop_current=3)),
        (Population(desired_count=2, idle=3), Moves(stop_idle=3, start=2)),
        (
            Population(desired_count=2, current=1, current_healthy=1, unhealthy=1),
            Moves(start=1, replaces_unhealthy=1),
        ),
        (
            Population(desired_count=2, current=2, current_healthy=2, unhealthy=1),
            Moves(stop_unhealthy=1),
        ),
        (
            Population(
                desired_count=4,
                current=2,
                current_healthy=2,
                unhealthy=2,
                minimum_healthy_percent=50,
                maximum_percent=100,
            ),
            Moves(stop_unhealthy=1, start=1, replaces_unhealthy=1),
        ),
        (Population(desired_count=2, current=2, current_healthy=2), Moves()),
        (
            Population(desired_count=4, leaving=3, current=4, restorable=1),
            Moves(start_former=1),
        ),
        (Population(desired_count=4, leaving=3, current=4, coming=1), Moves()),
        (
            Population(desired_count=4, leaving=3, current=4, current_healthy=2, coming=1),
            Moves(stop_leaving=1, stop_coming=1),
        ),
        (
            Population(desired_count=4, leaving=3, maximum_percent=125, restorable=1),
            Moves(start=2),
        ),
        (
            Population(
                desired_count=3, current=5, current_young=3, protected=2, protected_unready=2
            ),
            Moves(protected=2),
        ),
        (
            Population(
                desired_count=3,
                current=3,
                current_healthy=1,
                leaving=2,
                protected_leaving=1,
                protected_leaving_young=1,
            ),
            Moves(protected=1),
        ),
        (
            Population(
                desired_count=3,
                leaving=2,
                staying=2,
                staying_young=1,
                is_failed=True,
                minimum_healthy_percent=60,
            ),
            Moves(stop_leaving=1),
        ),
        (
            Population(desired_count=2, staying=1, coming=3, is_failed=True),
            Moves(stop_coming=2),
        ),
        (
            Population(
                desired_count=4,
                leaving=3,
                maximum_percent=125,
                restorable=1,
                is_primary_held=True,
            ),
            Moves(start_former=1, start=1),
        ),
    ],
)
def test_what_to_do_next(population: Population, moves: Moves) -> None:
    assert next_moves(population) == moves


@st.composite
def populations(draw: st.DrawFn, *, is_hindered: bool = True) -> Population:
    """is_hindered: whether protection or a failed rollout may stand in the way."""
    current = draw(st.integers(0, 40))
    healthy = draw(st.integers(0, current))
    young = draw(st.integers(0, current - healthy))
    leaving = draw(st.integers(0, 40))
    fields: dict[str, int] = {}
    if is_hindered:
        idle = draw(st.integers(0, current - healthy - young))
        fields["protected_young"] = draw(st.integers(0, young))
        fields["protected_unready"] = idle + fields["protected_young"]
        fields["protected"] = fields["protected_unready"] + draw(st.integers(0, healthy))
        fields["protected_leaving"] = draw(st.integers(0, 10))
        fields["protected_leaving_young"] = draw(st.integers(0, fields["protected_leaving"]))
        fields["protected_idle"] = draw(st.integers(0, 5))
        fields["is_failed"] = draw(st.booleans())
        fields["staying"] = draw(st.integers(0, 20)) if fields["is_failed"] else 0
        fields["staying_young"] = draw(st.integers(0, fields["staying"]))
        fields["is_primary_held"] = fields["is_failed"]
    return Population(
        desired_count=draw(st.integers(0, 30)),
        minimum_healthy_percent=draw(st.integers(0, 100)),
        maximum_percent=draw(st.integers(100, 300)),
        current=current,
        current_healthy=healthy,
        current_young=young,
        leaving=leaving,
        leaving_young=draw(st.integers(0, leaving)),
        idle=draw(st.integers(0, 10)),
        unhealthy=draw(st.integers(0, 20)),
        coming=draw(st.integers(0, 10)),
        restorable=draw(st.integers(0, 10)),
        **fields,
    )


def running(tasks: Population) -> int:
    serving = tasks.current_healthy + tasks.leaving + tasks.protected_leaving + tasks.staying
    return serving + tasks.current_young


def healthy(tasks: Population) -> int:
    young = tasks.current_young + tasks.leaving_young + tasks.staying_young
    return running(tasks) - young - tasks.protected_leaving_young


@drawn(populations())
def test_no_stop_goes_below_the_minimum_and_no_start_above_the_maximum(tasks: Population) -> None:
    moves = next_moves(tasks)
    left = after_stops(tasks, moves)
    least = minimum_running(tasks.desired_count, tasks.minimum_healthy_percent)
    most = maximum_total(tasks.desired_count, tasks.maximum_percent)
    assert healthy(left) >= min(least, healthy(tasks))
    assert running(left) >= min(least, running(tasks))
    starts = moves.start + moves.start_former
    if starts:
        there = left.current + left.leaving + left.idle + left.unhealthy + left.coming
        there += left.protected_leaving + left.protected_idle + left.staying
        assert there + starts <= most
    assert left.current + moves.start <= max(tasks.desired_count, left.current)
    assert left.current >= left.protected
    assert not (moves.start and tasks.is_failed)


@drawn(populations())
def test_what_was_moved_needs_no_more_moves(tasks: Population) -> None:
    moves = next_moves(tasks)
    left = after_stops(tasks, moves)
    after = next_moves(
        msgspec.structs.replace(
            left,
            current=left.current + moves.start,
            coming=left.coming + moves.start_former,
            restorable=tasks.restorable - moves.start_former,
        )
    )
    assert (after.start, after.start_former, after.stops) == (0, 0, 0)


@drawn(populations(is_hindered=False))
def test_a_deployment_that_is_not_blocked_gets_to_its_end(tasks: Population) -> None:
    """When every task that is started gets healthy, and nothing else happens."""
    for _ in range(200):
        moves = next_moves(tasks)
        if moves.is_blocked:
            return
        left = after_stops(tasks, moves)
        current = left.current + moves.start
        tasks = Population(
            desired_count=left.desired_count,
            minimum_healthy_percent=left.minimum_healthy_percent,
            maximum_percent=left.maximum_percent,
            current=current,
            current_healthy=current,
            leaving=left.leaving + left.coming + moves.start_former,
            unhealthy=left.unhealthy,
        )
    assert tasks.current == tasks.desired_count
    assert (tasks.leaving, tasks.unhealthy) == (0, 0)


def test_where_the_percentages_allow_nothing_a_task_that_ends_makes_room_for_the_new_revision() -> (
    None
):
    blocked = Population(desired_count=2, leaving=2, maximum_percent=100)
    assert next_moves(blocked) == Moves(is_blocked=True)
    one_ended = Population(desired_count=2, leaving=1, maximum_percent=100, restorable=1)
    assert next_moves(one_ended) == Moves(start=1)
