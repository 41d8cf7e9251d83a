"""Tags of Classic load balancers.

Source: botocore:elb#AddTagsInput
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.elb.errors import duplicate_tag_keys, too_many, validation
from roadstead.elb.rules.quotas import TAGS_MAX


def checked_tags(requested: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """The tags of a request.

    Raises: DuplicateTagKeys, TooManyTags; ValidationError for a key that is AWS's own.
    """
    found: dict[str, str] = {}
    for each in requested or ():
        key = each["Key"]
        if key in found:
            raise duplicate_tag_keys(key)
        if key.lower().startswith("aws:"):
            raise validation(f"Tag key '{key}' is not valid: 'aws:' is reserved for AWS")
        found[key] = each.get("Value") or ""
    check_tag_count(found)
    return found


def check_tag_count(tags: Mapping[str, str]) -> None:
    """Return if a load balancer may have so many tags.

    Raises: TooManyTags
    """
    if len(tags) > TAGS_MAX:
        raise too_many("Tags", f"A load balancer can have at most {TAGS_MAX} tags, not {len(tags)}")
