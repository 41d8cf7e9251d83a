"""Whatever happens to a service with stages, hooks and a circuit breaker: its deployments end."""

from collections.abc import Callable
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from rollouts import (
    BREAKER,
    BREAKER_ONLY,
    WEB,
    a_rolled_out_world,
    answer,
    configured,
    pause,
    primary,
    record,
    records,
    roll_out,
    stop,
    waiting_hooks,
)
from small_world import World

from given import definition_arn
from roadstead.ecs.reconcilers.deployment import course as service_deployment
from roadstead.ecs.records.service_deployment import FINAL_STATUSES
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE

CONFIGURATIONS: tuple[dict[str, Any], ...] = (
    {},
    {"bakeTimeInMinutes": 3},
    {"lifecycleHooks": [pause("PRE_SCALE_UP", "POST_SCALE_UP")]},
    {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 3},
    {
        "strategy": "BLUE_GREEN",
        "bakeTimeInMinutes": 0,
        "lifecycleHooks": [
            pause("RECONCILE_SERVICE", "POST_PRODUCTION_TRAFFIC_SHIFT"),
            pause("POST_SCALE_UP", timeoutInMinutes=5, action="CONTINUE"),
        ],
    },
    {
        "strategy": "LINEAR",
        "linearConfiguration": {"stepPercent": 40.0, "stepBakeTimeInMinutes": 1},
    },
    {
        "strategy": "CANARY",
        "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 1},
        "lifecycleHooks": [pause("PRE_PRODUCTION_TRAFFIC_SHIFT")],
    },
)


def a_task_moves(world: World, pick: int) -> None:
    tasks = world.view.find(LIVE_TASKS_BY_SERVICE, WEB)
    if tasks:
        task = tasks[pick % len(tasks)]
        moves = task.last_status == "PENDING" and task.desired_status == "RUNNING"
        world.report(task, "RUNNING" if moves and pick % 4 else "STOPPED")


def all_work(world: World, pick: int) -> None:
    world.agents_work(WEB)


def time_passes(world: World, pick: int) -> None:
    world.pass_time(pick**2)


def is_rolled_out(world: World, pick: int) -> None:
    roll_out(world, 1 + pick % 3)


def is_configured_anew(world: World, pick: int) -> None:
    configuration = CONFIGURATIONS[pick % len(CONFIGURATIONS)]
    world.update_service(WEB, **configured(**configuration, **BREAKER))


def is_scaled(world: World, pick: int) -> None:
    world.update_service(WEB, desired_count=pick % 5)


def is_stopped(world: World, pick: int) -> None:
    stop(world)


def a_hook_is_answered(world: World, pick: int) -> None:
    if record(world).status == "IN_PROGRESS":
        for hook in waiting_hooks(world)[:1]:
            answer(world, hook, "SUCCEEDED" if pick % 3 else "FAILED")


HAPPENINGS: tuple[Callable[[World, int], None], ...] = (
    a_task_moves,
    a_task_moves,
    all_work,
    time_passes,
    time_passes,
    is_rolled_out,
    is_configured_anew,
    is_scaled,
    is_stopped,
    a_hook_is_answered,
)
stories = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 30)), max_size=15)


def check(world: World) -> None:
    """What holds at every moment."""
    service = world.service(WEB)
    assert service.deployments[0].task_definition_arn == service.task_definition_arn
    under_way = [each for each in records(world) if each.status not in FINAL_STATUSES]
    assert [each.arn for each in under_way] == (
        [service.service_deployment_arn] if service.service_deployment_arn else []
    )
    for each in service.deployments:
        assert definition_arn(revision=1)[:-1] in each.task_definition_arn
    assert not service_deployment.reconcile(world.view, WEB, world.now).actions


@settings(max_examples=60, deadline=None)
@drawn(
    st.sampled_from(CONFIGURATIONS),
    st.sampled_from(({}, BREAKER, BREAKER_ONLY)),
    stories,
)
def test_whatever_happens_a_deployment_ends(
    configuration: dict[str, Any],
    breaker: dict[str, Any],
    story: list[tuple[Callable[[World, int], None], int]],
) -> None:
    world = a_rolled_out_world(2, **configuration, **breaker)
    for happens, pick in story:
        happens(world, pick)
        check(world)
    for _ in range(12):
        world.work_for(WEB, 600, step=60)
        if record(world).status == "IN_PROGRESS":
            for hook in waiting_hooks(world):
                answer(world, hook)
    check(world)
    assert record(world).status in FINAL_STATUSES
    service = world.service(WEB)
    if primary(world).rollout_state == "COMPLETED":
        tasks = world.tasks(WEB)
        assert len(tasks) == service.desired_count
        assert {task.started_by for task in tasks} <= {primary(world).id}
        assert len(service.deployments) == 1
    else:
        assert primary(world).rollout_state == "FAILED"
