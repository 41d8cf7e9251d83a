"""Tasks as DescribeTasks and its like show them."""

from typing import Any

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import Container, Task, TaskInterface
from roadstead.ecs.rules.connectivity import connectivity_of
from roadstead.ecs.views.tags import tag_list
from roadstead.state.view import View


def task_view(view: View, task: Task, *, with_tags: bool = False) -> dict[str, Any]:
    """A task in the wire's shape, with the connectivity of its instance's agent.

    Shape: Task
    """
    shown = recorded_task_view(task, with_tags=with_tags)
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    connectivity, since = connectivity_of(task, instance)
    if connectivity:
        shown["connectivity"] = connectivity
        shown["connectivityAt"] = since
    return shown


def recorded_task_view(task: Task, *, with_tags: bool = False) -> dict[str, Any]:
    """A task in the wire's shape by its record alone; members without a value are left out."""
    shown: dict[str, Any] = {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.task_definition_arn,
        "containerInstanceArn": task.container_instance_arn,
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "group": task.group,
        "launchType": task.launch_type,
        "cpu": task.cpu,
        "memory": task.memory,
        "containers": _containers_view(task),
        "overrides": _overrides_view(task),
        "attachments": [] if task.interface is None else [interface_view(task.interface)],
        "attributes": [{"name": name, "value": value} for name, value in task.attributes.items()],
        "createdAt": task.created_at,
        "healthStatus": task.health_status,
        "enableExecuteCommand": task.enable_execute_command,
        "version": task.version,
        "tags": tag_list(task.tags) if with_tags else [],
    }
    if task.availability_zone:
        shown["availabilityZone"] = task.availability_zone
    if task.started_by:
        shown["startedBy"] = task.started_by
    if task.capacity_provider_name:
        shown["capacityProviderName"] = task.capacity_provider_name
    if task.platform_version:
        shown["platformVersion"] = task.platform_version
    if task.started_at is not None:
        shown["startedAt"] = task.started_at
    if task.pull_started_at is not None:
        shown["pullStartedAt"] = task.pull_started_at
    if task.pull_stopped_at is not None:
        shown["pullStoppedAt"] = task.pull_stopped_at
    if task.desired_status == "STOPPED":
        _show_end(shown, task)
    return shown


def _show_end(shown: dict[str, Any], task: Task) -> None:
    shown["stoppedReason"] = task.stopped_reason
    if task.stop_code:
        shown["stopCode"] = task.stop_code
    if task.stopping_at is not None:
        shown["stoppingAt"] = task.stopping_at
    if task.execution_stopped_at is not None:
        shown["executionStoppedAt"] = task.execution_stopped_at
    if task.stopped_at is not None:
        shown["stoppedAt"] = task.stopped_at


def _overrides_view(task: Task) -> dict[str, Any]:
    """The overrides, with an entry for every container of the task."""
    if not task.overrides:
        return {
            "containerOverrides": [{"name": each.name} for each in task.containers],
            "inferenceAcceleratorOverrides": [],
        }
    given = {each["name"]: each for each in task.overrides.get("containerOverrides") or ()}
    return {
        "inferenceAcceleratorOverrides": [],
        **task.overrides,
        "containerOverrides": [
            given.get(each.name, {"name": each.name}) for each in task.containers
        ],
    }


def _containers_view(task: Task) -> list[dict[str, Any]]:
    """All containers of an awsvpc task have the task's address."""
    interfaces = []
    if task.interface is not None and task.interface.private_ipv4_address:
        interfaces = [
            {
                "attachmentId": task.interface.attachment_id,
                "privateIpv4Address": task.interface.private_ipv4_address,
            }
        ]
    return [_container_view(task.arn, each, interfaces) for each in task.containers]


def _container_view(
    task_arn: str, container: Container, interfaces: list[dict[str, Any]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "containerArn": container.arn,
        "taskArn": task_arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": container.last_status,
        "networkInterfaces": interfaces,
        "healthStatus": container.health_status,
        "cpu": container.cpu,
    }
    if container.runtime_id:
        shown["runtimeId"] = container.runtime_id
    if container.image_digest:
        shown["imageDigest"] = container.image_digest
    if container.network_bindings or container.last_status != "PENDING":
        shown["networkBindings"] = list(container.network_bindings)
    if container.exit_code is not None:
        shown["exitCode"] = container.exit_code
    if container.reason:
        shown["reason"] = container.reason
    if container.memory:
        shown["memory"] = container.memory
    if container.memory_reservation:
        shown["memoryReservation"] = container.memory_reservation
    if container.managed_agents:
        shown["managedAgents"] = list(container.managed_agents)
    return shown


def interface_view(interface: TaskInterface) -> dict[str, Any]:
    """The attachment of an awsvpc task; details that are not known yet are left out.

    Shape: Attachment
    """
    details = {
        "subnetId": interface.subnet_id,
        "networkInterfaceId": interface.network_interface_id,
        "macAddress": interface.mac_address,
        "privateDnsName": interface.private_dns_name,
        "privateIPv4Address": interface.private_ipv4_address,
    }
    return {
        "id": interface.attachment_id,
        "type": "ElasticNetworkInterface",
        "status": interface.status,
        "details": [{"name": name, "value": value} for name, value in details.items() if value],
    }
