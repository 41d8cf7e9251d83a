"""The sentences of a service's events about its load balancers, as ECS writes them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from roadstead.aws.arns import last_part
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import Task, TaskTarget
from roadstead.ecs.rules.service_events import Announcement

GROUP_NOT_FOUND = "TARGET GROUP IS NOT FOUND"


def registered(service: Service, group: str, count: int) -> Announcement:
    return Announcement(
        f"(service {service.name}) registered {count} {_things(group)} in {_named(group)}"
    )


def deregistered(service: Service, group: str, count: int) -> Announcement:
    return Announcement(
        f"(service {service.name}) deregistered {count} {_things(group)} in {_named(group)}"
    )


def draining(service: Service, deployment_id: str, count: int) -> Announcement:
    subject = f"service {service.name}"
    if service.deployment_controller != "ECS":
        subject += f", taskSet {deployment_id}"
    return Announcement(f"({subject}) has begun draining connections on {count} tasks.")


def not_registered(service: Service, group: str, error: str) -> Announcement:
    if ":servicediscovery:" in group:  # the sentence is ours
        return Announcement(
            f"(service {service.name}) failed to register instances in (service-registry {group}) "
            f"with (error {error})",
            event_type="ERROR",
        )
    return Announcement(
        f"(service {service.name}) failed to register targets in {_named(group)} with (error "
        f"{error})",
        event_type="ERROR",
    )


def not_shifted(service: Service, rule_arn: str, error: str) -> Announcement:
    """The sentence is ours."""
    return Announcement(
        f"(service {service.name}) failed to shift traffic with (listener-rule {rule_arn}) with "
        f"(error {error})",
        event_type="ERROR",
    )


def throttled(service: Service) -> Announcement:
    return Announcement(
        f"(service {service.name}) operations are being throttled on elb. Will try again later.",
        event_type="WARN",
    )


def unhealthy(service: Service, task: Task, target: TaskTarget) -> Announcement:
    """A target that fails its health checks, after the grace period."""
    subject = f"(service {service.name}) (instance {target.target_id})"
    if not target.target_id.startswith("i-"):
        subject = f"(service {service.name}) (task {last_part(task.arn)})"
    if service.deployment_controller != "ECS":
        subject = f"(service {service.name}, taskSet {task.started_by})"
    group = target.target_group_arn or target.load_balancer_name
    port = f" (port {target.port})" if target.target_group_arn else ""
    return Announcement(
        f"{subject}{port} is unhealthy in {_named(group)} due to (reason "
        f"{target.description or 'Health checks failed'}).",
        event_type="WARN",
    )


def stopped_reason(target: TaskTarget) -> str:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""
    group = target.target_group_arn or target.load_balancer_name
    return f"Task failed ELB health checks in {_named(group)}"


def _named(group: str) -> str:
    return f"(target-group {group})" if _is_group(group) else f"(elb {group})"


def _things(group: str) -> str:
    return "targets" if _is_group(group) else "instances"


def _is_group(group: str) -> bool:
    return group.startswith("arn:")
