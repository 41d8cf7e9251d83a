"""The records of deployments over time, and what of them a service shows."""

import pytest
from rollouts import (
    BLUE_GREEN,
    BREAKER,
    WEB,
    a_rolled_out_world,
    a_world,
    configured,
    create,
    end_stopped,
    keep_failing,
    primary,
    record,
    records,
    roll_out,
    stop,
    tasks_of,
)
from small_world import World

from given import (
    a_cluster,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    ago,
    an_instance,
    definition_arn,
)
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_revision import REVISIONS_BY_SERVICE, SERVICE_REVISIONS
from roadstead.ecs.transitions import services
from roadstead.ecs.views.service_deployment import (
    current_service_deployment,
    current_service_revisions,
    service_deployment_view,
)
from roadstead.state.view import Tx


def counts(world: World) -> list[tuple[int, int, int]]:
    """Requested, running and pending tasks of each revision, the PRIMARY one first."""
    return [
        (each["requestedTaskCount"], each["runningTaskCount"], each["pendingTaskCount"])
        for each in current_service_revisions(world.view, world.service(WEB))
    ]


def test_exactly_one_primary() -> None:
    world = a_rolled_out_world()
    for revision in (2, 3, 1, 2):
        roll_out(world, revision)
        statuses = [each.status for each in world.service(WEB).deployments]
        assert statuses.count("PRIMARY") == 1
        assert statuses[0] == "PRIMARY"


def test_completed_when() -> None:
    world = a_rolled_out_world(2)
    roll_out(world)
    world.agents_work(WEB)
    world.pass_time(39)
    assert primary(world).rollout_state == "IN_PROGRESS"
    world.pass_time(1)
    assert [each.rollout_state for each in world.service(WEB).deployments] == ["COMPLETED"]
    assert record(world).status == "SUCCESSFUL"


def test_order_of_rolling_update() -> None:
    world = a_rolled_out_world(2)
    world.pass_time(60)
    known = len(world.events(WEB))
    roll_out(world)
    world.work_for(WEB, 120)
    said = [each for each in world.events(WEB)[known:] if each]
    assert said == [
        "(service web) has started 2 tasks: (task *) (task *).",
        "(service web) has stopped 2 running tasks: (task *) (task *).",
        "(service web) (deployment *) deployment completed.",
        "(service web) has reached a steady state.",
    ]


def test_desired_change_mid_deployment() -> None:
    world = a_rolled_out_world(2)
    roll_out(world)
    world.update_service(WEB, desired_count=4)
    assert primary(world).desired_count == 4
    world.work_for(WEB, 120)
    assert len(tasks_of(world, 2)) == len(world.tasks(WEB)) == 4
    assert len(records(world)) == 2


def test_zero_desired_completes_at_once() -> None:
    world = a_world()
    create(world, 0)
    assert primary(world).rollout_state == "COMPLETED"
    assert record(world).status == "SUCCESSFUL"
    create_staged = a_world()
    create(create_staged, 0, strategy="BLUE_GREEN", bakeTimeInMinutes=0)
    assert record(create_staged).status == "SUCCESSFUL"


def test_create_returns_primary_deployment() -> None:
    world = a_world()
    create(world, 2)
    deployment = primary(world)
    assert deployment.id.startswith("ecs-svc/")
    assert len(deployment.id) == len("ecs-svc/") + 19
    assert (deployment.rollout_state, deployment.rollout_state_reason) == (
        "IN_PROGRESS",
        f"ECS deployment {deployment.id} in progress.",
    )


def test_one_record_per_deployment() -> None:
    world = a_rolled_out_world(2)
    assert len(records(world)) == 1
    world.update_service(WEB, desired_count=3)
    assert len(records(world)) == 1
    world.pass_time(1)
    world.update_service(WEB, deploy=True)
    assert len(records(world)) == 2
    assert len({each.target_revision_arn for each in records(world)}) == 2
    (source,) = record(world).source_revisions
    assert source.arn == records(world)[0].target_revision_arn
    assert (source.requested_task_count, source.running_task_count) == (3, 2)


