"""Services of several fleets: each keeps its share by its own revision, whatever the others do."""

from collections import Counter

import pytest
from msgspec.structs import replace
from small_world import World
from test_service_rolling import STEADY, WEB, a_world, stopped

from given import (
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    definition_arn,
    deployment_id,
)
from roadstead.ecs.reconcilers.service.survey import healthy_count, next_healthy_at
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.rules.fleets import fleets_of, share_of

BLUE, GREEN = deployment_id(1), deployment_id(2)


def a_share(number: int, percent: float, **fields: object) -> Deployment:
    return a_deployment(
        number,
        scale_percent=percent,
        status="PRIMARY" if number == 1 else "ACTIVE",
        task_definition_arn=definition_arn(revision=number),
        **fields,
    )


def two_sets(blue: float, green: float, desired: int = 4, **fields: object) -> Service:
    return a_service(
        desired_count=desired,
        deployment_controller="EXTERNAL",
        deployments=(a_share(1, blue), a_share(2, green)),
        **fields,
    )


def share_out(world: World, blue: float, green: float) -> None:
    service = world.service(WEB)
    shares = zip(service.deployments, (blue, green), strict=True)
    deployments = tuple(replace(each, scale_percent=percent) for each, percent in shares)
    world.put(replace(service, deployments=deployments, is_steady=False))


def by_fleet(world: World) -> Counter[str]:
    return Counter(task.started_by for task in world.tasks(WEB))


@pytest.mark.parametrize(
    ("desired", "percent", "share"),
    [(10, 70, 7), (3, 50, 2), (10, 0, 0), (10, 100, 10), (1, 0.1, 1), (3, 33.4, 2), (0, 100, 0)],
)
def test_a_share_is_rounded_up(desired: int, percent: float, share: int) -> None:
    assert share_of(desired, percent) == share


def test_each_fleet_gets_its_share_of_its_own_revision() -> None:
    world = a_world(two_sets(100, 50))
    world.settle()
    assert by_fleet(world) == {BLUE: 4, GREEN: 2}
    assert {(task.started_by, task.task_definition_arn) for task in world.tasks(WEB)} == {
        (BLUE, definition_arn(revision=1)),
        (GREEN, definition_arn(revision=2)),
    }
    world.work_for(WEB, 60)
    assert world.events(WEB) == [
        "(service web, taskSet *) has started 4 tasks: " + " ".join(["(task *)"] * 4) + ".",
        "(service web, taskSet *) has started 2 tasks: (task *) (task *).",
        STEADY,
    ]


def test_a_share_that_falls_is_scaled_in_and_the_others_are_left_alone() -> None:
    world = a_world(two_sets(100, 100))
    world.work_for(WEB, 60)
    share_out(world, 100, 0)
    assert by_fleet(world) == {BLUE: 4}
    assert world.events(WEB)[-2:] == [stopped(4), STEADY]
    assert len(world.service(WEB).deployments) == 2, "whoever made the share takes it away"


def test_a_deployment_without_a_share_beside_one_wants_no_tasks() -> None:
    service = a_service(
        desired_count=2,
        deployments=(a_share(1, 100), a_deployment(2, status="ACTIVE")),
    )
    world = a_world(service, a_task(1, service="web", deployment=2))
    world.settle()
    assert by_fleet(world) == {BLUE: 2}


def test_each_fleet_heals_by_its_own_revision() -> None:
    world = a_world(two_sets(50, 50))
    world.work_for(WEB, 60)
    lost = next(task for task in world.tasks(WEB) if task.started_by == GREEN)
    world.report(lost, "STOPPED")
    assert by_fleet(world) == {BLUE: 2, GREEN: 2}


def test_a_fleet_waits_for_room_while_the_others_go_on() -> None:
    world = a_world(two_sets(50, 50))
    world.put(a_task_definition(revision=2, memory_mib=10**6))
    world.work_for(WEB, 600)
    assert by_fleet(world) == {BLUE: 2}
    assert world.service(WEB).waiting_reason == "RESOURCE:MEMORY"
    assert sum("unable to place" in event for event in world.events(WEB)) == 1
    share_out(world, 100, 50)
    assert by_fleet(world) == {BLUE: 4}
    assert sum("unable to place" in event for event in world.events(WEB)) == 1
    world.put(an_instance(9, memory_mib=10**7))
    assert by_fleet(world) == {BLUE: 4, GREEN: 2}
    assert world.service(WEB).waiting_reason == ""


