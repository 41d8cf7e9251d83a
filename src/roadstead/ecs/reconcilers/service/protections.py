"""What every scheduler does about scale-in protection: end it in time, and say that it hinders."""

from datetime import datetime

from roadstead.ecs.reconcilers.service.actions import AnnounceProtected
from roadstead.ecs.reconcilers.service.repeats import due_at, is_due
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_tasks import PROTECTIONS_BY_END
from roadstead.ecs.records.task import Task
from roadstead.state.plans import Action
from roadstead.state.view import View


def ending_protections(
    view: View, service: Service, now: datetime, *, most: int
) -> tuple[datetime | None, tuple[str, ...]]:
    """When the next protection ends, and up to `most` tasks whose protection has ended."""
    expired: list[str] = []
    for task in view.walk(PROTECTIONS_BY_END, service.arn):
        ends_at = task.protection_expires_at
        if ends_at is None or ends_at > now or len(expired) >= most:
            return ends_at, tuple(expired)
        expired.append(task.arn)
    return None, tuple(expired)


def is_protected_anew(before: Task | None, after: Task | None) -> bool:
    """Whether the task's protection began, ended, or ends at another time."""
    if before is None or after is None:
        return False
    return (
        before.protection_enabled != after.protection_enabled
        or before.protection_expires_at != after.protection_expires_at
    )


def complaint(
    service: Service, deployment: Deployment, count: int, now: datetime
) -> tuple[list[Action], datetime | None]:
    """That so many protected tasks are in the deployment's way: once, and again after hours."""
    if deployment.protection_told_at is None or is_due(deployment.protection_told_at, now):
        return [AnnounceProtected(service.arn, deployment.id, count)], None
    return [], due_at(deployment.protection_told_at)
