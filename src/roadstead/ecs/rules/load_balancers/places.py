"""Where a task is reached: the id and the port under which a load balancer gets to know it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from roadstead.ecs.records.task import Task, TaskTarget
from roadstead.ecs.records.task_definition import TaskDefinition


class Place(msgspec.Struct, frozen=True):
    target_id: str
    """An EC2 instance id, or the address of the task's own interface."""
    port: int


def place_of(
    definition: TaskDefinition, task: Task, target: TaskTarget, ec2_instance_id: str
) -> Place | None:
    """Where the target's container and port are reached; None as long as that is not known.

    With an interface of its own: its address and the container port. Else the instance and a host
    port: in host mode the container port itself, in bridge mode the static one, or the one that
    the agent reported.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
    """
    if task.interface is not None:
        address = task.interface.private_ipv4_address
        return Place(address, target.container_port) if address else None
    port = _host_port(definition, task, target)
    return Place(ec2_instance_id, port) if port and ec2_instance_id else None


def mapping_of(
    definition: TaskDefinition, container_name: str, container_port: int
) -> Mapping[str, Any] | None:
    """The definition's port mapping of this container port, if there is one."""
    for container in definition.document["containerDefinitions"]:
        if container["name"] == container_name:
            return _mapping(container.get("portMappings") or (), container_port)
    return None


def _mapping(
    mappings: Sequence[Mapping[str, Any]], container_port: int
) -> Mapping[str, Any] | None:
    return next((each for each in mappings if each.get("containerPort") == container_port), None)


def _host_port(definition: TaskDefinition, task: Task, target: TaskTarget) -> int:
    if definition.network_mode == "host":
        return target.container_port
    mapping = mapping_of(definition, target.container_name, target.container_port)
    if mapping is not None and mapping.get("hostPort"):
        return int(mapping["hostPort"])
    protocol = "tcp" if mapping is None else mapping.get("protocol") or "tcp"
    for container in task.containers:
        if container.name == target.container_name:
            return _bound_port(container.network_bindings, target.container_port, protocol)
    return 0


def _bound_port(bindings: Sequence[Mapping[str, Any]], container_port: int, protocol: str) -> int:
    return next(
        (
            int(each["hostPort"])
            for each in bindings
            if each.get("containerPort") == container_port
            and (each.get("protocol") or "tcp") == protocol
            and each.get("hostPort")
        ),
        0,
    )
