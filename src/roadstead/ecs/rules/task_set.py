"""What a task set may be told: how much of its service it is, and its references.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
"""

from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter

TASK_SETS_MAX = 5
"""Source: observed: "5 deployments exist on the service. Unable to create new TaskSet …"."""
EXTERNAL_ID_CHARACTERS_MAX = 255
_PERCENT = "PERCENT"


def checked_scale(scale: Mapping[str, Any] | None) -> float:
    """The percentage that a scale says; none, or one without a value, says 0.

    Raises: InvalidParameterException for another unit and for what is not within 0 and 100.
    Shape: Scale
    """
    if not scale:
        return 0.0
    unit = scale.get("unit") or _PERCENT
    if unit != _PERCENT:
        raise invalid_parameter(f"scale.unit should be {_PERCENT}, not {unit[:100]!r}.")
    value = float(scale.get("value") or 0.0)
    if not 0.0 <= value <= 100.0:
        raise invalid_parameter(f"scale.value must be between 0.0 and 100.0, not {value}.")
    return value


def checked_external_id(external_id: str | None) -> str:
    """The name that another system has for the set; empty when it has none.

    Raises: InvalidParameterException when it is too long to be an attribute's value.
    """
    found = external_id or ""
    if len(found) > EXTERNAL_ID_CHARACTERS_MAX:
        raise invalid_parameter(
            f"externalId can have up to {EXTERNAL_ID_CHARACTERS_MAX} characters."
        )
    return found
