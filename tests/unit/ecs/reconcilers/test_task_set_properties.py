"""Whatever is done to task sets: their two records agree, and in the end every one is steady."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from small_world import World
from test_service_rolling import WEB, a_world

from given import a_task_set, an_external_service
from roadstead.ecs.operations import task_sets as operations
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service_revision import REVISIONS_BY_SERVICE
from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE, TaskSet
from roadstead.ecs.rules.fleets import share_of

SCALES = st.sampled_from([0.0, 10.0, 33.3, 50.0, 100.0])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), SCALES),
        st.tuples(st.just("scale"), st.integers(0, 4), SCALES),
        st.tuples(st.just("primary"), st.integers(0, 4)),
        st.tuples(st.just("delete"), st.integers(0, 4)),
        st.tuples(st.just("desired"), st.integers(0, 5)),
        st.tuples(st.just("work"), st.integers(1, 60)),
        st.tuples(st.just("stop"), st.integers(0, 9)),
        st.tuples(st.just("drain"), st.booleans()),
    ),
    max_size=12,
)
WHERE = {"cluster": "default", "service": "web"}


def the_sets(world: World) -> list[TaskSet]:
    return world.view.find(TASK_SETS_BY_SERVICE, WEB)


def take(world: World, step: tuple[Any, ...]) -> None:
    """One thing that a user, an agent or time does, if it can be done now."""
    lasting = [each for each in the_sets(world) if each.status != "DRAINING"]
    match step:
        case ("create", scale) if len(the_sets(world)) < 5:
            request = {**WHERE, "taskDefinition": "web:2", "scale": {"value": scale}}
            world.update(lambda tx: operations.create_task_set(tx, world.call, request))
        case ("scale", number, scale) if number < len(lasting):
            request = {**WHERE, "taskSet": lasting[number].id, "scale": {"value": scale}}
            world.update(lambda tx: operations.update_task_set(tx, world.call, request))
        case ("primary", number) if number < len(lasting):
            request = {**WHERE, "primaryTaskSet": lasting[number].id}
            world.update(
                lambda tx: operations.update_service_primary_task_set(tx, world.call, request)
            )
        case ("delete", number) if number < len(lasting) and lasting[number].status == "ACTIVE":
            request = {**WHERE, "taskSet": lasting[number].id, "force": True}
            world.update(lambda tx: operations.delete_task_set(tx, world.call, request))
        case ("desired", count):
            world.update_service(WEB, desired_count=count)
        case ("work", seconds):
            world.agents_work(WEB)
            world.pass_time(seconds)
        case ("stop", number) if number < len(world.tasks(WEB)):
            world.report(world.tasks(WEB)[number], "STOPPED")
        case ("drain", is_draining):
            instance = min(world.view.all(CONTAINER_INSTANCES), key=lambda each: each.arn)
            world.put(replace(instance, status="DRAINING" if is_draining else "ACTIVE"))


def check_both_records(world: World) -> None:
    service, sets = world.service(WEB), the_sets(world)
    by_id = {each.id: each for each in service.deployments}
    assert by_id.keys() == {each.id for each in sets}
    for task_set in sets:
        deployment = by_id[task_set.id]
        assert deployment.scale_percent == task_set.scale_percent
        wanted = share_of(service.desired_count, task_set.scale_percent)
        assert deployment.desired_count == wanted
        assert (deployment.status == "PRIMARY") == (task_set.status == "PRIMARY")
    primary = [each for each in sets if each.status == "PRIMARY"]
    if primary:
        assert service.deployments[0].id == primary[0].id
        assert service.task_definition_arn == primary[0].task_definition_arn
    assert len(primary) <= 1


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_both_records_agree_and_in_the_end_every_set_is_steady(steps: list[Any]) -> None:
    first = a_task_set(1)
    world = a_world(first, an_external_service(first, desired_count=3))
    world.settle()
    for step in steps:
        take(world, step)
        check_both_records(world)
    world.work_for(WEB, 1800, step=60)
    running: dict[str, int] = {}
    for task in world.tasks(WEB):
        running[task.started_by] = running.get(task.started_by, 0) + 1
    for task_set in the_sets(world):
        assert task_set.status != "DRAINING"
        assert task_set.stability_status == "STEADY_STATE"
        wanted = share_of(world.service(WEB).desired_count, task_set.scale_percent)
        assert running.pop(task_set.id, 0) == wanted
    assert running == {}
    assert world.view.count(REVISIONS_BY_SERVICE, WEB) <= len(the_sets(world))
