"""Container instances as DescribeContainerInstances and its like show them."""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.instance_load import InstanceLoad, load_of
from roadstead.ecs.rules.health import instance_health
from roadstead.ecs.views.tags import tag_list
from roadstead.state.view import View


def container_instance_view(
    view: View,
    instance: ContainerInstance,
    *,
    with_tags: bool = False,
    with_health: bool = False,
) -> dict[str, Any]:
    """A container instance in the wire's shape.

    Shape: ContainerInstance
    """
    load = load_of(view, instance.arn)
    return loaded_instance_view(instance, load, with_tags=with_tags, with_health=with_health)


def loaded_instance_view(
    instance: ContainerInstance,
    load: InstanceLoad,
    *,
    with_tags: bool = False,
    with_health: bool = False,
) -> dict[str, Any]:
    """The same, of an instance from which its tasks take `load`."""
    shown: dict[str, Any] = {
        "containerInstanceArn": instance.arn,
        "version": instance.version,
        "versionInfo": _version_view(instance),
        "remainingResources": remaining_resources(instance, load),
        "registeredResources": [_resource_view(each) for each in instance.resources],
        "status": instance.status,
        "agentConnected": instance.agent_connected,
        "runningTasksCount": load.running_tasks,
        "pendingTasksCount": load.pending_tasks,
        "attributes": [
            *_attribute_views(instance.attributes),
            *_attribute_views(instance.custom_attributes),
        ],
        "registeredAt": instance.registered_at,
        "attachments": [],
        "tags": tag_list(instance.tags) if with_tags else [],
    }
    if instance.ec2_instance_id:
        shown["ec2InstanceId"] = instance.ec2_instance_id
    if instance.capacity_provider_name:
        shown["capacityProviderName"] = instance.capacity_provider_name
    if instance.status_reason:
        shown["statusReason"] = instance.status_reason
    if instance.agent_update_status:
        shown["agentUpdateStatus"] = instance.agent_update_status
    if with_health:
        shown["healthStatus"] = _health_view(instance)
    return shown


def remaining_resources(instance: ContainerInstance, load: InstanceLoad) -> list[dict[str, Any]]:
    """What is left of cpu and memory; of ports, those that are in use or reserved.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
    """
    cpu = instance.cpu_units - load.cpu_units
    memory = instance.memory_mib - load.memory_mib
    held = load.port_codes
    tcp = {*instance.reserved_ports, *(code >> 1 for code in held if not code & 1)}
    udp = {*instance.reserved_ports_udp, *(code >> 1 for code in held if code & 1)}
    left: Mapping[str, dict[str, Any]] = {
        "CPU": {"integerValue": cpu},
        "MEMORY": {"integerValue": memory},
        "PORTS": {"stringSetValue": _texts(tcp)},
        "PORTS_UDP": {"stringSetValue": _texts(udp)},
    }
    return [
        {**_resource_view(each), **left.get(each.get("name", ""), {})}
        for each in instance.resources
    ]


def _texts(ports: Iterable[int]) -> list[str]:
    return [str(port) for port in sorted(ports)]


def _resource_view(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Every resource has all three numbers, a set its strings too."""
    shown = {
        "name": resource.get("name", ""),
        "type": resource.get("type", ""),
        "doubleValue": resource.get("doubleValue") or 0.0,
        "longValue": resource.get("longValue") or 0,
        "integerValue": resource.get("integerValue") or 0,
    }
    if resource.get("type") == "STRINGSET" or "stringSetValue" in resource:
        shown["stringSetValue"] = list(resource.get("stringSetValue") or ())
    return shown


def _version_view(instance: ContainerInstance) -> dict[str, str]:
    known = {
        "agentVersion": instance.agent_version,
        "agentHash": instance.agent_hash,
        "dockerVersion": (
            f"DockerVersion: {instance.docker_version}" if instance.docker_version else ""
        ),
    }
    return {name: value for name, value in known.items() if value}


def _attribute_views(attributes: Mapping[str, str | None]) -> list[dict[str, str]]:
    return [
        {"name": name} if value is None else {"name": name, "value": value}
        for name, value in attributes.items()
    ]


def _health_view(instance: ContainerInstance) -> dict[str, Any]:
    return {
        "overallStatus": instance_health(
            each.get("status", "") for each in instance.health.values()
        ),
        "details": [{"type": kind, **known} for kind, known in instance.health.items()],
    }
