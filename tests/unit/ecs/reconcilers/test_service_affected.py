"""Whom a change concerns: the service scheduler looks there and nowhere else."""

import msgspec
import pytest

from given import (
    TABLES,
    a_container,
    a_service,
    a_task,
    an_instance,
    given,
    later,
    service_arn,
)
from roadstead.ecs.reconcilers.service import scheduler as service
from roadstead.state.records import Record
from roadstead.state.view import Tx

WEB, WAITING = service_arn("web"), service_arn("waiting")


def concerned_by(before: Record, **changes: object) -> list[str]:
    """Whom it concerns that the record changes so; one other service waits for room."""
    view = given(a_service("web"), a_service("waiting", waiting_reason="AGENT"), before)
    tx = Tx(view)
    tx.put(TABLES[type(before)], msgspec.structs.replace(before, **changes))
    return [key for change in tx.changes() for key in service.affected(view, change)]


@pytest.mark.parametrize(
    "changes",
    [
        {"last_status": "STOPPED"},
        {"health_status": "UNHEALTHY"},
        {"started_at": later(1)},
    ],
)
def test_a_task_that_moves_concerns_its_service(changes: dict[str, object]) -> None:
    task = a_task(service="web", containers=(a_container(has_health_check=True),))
    assert concerned_by(task, **changes) == [WEB]


def test_a_task_that_only_tells_more_of_itself_concerns_nobody() -> None:
    assert concerned_by(a_task(service="web"), connectivity="DISCONNECTED") == []


def test_a_standalone_task_concerns_nobody() -> None:
    assert concerned_by(a_task(last_status="PENDING"), last_status="RUNNING") == []


def test_room_that_a_task_gives_back_concerns_those_who_wait_for_it() -> None:
    assert concerned_by(a_task(), desired_status="STOPPED") == [WAITING]
    assert concerned_by(a_task(service="web"), desired_status="STOPPED") == [WEB, WAITING]


def test_a_task_that_starts_concerns_those_who_wait_for_company() -> None:
    near = {"type": "memberOf", "expression": "task:group == service:web"}
    prod = {"type": "memberOf", "expression": "attribute:stack == prod"}
    view = given(
        a_service("near", waiting_reason="RESOURCE:CPU", placement_constraints=(near,)),
        a_service("prod", waiting_reason="RESOURCE:CPU", placement_constraints=(prod,)),
        a_service("placed", placement_constraints=(near,)),
    )
    tx = Tx(view)
    tx.put(TABLES[type(a_task())], a_task(service="web"))
    (change,) = tx.changes()
    assert list(service.affected(view, change)) == [WEB, service_arn("near")]


def test_another_clusters_room_concerns_nobody_here() -> None:
    assert concerned_by(a_task(cluster="other"), desired_status="STOPPED") == []


def test_any_change_of_an_instance_concerns_those_who_wait() -> None:
    assert concerned_by(an_instance(agent_connected=False), agent_connected=True) == [WAITING]


def test_an_instance_that_drains_concerns_the_services_on_it() -> None:
    view = given(
        a_service(), an_instance(), a_task(1, service="web"), a_task(2, service="web"), a_task(3)
    )
    tx = Tx(view)
    tx.put(TABLES[type(an_instance())], an_instance(status="DRAINING"))
    (change,) = tx.changes()
    assert list(service.affected(view, change)) == [WEB]


def test_a_services_own_change_concerns_it() -> None:
    assert concerned_by(a_service("other"), desired_count=3) == [service_arn("other")]


def test_every_service_that_is_not_inactive_is_looked_at_at_the_start() -> None:
    view = given(
        a_service("a"),
        a_service("b", status="DRAINING"),
        a_service("c", status="INACTIVE"),
    )
    assert sorted(service.keys(view)) == [service_arn("a"), service_arn("b")]
