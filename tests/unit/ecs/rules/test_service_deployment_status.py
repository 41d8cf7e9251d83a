"""Which status of a service deployment may follow which."""

from pathlib import Path

from roadstead.ecs.records.service_deployment import FINAL_STATUSES
from roadstead.ecs.rules.deployment.status import (
    MOVES,
    STOPPABLE,
    SUPERSEDED,
    is_final,
    may_follow,
    mermaid,
)

PAGE = Path(__file__).resolve().parents[4] / "docs" / "design" / "deployments.md"


def test_the_final_statuses_are_those_that_nothing_follows() -> None:
    assert frozenset(status for status in MOVES if is_final(status)) == FINAL_STATUSES
    assert frozenset(MOVES) - FINAL_STATUSES == STOPPABLE


def test_every_status_leads_to_a_final_one_and_none_leads_back() -> None:
    def ends(status: str, passed: tuple[str, ...]) -> bool:
        assert status not in passed, passed
        return is_final(status) or all(
            ends(each, (*passed, status)) for each in sorted(MOVES[status])
        )

    assert all(ends(status, ()) for status in MOVES)


def test_what_is_superseded_moves_as_the_table_allows() -> None:
    assert all(may_follow(status, after) for status, after in SUPERSEDED.items())


def test_the_diagram_of_statuses_is_drawn_from_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in PAGE.read_text()
