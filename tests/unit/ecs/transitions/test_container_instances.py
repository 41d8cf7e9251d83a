"""Container instances join, lose and find their agents, and leave for good."""

from typing import Any, Literal

import pytest

from given import NOW, a_call, a_cluster, a_task, an_instance, given, instance_arn, later, task_arn
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.registration import Registration, Resources
from roadstead.ecs.transitions.container_instances import (
    InstanceRefused,
    agent_connected,
    agent_disconnected,
    deregister_instance,
    instance_state_changed,
    register_instance,
    report_health,
    reregister_instance,
)
from roadstead.state.view import Tx, View

EC2_ID = "i-00000000000000001"
VERSIONS = {"agent_version": "1.105.1", "agent_hash": "a8b3e7d3", "docker_version": "20.10.24"}


def connect(view: View, minute: int = 0) -> ContainerInstance:
    call = a_call(now=later(60 * minute))
    return agent_connected(Tx(view), call, instance_arn(), **VERSIONS)


def now_in(view: View) -> ContainerInstance:
    return view.must(CONTAINER_INSTANCES, instance_arn())


def test_CI_10_a_registered_instance_is_active_and_waits_for_its_agents_channel() -> None:
    view = given(a_cluster())
    registration = Registration(
        availability_zone="us-east-1a", resources=Resources(cpu_units=2048, memory_mib=4096)
    )
    instance = register_instance(Tx(view), a_call(), a_cluster(), registration, {"a": "b"})
    assert (instance.status, instance.agent_connected) == ("ACTIVE", False)
    assert (instance.cpu_units, instance.memory_mib) == (2048, 4096)
    assert instance.registered_at == NOW
    assert instance.tags == {"a": "b"}
    assert instance.arn.startswith("arn:aws:ecs:us-east-1:123456789012:container-instance/default/")


def test_CI_11_coming_back_refreshes_what_the_agent_tells_and_keeps_what_users_set() -> None:
    view = given(an_instance(1, custom_attributes={"stack": "prod"}, tags={"a": "b"}))
    registration = Registration(
        availability_zone="us-east-1a",
        resources=Resources(cpu_units=1024, memory_mib=2048),
        attributes={"ecs.capability.full-sync": None},
        custom_attributes={"stack": "test"},
    )
    after = reregister_instance(Tx(view), now_in(view), registration)
    assert after.arn == instance_arn()
    assert (after.cpu_units, after.memory_mib) == (1024, 2048)
    assert after.attributes == {"ecs.capability.full-sync": None}
    assert after.custom_attributes == {"stack": "prod"}
    assert after.tags == {"a": "b"}
    assert after.ec2_instance_id == EC2_ID


def test_a_connection_is_numbered_and_tells_the_versions() -> None:
    view = given(an_instance(1, agent_connected=False, connections=3, agent_version=""))
    instance = connect(view)
    assert (instance.agent_connected, instance.connections) == (True, 4)
    assert (instance.agent_version, instance.docker_version) == ("1.105.1", "20.10.24")
    assert instance.connected_at == NOW


def test_CI_74_a_deregistered_or_unknown_instance_is_refused_by_name() -> None:
    for view in (given(an_instance(1, status="INACTIVE")), given()):
        with pytest.raises(InstanceRefused) as refused:
            connect(view)
        assert refused.value.kind == "InactiveInstanceException"
        assert refused.value.text == f"Container instance {1:032x} is inactive."


def test_CI_31_a_connection_that_was_replaced_disconnects_nothing() -> None:
    view = given(an_instance(1, agent_connected=False, connections=0))
    assert connect(view).connections == 1
    assert connect(view, 30).connections == 2
    assert agent_disconnected(Tx(view), a_call(), instance_arn(), 1) is None
    assert now_in(view).agent_connected
    gone = agent_disconnected(Tx(view), a_call(now=later(7)), instance_arn(), 2)
    assert gone is not None
    assert (gone.agent_connected, gone.disconnected_at) == (False, later(7))
    assert agent_disconnected(Tx(view), a_call(), instance_arn(), 2) is None


def test_a_seamless_reconnect_leaves_the_instance_connected_since_the_first() -> None:
    view = given(an_instance(1, agent_connected=False))
    connect(view)
    assert connect(view, 30).connected_at == NOW