def test_superseded() -> None:
    world = a_rolled_out_world(2)
    first = roll_out(world, 2)
    roll_out(world, 3)
    ended = world.view.must(SERVICE_DEPLOYMENTS, first.arn)
    assert (ended.status, ended.stopped_at, ended.finished_at) == (
        "STOPPED",
        world.now,
        world.now,
    )
    assert ended.status_reason == (
        "Service deployment stopped because a newer service deployment was started."
    )
    assert record(world).status == "IN_PROGRESS"


def test_update_during_deployment_stops_previous_service_deployment() -> None:
    world = a_rolled_out_world(2)
    service = world.service(WEB)
    world.pass_time(1)
    world.update_service(WEB, deploy=True)
    before = record(world).arn
    seen = []

    def again(tx: Tx) -> None:
        services.change_service(tx, world.call, world.service(WEB), deploy=True)
        seen.append(world.view.must(SERVICE_DEPLOYMENTS, before).status)

    world.pass_time(1)
    world.update(again)
    assert seen == ["STOP_REQUESTED"]
    assert world.view.must(SERVICE_DEPLOYMENTS, before).status == "STOPPED"
    assert service.service_deployment_arn == ""


def test_two_updates_in_a_row() -> None:
    world = a_rolled_out_world(2, minimumHealthyPercent=100, maximumPercent=200)
    roll_out(world, 2)
    keep_failing(world, 2, seconds=20)
    assert primary(world).failed_starts > 0
    former = primary(world).id
    roll_out(world, 3)
    assert (primary(world).failed_starts, primary(world).failed_tasks) == (0, 0)
    assert primary(world).next_try_at is None
    assert [each.status for each in world.service(WEB).deployments if each.id == former] in (
        ["ACTIVE"],
        [],
    )
    world.work_for(WEB, 120)
    assert len(tasks_of(world, 3)) == len(world.tasks(WEB)) == 2


def test_stop_service_deployment() -> None:
    for configuration in ({}, BLUE_GREEN, BREAKER):
        world = a_rolled_out_world(2, **configuration)
        roll_out(world)
        stop(world)
        assert record(world).rollback is not None
        assert record(world).status_reason == (
            "Service deployment rolled back because StopServiceDeployment was called."
        )
        world.work_for(WEB, 120)
        assert record(world).status == "ROLLBACK_SUCCESSFUL"
        assert len(tasks_of(world, 1)) == len(world.tasks(WEB)) == 2


def test_a_first_deployment_that_is_stopped_has_nothing_to_go_back_to() -> None:
    world = a_world()
    create(world, 2)
    stop(world)
    assert (record(world).status, primary(world).rollout_state) == ("STOPPED", "FAILED")
    for task in world.tasks(WEB):
        world.report(task, "STOPPED")
    world.pass_time(60)
    assert world.tasks(WEB) == []


def test_a_rollback_that_a_newer_deployment_ends_has_failed() -> None:
    world = a_rolled_out_world(4, minimumHealthyPercent=50, maximumPercent=100)
    stopped = roll_out(world)
    end_stopped(world)
    stop(world)
    assert record(world).status == "ROLLBACK_IN_PROGRESS"
    roll_out(world, 3)
    assert world.view.must(SERVICE_DEPLOYMENTS, stopped.arn).status == "ROLLBACK_FAILED"
    world.work_for(WEB, 300)
    assert len(tasks_of(world, 3)) == len(world.tasks(WEB)) == 4


def test_a_service_shows_the_deployment_under_way_and_its_revisions() -> None:
    world = a_rolled_out_world(2, **BLUE_GREEN)
    assert current_service_deployment(world.service(WEB)) is None
    assert counts(world) == [(2, 2, 0)]
    roll_out(world)
    assert current_service_deployment(world.service(WEB)) == record(world).arn
    assert counts(world) == [(2, 0, 2), (2, 2, 0)]
    world.agents_work(WEB)
    shown = service_deployment_view(world.view, record(world))
    assert shown["targetServiceRevision"] == {
        "arn": primary(world).service_revision_arn,
        "requestedTaskCount": 2,
        "runningTaskCount": 2,
        "pendingTaskCount": 0,
        "requestedProductionTrafficWeight": 0.0,
        "requestedTestTrafficWeight": 0.0,
    }
    world.work_for(WEB, 600)
    shown = service_deployment_view(world.view, record(world))
    assert shown["targetServiceRevision"]["runningTaskCount"] == 2
    assert [each["runningTaskCount"] for each in shown["sourceServiceRevisions"]] == [0]
    assert "lifecycleStage" in shown


