"""Families and revisions: numbers, statuses, lists, and what becomes of deleted ones."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from given import a_call, a_deployment, a_service, a_task, definition_arn, given
from roadstead.aws.errors import ApiError
from roadstead.ecs.operations import references
from roadstead.ecs.operations.task_definitions.deregister import (
    delete_task_definitions,
    deregister_task_definition,
)
from roadstead.ecs.operations.task_definitions.describe import describe_task_definition
from roadstead.ecs.operations.task_definitions.listing import (
    list_task_definition_families,
    list_task_definitions,
)
from roadstead.ecs.operations.task_definitions.register import register_task_definition
from roadstead.ecs.reconcilers import task_definition as reconciler
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import FAMILIES, TASK_DEFINITIONS, family_key
from roadstead.ecs.transitions import task_definitions as transitions
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.records import Record
from roadstead.state.view import Tx, View

CALL = a_call()


def register(view: View, family: str = "web", times: int = 1) -> str:
    """The ARN of the last of them."""
    arn = ""
    for _ in range(times):
        request = {
            "family": family,
            "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 64}],
        }
        answer = register_task_definition(Tx(view), CALL, request)
        arn = answer["taskDefinition"]["taskDefinitionArn"]
    return arn


def deregister(view: View, reference: str) -> dict[str, Any]:
    answer = deregister_task_definition(Tx(view), CALL, {"taskDefinition": reference})
    shown: dict[str, Any] = answer["taskDefinition"]
    return shown


def delete(view: View, *references_: str) -> dict[str, Any]:
    return delete_task_definitions(Tx(view), CALL, {"taskDefinitions": list(references_)})


def listed(view: View, **request: Any) -> list[str]:
    arns = list_task_definitions(view, CALL, request)["taskDefinitionArns"]
    return [arn.rpartition("/")[2] for arn in arns]


def families(view: View, **request: Any) -> list[str]:
    found: list[str] = list_task_definition_families(view, CALL, request)["families"]
    return found


def with_deleted(*users: Record) -> View:
    """web:1, used by these, deregistered and deleted."""
    view = given(*users)
    register(view)
    deregister(view, "web:1")
    delete(view, "web:1")
    return view


def test_TD_02_first_revision_is_1_then_plus_one() -> None:
    view = given()
    assert register(view) == definition_arn("web", 1)
    assert register(view) == definition_arn("web", 2)
    assert register(view, "api") == definition_arn("api", 1)


def test_TD_02_numbers_are_not_used_again_when_every_revision_is_gone() -> None:
    view = given()
    register(view, times=2)
    for reference in ("web:1", "web:2"):
        deregister(view, reference)
        delete(view, reference)
    assert view.size(TASK_DEFINITIONS) == 0
    assert register(view) == definition_arn("web", 3)


def test_TD_02_families_are_counted_by_account_and_region() -> None:
    view = given()
    register(view)
    request = {
        "family": "web",
        "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 64}],
    }
    elsewhere = a_call(region="eu-west-1")
    answer = register_task_definition(Tx(view), elsewhere, request)
    assert answer["taskDefinition"]["revision"] == 1
    assert list_task_definition_families(view, elsewhere, {})["families"] == ["web"]


def test_TD_21_a_family_has_a_million_revisions_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transitions, "REVISIONS_MAX", 2)
    view = given()
    register(view, times=2)
    with pytest.raises(ApiError) as refusal:
        register(view)
    assert refusal.value.code == "LimitExceededException"


def test_TD_05_registering_in_an_inactive_family_makes_it_active_again() -> None:
    view = given()
    register(view)
    deregister(view, "web:1")
    assert families(view, status="ACTIVE") == []
    assert families(view, status="INACTIVE") == ["web"]
    register(view)
    assert families(view, status="ACTIVE") == ["web"]
    assert families(view, status="INACTIVE") == []


def test_TD_07_a_family_means_its_latest_active_revision_not_its_highest() -> None:
    view = given()
    register(view, times=3)
    deregister(view, "web:3")
    deregister(view, "web:1")
    found = references.runnable_task_definition(view, CALL, "web")
    assert found.arn == definition_arn("web", 2)


def test_TD_07_a_family_without_active_revision_is_not_found() -> None:
    view = given()
    register(view)
    deregister(view, "web:1")
    with pytest.raises(ApiError) as refusal:
        references.runnable_task_definition(view, CALL, "web")
    assert refusal.value.message == "TaskDefinition not found."
    with pytest.raises(ApiError) as refusal:
        describe_task_definition(view, CALL, {"taskDefinition": "web"})
    assert refusal.value.message == "Unable to describe task definition."


@pytest.mark.parametrize("reference", ["web:1", definition_arn("web", 1)])
def test_TD_11_an_inactive_revision_is_refused_to_new_work(reference: str) -> None:
    view = given(a_task(task_definition_arn=definition_arn("web", 1)))
    register(view)
    deregister(view, "web:1")
    for _ in ("INACTIVE", "DELETE_IN_PROGRESS"):
        with pytest.raises(ApiError) as refusal:
            references.runnable_task_definition(view, CALL, reference)
        assert refusal.value.code == "ClientException"
        assert refusal.value.message == "TaskDefinition is inactive"
        delete(view, "web:1")


def test_TD_12_an_inactive_revision_can_be_described() -> None:
    view = given()
    register(view)
    deregistered = deregister(view, "web:1")
    shown = describe_task_definition(view, CALL, {"taskDefinition": "web:1"})["taskDefinition"]
    assert shown == deregistered
    assert (shown["status"], shown["deregisteredAt"]) == ("INACTIVE", CALL.now)


def test_TD_15_deregistering_twice_changes_nothing() -> None:
    view = given()
    register(view)
    first = deregister(view, "web:1")
    later = Tx(view)
    again = deregister_task_definition(later, CALL, {"taskDefinition": "web:1"})
    assert again["taskDefinition"] == first
    assert later.changes() == []


def test_TD_18_a_deleted_revision_that_nothing_uses_is_gone_at_once() -> None:
    view = given()
    register(view, times=2)
    deregister(view, "web:1")
    (shown,) = delete(view, "web:1")["taskDefinitions"]
    assert (shown["status"], shown["deleteRequestedAt"]) == ("DELETE_IN_PROGRESS", CALL.now)
    assert view.get(TASK_DEFINITIONS, definition_arn("web", 1)) is None
    assert families(view) == ["web"]


def test_TD_20_a_family_without_revisions_vanishes_from_lists() -> None:
    view = with_deleted()
    assert families(view) == []
    assert families(view, status="INACTIVE") == []


@pytest.mark.parametrize(
    "user", [a_task(), a_task(last_status="STOPPING", desired_status="STOPPED"), a_service()]
)
def test_TD_18_a_deleted_revision_stays_while_something_uses_it(user: Record) -> None:
    view = with_deleted(user)
    assert listed(view, status="DELETE_IN_PROGRESS") == ["web:1"]
    assert families(view, status="INACTIVE") == ["web"]
    assert list(reconciler.keys(view)) == [definition_arn("web", 1)]
    assert reconciler.reconcile(view, definition_arn("web", 1), CALL.now) == SETTLED


def test_TD_18_it_is_gone_with_its_last_task() -> None:
    view = with_deleted(a_task(1), a_task(2))
    for number in (1, 2):
        tx = Tx(view)
        tx.put(TASKS, a_task(number, last_status="STOPPED"))
        (change,) = tx.changes()
        assert list(reconciler.affected(view, change)) == [definition_arn("web", 1)]
        plan = reconciler.reconcile(view, definition_arn("web", 1), CALL.now)
        assert bool(plan.actions) == (number == 2)
    for action in plan.actions:
        action.apply(Tx(view), CALL)
    assert listed(view, status="DELETE_IN_PROGRESS") == []
    assert reconciler.reconcile(view, definition_arn("web", 1), CALL.now) == SETTLED


def test_TD_18_it_is_gone_when_the_last_service_rolled_on() -> None:
    view = with_deleted(a_service())
    tx = Tx(view)
    tx.put(
        SERVICES,
        a_service(deployments=(a_deployment(2, task_definition_arn=definition_arn("web", 2)),)),
    )
    (change,) = tx.changes()
    assert list(reconciler.affected(view, change)) == [definition_arn("web", 1)]
    plan = reconciler.reconcile(view, definition_arn("web", 1), CALL.now)
    assert plan == Plan((reconciler.RemoveTaskDefinition(definition_arn("web", 1)),))


def test_changes_of_tasks_of_other_definitions_concern_nobody() -> None:
    view = given(a_task())
    register(view)
    tx = Tx(view)
    tx.put(TASKS, a_task(last_status="STOPPED"))
    (change,) = tx.changes()
    assert list(reconciler.affected(view, change)) == []


def test_TD_17_each_problem_is_a_failure_and_hinders_no_other() -> None:
    view = given()
    register(view, times=2)
    deregister(view, "web:1")
    answer = delete(view, "web:1", "web:2", "web:3", "web", "we b:1", "web:1", "web:x")
    assert [each["revision"] for each in answer["taskDefinitions"]] == [1]
    still = "The specified task definition is still in ACTIVE status."
    unknown = "The specified task definition does not exist."
    invalid = "The specified task definition identifier is invalid."
    found = [
        (each["arn"], each["reason"].partition(" S")[0].partition(" P")[0])
        for each in answer["failures"]
    ]
    assert found == [
        (definition_arn("web", 2), still),
        (definition_arn("web", 3), unknown),
        ("web", invalid),
        ("we b:1", invalid),
        ("web:x", invalid),
    ]


def test_TD_31_revisions_are_listed_by_number_within_families_by_name() -> None:
    view = given()
    register(view, "web", times=11)
    register(view, "api", times=2)
    ascending = ["api:1", "api:2", *(f"web:{n}" for n in range(1, 12))]
    assert listed(view) == ascending
    assert listed(view, sort="ASC") == ascending
    assert listed(view, sort="DESC") == ascending[::-1]


def test_family_prefix_is_a_whole_family_for_revisions() -> None:
    view = given()
    for family in ("web", "web-admin", "we"):
        register(view, family)
    assert listed(view, familyPrefix="web") == ["web:1"]


NAMES = st.text("ab-_0Z", min_size=1, max_size=3)


@drawn(st.sets(NAMES, max_size=8), NAMES | st.just("") | st.just("a b"))
def test_family_prefix_is_a_prefix_for_families(names: set[str], prefix: str) -> None:
    view = given()
    for name in sorted(names):
        register(view, name)
    expected = sorted(name for name in names if name.startswith(prefix))
    assert families(view, familyPrefix=prefix) == expected
    assert walked(view, familyPrefix=prefix) == expected


def walked(view: View, **request: Any) -> list[str]:
    """All families, read in pages of one."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = list_task_definition_families(view, CALL, {**request, **token, "maxResults": 1})
        found += page["families"]
        if "nextToken" not in page:
            return found
        token = {"nextToken": page["nextToken"]}


