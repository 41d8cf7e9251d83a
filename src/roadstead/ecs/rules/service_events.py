"""The sentences of a service's events, as ECS writes them: always in the plural.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

REPEATED_AFTER = timedelta(hours=6)
"""An event that says the same again is written again after so long.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""


class Announcement(msgspec.Struct, frozen=True):
    """What a service says: a sentence for its events, and how EventBridge calls it."""

    message: str
    """Empty: for EventBridge only."""
    event_name: str = ""
    """SERVICE_STEADY_STATE and the like; empty: for the service's events only.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
    """
    event_type: str = "INFO"
    """INFO, WARN or ERROR."""
    extras: dict[str, Any] = {}
    """More members of the event's detail, in the wire's spelling."""


NO_INSTANCES = "NO INSTANCES"
"""The waiting reason of a service whose cluster has no instance at all."""

_CLOSEST = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:PORTS_UDP": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}


def steady(service: str) -> Announcement:
    return Announcement(f"(service {service}) has reached a steady state.", "SERVICE_STEADY_STATE")


def started(service: str, task_ids: Sequence[str], unhealthy: int = 0) -> Announcement:
    """unhealthy: how many of the tasks replace unhealthy ones."""
    suffix = ""
    if unhealthy:
        suffix = f" Amazon ECS replaced {unhealthy} tasks due to an unhealthy status."
    return Announcement(
        f"(service {service}) has started {len(task_ids)} tasks: {_tasks(task_ids)}{suffix}",
        "TASKS_STARTED",
    )


def stopped_running(service: str, task_ids: Sequence[str]) -> Announcement:
    return Announcement(
        f"(service {service}) has stopped {len(task_ids)} running tasks: {_tasks(task_ids)}",
        "TASKS_STOPPED",
    )


def stopped_pending(service: str, count: int) -> Announcement:
    return Announcement(f"(service {service}) stopped {count} pending tasks.", "TASKS_STOPPED")


def deployment_completed(service: str, deployment_id: str) -> Announcement:
    return Announcement(f"(service {service}) (deployment {deployment_id}) deployment completed.")


def failed_health_checks(service: str, task_id: str) -> Announcement:
    return Announcement(f"(service {service}) (task {task_id}) failed container health checks.")


def blocked(service: str) -> Announcement:
    return Announcement(
        f"(service {service}) was unable to stop or start tasks during a deployment because of the "
        "service deployment configuration. Update the minimumHealthyPercent or maximumPercent "
        "value and try again."
    )


def throttled(service: str) -> Announcement:
    return Announcement(
        f"(service {service}) is unable to consistently start tasks successfully.",
        "SERVICE_TASK_START_IMPAIRED",
        "WARN",
    )


def unplaceable(service: str, cause: str, closest_id: str) -> Announcement:
    """cause: NO_INSTANCES, or why the instance `closest_id` refused, in the words of RunTask."""
    if cause == NO_INSTANCES:
        middle = "Reason: No Container Instances were found in your cluster."
    else:
        why = _CLOSEST.get(cause, f'encountered error "{cause}".')
        middle = f"The closest matching (container-instance {closest_id}) {why}"
    return Announcement(
        f"(service {service}) was unable to place a task because no container instance met all of "
        f"its requirements. {middle} For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide.",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "ERROR",
    )


def _tasks(task_ids: Sequence[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids) + "."
