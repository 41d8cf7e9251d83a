"""Spans of time on the command line."""

import pytest

from roadstead.cli.durations import seconds_of
from roadstead.settings import SettingError


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86_400), ("5", 5)]
)
def test_a_number_with_a_unit_or_of_seconds(text: str, seconds: int) -> None:
    assert seconds_of(text, "to wait") == seconds


@pytest.mark.parametrize("text", ["", "m", "1w", "-1s", "-5m", "1.5h", "99999999s", "१s"])
def test_what_is_no_time_is_told_with_what_it_was_for(text: str) -> None:
    with pytest.raises(SettingError, match=r"is no time to look back\. Say it as 30s, 10m"):
        seconds_of(text, "to look back")
