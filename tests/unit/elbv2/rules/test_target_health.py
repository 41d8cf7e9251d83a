"""The table of a target's moves."""

from pathlib import Path

from roadstead.elbv2.rules.target_health import DESCRIPTIONS, MOVES, Health, because, mermaid

PAGE = Path(__file__).parents[4] / "docs" / "design" / "target-health.md"


def test_a_target_that_drains_takes_no_result_of_its_checks() -> None:
    assert MOVES["draining"] == {"REGISTERED": "initial", "UNREACHABLE": "gone", "DRAINED": "gone"}


def test_every_registered_target_can_be_deregistered() -> None:
    after = {status: moves.get("DEREGISTERED") for status, moves in MOVES.items()}
    assert after == {
        "initial": "draining",
        "healthy": "draining",
        "unhealthy": "draining",
        "unused": "gone",
        "draining": None,
        "gone": None,
    }


def test_a_state_is_described_as_ELB_does_unless_told_otherwise() -> None:
    assert because("unhealthy", "Target.Timeout") == Health(
        "unhealthy", "Target.Timeout", "Request timed out"
    )
    told = because(
        "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [502]"
    )
    assert told.description == "Health checks failed with these codes: [502]"
    assert all(DESCRIPTIONS.values())


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in PAGE.read_text()
