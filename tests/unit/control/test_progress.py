"""How far it is to what one waits for, and what holds it up."""

from typing import Any

import pytest

from given import (
    NOW,
    a_call,
    a_cluster,
    a_container,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    a_task_interface,
    ago,
    an_instance,
    given,
    instance_arn,
    later,
    task_arn,
)
from networking import a_network_interface
from roadstead.aws.errors import ApiError
from roadstead.control.progress import describe_progress
from roadstead.state.records import Record


def progress(condition: str, target: str, *records: Record) -> dict[str, Any]:
    view = given(a_cluster(), a_task_definition(), *records)
    request = {"condition": condition, "targets": [target]}
    answer = describe_progress(view, a_call(now=NOW), request)
    (row,) = answer["targets"]
    assert isinstance(row, dict)
    return row


def test_a_drain_is_held_up_by_services_standalone_tasks_and_what_ends_slowly() -> None:
    row = progress(
        "DRAINED",
        "i-00000000000000001",
        an_instance(status="DRAINING"),
        a_service(desired_count=1),
        a_task(1, service="web"),
        a_task(2),
        a_task(3, desired_status="STOPPED", stopping_at=ago(5)),
    )
    assert (row["name"], row["left"], row["isDone"]) == ("i-00000000000000001", 3, False)
    assert row["reasons"] == [
        "service web still needs 1 task here",
        f"1 standalone task, which nobody stops: {task_arn(2).rpartition('/')[2]}",
        "1 task asked to stop, not ended yet",
    ]


def test_an_empty_machine_that_nobody_drains_is_not_drained() -> None:
    row = progress("DRAINED", instance_arn(), an_instance())
    assert (row["isDone"], row["left"]) == (False, 0)
    assert row["reasons"] == ["it is ACTIVE, though without tasks: it may get new ones at any time"]
    empty = an_instance(status="DRAINING", draining_since=ago(60))
    assert progress("DRAINED", instance_arn(), empty)["isDone"]
    assert progress("DRAINED", instance_arn(), empty)["since"] == ago(60)


def test_a_machine_whose_agent_is_gone_says_so_first() -> None:
    row = progress(
        "DRAINED", instance_arn(), an_instance(status="DRAINING", agent_connected=False), a_task(1)
    )
    assert row["reasons"][0].startswith("its agent is not connected")


def test_deregistered_is_what_is_inactive() -> None:
    assert not progress("DEREGISTERED", instance_arn(), an_instance())["isDone"]
    assert progress("DEREGISTERED", instance_arn(), an_instance(status="INACTIVE"))["isDone"]


def test_a_service_is_stable_when_its_scheduler_says_so_and_all_tasks_run() -> None:
    tasks = [a_task(1, service="web"), a_task(2, service="web")]
    steady = a_service(desired_count=2, is_steady=True)
    assert progress("STABLE", "web", an_instance(), steady, *tasks)["isDone"]
    unsteady = a_service(desired_count=2)
    assert not progress("STABLE", "web", an_instance(), unsteady, *tasks)["isDone"]


def test_a_service_tells_of_tasks_that_are_on_their_way() -> None:
    row = progress(
        "STABLE",
        "web",
        an_instance(),
        a_service(desired_count=3),
        a_task(1, service="web", last_status="PENDING", created_at=ago(7)),
        a_task(2, service="web", started_at=ago(10)),
        a_task(
            3,
            service="web",
            health_status="UNHEALTHY",
            containers=(a_container(has_health_check=True, health_status="UNHEALTHY"),),
        ),
    )
    assert row["state"] == "2/3 RUNNING, 0 healthy"
    assert row["reasons"] == [
        "1 task PENDING, the oldest for 7 s on i-00000000000000001",
        "1 task: UNHEALTHY",
        "1 task RUNNING for too short a time to count as healthy: the last one does in 30 s",
    ]


def test_a_service_that_waits_after_failures_says_until_when() -> None:
    deployment = a_deployment(failed_starts=3, next_try_at=later(20), rollout_state="IN_PROGRESS")
    row = progress("STABLE", "web", an_instance(), a_service(deployments=(deployment,)))
    assert row["reasons"] == ["3 tasks in a row never reached RUNNING: the next try is in 20 s"]


