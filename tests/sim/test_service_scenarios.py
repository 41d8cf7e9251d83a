"""Named stories from the reference's tables: what a service keeps, whatever its tasks meet."""

from typing import Any

import pytest

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import DEPLOYMENTS_BY_SERVICE, ServiceDeployment
from roadstead.ecs.records.task import TASKS
from sim.families import CHECK
from sim.stage import (
    ARN,
    SERVICE,
    Watched,
    a_cluster,
    a_service,
    arn_of,
    events,
    service,
    tasks,
    tasks_on,
)
from sim.user import CLUSTER
from sim.world import World, played

HOUR = 3600.0
DEFINITION = f"{ARN}task-definition/"


def of_service(world: World, *last_statuses: str) -> int:
    return sum(len(tasks(world, each, service_arn=SERVICE)) for each in last_statuses)


def newest(world: World) -> ServiceDeployment:
    record = world.view.last(DEPLOYMENTS_BY_SERVICE, SERVICE)
    assert record is not None
    return record


ROLLING = {
    "4, 50/100: half go first": (4, 50, 100, 2, 4),
    "4, 100/150: two more first": (4, 100, 150, 4, 6),
    "3, 50/150: minimum rounded up, maximum down": (3, 50, 150, 2, 4),
    "10, 90/110: one at a time": (10, 90, 110, 9, 11),
    "5, 0/100: all at once": (5, 0, 100, 0, 5),
    "1, 100/200: never without": (1, 100, 200, 1, 2),
}


@pytest.mark.parametrize("case", ROLLING)
def test_min_max_numbers_hold_in_a_rolling_update(case: str) -> None:
    desired, minimum, maximum, least, most = ROLLING[case]

    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, desired, minimum, maximum)
        serving = Watched(world, lambda: of_service(world, "RUNNING"))
        there = Watched(world, lambda: of_service(world, "RUNNING", "PENDING"))
        await world.user.define("web", image="stubborn")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: newest(world).status == "SUCCESSFUL", 1800, "rolled out")
        assert (serving.least, there.most) == (least, most)

    played(story)


def test_blocked_event_of_percentages_that_leave_no_move() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, 3, 75, 125)
        before = {task.arn for task in tasks(world)}
        await world.user.define("web", image="stubborn")
        await world.user.update("web", taskDefinition="web")
        await world.pass_time(HOUR)
        assert {task.arn for task in tasks(world)} == before
        assert "because of the service deployment configuration" in events(world)[-1]
        assert newest(world).status == "IN_PROGRESS"

    played(story)


BREAKERS: dict[str, tuple[int, dict[str, Any], int]] = {
    "1 task: at least 3": (1, {}, 3),
    "10 tasks: half of them": (10, {}, 5),
    "a count": (4, {"thresholdConfiguration": {"type": "COUNT", "value": 2}}, 2),
    "unbounded percent": (
        2,
        {"thresholdConfiguration": {"type": "UNBOUNDED_PERCENT", "value": 100}},
        2,
    ),
}


@pytest.mark.parametrize("case", BREAKERS)
def test_the_circuit_breaker_trips_at_its_threshold_and_nothing_is_started_any_more(
    case: str,
) -> None:
    desired, breaker, threshold = BREAKERS[case]

    async def story(world: World) -> None:
        await a_cluster(world)
        await world.user.define("web", image="missing")
        await world.user.serve(
            "web",
            "web",
            desired,
            deploymentConfiguration={
                "deploymentCircuitBreaker": {"enable": True, "rollback": False, **breaker}
            },
        )
        failed = Watched(world, lambda: service(world).deployments[0].failed_tasks)
        await world.until(
            lambda: service(world).deployments[0].rollout_state == "FAILED", HOUR, "given up"
        )
        assert newest(world).breaker_status == "TRIGGERED"
        assert newest(world).breaker_threshold == threshold
        assert failed.most >= threshold
        assert failed.most - threshold < desired, "no round more than it takes"
        started = world.view.size(TASKS)
        await world.pass_time(1800)
        assert (world.view.size(TASKS), of_service(world, "PENDING")) == (started, 0)

    played(story)


@pytest.mark.parametrize(
    ("action", "status", "revision"),
    [("ROLLBACK", "ROLLBACK_SUCCESSFUL", "web:1"), ("CONTINUE", "SUCCESSFUL", "web:2")],
)
def test_a_hook_that_nobody_answers_does_after_its_time_what_it_was_told(
    action: str, status: str, revision: str
) -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, 3)
        hook = {
            "targetType": "PAUSE",
            "lifecycleStages": ["POST_SCALE_UP"],
            "timeoutConfiguration": {"timeoutInMinutes": 5, "action": action},
        }
        await world.user.define("web", image="stubborn")
        blue = Watched(world, lambda: len(tasks(world, task_definition_arn=f"{DEFINITION}web:1")))
        await world.user.update(
            "web",
            taskDefinition="web",
            deploymentConfiguration={
                "strategy": "BLUE_GREEN",
                "bakeTimeInMinutes": 0,
                "lifecycleHooks": [hook],
            },
        )
        await world.until(lambda: bool(newest(world).hooks), 180, "green is there")
        await world.pass_time(295)
        assert (newest(world).status, blue.least) == ("IN_PROGRESS", 3)
        await world.until(lambda: newest(world).status == status, 180, "its time is over")
        assert service(world).task_definition_arn.endswith(revision)
        await world.until(lambda: service(world).is_steady, 120)
        assert {task.task_definition_arn for task in tasks(world)} == {f"{DEFINITION}{revision}"}

    played(story)


