"""Whatever happens to a service of several fleets, each ends with its share and none harms another.

The small world checks each fleet after every plan: nothing below its minimum, nothing above its
maximum.
"""

from collections import Counter
from collections.abc import Callable

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace
from small_world import World
from test_service_properties import (
    INSTANCES,
    WEB,
    ZONES,
    an_agent_comes_or_goes,
    an_instance_changes,
    ends,
    health_changes,
    is_protected,
    is_scaled,
    is_stopped_by_a_user,
    runs,
    time_passes,
    trouble_ends,
)

from given import (
    a_cluster,
    a_deployment,
    a_service,
    a_task_definition,
    an_instance,
    definition_arn,
)
from roadstead.ecs.reconcilers.service import scheduler
from roadstead.ecs.rules.deployment.rolling import maximum_total
from roadstead.ecs.rules.fleets import fleets_of
from roadstead.state.view import Tx

SHARES = (0.0, 10.0, 33.3, 50.0, 100.0)


def shares_change(world: World, pick: int) -> None:
    service = world.service(WEB)
    deployments = list(service.deployments)
    number = pick % len(deployments)
    share = SHARES[pick // 3 % len(SHARES)]
    deployments[number] = replace(deployments[number], scale_percent=share)
    world.put(replace(service, deployments=tuple(deployments), is_steady=False))


HAPPENINGS: tuple[Callable[[World, int], None], ...] = (
    runs,
    runs,
    runs,
    ends,
    is_stopped_by_a_user,
    health_changes,
    time_passes,
    is_scaled,
    shares_change,
    shares_change,
    an_instance_changes,
    an_agent_comes_or_goes,
    is_protected,
)
stories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 30)), max_size=25)


def a_world(desired: int, shares: list[float]) -> World:
    return World(
        a_cluster(),
        *(a_task_definition(revision=n + 1) for n in range(len(shares))),
        *(
            an_instance(n + 1, cpu_units=128 * 6, availability_zone=ZONES[n % 2])
            for n in range(INSTANCES)
        ),
        a_service(
            desired_count=desired,
            deployment_controller="EXTERNAL",
            deployments=tuple(
                a_deployment(
                    n + 1,
                    status="PRIMARY" if n == 0 else "ACTIVE",
                    scale_percent=share,
                    task_definition_arn=definition_arn(revision=n + 1),
                )
                for n, share in enumerate(shares)
            ),
        ),
    )


@settings(deadline=None, max_examples=40)
@drawn(st.integers(0, 9), st.lists(st.sampled_from(SHARES), min_size=1, max_size=3), stories)
def test_each_fleet_ends_with_its_share(
    desired: int, shares: list[float], story: list[tuple[Callable[[World, int], None], int]]
) -> None:
    world = a_world(desired, shares)
    world.settle()
    for happening, pick in story:
        happening(world, pick)
    world.put(*(an_instance(200 + n) for n in range(3)))
    trouble_ends(world)
    service = world.service(WEB)
    wanted = {each.target.id: each.desired_count for each in fleets_of(service)}
    has = Counter(task.started_by for task in world.tasks(WEB))
    assert {each: has[each] for each in wanted} == wanted
    assert service.is_steady
    assert service.waiting_reason == ""


@settings(deadline=None, max_examples=40)
@drawn(st.integers(1, 9), st.lists(st.sampled_from(SHARES), min_size=1, max_size=3))
def test_plans_that_follow_each_other_in_one_commit_do_not_overshoot(
    desired: int, shares: list[float]
) -> None:
    """A plan sees what the one before it wrote, though nobody has committed it."""
    world = a_world(desired, shares)
    tx = Tx(world.view)
    for _ in range(4):
        for action in scheduler.reconcile(tx, WEB, world.now).actions:
            action.apply(tx, world.call)
        has = Counter(task.started_by for task in world.tasks(WEB))
        for fleet in fleets_of(world.service(WEB)):
            assert has[fleet.target.id] <= maximum_total(fleet.desired_count, 100)
