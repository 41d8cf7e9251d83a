"""The sentences of a service's events, as ECS writes them: always in the plural.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task_set import task_set_arn

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


def started(
    service: str, task_ids: Sequence[str], unhealthy: int = 0, task_set: str = ""
) -> Announcement:
    """unhealthy: how many of the tasks replace unhealthy ones. task_set: their task set's id."""
    suffix = ""
    if unhealthy:
        suffix = f" Amazon ECS replaced {unhealthy} tasks due to an unhealthy status."
    return Announcement(
        f"{_subject(service, task_set)} has started {len(task_ids)} tasks: "
        f"{_tasks(task_ids)}{suffix}",
        "TASKS_STARTED",
    )


def stopped_running(service: str, task_ids: Sequence[str]) -> Announcement:
    return Announcement(
        f"(service {service}) has stopped {len(task_ids)} running tasks: {_tasks(task_ids)}",
        "TASKS_STOPPED",
    )


def stopped_pending(service: str, count: int) -> Announcement:
    return Announcement(f"(service {service}) stopped {count} pending tasks.", "TASKS_STOPPED")


def constraint_violated(service: str, task_id: str, container_instance_id: str) -> Announcement:
    """A daemon's task. ECS documents the event's name; the sentence is ours."""
    return Announcement(
        f"(service {service}) (task {task_id}) no longer meets the placement constraints of the "
        f"service on (container-instance {container_instance_id}).",
        "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
        "ERROR",
    )


def deployment_completed(service: str, deployment_id: str) -> Announcement:
    return Announcement(f"(service {service}) (deployment {deployment_id}) deployment completed.")


def desired_count_updated(desired_count: int, set_arn: str = "") -> Announcement:
    """Of the service, or of one of its task sets; for EventBridge only."""
    extras: dict[str, Any] = {"desiredCount": desired_count}
    if set_arn:
        extras["taskSetArns"] = [set_arn]
    return Announcement("", "SERVICE_DESIRED_COUNT_UPDATED", extras=extras)


def task_set_steady(service: str, task_set_id: str, set_arn: str) -> Announcement:
    return Announcement(
        f"(service {service}, taskSet {task_set_id}) has reached a steady state.",
        "TASKSET_STEADY_STATE",
        extras={"taskSetArns": [set_arn]},
    )


def deployment_failed(service: str, deployment_id: str, why: str) -> Announcement:
    """why: "tasks failed to start." and the like."""
    return Announcement(
        f"(service {service}) (deployment {deployment_id}) deployment failed: {why}"
    )


def rolling_back(service: str, deployment_id: str) -> Announcement:
    """deployment_id: of what it goes back to."""
    return Announcement(f"(service {service}) rolling back to deployment {deployment_id}.")


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


def unplaceable(service: Service, cause: str, closest_id: str) -> Announcement:
    """cause: NO_INSTANCES, or why the instance `closest_id` refused, in the words of RunTask."""
    extras: dict[str, Any] = {"reason": cause}
    if cause == NO_INSTANCES:
        middle = "Reason: No Container Instances were found in your cluster."
    else:
        why = _CLOSEST.get(cause, f'encountered error "{cause}".')
        middle = f"The closest matching (container-instance {closest_id}) {why}"
        cluster = service.cluster_arn.replace(":cluster/", ":container-instance/", 1)
        extras["containerInstanceArns"] = [f"{cluster}/{closest_id}"]
    return Announcement(
        f"(service {service.name}) was unable to place a task because no container instance met "
        f"all of its requirements. {middle} For more information, see the Troubleshooting section "
        "of the Amazon ECS Developer Guide.",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "ERROR",
        extras,
    )


def protected(service: Service, deployment_id: str, count: int) -> Announcement:
    """count: how many tasks would be stopped if they were not protected.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
    """
    extras = {}
    if service.deployment_controller != "ECS":
        extras["taskSetArns"] = [task_set_arn(service.arn, deployment_id)]
    return Announcement(
        f"(service {service.name}) was unable to reach steady state because (taskSet "
        f"{deployment_id}) was unable to scale in due to (reason {count} tasks under protection)",
        "TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION",
        extras=extras,
    )


def rebalancing_started(service: str, tasks_by_zone: Mapping[str, int]) -> Announcement:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/track-service-rebalancing.html"""
    (zone, count), *others = sorted(tasks_by_zone.items())
    rest = "".join(f", {count} in {zone}" for zone, count in others)
    return Announcement(
        f"(service {service}) is not AZ balanced with {count} tasks in {zone}{rest}. "
        "AZ Rebalancing in progress.",
        "SERVICE_REBALANCING_STARTED",
    )


def rebalancing_completed(service: str, tasks_by_zone: Mapping[str, int]) -> Announcement:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/track-service-rebalancing.html"""
    counts = ", ".join(f"{count} tasks in {zone}" for zone, count in sorted(tasks_by_zone.items()))
    return Announcement(
        f"(service {service}) is AZ balanced with {counts}.", "SERVICE_REBALANCING_COMPLETED"
    )


def rebalancing_stopped(service: str) -> Announcement:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/track-service-rebalancing.html"""
    return Announcement(
        f"(service {service}) stopped AZ Rebalancing.", "SERVICE_REBALANCING_STOPPED"
    )


def started_to_rebalance(service: str, zone: str, task_ids: Sequence[str]) -> Announcement:
    return Announcement(
        f"(service {service}) has started {len(task_ids)} tasks in {zone} to AZ Rebalance: "
        f"{_tasks(task_ids)}",
        "TASKS_STARTED",
    )


def stopped_to_rebalance(service: str, zone: str, task_ids: Sequence[str]) -> Announcement:
    return Announcement(
        f"(service {service}) has stopped {len(task_ids)} running tasks in {zone} due to AZ "
        f"rebalancing: {_tasks(task_ids)}",
        "TASKS_STOPPED",
    )


def unplaceable_in_zone(service: str, zone: str, cause: str) -> Announcement:
    """cause: why the instance that nearly could refused, in the words of RunTask."""
    return Announcement(
        f"(service {service}) is unable to place a task in {zone} because no container instance "
        "met all of its requirements.",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "ERROR",
        {"reason": cause},
    )


def unable_to_rebalance(service: str, deployment_id: str, count: int) -> Announcement:
    """count: how many protected tasks are in the way."""
    return Announcement(
        f"(service {service}) was unable to AZ Rebalance because (taskSet {deployment_id}) was "
        f"unable to scale in due to (reason {count} tasks under protection)",
        "TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION",
    )


def _subject(service: str, task_set: str) -> str:
    return f"(service {service}, taskSet {task_set})" if task_set else f"(service {service})"


def _tasks(task_ids: Sequence[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids) + "."
