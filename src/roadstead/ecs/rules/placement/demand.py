"""Demand: what a task takes from its container instance, and what that must be able to do."""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.sizes import cpu_units, memory_mib
from roadstead.ecs.rules.task_definition.requirements import task_role_attribute

LAUNCH_TYPES = ("EC2", "EXTERNAL")


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """Units: cpu_units 1024 to the vCPU."""

    cpu_units: int = 0
    memory_mib: int = 0
    host_ports: tuple[int, ...] = ()
    host_ports_udp: tuple[int, ...] = ()
    requires_attributes: tuple[str, ...] = ()
    has_interface: bool = False
    """An interface of its own: an awsvpc task."""
    zones: tuple[str, ...] | None = None
    """Where it can have one: the Availability Zones of its subnets; None: in all."""
    launch_type: str = "EC2"
    """EC2 tasks go on EC2 instances, EXTERNAL ones on external instances."""


def demand_of(
    definition: TaskDefinition,
    overrides: Mapping[str, Any] | None = None,
    launch_type: str = "EC2",
    zones: tuple[str, ...] | None = None,
) -> Demand:
    """What a task of this definition takes, its overrides applied.

    zones: of an awsvpc task's subnets (`rules.network.zones_of`).

    Task cpu, else the sum over the containers; task memory, else the sum of each container's
    memoryReservation or memory.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    cpu, memory = definition.cpu_units, definition.memory_mib
    requires_attributes = definition.requires_attributes
    if overrides:
        cpu, memory = _overridden(definition, overrides)
        if overrides.get("taskRoleArn"):
            role = task_role_attribute(definition.network_mode)
            requires_attributes = tuple(dict.fromkeys((*requires_attributes, role)))
    return Demand(
        cpu_units=cpu,
        memory_mib=memory,
        host_ports=definition.host_ports,
        host_ports_udp=definition.host_ports_udp,
        requires_attributes=requires_attributes,
        has_interface=definition.network_mode == "awsvpc",
        zones=zones,
        launch_type=launch_type,
    )


def _overridden(definition: TaskDefinition, overrides: Mapping[str, Any]) -> tuple[int, int]:
    document = definition.document
    by_name = {each.get("name"): each for each in overrides.get("containerOverrides") or ()}
    containers = [
        {**container, **by_name.get(container["name"], {})}
        for container in document.get("containerDefinitions", ())
    ]
    task_cpu = overrides.get("cpu") or document.get("cpu")
    task_memory = overrides.get("memory") or document.get("memory")
    cpu = cpu_units(task_cpu) if task_cpu else sum(int(each.get("cpu") or 0) for each in containers)
    memory = (
        memory_mib(task_memory)
        if task_memory
        else sum(
            int(each.get("memoryReservation") or each.get("memory") or 0) for each in containers
        )
    )
    return cpu, memory
