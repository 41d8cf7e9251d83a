"""How a service stands: at rest, blocked, waiting for room or for somebody.

The same for a service as it is now (explain) and as a rehearsal leaves it (plan).
"""

from typing import Any

import msgspec

from roadstead.control.placement_view import placement_of_service
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.state.view import View


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    outcome: str
    """SETTLED, BLOCKED, WAITS_FOR_ROOM, WAITS (for a hook, a throttle) or IN_PROGRESS."""
    reason: str
    no_place: dict[str, Any] | None = None
    """Shape: Placement"""


def state_of_service(view: View, service: Service) -> ServiceState:
    """Where the service stands, by what its scheduler noted."""
    name = service.name
    if service.status == "INACTIVE":
        return ServiceState(outcome="SETTLED", reason=f"{name} is deleted.")
    if service.waiting_reason and service.scheduling_strategy == "DAEMON":
        return ServiceState(
            outcome="WAITS_FOR_ROOM",
            reason=f"{name} waits for room on an instance: {service.waiting_reason}.",
        )
    if service.waiting_reason:
        found = placement_of_service(view, service)
        if found is not None and not found["able"]:
            reason = f"{name} waits for room for its next task."
            return ServiceState(outcome="WAITS_FOR_ROOM", reason=reason, no_place=found)
    if service.blocked_since is not None:
        return ServiceState(
            outcome="BLOCKED",
            reason=f"{name} is blocked: with {service.desired_count} desired, "
            f"minimumHealthyPercent {service.minimum_healthy_percent} lets no task be stopped and "
            f"maximumPercent {service.maximum_percent} lets none be started.",
        )
    hook = _awaited_hook(view, service)
    if hook:
        return ServiceState(outcome="WAITS", reason=f"{name} waits for {hook}.")
    if service.is_steady:
        return ServiceState(outcome="SETTLED", reason=f"{name} is steady.")
    if any(each.next_try_at is not None for each in service.deployments) and not service.is_steady:
        failed = max(each.failed_starts for each in service.deployments)
        if failed:
            return ServiceState(
                outcome="WAITS",
                reason=f"{name} waits before it tries again: {failed} tasks never reached RUNNING.",
            )
    counts = view.projection(TaskCounts)
    running = counts.of_service(service.arn, "RUNNING")
    return ServiceState(
        outcome="IN_PROGRESS",
        reason=f"{name} is under way: {running} tasks are RUNNING, {service.desired_count} wanted."
        if running > service.desired_count
        else f"{name} is under way: {running} of {service.desired_count} tasks are RUNNING.",
    )


def _awaited_hook(view: View, service: Service) -> str:
    deployment = view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    for hook in () if deployment is None else deployment.hooks:
        if hook.status == "AWAITING_ACTION":
            return f"somebody to continue or roll back at {hook.stage} (hook {hook.hook_id})"
        if hook.status == "IN_PROGRESS":
            return f"the hook of {hook.stage} ({hook.hook_id})"
    return ""