@drawn(st.integers(1, 7), st.sampled_from(["ASC", "DESC"]))
def test_TD_32_pages_joined_are_the_whole_list(size: int, sort: str) -> None:
    view = given()
    register(view, "api", times=5)
    register(view, "web", times=3)
    found: list[str] = []
    request: dict[str, Any] = {"sort": sort, "maxResults": size}
    while True:
        page = list_task_definitions(view, CALL, request)
        assert 1 <= len(page["taskDefinitionArns"]) <= size
        found += page["taskDefinitionArns"]
        if "nextToken" not in page:
            break
        request["nextToken"] = page["nextToken"]
    assert found == list_task_definitions(view, CALL, {"sort": sort})["taskDefinitionArns"]


STEPS = st.lists(st.tuples(st.sampled_from("rdx"), st.sampled_from(["a", "b"]), st.integers(1, 4)))


@drawn(STEPS)
def test_a_familys_status_always_follows_from_its_revisions(
    steps: list[tuple[str, str, int]],
) -> None:
    view = given(a_task(task_definition_arn=definition_arn("a", 1)))
    given_numbers: set[str] = set()
    for step, family, number in steps:
        reference = f"{family}:{number}"
        if step == "r":
            arn = register(view, family)
            assert arn not in given_numbers
            given_numbers.add(arn)
        elif step == "d" and view.get(TASK_DEFINITIONS, definition_arn(family, number)):
            deregister(view, reference)
        elif step == "x":
            delete(view, reference)
    for family in ("a", "b"):
        statuses = {each.status for each in view.all(TASK_DEFINITIONS) if each.family == family}
        record = view.get(FAMILIES, family_key(CALL.scope, family))
        expected = "ACTIVE" if "ACTIVE" in statuses else "INACTIVE" if statuses else ""
        assert (record.status if record else "") == expected
