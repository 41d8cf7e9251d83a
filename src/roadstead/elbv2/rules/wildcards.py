"""Wildcards in the values of conditions: `*` is any characters or none, `?` is exactly one.

In header and query-string values a backslash takes the meaning from a wildcard or a backslash.

Source: botocore:elbv2#QueryStringConditionConfig
"""

from collections.abc import Iterator

MANY = "*"
ONE = "?"


def wildcard_count(text: str, *, escapes: bool = False) -> int:
    """How many wildcards there are in a value."""
    return sum(is_wildcard for _, is_wildcard in pieces(text, escapes=escapes))


def pieces(text: str, *, escapes: bool = False) -> Iterator[tuple[str, bool]]:
    """The characters of a value, each with whether it is a wildcard; escapes are resolved."""
    characters = iter(text)
    for character in characters:
        if escapes and character == "\\":
            # A backslash at the very end, or before any other character, means itself.
            after = next(characters, "")
            if after in ("*", "?", "\\") and after:
                yield after, False
                continue
            yield character, False
            if after:
                yield after, False
            continue
        yield character, character in (MANY, ONE)
