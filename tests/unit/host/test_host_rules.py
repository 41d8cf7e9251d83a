"""What follows an agent's end."""

import pytest

from roadstead.host import rules


def test_an_agent_that_says_starting_again_is_useless_stays_ended() -> None:
    assert isinstance(rules.after_exit(5, 0.1, 0), rules.Ended)


def test_an_agent_that_was_asked_to_stop_stays_ended() -> None:
    assert isinstance(rules.after_exit(0, 100, 0), rules.Ended)


@pytest.mark.parametrize("status", [1, 2, -9, -11, None])
def test_the_first_restart_is_at_once(status: int | None) -> None:
    assert _restart(status, 0.1, 0).after_seconds == 0


def test_restarts_wait_ever_longer_up_to_half_a_minute() -> None:
    waits, failures = [], 0
    for _ in range(8):
        restart = _restart(1, 0.1, failures)
        waits.append(restart.after_seconds)
        failures = restart.failures
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30]


def test_an_agent_that_ran_for_a_minute_begins_anew() -> None:
    assert _restart(1, 60, 7) == rules.Restart(0.0, 1, "exit status 1")


def test_the_reason_names_the_signal() -> None:
    assert _restart(-9, 1, 0).why == "killed by SIGKILL"


def test_an_agent_that_cannot_be_started_is_tried_again() -> None:
    assert rules.after_failed_start("no nsenter", 2) == rules.Restart(
        2.0, 3, "cannot be started: no nsenter"
    )


def _restart(status: int | None, ran_seconds: float, failures: int) -> rules.Restart:
    verdict = rules.after_exit(status, ran_seconds, failures)
    assert isinstance(verdict, rules.Restart)
    return verdict
