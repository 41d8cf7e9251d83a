"""What strangers can make of a log."""

import logging
import sys

import pytest

from roadstead.log_lines import LineFormatter


def formatted(message: str, **options: object) -> str:
    record = logging.makeLogRecord({"msg": "agent: %s", "args": (message,), **options})
    return LineFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("all well\tÄ", "agent: all well\tÄ"),
        ("x\n2026 INFO forged", "agent: x\\x0a2026 INFO forged"),
        ("\x1b[2J\r\x00\x9b", "agent: \\x1b[2J\\x0d\\x00\\x9b"),
        ("a\u2028b", "agent: a\\u2028b"),
    ],
)
def test_a_record_is_one_line_that_no_terminal_obeys(told: str, written: str) -> None:
    assert formatted(told) == written


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError
    except ValueError:
        lines = formatted("it failed", exc_info=sys.exc_info()).splitlines()
    assert lines[:2] == ["agent: it failed", "Traceback (most recent call last):"]
