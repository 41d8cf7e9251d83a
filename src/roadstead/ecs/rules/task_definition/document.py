"""The document of a task definition: every rule run, every default filled in."""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.placement.parameters import check_definition_constraints
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container
from roadstead.ecs.rules.task_definition.compatibilities import compatibilities
from roadstead.ecs.rules.task_definition.containers import check_essential, container_document
from roadstead.ecs.rules.task_definition.dependencies import check_dependencies
from roadstead.ecs.rules.task_definition.linux import check_system_controls
from roadstead.ecs.rules.task_definition.names import (
    check_container_names,
    check_family,
    check_role,
)
from roadstead.ecs.rules.task_definition.ports import check_ports_of_task, static_host_ports
from roadstead.ecs.rules.task_definition.requirements import requires_attributes
from roadstead.ecs.rules.task_definition.sizes import (
    check_container_sizes,
    reserve,
    task_cpu_units,
    task_memory_mib,
)
from roadstead.ecs.rules.task_definition.task_members import check_task_members
from roadstead.ecs.rules.task_definition.volumes import check_mount_points, volume_documents
from roadstead.ecs.rules.task_definition.windows import is_windows, windows_problem

DOCUMENT_BYTES_MAX = 64 * 1024
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""
NETWORK_MODES = ("bridge", "host", "awsvpc", "none")
"""Source: botocore:ecs#NetworkMode"""
_WINDOWS_NETWORK_MODE = "default"

_NOT_IN_DOCUMENT = frozenset({"family", "tags"})
"""Members of the request that have fields or a place of their own."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request to register comes to. See records/task_definition.py for the fields."""

    document: dict[str, Any]
    network_mode: str
    cpu_units: int
    memory_mib: int
    host_ports: tuple[int, ...]
    host_ports_udp: tuple[int, ...]
    requires_attributes: tuple[str, ...]
    compatibilities: tuple[str, ...]


def checked(request: Mapping[str, Any]) -> Checked:
    """The document that a request registers, and what follows from it. The request stays as it is.

    Raises: ClientException or InvalidParameterException with the first rule that is broken.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    _check_bytes(request)
    check_family(request["family"])
    given = request["containerDefinitions"]
    check_container_names(given)
    document: dict[str, Any] = {
        "volumes": [],
        "placementConstraints": [],
        **{member: value for member, value in request.items() if member not in _NOT_IN_DOCUMENT},
    }
    network_mode = _network_mode(document)
    task_cpu = _normalised(document, "cpu", task_cpu_units)
    task_memory = _normalised(document, "memory", task_memory_mib)
    containers = [container_document(each, network_mode) for each in given]
    document["containerDefinitions"] = containers
    if document["volumes"]:
        document["volumes"] = volume_documents(document["volumes"])
    check_task_members(document)
    runs_on = compatibilities(document, task_cpu, task_memory)
    _check_together(document, network_mode, task_cpu, task_memory)
    cpu_units, memory_mib = reserve(containers, task_cpu, task_memory)
    host_ports, host_ports_udp = static_host_ports(containers, network_mode)
    return Checked(
        document=document,
        network_mode=network_mode,
        cpu_units=cpu_units,
        memory_mib=memory_mib,
        host_ports=host_ports,
        host_ports_udp=host_ports_udp,
        requires_attributes=requires_attributes(document),
        compatibilities=runs_on,
    )


def _check_together(
    document: Mapping[str, Any], network_mode: str, task_cpu: int | None, task_memory: int | None
) -> None:
    """The rules that concern more than one container, or a container and its task."""
    containers = document["containerDefinitions"]
    check_essential(containers)
    check_container_sizes(containers, task_cpu, task_memory)
    check_ports_of_task(containers, network_mode)
    check_mount_points(containers, document["volumes"])
    check_dependencies(containers, network_mode)
    for container in containers:
        if container["systemControls"]:
            check_system_controls(
                container["name"],
                container["systemControls"],
                network_mode,
                document.get("ipcMode"),
            )
    _check_roles(document)
    if is_windows(document):
        problem = windows_problem(document)
        if problem is not None:
            raise client_error(problem)
    check_definition_constraints(document["placementConstraints"])


def _check_bytes(request: Mapping[str, Any]) -> None:
    size = len(msgspec.json.encode(request))
    if size > DOCUMENT_BYTES_MAX:
        raise client_error(
            f"Actual length: '{size}'. Max allowed length is '{DOCUMENT_BYTES_MAX}' bytes."
        )


def _network_mode(document: dict[str, Any]) -> str:
    """The network mode, written into the document: bridge where none is given, but on Windows."""
    given: str | None = document.get("networkMode")
    if given is not None:
        check_choice("networkMode", given, NETWORK_MODES)
        return given
    if is_windows(document):
        return _WINDOWS_NETWORK_MODE
    document["networkMode"] = "bridge"
    return "bridge"


def _normalised(document: dict[str, Any], member: str, read: Any) -> int | None:
    """A task's size as a number, written back into the document as digits."""
    if member not in document:
        return None
    value: int = read(document[member])
    document[member] = str(value)
    return value


def _check_roles(document: Mapping[str, Any]) -> None:
    for member in ("taskRoleArn", "executionRoleArn"):
        if document.get(member):
            check_role(member, document[member])
    if document.get("executionRoleArn"):
        return
    for container in document["containerDefinitions"]:
        if container.get("secrets") or container.get("logConfiguration", {}).get("secretOptions"):
            raise client_error(
                "When you are specifying container secrets, you must also specify a value for "
                "'executionRoleArn'."
            )
        if container.get("repositoryCredentials"):
            raise invalid_container(
                container["name"],
                "repositoryCredentials require a value for the task's 'executionRoleArn'.",
            )
