"""What the arguments of an expression mean: versions, dates, numbers, patterns."""

import re
from datetime import UTC, datetime
from functools import lru_cache

import re2

_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,7}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_PATTERN_BYTES_MAX = 128 * 1024
"""What a compiled pattern may take of memory, and with it of time: some 30 ms to be compiled."""
_PATTERNS_KEPT_MAX = 512
_VERDICTS_KEPT_MAX = 4096


class Pattern:
    """A regular expression that a whole value matches or not, in time linear in the value.

    RE2, so that no pattern can keep the server busy; it knows no look-around and no
    back-references.
    Source: ADR-0019
    """

    __slots__ = ("matches",)

    def __init__(self, text: str) -> None:
        """Raises: ValueError that says what is wrong with it."""
        if "&&" in text:
            raise ValueError("intersections of character classes (&&) are not supported")
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _PATTERN_BYTES_MAX
        try:
            compiled = re2.compile(text, options)
        except re2.error as error:
            why = error.args[0] if error.args else b""
            raise ValueError(
                why.decode(errors="replace") if isinstance(why, bytes) else str(why)
            ) from error

        @lru_cache(_VERDICTS_KEPT_MAX)
        def matches(value: str) -> bool:
            try:
                return compiled.fullmatch(value) is not None
            except UnicodeEncodeError:  # half a surrogate pair is text to Python, not to RE2
                return False

        self.matches = matches


@lru_cache(_PATTERNS_KEPT_MAX)
def pattern(text: str) -> Pattern:
    """The pattern of the text.

    Raises: ValueError that says what is wrong with it.
    """
    return Pattern(text)


def version(text: str) -> tuple[int, ...] | None:
    """The numbers of a version, without zeros at the end: 1.9.0 is before 1.10; None for none."""
    if not _VERSION.fullmatch(text):
        return None
    numbers = [int(each) for each in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def number(text: str) -> float | None:
    """A decimal number; None for anything else."""
    return float(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> datetime | None:
    """A date, or a date with a time; UTC where no zone is given. None for anything else."""
    if not _DATE.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
