"""What ended is removed after a while, and not before."""

import pytest

from given import (
    NOW,
    TABLES,
    a_call,
    a_service,
    a_service_event,
    a_task,
    ago,
    an_instance,
    given,
    later,
    tuned,
)
from roadstead.ecs.reconcilers import retention
from roadstead.ecs.reconcilers.retention_actions import (
    ForgetInstances,
    ForgetServices,
    ForgetTasks,
    ForgetTokens,
)
from roadstead.ecs.records.account import ClientToken
from roadstead.ecs.records.service import SERVICE_EVENTS, SERVICES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Record
from roadstead.state.view import Tx


def a_token(seconds_ago: float) -> ClientToken:
    return ClientToken(arn="client-token:RunTask/c/t", created_at=ago(seconds_ago))


def a_stopped_task(seconds_ago: float, number: int = 1) -> Task:
    return a_task(number, last_status="STOPPED", stopped_at=ago(seconds_ago))


def an_inactive_instance(seconds_ago: float) -> Record:
    return an_instance(status="INACTIVE", deregistered_at=ago(seconds_ago))


def an_inactive_service(seconds_ago: float) -> Record:
    return a_service(status="INACTIVE", deleted_at=ago(seconds_ago), event_count=1)


@pytest.mark.parametrize(
    ("record", "forget"),
    [
        (a_stopped_task(3600), ForgetTasks),
        (an_inactive_instance(3600), ForgetInstances),
        (an_inactive_service(3600), ForgetServices),
        (a_token(86_400), ForgetTokens),
    ],
)
def test_TK_08_what_ended_long_enough_ago_is_removed(record: Record, forget: type[Action]) -> None:
    view = given(record)
    key = TABLES[type(record)].name
    plan = retention.reconcile(view, key, NOW)
    assert plan == Plan((forget((record.arn,)),))  # type: ignore[call-arg]  # each takes ARNs
    tx = Tx(view)
    plan.actions[0].apply(tx, a_call())
    assert view.get(TABLES[type(record)], record.arn) is None
    assert retention.reconcile(view, key, NOW) == SETTLED


@pytest.mark.parametrize(
    ("record", "due_in"),
    [
        (a_stopped_task(3590), 10),
        (an_inactive_instance(0), 3600),
        (an_inactive_service(1), 3599),
        (a_token(60), 86_340),
    ],
)
def test_until_then_it_is_kept(record: Record, due_in: float) -> None:
    plan = retention.reconcile(given(record), TABLES[type(record)].name, NOW)
    assert plan == Plan((), later(due_in))


def test_what_has_not_ended_is_never_removed() -> None:
    view = given(
        a_task(1, created_at=ago(10**7), started_at=ago(10**7)),
        an_instance(registered_at=ago(10**7)),
        a_service(created_at=ago(10**7)),
    )
    assert [retention.reconcile(view, key, NOW) for key in retention.keys(view)] == [SETTLED] * 6


def test_the_times_are_tuned() -> None:
    view = given(a_stopped_task(5), tuned(stopped_task_kept_seconds=5))
    assert retention.reconcile(view, "tasks", NOW).actions


def test_a_services_events_go_with_it() -> None:
    service = an_inactive_service(3600)
    view = given(service, a_service_event(1, "(service web) was."))
    tx = Tx(view)
    retention.reconcile(view, SERVICES.name, NOW).actions[0].apply(tx, a_call())
    assert view.size(SERVICE_EVENTS) == 0


def test_many_are_removed_in_batches() -> None:
    view = given(*(a_stopped_task(7200, number) for number in range(250)))
    removed = []
    while (plan := retention.reconcile(view, "tasks", NOW)).actions:
        removed.append(len(plan.actions[0].arns))  # type: ignore[attr-defined]
        plan.actions[0].apply(Tx(view), a_call())
    assert removed == [100, 100, 50]


def test_only_what_ends_concerns_it() -> None:
    view = given()
    tx = Tx(view)
    for record in (a_task(1), a_stopped_task(1, 2), an_instance(1), a_service()):
        tx.put(TABLES[type(record)], record)
    concerned = [list(retention.affected(view, change)) for change in tx.changes()]
    assert concerned == [[], ["tasks"], [], []]


def test_what_ends_after_another_is_looked_at_in_the_others_time() -> None:
    view = given(a_stopped_task(100, 1))
    tx = Tx(view)
    for record in (a_stopped_task(50, 2), a_stopped_task(200, 3)):
        tx.put(TASKS, record)
    assert [list(retention.affected(view, each)) for each in tx.changes()] == [[], ["tasks"]]
