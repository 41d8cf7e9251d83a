"""Which container instances an expression means."""

import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from given import a_cluster, a_task, an_instance, cluster_arn, given
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.cluster_query.query import query_of
from roadstead.state.view import Tx, View

REGISTERED = datetime(2018, 6, 18, 22, 28, 28, 500_000, tzinfo=UTC)


def members(view: View, text: str) -> list[int]:
    """Numbers of the instances that are meant."""
    capacity = view.projection(Capacity)
    query = query_of(text)
    found = []
    for zone in capacity.zones(cluster_arn()):
        mask = query.members(zone, capacity, cluster_arn())
        for slot, instance in enumerate(zone.instances):
            if instance is not None and mask[slot]:
                found.append(int(instance.arn.rpartition("/")[2], 16))
    return sorted(found)


def is_meant(text: str, **fields: Any) -> bool:
    return members(given(a_cluster(), an_instance(1, **fields)), text) == [1]


def with_stack(value: str | None) -> dict[str, Any]:
    return {"custom_attributes": {"stack": value}}


def test_attribute_with_no_value() -> None:
    assert is_meant("attribute:stack exists", **with_stack(None))
    assert not is_meant("attribute:stack !exists", **with_stack(None))
    for text in ("== None", "== prod", "in [None, prod]", "=~ .*", "> 0"):
        assert not is_meant(f"attribute:stack {text}", **with_stack(None))


def test_missing_attribute_equality() -> None:
    assert not is_meant("attribute:stack == prod")
    assert is_meant("attribute:stack != prod")
    assert not is_meant("attribute:stack in [prod]")
    assert is_meant("attribute:stack !in [prod]")
    assert not is_meant("attribute:stack =~ .*")
    assert is_meant("attribute:stack !~ .*")
    assert is_meant("attribute:stack !exists")
    assert not is_meant("attribute:stack < 1")
    assert not is_meant("attribute:stack >= 1")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("agentVersion > 1.9.0", True),
        ("agentVersion == 1.10.0", True),
        ("agentVersion == 1.10", True),
        ("agentVersion != 1.9", True),
        ("agentVersion < 1.9.0", False),
        ("agentVersion <= 1.10.1", True),
        ("agentVersion >= 2", False),
    ],
)
def test_version_compared_numerically(text: str, meant: bool) -> None:
    assert is_meant(text, agent_version="1.10.0") is meant


def test_an_agent_that_told_no_version_is_neither_newer_nor_older() -> None:
    assert not is_meant("agentVersion > 0 or agentVersion <= 1", agent_version="")
    assert is_meant("agentVersion != 1.0", agent_version="")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("registeredAt == 2018-06-18T22:28:28Z", True),
        ("registeredAt == 2018-06-18T22:28:28+00:00", True),
        ("registeredAt == 2018-06-19T00:28:28+02:00", True),
        ("registeredAt == 2018-06-18T22:28:28", True),
        ("registeredAt > 2018-06-18", True),
        ("registeredAt < 2018-06-19", True),
        ("registeredAt >= 2018-06-18T22:28:29Z", False),
        ("registeredAt != 2018-06-18", True),
    ],
)
def test_dates_are_compared_in_whole_seconds(text: str, meant: bool) -> None:
    assert is_meant(text, registered_at=REGISTERED) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("attribute:stack == prod-1", True),
        ("attribute:stack == prod", False),
        ("attribute:stack =~ prod.*", True),
        ("attribute:stack =~ prod", False),
        ("attribute:stack =~ '(prod|test)-[0-9]'", True),
        ("attribute:stack !~ prod.*", False),
        ("attribute:stack in [test, prod-1]", True),
        ("attribute:stack !in [test, prod-1]", False),
        ("attribute:stack > 1", False),
        ("attribute:ecs.instance-type == t3.medium", True),
        ("!(attribute:ecs.instance-type =~ t2.*)", True),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("ec2InstanceId == i-00000000000000001", True),
        ("ec2InstanceId =~ i-.*2", False),
        ("agentConnected == true", True),
        ("agentConnected in [false]", False),
        ("agentConnected =~ f.*", False),
        ("agentConnected != true", False),
        ("runningTasksCount == 0", True),
        ("runningTasksCount > 0", False),
    ],
)
def test_each_subject_and_operator(text: str, meant: bool) -> None:
    assert is_meant(text, **with_stack("prod-1")) is meant


