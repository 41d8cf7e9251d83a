"""The table of status moves."""

from pathlib import Path

import pytest

from roadstead.ecs.rules.task_lifecycle import (
    MOVES,
    ORDER,
    TaskEvent,
    later_container_status,
    mermaid,
    next_status,
    reported_event,
)


def test_TK_01_no_move_leads_back() -> None:
    for (status, _), after in MOVES.items():
        assert ORDER.index(after) >= ORDER.index(status)


def test_every_event_has_an_answer_in_every_status_that_has_moves() -> None:
    statuses = {status for status, _ in MOVES}
    assert {(status, event) for status in statuses for event in TaskEvent} == set(MOVES)
    assert set(MOVES.values()) <= statuses


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
