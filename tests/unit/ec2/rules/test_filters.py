"""Filters' wildcards, against a plain search."""

from hypothesis import given
from hypothesis import strategies as st

from roadstead.ec2.rules.filters import Filter, matches, passes

letters = st.text("ab.*?\\", max_size=6)


def plainly_matches(pattern: str, text: str) -> bool:
    """The same question asked letter by letter."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "\\" and rest:
        return text[:1] == rest[0] and plainly_matches(rest[1:], text[1:])
    if head == "*":
        return any(plainly_matches(rest, text[cut:]) for cut in range(len(text) + 1))
    if head == "?":
        return bool(text) and plainly_matches(rest, text[1:])
    return text[:1] == head and plainly_matches(rest, text[1:])


@given(pattern=letters, text=letters)
def test_wildcards_match_what_they_stand_for(pattern: str, text: str) -> None:
    assert matches(pattern, text) is plainly_matches(pattern, text)


@given(text=letters)
def test_a_text_with_backslashes_matches_itself_alone(text: str) -> None:
    quoted = "".join(f"\\{letter}" if letter in "*?\\" else letter for letter in text)
    assert matches(quoted, text)
    assert not matches(quoted, text + "a")


def test_a_filter_without_wildcards_can_be_looked_up() -> None:
    assert Filter("vpc-id", ("vpc-1", "vpc-2")).plain_values == ("vpc-1", "vpc-2")
    assert Filter("vpc-id", ("vpc-1", "vpc-*")).plain_values is None
    assert Filter("vpc-id", ("\\*",)).plain_values is None


def test_a_tag_that_is_not_there_passes_no_filter() -> None:
    wanted = (Filter("tag:Name", ("*",)),)
    assert passes(wanted, {"Name": ""}, lambda _: ())
    assert not passes(wanted, {"name": "x"}, lambda _: ())
    assert passes((), {}, lambda _: ())
