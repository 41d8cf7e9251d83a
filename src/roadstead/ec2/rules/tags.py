"""Tags of EC2's resources: which may be, and which a request gives a new resource.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter

TAGS_MAX = 50
KEY_CHARACTERS_MAX = 128
VALUE_CHARACTERS_MAX = 256
RESERVED_PREFIX = "aws:"


def given_tags(request: Mapping[str, Any], resource_type: str) -> dict[str, str]:
    """The tags in the TagSpecifications of a request that makes one resource of this type.

    Raises: InvalidParameterValue, TagLimitExceeded
    """
    found: dict[str, str] = {}
    for specification in request.get("TagSpecifications", ()):
        kind = specification.get("ResourceType")
        if kind != resource_type:
            raise invalid_parameter(
                f"'{kind}' is not a valid taggable resource type for this operation; "
                f"'{resource_type}' is."
            )
        found = merged(found, read_tags(specification.get("Tags", ()), besides=found))
    return found


def read_tags(
    tags: Iterable[Mapping[str, str]], *, besides: Mapping[str, str] = {}
) -> dict[str, str]:
    """Tags as a client gives them, by key. besides: keys that must not come again.

    Raises: InvalidParameterValue
    """
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if key in found or key in besides:
            raise invalid_parameter(f"Duplicate tag key '{key}' specified.")
        _check(key, value)
        found[key] = value
    return found


def merged(before: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The tags of a resource with some more, or with other values.

    Raises: TagLimitExceeded
    """
    found = {**before, **added}
    if len(found) > TAGS_MAX:
        raise ApiError(
            "TagLimitExceeded",
            f"The maximum number of Tags for a resource has been reached: {TAGS_MAX}.",
        )
    return found


def _check(key: str, value: str) -> None:
    if not key:
        raise invalid_parameter("Tag key can't be empty.")
    if len(key) > KEY_CHARACTERS_MAX:
        raise invalid_parameter(
            f"Tag key exceeds the maximum length of {KEY_CHARACTERS_MAX} characters"
        )
    if len(value) > VALUE_CHARACTERS_MAX:
        raise invalid_parameter(
            f"Tag value exceeds the maximum length of {VALUE_CHARACTERS_MAX} characters"
        )
    if key.lower().startswith(RESERVED_PREFIX):
        raise invalid_parameter("Tag keys starting with 'aws:' are reserved for internal use")
