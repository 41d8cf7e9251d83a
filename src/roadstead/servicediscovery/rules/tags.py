"""Tags of namespaces and services.

Source: botocore:servicediscovery#Tag
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.servicediscovery.errors import invalid_input, too_many_tags
from roadstead.servicediscovery.rules.quotas import TAGS_MAX


def checked_tags(
    requested: Iterable[Mapping[str, Any]] | None,
    held: Mapping[str, str] | None = None,
    arn: str = "",
) -> dict[str, str]:
    """The tags that a resource has with those of a request besides those that it has.

    Raises: TooManyTagsException; InvalidInput for a key that is AWS's own.
    """
    found = dict(held or {})
    for each in requested or ():
        if each["Key"].lower().startswith("aws:"):
            raise invalid_input(f"The tag key '{each['Key']}' is reserved for AWS")
        found[each["Key"]] = each["Value"]
    if len(found) > TAGS_MAX:
        raise too_many_tags(f"A resource can have at most {TAGS_MAX} tags, not {len(found)}", arn)
    return found
