"""Wildcards of conditions, told apart from characters that stand for themselves."""

import pytest
from hypothesis import given, strategies

from roadstead.elbv2.rules.wildcards import pieces, wildcard_count


def told_apart(text: str, *, escapes: bool = False) -> str:
    """The text with wildcards in brackets."""
    return "".join(
        f"[{character}]" if is_wildcard else character
        for character, is_wildcard in pieces(text, escapes=escapes)
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/img/*", "/img/[*]"),
        ("/a?c", "/a[?]c"),
        ("**", "[*][*]"),
        (r"/a\*", r"/a\[*]"),
        ("", ""),
    ],
)
def test_a_star_and_a_question_mark_are_wildcards(text: str, told: str) -> None:
    assert told_apart(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"a\*b", "a*b"),
        (r"a\?", "a?"),
        (r"a\\*", r"a\[*]"),
        ("a\\", "a\\"),
        (r"a\d*", r"a\d[*]"),
    ],
)
def test_a_backslash_takes_the_meaning_away(text: str, told: str) -> None:
    assert told_apart(text, escapes=True) == told


def test_wildcards_are_counted() -> None:
    assert wildcard_count("*a?b*") == 3
    assert wildcard_count(r"*a\?b\*", escapes=True) == 1
    assert wildcard_count(r"*a\?b\*") == 3


@given(strategies.text(strategies.characters(min_codepoint=32, max_codepoint=126), max_size=128))
def test_without_escapes_nothing_of_a_text_is_lost(text: str) -> None:
    assert "".join(character for character, _ in pieces(text)) == text
