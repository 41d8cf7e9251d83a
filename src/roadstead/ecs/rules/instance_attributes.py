"""Custom attributes of container instances: what users may call them and how many there may be."""

import re
from collections.abc import Mapping

from roadstead.ecs.errors import attribute_limit_exceeded, invalid_parameter

CUSTOM_ATTRIBUTES_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html"""

_NAME = re.compile(r"[A-Za-z0-9_\-/\\.]{1,128}")
_VALUE = re.compile(r"[A-Za-z0-9_\-/\\.@:]([A-Za-z0-9_\-/\\.@: ]{0,126}[A-Za-z0-9_\-/\\.@:])?")
_RESERVED_PREFIXES = ("ecs.", "com.amazonaws.ecs.")


def is_reserved(name: str) -> bool:
    """Whether only ECS and its agents set an attribute of this name."""
    return name.startswith(_RESERVED_PREFIXES)


def check_attribute(name: str, value: str | None) -> None:
    """Return if a user may set or delete such an attribute.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html
    """
    if not _NAME.fullmatch(name):
        raise invalid_parameter(
            f"Invalid attribute name {name[:200]!r}. A name has 1 to 128 letters, digits, hyphens, "
            "underscores, slashes, backslashes and periods."
        )
    if is_reserved(name):
        raise invalid_parameter(
            f"Attribute {name} cannot be changed: names beginning with 'ecs.' or "
            "'com.amazonaws.ecs.' are reserved."
        )
    if value is not None and not _VALUE.fullmatch(value):
        raise invalid_parameter(
            f"Invalid value of attribute {name}. A value has 1 to 128 letters, digits, hyphens, "
            "underscores, periods, at signs, slashes, backslashes, colons and spaces, with no "
            "space at its ends."
        )


def check_count(attributes: Mapping[str, str | None]) -> None:
    """Return if an instance may have that many custom attributes.

    Raises: AttributeLimitExceededException.
    """
    if len(attributes) > CUSTOM_ATTRIBUTES_MAX:
        raise attribute_limit_exceeded(
            f"A container instance can have up to {CUSTOM_ATTRIBUTES_MAX} custom attributes, this "
            f"one would have {len(attributes)}."
        )
