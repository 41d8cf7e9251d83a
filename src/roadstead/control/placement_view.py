"""Where the next task would go and why, or why nowhere: placement's own table, for people."""

from typing import Any

from roadstead.control.plan_notes import counted, machine
from roadstead.control.references import short
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.rules.network import zones_of
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.placement.explain import Explanation, explain_placement
from roadstead.ecs.rules.placement.wishes import Wishes, wishes_of
from roadstead.state.view import View

_ADVICE = {
    "STATUS": "Add an instance, or let a DRAINING one be ACTIVE again.",
    "LAUNCH_TYPE": "The instances that there are take tasks of another launch type.",
    "AGENT": "Look at that machine, or deregister it.",
    "RESOURCE:CPU": "Add an instance, ask for less cpu, or stop something.",
    "RESOURCE:MEMORY": "Add an instance, ask for less memory, or stop something.",
    "RESOURCE:PORTS": "Use dynamic host ports (hostPort 0), or have an instance for each task.",
    "RESOURCE:PORTS_UDP": "Use dynamic host ports (hostPort 0), or have an instance for each task.",
    "RESOURCE:ENI": "Add an instance or use a larger type, or another network mode than awsvpc.",
    "LOCATION": "Add an instance in a zone of the subnets, or a subnet in a zone of the instances.",
    "ATTRIBUTE": "Add an instance whose agent can do it, or ask for less.",
}
_CONSTRAINT_ADVICE = "Add an instance that meets the placement constraints, or ask for less."


def placement_of_service(view: View, service: Service) -> dict[str, Any] | None:
    """Where the next task of the PRIMARY deployment would go; None when there is no such place.

    Tasks of a daemon service are not placed: each instance that fits has one.
    """
    if not service.deployments or service.scheduling_strategy == "DAEMON":
        return None
    primary: Deployment = service.deployments[0]
    definition = view.get(TASK_DEFINITIONS, primary.task_definition_arn)
    if definition is None:
        return None
    return placement_view(
        view,
        service.cluster_arn,
        definition,
        group=service.arn,
        launch_type=primary.launch_type,
        zones=zones_of(view, scope_of(service.arn), primary.network_configuration),
        wishes=wishes_of(definition, service.placement_constraints, service.placement_strategy),
    )


def placement_view(
    view: View,
    cluster_arn: str,
    definition: TaskDefinition,
    *,
    group: str,
    launch_type: str,
    wishes: Wishes,
    zones: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """zones: of the subnets of awsvpc tasks.

    Shape: Placement
    """
    found = explain_placement(
        view.projection(Capacity),
        cluster_arn,
        demand_of(definition, launch_type=launch_type, zones=zones),
        group=group,
        wishes=wishes,
    )
    shown: dict[str, Any] = {
        "message": _message(view, found, short(definition.arn)),
        "registered": found.registered,
        "able": found.able,
        "falls": [
            {"reason": each.reason, "asks": each.asks, "fell": each.fell, "left": each.left}
            for each in found.falls
        ],
    }
    if found.chosen:
        shown["chosen"] = named_instance(view, found.chosen)
    if found.closest is not None:
        shown["closest"] = {
            **named_instance(view, found.closest.container_instance_arn),
            "reason": found.closest.reason,
            "lacks": found.closest_lacks,
        }
    if not found.able:
        shown["advice"] = _advice(found)
    return shown


def named_instance(view: View, container_instance_arn: str) -> dict[str, Any]:
    """Shape: InstanceName"""
    instance = view.get(CONTAINER_INSTANCES, container_instance_arn)
    named = {"containerInstanceArn": container_instance_arn}
    if instance is not None and instance.ec2_instance_id:
        named["ec2InstanceId"] = instance.ec2_instance_id
    return named


def machine_of(view: View, container_instance_arn: str) -> str:
    """What people call the instance by."""
    instance = view.get(CONTAINER_INSTANCES, container_instance_arn)
    return short(container_instance_arn) if instance is None else machine(instance)


def _message(view: View, found: Explanation, what: str) -> str:
    if found.chosen:
        where = machine_of(view, found.chosen)
        able = f"{found.able} of {counted(found.registered, 'container instance')}"
        return f"{able} can take a task of {what}; the next one goes to {where}."
    if not found.registered:
        return "The cluster has no container instance."
    none = f"None of {counted(found.registered, 'container instance')} can take a task of {what}"
    if found.closest is None:
        return f"{none}."
    closest = machine_of(view, found.closest.container_instance_arn)
    return f"{none}; {closest} comes closest: {found.closest_lacks}."


def _advice(found: Explanation) -> str:
    if not found.registered:
        return "`roadstead instance add` launches one."
    if found.closest is not None:
        return _ADVICE.get(found.closest.reason, _CONSTRAINT_ADVICE)
    worst = max(found.falls, key=lambda each: each.fell)
    return _ADVICE.get(worst.reason, _CONSTRAINT_ADVICE)