def test_a_service_whose_waiting_fleet_is_taken_away_does_not_wait_any_more() -> None:
    world = a_world(two_sets(50, 50))
    world.put(a_task_definition(revision=2, memory_mib=10**6))
    assert world.service(WEB).waiting_reason == "RESOURCE:MEMORY"
    service = world.service(WEB)
    world.put(replace(service, deployments=service.deployments[:1]))
    assert world.service(WEB).waiting_reason == ""
    assert by_fleet(world) == {BLUE: 2}


def test_two_fleets_may_wait_each_for_a_cause_of_its_own() -> None:
    world = a_world(two_sets(50, 50))
    world.put(
        a_task_definition(revision=1, cpu_units=10**6),
        a_task_definition(revision=2, memory_mib=10**6),
    )
    world.settle()
    world.pass_time(3600)
    assert sum("unable to place" in event for event in world.events(WEB)) == 2


def test_one_fleet_is_made_to_wait_after_failed_starts_and_the_other_is_not() -> None:
    world = a_world(two_sets(50, 50))
    world.settle()
    for _ in range(3):
        for task in world.tasks(WEB):
            if task.started_by == GREEN:
                world.report(task, "STOPPED", stop_code="TaskFailedToStart")
        world.pass_time(0)
    blue, green = world.service(WEB).deployments
    assert (blue.failed_starts, blue.next_try_at) == (0, None)
    assert green.failed_starts > 0
    assert by_fleet(world) == {BLUE: 2}


def test_code_deploy_or_external_services_use_default_percent() -> None:
    """CI-48: those of its task sets are 100 and 200."""
    world = a_world(two_sets(100, 0, minimum_healthy_percent=0, maximum_percent=100), instances=2)
    world.work_for(WEB, 60)
    before = {task.arn for task in world.tasks(WEB)}
    world.put(an_instance(1, status="DRAINING"))
    after = {task.arn for task in world.tasks(WEB)}
    assert before < after
    assert len(after - before) == 2


def test_an_external_service_without_task_sets_does_nothing() -> None:
    service = replace(two_sets(100, 0), deployments=())
    world = a_world(service)
    assert world.settle() == []
    world.pass_time(3600)
    assert world.tasks(WEB) == []


def test_a_rollout_that_was_given_up_starts_nothing_and_keeps_what_runs() -> None:
    world = a_world(
        a_service(
            desired_count=4,
            minimum_healthy_percent=50,
            deployments=(
                a_deployment(
                    2, rollout_state="FAILED", task_definition_arn=definition_arn(revision=2)
                ),
                a_deployment(1, status="ACTIVE", desired_count=4),
            ),
        ),
        a_task(1, service="web", deployment=2),
        *(a_task(n, service="web", instance=n) for n in (2, 3)),
    )
    assert world.settle() == []
    world.pass_time(3600)
    assert by_fleet(world) == {GREEN: 1, BLUE: 2}
    for task in world.tasks(WEB):
        if task.started_by == BLUE:
            world.report(task, "STOPPED")
    assert by_fleet(world) == {GREEN: 1, BLUE: 1}, "the former revision holds the minimum"


def test_a_rollout_that_was_given_up_lets_its_instances_drain() -> None:
    world = a_world(
        a_service(
            desired_count=2,
            minimum_healthy_percent=50,
            deployments=(
                a_deployment(2, rollout_state="FAILED"),
                a_deployment(1, status="ACTIVE", desired_count=2),
            ),
        ),
        *(a_task(n, service="web", instance=n) for n in (1, 2)),
    )
    world.settle()
    instance = world.view.must(CONTAINER_INSTANCES, an_instance(1).arn)
    world.put(an_instance(1, status="DRAINING"))
    assert instance.arn not in {task.container_instance_arn for task in world.tasks(WEB)}


def test_what_the_deployments_reconciler_asks_is_counted_by_deployment() -> None:
    world = a_world(two_sets(50, 50))
    world.settle()
    world.agents_work(WEB)
    world.pass_time(10)
    service = world.service(WEB)
    blue, green = service.deployments
    assert healthy_count(world.view, service, blue, world.now) == 0
    at = next_healthy_at(world.view, service, green, world.now)
    assert at is not None
    assert (at - world.now).total_seconds() == 30
    assert healthy_count(world.view, service, green, at) == 2
    assert next_healthy_at(world.view, service, green, at) is None


def test_a_service_without_shares_is_one_fleet() -> None:
    service = a_service(desired_count=3, deployments=(a_deployment(), a_deployment(2)))
    (fleet,) = fleets_of(service)
    assert (fleet.target, fleet.older) == (service.deployments[0], service.deployments[1:])
    assert (fleet.desired_count, fleet.is_rolling) == (3, True)
