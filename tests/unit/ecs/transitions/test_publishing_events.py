"""Events are numbered without gaps, bounded, and gone when a commit is."""

import asyncio
import itertools

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import (
    NOW,
    a_call,
    a_cluster,
    a_task,
    a_task_definition,
    an_instance,
    given,
    instance_arn,
    later,
    tuned,
)
from publishing import all_published, committed, derive
from roadstead.control.schema import SCHEMA
from roadstead.ecs.reconcilers import retention
from roadstead.ecs.reconcilers.retention_actions import ForgetEvents
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.event import (
    EVENT_BATCHES,
    EVENTS,
    INSTANCE_STATES,
    ContainerInstanceStateChange,
    EventBatch,
    EventCount,
)
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.transitions.container_instances import set_status
from roadstead.ecs.transitions.events import forget_batches
from roadstead.ecs.transitions.task_reports import TaskReport, report_task
from roadstead.ecs.transitions.tasks import orphan_task, start_task, stop_task
from roadstead.ecs.views.events import event_id, number_of
from roadstead.ids import SeededIds
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.view import Tx, View
from roadstead.store.memory import MemoryLog


def put_task(view: View, number: int) -> EventBatch | None:
    return committed(view, lambda tx: tx.put(TASKS, a_task(number)))


def numbers(view: View) -> list[tuple[int, int]]:
    """First and last number of each batch."""
    return [(batch.first, batch.last) for batch in view.walk(EVENT_BATCHES, ALL)]


def check_consistency(view: View) -> None:
    """What is derived agrees with the batches."""
    count = view.projection(EventCount)
    batches = view.find(EVENT_BATCHES, ALL)
    assert count.kept == sum(len(each.events) for each in batches)
    referred = [
        event.state_key
        for batch in batches
        for event in batch.events
        if isinstance(event, ContainerInstanceStateChange)
    ]
    assert {each.arn for each in view.all(INSTANCE_STATES)} == set(referred)
    assert all(count.references(key) == referred.count(key) for key in referred)


def test_events_are_numbered_through() -> None:
    view = given(an_instance(1))
    put_task(view, 1)
    put_task(view, 2)
    assert numbers(view) == [(1, 2), (3, 4)]
    check_consistency(view)


def test_an_id_is_a_uuid_that_tells_the_number() -> None:
    view = given(an_instance(1))
    batch = put_task(view, 1)
    assert batch is not None
    assert [number_of(event_id(batch, each)) for each in (1, 2)] == [1, 2]


def test_a_commit_that_tells_nothing_has_no_batch() -> None:
    view = given()
    assert committed(view, lambda tx: tx.put(TASK_DEFINITIONS, a_task_definition())) is None
    assert view.size(EVENTS) == 0


def test_the_oldest_go_when_there_are_too_many() -> None:
    view = given(tuned(events_kept_max=5), an_instance(1))
    for number in range(10):
        put_task(view, number)
        check_consistency(view)
    assert numbers(view) == [(17, 18), (19, 20)]


def test_a_commit_with_more_events_than_may_be_kept_is_kept_whole() -> None:
    view = given(tuned(events_kept_max=2), an_instance(1))
    put_task(view, 1)
    committed(view, lambda tx: [tx.put(TASKS, a_task(number)) for number in range(2, 9)])
    assert numbers(view) == [(3, 10)]


def test_an_update_that_fails_publishes_nothing() -> None:
    view = given(tuned(events_kept_max=2), an_instance(1))
    put_task(view, 1)
    tx = Tx(view)
    tx.put(TASKS, a_task(2))
    derive(tx, tx.changes())
    assert numbers(view) == [(3, 4)]
    tx.undo()
    assert numbers(view) == [(1, 2)]
    assert view.projection(EventCount).last == 2
    check_consistency(view)