def test_attributes_that_are_numbers_are_compared_as_numbers() -> None:
    assert is_meant("attribute:stack > 9", **with_stack("10"))
    assert is_meant("attribute:stack <= 10.0", **with_stack("10"))
    assert not is_meant("attribute:stack > 9", **with_stack("ten"))


def test_and_or_and_not_join() -> None:
    view = given(
        an_instance(1, custom_attributes={"a": "1"}),
        an_instance(2, custom_attributes={"b": "1"}),
        an_instance(3, custom_attributes={"a": "1", "b": "1"}),
        an_instance(4),
        a_task(1, instance=3),
    )
    assert members(view, "attribute:a exists and attribute:b exists") == [3]
    assert members(view, "attribute:a exists or attribute:b exists") == [1, 2, 3]
    assert members(view, "attribute:a exists and not(attribute:b exists)") == [1]
    assert members(view, "attribute:a exists and runningTasksCount == 0") == [1]
    assert members(view, "runningTasksCount > 0 or attribute:b exists") == [2, 3]
    assert members(view, "not(runningTasksCount > 0 or attribute:b exists)") == [1, 4]


def test_task_groups_are_those_of_services_and_of_single_tasks() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        an_instance(3),
        an_instance(4),
        a_task(1, instance=1, service="web"),
        a_task(2, instance=2, group="databases"),
        a_task(3, instance=3, group="databases", desired_status="STOPPED"),
    )
    assert members(view, "task:group == service:web") == [1]
    assert members(view, "task:group == databases") == [2]
    assert members(view, "task:group != databases") == [1, 3, 4]
    assert members(view, "task:group in [databases, service:web]") == [1, 2]
    assert members(view, "task:group !in [databases, service:web]") == [3, 4]
    assert members(view, "task:group =~ service:.*") == [1]
    assert members(view, "task:group !~ '(data|service).*'") == [3, 4]


def test_daemon_tasks_that_are_ending_are_in_no_group() -> None:
    ending = a_task(1, instance=1, service="web", desired_status="STOPPED", is_daemon=True)
    view = given(an_instance(1), ending)
    for text in ("task:group =~ .*", "task:group == service:web"):
        assert members(view, text) == []


def test_answers_follow_what_changes() -> None:
    view = given(an_instance(1), an_instance(2))
    texts = ("attribute:a exists", "task:group =~ family:.*", "agentConnected == false")
    assert [members(view, text) for text in texts] == [[], [], []]
    tx = Tx(view)
    tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(
            an_instance(1), custom_attributes={"a": None}, agent_connected=False
        ),
    )
    tx.put(TASKS, a_task(1, instance=2))
    tx.put(TASKS, a_task(2, instance=2, group="service:x"))
    for number in range(3, 12):
        tx.put(CONTAINER_INSTANCES, an_instance(number, custom_attributes={"a": "x"}))
    assert [members(view, text) for text in texts] == [[1, *range(3, 12)], [2], [1]]
    tx.undo()
    assert [members(view, text) for text in texts] == [[], [], []]


@drawn(
    st.lists(
        st.tuples(
            st.integers(1, 5), st.sampled_from(("service:web", "databases", "family:web", ""))
        ),
        max_size=25,
    ),
    st.sampled_from(
        ("task:group == databases", "task:group =~ .*:web", "task:group != family:web")
    ),
)
def test_groups_are_followed_task_by_task(changes: list[tuple[int, str]], text: str) -> None:
    view = given(*(an_instance(number) for number in range(1, 6)))
    members(view, text)
    tx = Tx(view)
    for number, (instance, group) in enumerate(changes):
        tx.delete(TASKS, a_task(number % 8).arn)
        if group:
            tx.put(TASKS, a_task(number % 8, instance=instance, group=group))
        fresh = given(*(an_instance(each) for each in range(1, 6)), *view.all(TASKS))
        assert members(view, text) == members(fresh, text)


def test_a_value_that_is_no_proper_text_matches_nothing() -> None:
    assert not is_meant("attribute:stack =~ .*", **with_stack("\ud800"))


def test_no_pattern_keeps_the_server_busy() -> None:
    evil = "'(a*)*(a|aa)+$b'"
    began = time.process_time()
    assert not is_meant(f"attribute:stack =~ {evil}", **with_stack("a" * 128))
    assert time.process_time() - began < 1
