"""Tags of certificates."""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.acm.errors import invalid_tag, too_many_tags

TAGS_MAX = 50
"""Source: botocore:acm#TagList"""


def checked_tags(requested: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """The tags of a request.

    Raises: InvalidTagException for a key that comes twice or is AWS's own; TooManyTagsException
    """
    tags: dict[str, str] = {}
    for each in requested or ():
        key = each["Key"]
        if key in tags:
            raise invalid_tag(f"Tag key {key} is specified more than once.")
        if key.lower().startswith("aws:"):
            raise invalid_tag(f"Tag key {key} is not valid: aws: is reserved for AWS.")
        tags[key] = each.get("Value") or ""
    check_count(tags)
    return tags


def check_count(tags: Mapping[str, str]) -> None:
    """Return if a certificate may have so many tags.

    Raises: TooManyTagsException
    """
    if len(tags) > TAGS_MAX:
        raise too_many_tags(f"A certificate can have at most {TAGS_MAX} tags, not {len(tags)}.")