def test_old_events_are_removed_and_counting_goes_on() -> None:
    view = given(tuned(event_kept_seconds=0), an_instance(1))
    first, second = put_task(view, 1), put_task(view, 2)
    assert first is not None
    assert second is not None
    plan = retention.reconcile(view, EVENTS.name, NOW)
    assert plan == Plan((ForgetEvents((first.arn, second.arn)),))
    tx = Tx(view)
    plan.actions[0].apply(tx, a_call())
    assert retention.reconcile(view, EVENTS.name, NOW) == SETTLED
    assert numbers(view) == []
    assert view.size(INSTANCE_STATES) == 0
    check_consistency(view)
    put_task(view, 3)
    assert numbers(view) == [(5, 6)]
    assert view.size(EVENTS) == 1


def test_until_then_they_are_kept() -> None:
    view = given(tuned(event_kept_seconds=60), an_instance(1))
    put_task(view, 1)
    assert retention.reconcile(view, EVENTS.name, later(59)) == Plan((), later(60))


def test_counting_goes_on_after_a_restart() -> None:
    view = given(an_instance(1))
    put_task(view, 1)
    batch = put_task(view, 2)
    assert batch is not None
    forget_batches(Tx(view), [batch.arn, numbers_arn(view)])
    again = reloaded(view)
    check_consistency(again)
    assert again.projection(EventCount).last == 4
    put_task(again, 3)
    assert numbers(again) == [(5, 6)]


def numbers_arn(view: View) -> str:
    oldest = view.first(EVENT_BATCHES, ALL)
    assert oldest is not None
    return oldest.arn


def reloaded(view: View) -> View:
    """What a log makes of it."""
    log = MemoryLog()
    batch = {(t.name, r.arn): (t, r) for t in SCHEMA.tables for r in view.all(t)}
    asyncio.run(log.append(batch))
    return log.load(SCHEMA)


def test_a_restart_changes_no_event() -> None:
    view = given(an_instance(1))
    for number in range(1, 4):
        put_task(view, number)
    assert all_published(reloaded(view)) == all_published(view)


def test_an_event_tells_of_the_instance_as_it_was() -> None:
    view = given(an_instance(1))
    put_task(view, 1)
    stored = view.must(CONTAINER_INSTANCES, instance_arn())
    committed(view, lambda tx: set_status(tx, stored, "DRAINING"))
    told = [each["detail"] for each in all_published(view) if instance_arn() in each["resources"]]
    assert [each["status"] for each in told] == ["ACTIVE", "DRAINING"]
    assert view.size(INSTANCE_STATES) == 2


MOVES = st.lists(
    st.tuples(st.sampled_from(["start", "run", "stop", "end", "orphan"]), st.integers(0, 3)),
    max_size=40,
)


@drawn(MOVES, st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_events_of_a_task_come_in_the_order_of_its_versions(
    moves: list[tuple[str, int]], kept_max: int
) -> None:
    view = given(tuned(events_kept_max=kept_max), an_instance(1), a_cluster())
    arns: list[str] = []
    told: dict[str, list[int]] = {}
    for move, which in moves:
        batch = committed(view, lambda tx, move=move, which=which: moved(tx, move, which, arns))
        check_consistency(view)
        for event in () if batch is None else batch.events:
            if not isinstance(event, ContainerInstanceStateChange):
                told.setdefault(event.task.arn, []).append(event.task.version)
    for arn, versions in told.items():
        assert versions == list(range(1, view.must(TASKS, arn).version + 1))
    spans = numbers(view)
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(spans))


def moved(tx: Tx, move: str, which: int, arns: list[str]) -> None:
    call = a_call()
    if move == "start" or not arns:
        task = start_task(
            tx,
            a_call(ids=SeededIds(len(arns))),
            cluster=a_cluster(),
            definition=a_task_definition(),
            instance=an_instance(1),
            group="g",
        )
        arns.append(task.arn)
        return
    task = tx.must(TASKS, arns[which % len(arns)])
    match move:
        case "run":
            report_task(tx, call, task, TaskReport(status="RUNNING"))
        case "stop":
            stop_task(tx, call, task, reason="r", stop_code="c")
        case "end":
            report_task(tx, call, task, TaskReport(status="STOPPED"))
        case _:
            orphan_task(tx, call, task, reason="gone")
