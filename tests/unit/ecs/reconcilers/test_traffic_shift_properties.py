"""Any story of staged deployments: production is never led to where nobody serves any more.

Seen after every step, as long as no task dies by itself: every group that a production rule gives
weight has a healthy target that does not drain. And every deployment ends.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_traffic_shift import PRODUCTION, TEST, both, roll_out, weights
from traffic_world import GREEN, GROUP, WEB, BalancedWorld

from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.transitions import service_deployments
from roadstead.elbv2.records.target_group import TARGET_GROUPS
from roadstead.state.view import Tx

STRATEGIES: list[dict[str, Any]] = [
    {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0},
    {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2},
    {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 33.3}, "bakeTimeInMinutes": 0},
    {
        "strategy": "LINEAR",
        "linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1},
        "bakeTimeInMinutes": 1,
    },
]
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}

Step = Callable[[BalancedWorld, int], Any]


def work(world: BalancedWorld, number: int) -> None:
    for _ in range(number % 6 + 1):
        world.agents_work(WEB)
        check(world)
        world.answer()
        check(world)
        world.pass_time(10)
        check(world)


def wait(world: BalancedWorld, number: int) -> None:
    world.pass_time(number * 4)


def deploy(world: BalancedWorld, number: int) -> None:
    if len(world.service(WEB).deployments) < 4:
        roll_out(world, number % 3 + 1)


def scale(world: BalancedWorld, number: int) -> None:
    world.update_service(WEB, desired_count=number % 3 + 1)


def take_back(world: BalancedWorld, number: int) -> None:  # as its siblings
    record = world.view.get(SERVICE_DEPLOYMENTS, world.service(WEB).service_deployment_arn)
    if record is not None:
        world.update(lambda tx: service_deployments.request_rollback(tx, world.call, record))


def change_strategy(world: BalancedWorld, number: int) -> None:
    if not world.service(WEB).service_deployment_arn:
        chosen = {**BREAKER, **STRATEGIES[number % len(STRATEGIES)]}
        world.update_service(WEB, deployment_configuration=chosen)


STEPS: tuple[Step, ...] = (
    work,
    work,
    work,
    wait,
    deploy,
    deploy,
    scale,
    take_back,
    change_strategy,
)
stories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), max_size=20)


def check(world: BalancedWorld) -> None:
    for name, weight in weights(world).items():
        group = {"blue": GROUP, "green": GREEN}[name]
        serving = [each for each in world.targets(group) if each.status == "healthy"]
        assert not weight or serving, f"{weight} for {name}: {world.targets(group)}"


@settings(max_examples=40, deadline=None)
@drawn(stories, st.sampled_from(STRATEGIES), st.booleans())
def test_production_is_led_to_those_who_serve(
    story: list[tuple[Step, int]], strategy: dict[str, Any], has_delay: bool
) -> None:
    world = BalancedWorld(PRODUCTION, TEST, instances=5)
    if not has_delay:
        world.update(lambda tx: without_delay(world, tx))
    world.create(2, load_balancers=(both(),), configuration={**BREAKER, **strategy})
    world.serve(300)
    for step, number in story:
        step(world, number)
        check(world)
    for _ in range(80):
        work(world, 2)
        if not world.service(WEB).service_deployment_arn:
            break
    service = world.service(WEB)
    assert not service.service_deployment_arn, service.deployments
    work(world, 5)
    assert service.traffic is not None
    if not service.completed_revision_arn:
        return  # it has failed with nothing to go back to: who serves goes on serving
    assert service.traffic.production == {service.completed_revision_arn: 100.0}
    assert sorted(weights(world).values()) == [0, 100]


def test_what_serves_keeps_its_tasks_when_there_is_nothing_to_go_back_to() -> None:
    world = BalancedWorld(PRODUCTION, TEST, instances=5)
    world.create(2, load_balancers=(both(),), configuration={**BREAKER, **STRATEGIES[2]})
    world.serve(300)
    assert not world.service(WEB).completed_revision_arn
    first = world.service(WEB).deployments[-1].service_revision_arn
    for step in (deploy, work, deploy, take_back, work, deploy):
        step(world, 0)
        check(world)
    traffic = world.service(WEB).traffic
    assert traffic is not None
    assert traffic.production == {first: 100.0}


def without_delay(world: BalancedWorld, tx: Tx) -> None:
    """Targets of both groups are gone as soon as they are deregistered."""
    for arn in (GROUP, GREEN):
        group = world.view.must(TARGET_GROUPS, arn)
        delay = {"deregistration_delay.timeout_seconds": "0"}
        tx.put(TARGET_GROUPS, replace(group, attributes=delay))