def test_CI_63_deregistering_orphans_the_tasks_and_drops_attributes_and_tags() -> None:
    view = given(
        an_instance(1, custom_attributes={"stack": "prod"}, tags={"a": "b"}),
        a_task(1),
        a_task(2, last_status="PENDING"),
        a_task(3, last_status="STOPPED", stopped_reason="ended before"),
        a_task(4, instance=2),
    )
    after = deregister_instance(Tx(view), a_call(now=later(3)), now_in(view))
    assert (after.status, after.agent_connected, after.deregistered_at) == (
        "INACTIVE",
        False,
        later(3),
    )
    assert (after.attributes, after.custom_attributes, after.tags) == ({}, {}, {})
    assert view.count(LISTED_CONTAINER_INSTANCES, after.cluster_arn) == 0
    seen = {each.arn: (each.last_status, each.stopped_reason) for each in view.all(TASKS)}
    orphaned = ("STOPPED", "Container instance deregistration forced by user")
    assert seen == {
        task_arn(1): orphaned,
        task_arn(2): orphaned,
        task_arn(3): ("STOPPED", "ended before"),
        task_arn(4): ("RUNNING", ""),
    }


State = Literal["running", "stopped", "terminated"]


def host(state: State, **fields: Any) -> tuple[View, list[ContainerInstance]]:
    view = given(an_instance(1, **fields), a_task(1))
    changed = instance_state_changed(Tx(view), a_call(now=later(4)), EC2_ID, state)
    return view, changed


def test_a_host_that_is_terminated_under_a_connected_agent_is_deregistered() -> None:
    view, (instance,) = host("terminated")
    assert (instance.status, instance.agent_connected) == ("INACTIVE", False)
    task = view.must(TASKS, task_arn(1))
    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "TerminationNotice",
        f"Host EC2 (instance {EC2_ID}) terminated.",
    )


def test_a_host_that_is_terminated_while_disconnected_stays_active() -> None:
    view, changed = host("terminated", agent_connected=False)
    assert changed == []
    assert now_in(view).status == "ACTIVE"
    assert view.must(TASKS, task_arn(1)).last_status == "RUNNING"


def test_a_host_that_is_stopped_keeps_its_record_and_ends_its_tasks() -> None:
    view, (instance,) = host("stopped")
    assert (instance.status, instance.agent_connected) == ("ACTIVE", False)
    task = view.must(TASKS, task_arn(1))
    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "TerminationNotice",
        f"Host EC2 (instance {EC2_ID}) stopped.",
    )


def test_a_host_that_starts_again_changes_nothing_until_its_agent_connects() -> None:
    view, changed = host("running", agent_connected=False)
    assert changed == []
    assert not now_in(view).agent_connected
    assert connect(view).arn == instance_arn()


def test_a_host_of_another_account_or_no_instance_changes_nothing() -> None:
    view = given(an_instance(1))
    other = a_call(account="999999999999")
    assert instance_state_changed(Tx(view), other, EC2_ID, "terminated") == []
    assert instance_state_changed(Tx(view), a_call(), "i-1", "terminated") == []


def a_status(status: str, second: float, kind: str = "ContainerRuntime") -> dict[str, Any]:
    return {"type": kind, "status": status, "statusReason": "", "lastUpdated": later(second)}


def test_health_is_written_when_it_changes_and_now_and_then() -> None:
    view = given(an_instance(1))
    for status, second, version in (
        ("OK", 0, 2),
        ("OK", 30, 2),
        ("IMPAIRED", 60, 3),
        ("IMPAIRED", 90, 3),
        ("IMPAIRED", 360, 4),
    ):
        report_health(Tx(view), a_call(), instance_arn(), [a_status(status, second)])
        assert now_in(view).version == version
    assert now_in(view).health == {
        "CONTAINER_RUNTIME": {"status": "IMPAIRED", "lastUpdated": later(360)}
    }


def test_health_that_the_api_does_not_know_is_left_out() -> None:
    view = given(an_instance(1))
    told = [a_status("OK", 0, "Mood"), a_status("FINE", 0)]
    report_health(Tx(view), a_call(), instance_arn(), told)
    assert now_in(view).health == {}
    assert report_health(Tx(view), a_call(), instance_arn(2), told) is None