def test_a_service_says_why_its_tasks_fail_and_what_helps() -> None:
    failed = [
        a_task(
            number,
            service="web",
            last_status="STOPPED",
            stopped_at=ago(30 * number),
            stop_code="EssentialContainerExited",
            stopped_reason="Essential container in task exited",
            containers=(a_container(exit_code=3),),
        )
        for number in (1, 2)
    ]
    asked = a_task(3, service="web", last_status="STOPPED", stop_code="UserInitiated")
    row = progress("STABLE", "web", an_instance(), a_service(desired_count=2), *failed, asked)
    assert row["reasons"] == [
        "2 tasks failed in the last 60 s; the last one, "
        f"{task_arn(1).rpartition('/')[2]}, 30 s ago: Essential container in task exited. "
        "Container app ended with exit code 3, which is its program's own: look at its logs"
    ]


def test_failures_of_long_ago_of_others_and_of_a_steady_service_are_not_told() -> None:
    fields: dict[str, Any] = {"last_status": "STOPPED", "stop_code": "TaskFailedToStart"}
    old = a_task(1, service="web", stopped_at=ago(1201), **fields)
    other = a_task(2, service="api", stopped_at=ago(5), **fields)
    row = progress("STABLE", "web", an_instance(), a_service(desired_count=2), old, other)
    assert row["reasons"] == []


def test_an_orphan_of_a_service_has_not_failed() -> None:
    reason = "Container instance deregistration forced by user"
    orphan = a_task(
        1, service="web", last_status="STOPPED", stopped_at=ago(5), stopped_reason=reason
    )
    row = progress("STABLE", "web", an_instance(), a_service(desired_count=2), orphan)
    assert row["reasons"] == []


def test_protected_tasks_that_are_too_many_hold_a_service_up() -> None:
    running = [
        a_task(number, service="web", protection_enabled=True, protection_expires_at=later(60))
        for number in (1, 2)
    ]
    row = progress("STABLE", "web", an_instance(), a_service(desired_count=1), *running)
    assert row["reasons"] == [
        "2 tasks protected from scale-in, until 12:01:00 UTC at most: they end when they are done, "
        "or when UpdateTaskProtection takes it from them"
    ]
    row = progress("STABLE", "web", an_instance(), a_service(desired_count=2), *running)
    assert row["reasons"] == []


def test_a_deleted_service_never_gets_stable() -> None:
    row = progress("STABLE", "web", a_service(status="DRAINING", desired_count=0))
    assert (row["isDone"], row["isImpossible"]) == (False, True)


def test_a_stopped_task_never_runs_again() -> None:
    stopped = a_task(1, last_status="STOPPED", stopped_reason="Task stopped by user")
    row = progress("RUNNING", task_arn(1), stopped)
    assert (row["isDone"], row["isImpossible"]) == (False, True)
    assert row["reasons"] == ["it was asked to stop, or ended: Task stopped by user"]
    assert progress("STOPPED", task_arn(1), stopped)["isDone"]


def test_a_task_that_nobody_stopped_is_told_so() -> None:
    row = progress("STOPPED", task_arn(1), an_instance(), a_task(1))
    assert row["reasons"] == ["nobody has asked it to stop, and it has not ended by itself"]
    assert progress("RUNNING", task_arn(1), an_instance(), a_task(1))["isDone"]


@pytest.mark.parametrize(
    ("condition", "target", "about"),
    [
        ("DRAINED", "i-1", "container instances of cluster default: "),
        ("STABLE", "no", "There are no services of cluster default"),
        ("RUNNING", "0000", "begins more than one id"),
        ("RUNNING", "ffff", "ListTasks"),
    ],
)
def test_a_wrong_target_is_answered_with_what_there_is(
    condition: str, target: str, about: str
) -> None:
    with pytest.raises(ApiError, match=about):
        progress(condition, target, an_instance(), a_task(1), a_task(2))


def test_tasks_with_interfaces_say_what_these_wait_for() -> None:
    coming = a_task(
        1,
        service="web",
        last_status="PROVISIONING",
        created_at=ago(7),
        interface=a_task_interface(status="ATTACHING", expires_at=later(293)),
    )
    row = progress(
        "STABLE",
        "web",
        an_instance(),
        a_service(desired_count=1),
        coming,
        a_network_interface(status="attaching"),
    )
    assert row["reasons"] == [
        "1 task PROVISIONING, the oldest for 7 s on i-00000000000000001: its network interface "
        "eni-00000000000000001 is being attached to i-00000000000000001; the task fails if it is "
        "not by 12:04:53 UTC"
    ]
    going = a_task(
        1,
        last_status="DEPROVISIONING",
        desired_status="STOPPED",
        stopping_at=ago(5),
        interface=a_task_interface(status="DETACHING"),
    )
    row = progress(
        "STOPPED", going.arn, an_instance(), going, a_network_interface(status="detaching")
    )
    assert row["reasons"][1:] == [
        "its network interface eni-00000000000000001 is being detached from i-00000000000000001"
    ]