@pytest.mark.parametrize("seconds", [0, 600])
def test_deletion_removes_deployments_and_revisions(seconds: int) -> None:
    world = a_rolled_out_world(2)
    roll_out(world)
    world.work_for(WEB, seconds)
    world.update(lambda tx: services.begin_deletion(tx, world.service(WEB)))
    world.agents_work(WEB)
    assert world.service(WEB).status == "INACTIVE"
    assert records(world) == []
    assert world.view.find(REVISIONS_BY_SERVICE, WEB) == []
    create(world, 1)
    assert len(records(world)) == 1


def test_a_revision_is_kept_as_long_as_its_deployment() -> None:
    world = a_rolled_out_world(2)
    first = record(world)
    for revision in (2, 3):
        roll_out(world, revision)
        world.work_for(WEB, 60)
        assert world.view.get(SERVICE_REVISIONS, first.target_revision_arn) is not None


def test_records_are_kept_for_90_days() -> None:
    world = a_rolled_out_world(2)
    world.pass_time(86_400)
    roll_out(world)
    world.work_for(WEB, 60)
    first, second = records(world)
    world.pass_time(89 * 86_400 - 100)
    assert records(world) == [first, second]
    world.pass_time(100)
    assert records(world) == [second]
    assert world.view.get(SERVICE_REVISIONS, first.target_revision_arn) is None
    world.pass_time(2 * 86_400)
    assert records(world) == []
    assert world.view.get(SERVICE_REVISIONS, second.target_revision_arn) is not None
    roll_out(world, 3)
    world.work_for(WEB, 60)
    assert [each.arn for each in world.view.find(REVISIONS_BY_SERVICE, WEB)] == [
        record(world).target_revision_arn
    ]


def test_a_daemon_service_is_taken_back_too() -> None:
    world = a_world()
    create(
        world,
        0,
        fields={"scheduling_strategy": "DAEMON"},
        minimumHealthyPercent=0,
        maximumPercent=150,
        **BREAKER,
    )
    world.work_for(WEB, 60)
    assert (record(world).status, len(world.tasks(WEB))) == ("SUCCESSFUL", 4)
    roll_out(world)
    keep_failing(world)
    world.work_for(WEB, 120)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert len(tasks_of(world, 1)) == len(world.tasks(WEB)) == 4


def test_a_service_from_before_there_were_revisions_can_be_rolled_back_too() -> None:
    world = a_world()
    world.put(a_service(desired_count=1, deployments=(a_deployment(),)), a_task(1, service="web"))
    roll_out(world)
    stop(world)
    world.work_for(WEB, 120)
    assert world.service(WEB).task_definition_arn == definition_arn()
    assert record(world).status == "ROLLBACK_SUCCESSFUL"


def test_adopted_a_deployment_from_before_there_were_records() -> None:
    """As an older Roadstead left it: under way, and without record and revisions."""
    newer = definition_arn(revision=2)
    world = World(
        a_cluster(),
        a_task_definition(),
        a_task_definition(revision=2),
        an_instance(1),
        a_service(
            deployments=(
                a_deployment(2, rollout_state="IN_PROGRESS", task_definition_arn=newer),
                a_deployment(1, status="ACTIVE", desired_count=2),
            ),
            desired_count=2,
            **configured(**BREAKER),
        ),
        *(a_task(n, service="web", last_status="RUNNING", started_at=ago(60)) for n in (1, 2)),
    )
    world.settle()
    service = world.service(WEB)
    assert all(each.service_revision_arn for each in service.deployments)
    assert record(world).arn == service.service_deployment_arn
    assert record(world).status == "IN_PROGRESS"
    assert service.completed_revision_arn == service.deployments[1].service_revision_arn
    keep_failing(world)
    world.work_for(WEB, 100)
    assert record(world).status == "ROLLBACK_SUCCESSFUL"
    assert primary(world).task_definition_arn == definition_arn(revision=1)
    assert len(records(world)) == 1, "nothing is adopted twice"
