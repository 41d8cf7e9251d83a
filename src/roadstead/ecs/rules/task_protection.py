"""Task scale-in protection: for how long, and whether it still holds.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
"""

from datetime import datetime

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task import Task

EXPIRES_IN_MINUTES_DEFAULT = 120
EXPIRES_IN_MINUTES_MAX = 2_880
"""48 hours."""


def is_protected(task: Task, now: datetime) -> bool:
    """Whether the task is protected now."""
    if not task.protection_enabled:
        return False
    return task.protection_expires_at is None or task.protection_expires_at > now


def checked_minutes(minutes: int | None) -> int:
    """For how many minutes a task is to be protected.

    Raises: InvalidParameterException.
    """
    if minutes is None:
        return EXPIRES_IN_MINUTES_DEFAULT
    if not 1 <= minutes <= EXPIRES_IN_MINUTES_MAX:
        raise invalid_parameter(
            f"expiresInMinutes must be between 1 and {EXPIRES_IN_MINUTES_MAX}, not {minutes}."
        )
    return minutes