def test_daemon_service_tasks_stop_on_drain_after_all_others() -> None:
    async def story(world: World) -> None:
        one, two = await a_cluster(world, machines=2)
        await world.user.define("log", image="run")
        await world.user.serve("log", "log", None, schedulingStrategy="DAEMON")
        await a_service(world, 4)
        [last] = [task for task in tasks_on(world, one) if task.is_daemon]
        seen: list[tuple[bool, int]] = []

        def look() -> int:
            daemon = world.view.get(TASKS, last.arn)
            others = sum(
                task.container_instance_arn == arn_of(one)
                and not task.is_daemon
                and task.last_status != "STOPPED"
                for task in world.view.all(TASKS)
            )
            is_asked = daemon is not None and daemon.desired_status == "STOPPED"
            seen.append((is_asked, others))
            return others

        Watched(world, look)
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.until(lambda: not one.running, 600, "all is gone")
        assert not [others for is_asked, others in seen if is_asked and others]
        assert len(tasks_on(world, two)) == 5
        daemon = world.view.must(SERVICES, SERVICE.replace("/web", "/log"))
        await world.until(lambda: service(world).is_steady, 120)
        assert world.view.must(SERVICES, daemon.arn).desired_count == 1

    played(story)


def test_task_protection_and_drain_wait_for_each_other() -> None:
    async def story(world: World) -> None:
        one, two = await a_cluster(world, machines=2)
        await a_service(world, 4)
        kept, moved = tasks_on(world, one)
        await _protect(world, kept.arn, minutes=60)
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.pass_time(1800)
        assert [task.arn for task in tasks_on(world, one)] == [kept.arn]
        assert any("scale in due to" in each for each in events(world))
        await world.pass_time(1800)
        await world.until(lambda: len(tasks_on(world, two)) == 4, 300, "protected no more")
        assert not tasks_on(world, one)
        assert moved.arn not in {task.arn for task in tasks(world)}

    played(story)


async def _protect(world: World, arn: str, *, minutes: int) -> None:
    await world.user.call(
        "UpdateTaskProtection",
        cluster=CLUSTER,
        tasks=[arn],
        protectionEnabled=True,
        expiresInMinutes=minutes,
    )


@pytest.mark.parametrize(
    ("minimum", "maximum", "least", "most"), [(100, 200, 3, 4), (50, 100, 2, 3)]
)
def test_unhealthy_replacement_comes_first_where_the_maximum_has_room(
    minimum: int, maximum: int, least: int, most: int
) -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await world.user.define("web", image="run", healthCheck=CHECK)
        await a_service(world, 3, minimum, maximum)
        serving = Watched(world, lambda: of_service(world, "RUNNING"))
        there = Watched(world, lambda: of_service(world, "RUNNING", "PENDING"))
        [sick] = machines[0].running
        machines[0].sicken(sick)
        arn = machines[0].running[sick].spec.task_arn
        await world.until(
            lambda: arn not in {task.arn for task in tasks(world)}, 300, "it is stopped"
        )
        await world.until(
            lambda: service(world).is_steady and len(tasks(world, health_status="HEALTHY")) == 3,
            300,
            "replaced",
        )
        assert (serving.least, there.most) == (least, most)
        assert any("failed container health checks" in each for each in events(world))

    played(story)


@pytest.mark.parametrize(("minimum", "maximum"), [(100, 200), (50, 100), (90, 110), (100, 125)])
def test_a_plan_of_a_drain_is_what_then_happens(minimum: int, maximum: int) -> None:
    async def story(world: World) -> None:
        one, two, three = await a_cluster(world)
        await a_service(world, 10, minimum, maximum)
        before = {each.id: len(tasks_on(world, each)) for each in (one, two, three)}
        change = {"cluster": CLUSTER, "containerInstances": [arn_of(one)], "status": "DRAINING"}
        plan = await world.user.roadstead.call(
            "PlanChange", operation="UpdateContainerInstancesState", request=change
        )
        [planned] = plan["services"]
        least = Watched(world, lambda: of_service(world, "RUNNING"))
        await world.user.call("UpdateContainerInstancesState", **change)
        await world.until(lambda: not one.running and service(world).is_steady, 900, "drained")
        after = {each.id: len(tasks_on(world, each)) for each in (one, two, three)}
        moves = {
            each.id: sum(
                row["started"] - row["stopped"]
                for row in planned["movements"]
                if row["containerInstanceArn"] == arn_of(each)
            )
            for each in (one, two, three)
        }
        assert moves == {each: after[each] - before[each] for each in after}
        assert planned["healthyLowest"] == least.least
        assert (plan["outcome"], planned["healthyAfter"]) == ("SETTLED", 10)

    played(story)
