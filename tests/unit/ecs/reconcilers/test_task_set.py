"""Task sets: steady when they have what they want, gone when they have drained."""

from msgspec.structs import replace
from small_world import World
from test_service_rolling import WEB, a_world

from given import NOW, a_task, a_task_set, an_external_service, an_instance, given, later
from roadstead.ecs.reconcilers import task_set as reconciler
from roadstead.ecs.reconcilers.task_set import DropTaskSet, NoteStability
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import EVENTS_BY_SERVICE, SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_set import TASK_SETS, TASK_SETS_BY_SERVICE, TaskSet
from roadstead.ecs.transitions import services, task_sets
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.records import Change
from roadstead.state.view import View

BLUE, GREEN = a_task_set(1), a_task_set(2, scale_percent=0.0)


def tasks_of(number: int, count: int, **fields: object) -> list[object]:
    first = number * 100
    return [
        a_task(first + each, service="web", deployment=number, **fields) for each in range(count)
    ]


def a_view(*tasks: object, task_set: TaskSet = BLUE, **fields: object) -> View:
    records = an_instance(), an_instance(2, status="DRAINING"), task_set
    return given(*records, an_external_service(task_set, **fields), *tasks)  # type: ignore[arg-type]  # tasks are records


def plan(view: View, task_set: TaskSet = BLUE) -> Plan:
    return reconciler.reconcile(view, task_set.arn, NOW)


STEADY = Plan((NoteStability(BLUE.arn, "STEADY_STATE"),))


def test_a_set_with_all_its_tasks_is_steady() -> None:
    assert plan(a_view(*tasks_of(1, 4))) == STEADY


def test_a_set_that_lacks_a_task_or_has_one_too_many_is_not() -> None:
    assert plan(a_view(*tasks_of(1, 3))) == SETTLED
    assert plan(a_view(*tasks_of(1, 5))) == SETTLED


def test_a_set_with_a_pending_task_is_not() -> None:
    assert plan(a_view(*tasks_of(1, 3), *tasks_of(2, 0), a_pending())) == SETTLED


def a_pending() -> object:
    return a_task(199, service="web", deployment=1, last_status="PENDING")


def test_a_set_with_a_task_on_a_draining_instance_is_not() -> None:
    tasks = [*tasks_of(1, 3), a_task(150, service="web", deployment=1, instance=2)]
    assert plan(a_view(*tasks)) == SETTLED
    elsewhere = [*tasks_of(1, 4), a_task(250, service="web", deployment=2, instance=2)]
    assert plan(a_view(*elsewhere)) == STEADY


def test_a_steady_set_that_wants_more_is_stabilizing_again() -> None:
    steady = replace(BLUE, stability_status="STEADY_STATE")
    view = a_view(*tasks_of(1, 4), task_set=steady)
    assert plan(view, steady) == SETTLED
    more = a_view(*tasks_of(1, 4), task_set=steady, desired_count=5)
    assert plan(more, steady) == Plan((NoteStability(BLUE.arn, "STABILIZING"),))


def test_a_draining_set_goes_when_its_last_task_has_ended() -> None:
    draining = replace(BLUE, status="DRAINING", scale_percent=0.0)
    ending = a_task(101, service="web", deployment=1, desired_status="STOPPED")
    ended = a_task(102, service="web", deployment=1, last_status="STOPPED")
    assert plan(a_view(*tasks_of(1, 1), task_set=draining), draining) == SETTLED
    assert plan(a_view(ending, ended, task_set=draining), draining) == SETTLED
    gone = Plan((DropTaskSet(BLUE.arn),))
    assert plan(a_view(ended, task_set=draining), draining) == gone
    assert plan(a_view(task_set=draining), draining) == gone


def test_a_set_that_is_gone_wants_nothing() -> None:
    assert reconciler.reconcile(given(), BLUE.arn, NOW) == SETTLED


