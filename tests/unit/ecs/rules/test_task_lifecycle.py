"""The table of status moves."""

from pathlib import Path

import pytest

from roadstead.ecs.rules.task_lifecycle import (
    MOVES,
    ORDER,
    Course,
    TaskEvent,
    first_status,
    is_agent_to_stop,
    later_container_status,
    mermaid,
    next_status,
    reported_event,
)


def test_TK_01_no_move_leads_back() -> None:
    for (status, _), after in MOVES.items():
        assert ORDER.index(after) >= ORDER.index(status)


def test_a_task_without_more_passes_pending_running_and_stopped_only() -> None:
    passed = {
        next_status(status, event) for status in ("PENDING", "RUNNING") for event in TaskEvent
    }
    assert passed == {"PENDING", "RUNNING", "STOPPED"}


def test_a_task_that_takes_every_step_passes_every_status() -> None:
    course = Course(has_interface=True, has_traffic=True)
    walked = [first_status(course)]
    for event in (
        TaskEvent.INTERFACE_ATTACHED,
        TaskEvent.REPORTED_RUNNING,
        TaskEvent.ACTIVATED,
        TaskEvent.STOP_WANTED,
        TaskEvent.DEACTIVATED,
        TaskEvent.REPORTED_STOPPED,
        TaskEvent.INTERFACE_DELETED,
    ):
        walked.append(next_status(walked[-1], event, course))
    assert tuple(walked) == ORDER


def test_a_draining_task_is_not_told_to_stop_yet() -> None:
    assert not is_agent_to_stop("STOPPED", "DEACTIVATING")
    assert is_agent_to_stop("STOPPED", "STOPPING")
    assert is_agent_to_stop("STOPPED", "RUNNING")
    assert not is_agent_to_stop("RUNNING", "RUNNING")


def test_a_stopped_task_stays_stopped() -> None:
    assert {next_status("STOPPED", event) for event in TaskEvent} == {"STOPPED"}


def test_asking_for_a_stop_moves_nothing_until_the_agent_reports() -> None:
    assert next_status("PENDING", TaskEvent.STOP_WANTED) == "PENDING"
    assert next_status("RUNNING", TaskEvent.STOP_WANTED) == "RUNNING"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("PENDING", TaskEvent.REPORTED_PENDING),
        ("PULLED", TaskEvent.REPORTED_PENDING),
        ("CREATED", TaskEvent.REPORTED_PENDING),
        ("running", TaskEvent.REPORTED_RUNNING),
        ("STOPPED", TaskEvent.REPORTED_STOPPED),
        ("DANCING", None),
    ],
)
def test_agents_earlier_statuses_are_all_pending(said: str, meant: TaskEvent | None) -> None:
    assert reported_event(said) is meant


def test_a_container_never_goes_back() -> None:
    assert later_container_status("RUNNING", "PENDING") == "RUNNING"
    assert later_container_status("STOPPED", "RUNNING") == "STOPPED"
    assert later_container_status("PENDING", "STOPPED") == "STOPPED"
    assert later_container_status("PENDING", "") == "PENDING"


def test_the_diagram_is_drawn_from_the_table() -> None:
    root = Path(__file__).resolve().parents[4]
    page = (root / "docs" / "design" / "task-lifecycle.md").read_text()
    assert f"```mermaid\n{mermaid()}\n```" in page
