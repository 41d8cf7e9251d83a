"""Wildcards of conditions, counted and told as a pattern."""

import re

import pytest
from hypothesis import given, strategies

from roadstead.elbv2.rules.wildcards import pieces, wildcard_count, wildcard_pattern


@pytest.mark.parametrize(
    ("text", "matches", "misses"),
    [
        ("/img/*", ["/img/", "/img/a/b.png"], ["/img", "/other/img/"]),
        ("/a?c", ["/abc", "/a.c"], ["/ac", "/abbc"]),
        ("*.jpg", [".jpg", "/x.jpg"], ["/xjpg", "/x.jpgx"]),
        ("/a.b", ["/a.b"], ["/axb"]),
        ("**", ["", "x"], []),
        (r"/a\*", [r"/a\x"], ["/a*"]),
    ],
)
def test_a_value_matches_the_whole_text(text: str, matches: list[str], misses: list[str]) -> None:
    pattern = re.compile(wildcard_pattern(text))
    assert all(pattern.fullmatch(each) for each in matches)
    assert not any(pattern.fullmatch(each) for each in misses)


@pytest.mark.parametrize(
    ("text", "matches", "misses"),
    [
        (r"a\*b", ["a*b"], ["axb", r"a\b"]),
        (r"a\?", ["a?"], ["ab"]),
        (r"a\\*", ["a\\", "a\\b"], ["a*"]),
        ("a\\", ["a\\"], ["a"]),
        (r"a\d", [r"a\d"], ["a1"]),
    ],
)
def test_a_backslash_takes_the_meaning_away(
    text: str, matches: list[str], misses: list[str]
) -> None:
    pattern = re.compile(wildcard_pattern(text, escapes=True))
    assert all(pattern.fullmatch(each) for each in matches)
    assert not any(pattern.fullmatch(each) for each in misses)


def test_wildcards_are_counted() -> None:
    assert wildcard_count("*a?b*") == 3
    assert wildcard_count(r"*a\?b\*", escapes=True) == 1
    assert wildcard_count(r"*a\?b\*") == 3


@given(strategies.text(strategies.characters(min_codepoint=32, max_codepoint=126), max_size=128))
def test_every_value_matches_itself_where_wildcards_stand_for_themselves(text: str) -> None:
    assert re.fullmatch(wildcard_pattern(text), text)
    literal = "".join(character for character, _ in pieces(text, escapes=True))
    assert re.fullmatch(wildcard_pattern(text, escapes=True), literal)