def test_whom_a_change_concerns() -> None:
    view = a_view(*tasks_of(1, 1), a_task(9), a_task(10, service="other", deployment=7))
    (task,) = tasks_of(1, 1)
    service = view.must(SERVICES, WEB)
    instance = an_instance()

    def concerned(*change: object) -> list[str]:
        return list(reconciler.affected(view, Change(*change)))  # type: ignore[arg-type]  # as given

    assert concerned(TASKS, task.arn, None, task) == [BLUE.arn]  # type: ignore[attr-defined]  # a task
    assert concerned(TASKS, a_task(9).arn, None, a_task(9)) == []
    other = a_task(10, service="other", deployment=7)
    assert concerned(TASKS, other.arn, None, other) == []
    assert concerned(SERVICES, WEB, service, service) == [BLUE.arn]
    ecs = replace(service, deployment_controller="ECS")
    assert concerned(SERVICES, WEB, ecs, ecs) == []
    draining = replace(instance, status="DRAINING")
    assert concerned(CONTAINER_INSTANCES, instance.arn, instance, draining) == [BLUE.arn]
    assert concerned(CONTAINER_INSTANCES, instance.arn, instance, instance) == []
    assert concerned(TASK_SETS, BLUE.arn, BLUE, None) == []
    assert list(reconciler.keys(view)) == [BLUE.arn]


def two_sets() -> World:
    """A service of two sets: blue is to have all 4 tasks, green none."""
    return a_world(BLUE, GREEN, an_external_service(BLUE, GREEN))


def the_sets(world: World) -> list[TaskSet]:
    return world.view.find(TASK_SETS_BY_SERVICE, WEB)


def test_a_release_from_one_set_to_the_other() -> None:
    world = two_sets()
    world.settle()
    world.work_for(WEB, 60)
    assert [each.stability_status for each in the_sets(world)] == ["STEADY_STATE"] * 2
    world.update(
        lambda tx: task_sets.scale_task_set(tx, world.call, world.service(WEB), GREEN, 100.0)
    )
    world.work_for(WEB, 60)
    assert [each.stability_status for each in the_sets(world)] == ["STEADY_STATE"] * 2
    blue, green = the_sets(world)
    world.update(lambda tx: task_sets.make_primary(tx, world.call, world.service(WEB), green))
    assert [each.status for each in world.service(WEB).deployments] == ["PRIMARY", "ACTIVE"]
    world.update(
        lambda tx: task_sets.begin_task_set_deletion(tx, world.call, world.service(WEB), blue)
    )
    world.work_for(WEB, 60)
    (left,) = the_sets(world)
    assert (left.id, left.status) == (green.id, "PRIMARY")
    assert [each.id for each in world.service(WEB).deployments] == [green.id]
    assert {task.started_by for task in world.tasks(WEB)} == {green.id}
    assert len(world.tasks(WEB)) == 4
    told = [each for each in world.events(WEB) if "taskSet *) has reached a steady" in each]
    assert len(told) == 3  # blue, green with none, green with all


def test_deleting_the_service_ends_all_its_sets() -> None:
    world = two_sets()
    world.settle()
    world.work_for(WEB, 60)
    world.update(lambda tx: services.begin_deletion(tx, world.service(WEB)))
    assert world.service(WEB).status == "INACTIVE"
    assert (the_sets(world), world.service(WEB).deployments) == ([], ())


def test_desired_counts_that_change_are_told_to_eventbridge_only() -> None:
    world = two_sets()
    world.settle()
    before = len(world.view.find(EVENTS_BY_SERVICE, WEB))
    world.update_service(WEB, desired_count=3)
    world.update(
        lambda tx: task_sets.scale_task_set(tx, world.call, world.service(WEB), GREEN, 50.0)
    )
    told = [
        (each.message, each.extras)
        for each in world.view.find(EVENTS_BY_SERVICE, WEB)[before:]
        if each.event_name == "SERVICE_DESIRED_COUNT_UPDATED"
    ]
    assert told == [
        ("", {"desiredCount": 3}),
        ("", {"desiredCount": 2, "taskSetArns": [GREEN.arn]}),
    ]


def test_stability_says_when_it_was_found() -> None:
    world = two_sets()
    world.settle()
    world.pass_time(30)
    world.agents_work(WEB)
    blue, green = the_sets(world)
    assert (blue.stability_status_at, green.stability_status_at) == (later(30), NOW)
