"""Rolling a DAEMON service by numbers, and finding its places."""

from hypothesis import given as drawn
from hypothesis import strategies as st

from given import a_task, a_task_definition, an_instance, cluster_arn, given, instance_arn
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.rules.daemon import DaemonMoves, DaemonPopulation, daemon_moves
from roadstead.ecs.rules.daemon_places import DaemonPlaces, daemon_places
from roadstead.ecs.rules.deployment.rolling import minimum_running
from roadstead.ecs.rules.placement.choose import Refusal
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.placement.wishes import wishes_of

counts = st.integers(0, 12)


@st.composite
def populations(draw: st.DrawFn) -> DaemonPopulation:
    current = draw(counts)
    leaving, idle, unhealthy, missing = draw(counts), draw(counts), draw(counts), draw(counts)
    return DaemonPopulation(
        matching=current + leaving + idle + unhealthy + missing,
        minimum_healthy_percent=draw(st.integers(0, 100)),
        current=current,
        current_healthy=draw(st.integers(0, current)),
        leaving=leaving,
        idle=idle,
        unhealthy=unhealthy,
        missing=missing,
        ending=draw(st.integers(0, missing)),
        is_held=draw(st.booleans()),
    )


@drawn(tasks=populations())
def test_SV_73_no_stop_takes_the_healthy_tasks_below_the_minimum(tasks: DaemonPopulation) -> None:
    moves = daemon_moves(tasks)
    before = tasks.current_healthy + tasks.leaving
    minimum = minimum_running(tasks.matching, tasks.minimum_healthy_percent)
    assert before - moves.stop_leaving >= min(before, minimum)
    assert 0 <= moves.stop_leaving <= tasks.leaving
    assert moves.stop_unhealthy <= min(1, tasks.unhealthy)


@drawn(tasks=populations())
def test_SV_73_a_rollout_goes_on_or_is_blocked_for_good_or_waits_for_something(
    tasks: DaemonPopulation,
) -> None:
    moves = daemon_moves(tasks)
    if moves.is_blocked:
        assert moves == DaemonMoves(is_blocked=True)
    waits = tasks.is_held or tasks.missing or tasks.current > tasks.current_healthy
    if tasks.leaving and not (waits or tasks.unhealthy or tasks.idle):
        assert moves.is_blocked or moves.stop_leaving


def test_SV_73_half_of_five_rounds_the_minimum_up() -> None:
    tasks = DaemonPopulation(matching=5, minimum_healthy_percent=50, leaving=5)
    assert daemon_moves(tasks) == DaemonMoves(stop_leaving=2)


def test_nothing_is_stopped_for_a_revision_that_cannot_start() -> None:
    tasks = DaemonPopulation(matching=3, leaving=2, idle=1, is_held=True)
    assert daemon_moves(tasks) == DaemonMoves()


def test_places_of_a_daemon() -> None:
    """One of each: served, ending, new, without room, disconnected, draining, no match."""
    ssd = {"custom_attributes": {"disk": "ssd"}}
    view = given(
        *(an_instance(number, **ssd) for number in (1, 2, 3)),
        an_instance(4, cpu_units=100, **ssd),
        an_instance(5, agent_connected=False, **ssd),
        an_instance(6, status="DRAINING", **ssd),
        an_instance(7),
        a_task(1, instance=1, service="d", is_daemon=True),
        a_task(2, instance=2, service="d", is_daemon=True, desired_status="STOPPED"),
        a_task(6, instance=6, service="d", is_daemon=True),
        a_task(7, instance=7, service="d", is_daemon=True),
    )
    found = daemon_places(
        view.projection(Capacity),
        cluster_arn(),
        a_task(1, service="d").service_arn,
        demand_of(a_task_definition()),
        wishes_of(None, ({"type": "memberOf", "expression": "attribute:disk == ssd"},)),
        most=50,
    )
    assert found == DaemonPlaces(
        matching=5,
        missing=4,
        ending=1,
        startable=[instance_arn(3)],
        refusal=Refusal(instance_arn(4), "RESOURCE:CPU"),
        strays=[instance_arn(6), instance_arn(7)],
    )
