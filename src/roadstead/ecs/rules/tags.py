"""Tags: what a user may attach to a resource.

Tags are kept as a dict; the wire's lists of key and value are made and read here and in
views/tags.py. Managed tags (`aws:…`) are Roadstead's own and do not count.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter

TAGS_MAX = 50
"""Per resource. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html"""
TAG_KEY_CHARACTERS_MAX = 128
TAG_VALUE_CHARACTERS_MAX = 256

_RESERVED_PREFIX = "aws:"
_MARKS = frozenset("+-=._:/@")
_CATEGORIES = frozenset("LNZ")
"""Unicode's letters, numbers and separators."""
_ALLOWED = "letters, digits, spaces and + - = . _ : / @"


def checked_tags(tags: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """A request's list of tags as a dict; none gives an empty one.

    Raises: InvalidParameterException for a key or value that is missing, too long, reserved or
        holds other characters, for a key that comes twice, for more than 50 tags.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
    """
    if not tags:
        return {}
    if len(tags) > TAGS_MAX:
        raise invalid_parameter(
            f"A resource can have up to {TAGS_MAX} tags, the request has {len(tags)}."
        )
    checked: dict[str, str] = {}
    for tag in tags:
        key = tag.get("key")
        value = tag.get("value") or ""
        if not key:
            raise invalid_parameter("A tag needs a key of 1 to 128 characters.")
        _check_key(key)
        if len(value) > TAG_VALUE_CHARACTERS_MAX or not _is_allowed(value):
            raise invalid_parameter(
                f"The value of tag '{key}' is not valid. A value has up to "
                f"{TAG_VALUE_CHARACTERS_MAX} characters: {_ALLOWED}."
            )
        if key in checked:
            raise invalid_parameter(f"Duplicate tag key '{key}'. Each key may be given once.")
        checked[key] = value
    return checked


def merged_tags(existing: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The tags of a resource once `added` were put over the ones it has.

    Raises: InvalidParameterException when that is more than 50, managed tags not counted.
    """
    merged = {**existing, **added}
    own = sum(not is_managed(key) for key in merged)
    if own > TAGS_MAX:
        raise invalid_parameter(
            f"A resource can have up to {TAGS_MAX} tags, this one would have {own}."
        )
    return merged


def remaining_tags(existing: Mapping[str, str], removed: Iterable[str]) -> dict[str, str]:
    """The tags without the keys `removed`; a key that is not there is no error.

    Raises: InvalidParameterException for a key that no user can have set.
    """
    gone = set(removed)
    for key in sorted(gone):
        _check_key(key)
    return {key: value for key, value in existing.items() if key not in gone}


def is_managed(key: str) -> bool:
    """Whether the key is one that only AWS, here Roadstead, sets."""
    return key[:4].lower() == _RESERVED_PREFIX


def _check_key(key: str) -> None:
    if is_managed(key):
        raise invalid_parameter(
            f"Tag key '{key}' is reserved: keys must not begin with '{_RESERVED_PREFIX}'."
        )
    if not 1 <= len(key) <= TAG_KEY_CHARACTERS_MAX or not _is_allowed(key):
        raise invalid_parameter(
            f"Tag key '{key[:TAG_KEY_CHARACTERS_MAX]}' is not valid. A key has 1 to "
            f"{TAG_KEY_CHARACTERS_MAX} characters: {_ALLOWED}."
        )


def _is_allowed(text: str) -> bool:
    return all(
        character in _MARKS or unicodedata.category(character)[0] in _CATEGORIES
        for character in text
    )
