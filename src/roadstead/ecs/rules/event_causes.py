"""Which changes of a record are told as events, and what EventBridge calls them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.host_ports import held_ports
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_deployment import HookRun, ServiceDeployment
from roadstead.ecs.records.task import Task

DEPLOYMENT_EVENTS = {
    "IN_PROGRESS": ("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO"),
    "COMPLETED": ("SERVICE_DEPLOYMENT_COMPLETED", "INFO"),
    "FAILED": ("SERVICE_DEPLOYMENT_FAILED", "ERROR"),
}
"""rolloutState → eventName, eventType.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
"""

HOOK_EVENTS = {
    "AWAITING_ACTION": ("HOOK_AWAITING_ACTION", "INFO"),
    "SUCCEEDED": ("HOOK_SUCCEEDED", "INFO"),
    "FAILED": ("HOOK_FAILED", "ERROR"),
    "TIMED_OUT": ("HOOK_TIMED_OUT", "ERROR"),
}
"""A hook's status → eventName, eventType. Which type each has is our reading of the other events.

Source: ADR-0020
"""


def is_task_told(before: Task | None, after: Task | None) -> bool:
    """Whether the change of a task is an event: a status, a container, an attachment, its health.

    That the record is removed at last is none.
    """
    if after is None:
        return False
    if before is None:
        return True
    return (
        before.last_status != after.last_status
        or before.desired_status != after.desired_status
        or before.containers != after.containers
        or before.health_status != after.health_status
        or before.connectivity != after.connectivity
        or before.interface != after.interface
    )


def is_instance_told(before: ContainerInstance | None, after: ContainerInstance | None) -> bool:
    """Whether the change of a container instance's record is an event.

    What only counts connections or says when something was heard is none.
    """
    if after is None:
        return False
    return before is None or _told(before) != _told(after)


def frees_or_takes(before: Task | None, after: Task | None) -> bool:
    """Whether the change of a task changes what is left of its instance."""
    held = before is not None and _holds(before)
    holds = after is not None and _holds(after)
    if not held or not holds:
        return held != holds
    assert before is not None
    assert after is not None
    return before.containers is not after.containers and held_ports(before) != held_ports(after)


def told_deployments(before: Service | None, after: Service | None) -> list[Deployment]:
    """The deployments that began, came to another rollout state, or back; the oldest first.

    Only ECS's own controller has rollout states.
    """
    if after is None or after.deployment_controller != "ECS":
        return []
    if before is not None and before.deployments is after.deployments:
        return []
    former = {} if before is None else {each.id: each for each in before.deployments}
    return [
        each
        for each in reversed(after.deployments)
        if each.rollout_state in DEPLOYMENT_EVENTS and _is_news(former.get(each.id), each)
    ]


def _is_news(before: Deployment | None, after: Deployment) -> bool:
    return (
        before is None
        or before.rollout_state != after.rollout_state
        or (before.status != "PRIMARY" and after.status == "PRIMARY")
    )


def told_hooks(before: ServiceDeployment | None, after: ServiceDeployment | None) -> list[HookRun]:
    """The hooks whose status became one that is told."""
    if after is None or (before is not None and before.hooks is after.hooks):
        return []
    former = {} if before is None else {each.hook_id: each.status for each in before.hooks}
    return [
        each
        for each in after.hooks
        if former.get(each.hook_id) != each.status and each.status in HOOK_EVENTS
    ]


def _holds(task: Task) -> bool:
    return task.desired_status == "RUNNING" and task.container_instance_arn != ""


def _told(instance: ContainerInstance) -> tuple[object, ...]:
    return (
        instance.status,
        instance.status_reason,
        instance.agent_connected,
        instance.agent_version,
        instance.agent_hash,
        instance.docker_version,
        instance.agent_update_status,
        instance.cpu_units,
        instance.memory_mib,
        instance.reserved_ports,
        instance.reserved_ports_udp,
        instance.resources,
        instance.attributes,
        instance.custom_attributes,
        instance.ec2_instance_id,
        instance.capacity_provider_name,
        {kind: known.get("status") for kind, known in instance.health.items()},
    )
