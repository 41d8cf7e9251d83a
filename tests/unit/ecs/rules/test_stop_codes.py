"""Why a task ended by itself, and how healthy it is."""

from given import a_container
from roadstead.ecs.rules.health import instance_health, task_health
from roadstead.ecs.rules.stop_codes import has_essential_ended, stop_of

EXITED = ("EssentialContainerExited", "Essential container in task exited")


def test_TK_03_a_task_that_ran_ended_because_an_essential_container_did() -> None:
    ended = a_container(last_status="STOPPED", exit_code=0)
    assert stop_of([ended], was_running=True, task_reason="") == EXITED


def test_a_container_with_an_exit_code_ran_though_its_task_was_never_reported_running() -> None:
    ended = a_container(last_status="STOPPED", exit_code=3)
    assert stop_of([ended], was_running=False, task_reason="") == EXITED


def test_TK_05_a_container_that_could_not_start_gives_its_reason() -> None:
    failed = a_container("b", last_status="STOPPED", reason="CannotPullContainerError: no such tag")
    waiting = a_container("a", last_status="STOPPED")
    assert stop_of([waiting, failed], was_running=False, task_reason="") == (
        "TaskFailedToStart",
        "CannotPullContainerError: no such tag",
    )


def test_a_non_essential_container_that_ran_does_not_hide_one_that_could_not_start() -> None:
    ran = a_container("init", essential=False, last_status="STOPPED", exit_code=0)
    failed = a_container("app", last_status="STOPPED", reason="CannotStartContainerError: no file")
    assert stop_of([ran, failed], was_running=False, task_reason="") == (
        "TaskFailedToStart",
        "CannotStartContainerError: no file",
    )


def test_a_failed_start_that_took_other_containers_with_it_is_still_a_failed_start() -> None:
    failed = a_container("app", last_status="STOPPED", reason="CannotStartContainerError: no file")
    killed = a_container("db", last_status="STOPPED", exit_code=137)
    code, _ = stop_of([killed, failed], was_running=False, task_reason="")
    assert code == "TaskFailedToStart"


def test_a_container_that_was_not_tried_any_more_did_not_fail_the_task() -> None:
    ended = a_container("app", last_status="STOPPED", exit_code=0)
    late = a_container("b", last_status="STOPPED", reason="TaskStoppedBeforePullBeginError: late")
    assert stop_of([late, ended], was_running=False, task_reason="") == EXITED


def test_the_tasks_own_reason_is_told_when_no_container_has_one() -> None:
    none = a_container(last_status="STOPPED")
    assert stop_of([none], was_running=False, task_reason="Task dependencies cannot be") == (
        "TaskFailedToStart",
        "Task dependencies cannot be",
    )
    assert stop_of([none], was_running=False, task_reason="") == (
        "TaskFailedToStart",
        "Task failed to start",
    )


def test_TK_03_only_essential_containers_end_a_task() -> None:
    side = a_container("side", essential=False, last_status="STOPPED", exit_code=1)
    assert not has_essential_ended([side, a_container()])
    assert has_essential_ended([side, a_container(last_status="STOPPED")])


def test_TK_70_health_is_decided_by_essential_containers() -> None:
    good = a_container("a", health_status="HEALTHY")
    bad = a_container("b", health_status="UNHEALTHY")
    unknown = a_container("c")
    assert task_health([good, bad, unknown]) == "UNHEALTHY"
    assert task_health([good, unknown]) == "UNKNOWN"
    assert task_health([good]) == "HEALTHY"
    assert task_health([unknown]) == "UNKNOWN"


def test_TK_71_health_of_a_non_essential_container_is_ignored() -> None:
    bad = a_container("side", essential=False, health_status="UNHEALTHY")
    assert task_health([bad, a_container(health_status="HEALTHY")]) == "HEALTHY"
    assert task_health([bad]) == "UNKNOWN"


def test_an_instance_is_as_healthy_as_its_worst_check() -> None:
    assert instance_health(["OK", "IMPAIRED"]) == "IMPAIRED"
    assert instance_health(["OK"]) == "OK"
    assert instance_health([]) == "INSUFFICIENT_DATA"
