"""What was said of a service is said again after hours, while it still holds."""

from datetime import datetime

from roadstead.ecs.rules.service_events import REPEATED_AFTER


def is_due(said_at: datetime | None, now: datetime) -> bool:
    """Whether what was said then is to be said again."""
    return said_at is not None and now - said_at >= REPEATED_AFTER


def due_at(said_at: datetime | None) -> datetime | None:
    """When to say it again."""
    return None if said_at is None else said_at + REPEATED_AFTER
