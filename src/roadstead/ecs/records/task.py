"""Task: containers that run together on one container instance.

`desired_status` belongs to the server, `last_status` to what the agent reports; both only move
forward. A STOPPED task stays for an hour, then it is removed.
"""

from datetime import datetime
from sys import intern
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from roadstead.state.records import Index, Record, Table


class Container(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A container of a task, as last reported."""

    name: str
    arn: str = ""
    image: str = ""
    essential: bool = True
    last_status: str = "PENDING"
    runtime_id: str = ""
    image_digest: str = ""
    exit_code: int | None = None
    reason: str = ""
    health_status: str = "UNKNOWN"
    has_health_check: bool = False
    network_bindings: tuple[dict[str, Any], ...] = ()
    """As reported: bindIP, containerPort, hostPort, protocol."""
    managed_agents: tuple[dict[str, Any], ...] = ()
    cpu: str = "0"
    memory: str = ""
    memory_reservation: str = ""


class TaskInterface(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The elastic network interface of an awsvpc task: its attachment, in ECS's words.

    What the interface is in EC2, EC2's record of `network_interface_id` says; kept here is what
    DescribeTasks shows, also after that record is gone.
    """

    attachment_id: str
    """A UUID; `…:attachment/<cluster>/<UUID>` is its ARN."""
    status: str = "PRECREATED"
    """PRECREATED, ATTACHING, ATTACHED, DETACHING or DELETED. The CREATED and DETACHED of ECS pass
    within one change here."""
    subnet_id: str = ""
    security_groups: tuple[str, ...] = ()
    network_interface_id: str = ""
    mac_address: str = ""
    private_ipv4_address: str = ""
    private_dns_name: str = ""
    expires_at: datetime | None = None
    """When an attachment that nobody confirmed fails its task."""


class TaskTarget(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One of the load balancers' places that lead to a task.

    `state`: "" (not registered yet), REGISTERED, DRAINING or GONE.
    """

    container_name: str = ""
    container_port: int = 0
    target_group_arn: str = ""
    load_balancer_name: str = ""
    """A Classic one, in place of a target group."""
    target_id: str = ""
    """The EC2 instance id or the interface's address; as are `port`, known from RUNNING on."""
    port: int = 0
    state: str = ""
    health: str = "UNKNOWN"
    """HEALTHY, UNHEALTHY or UNKNOWN, as the load balancer says, also in the grace period."""
    reason: str = ""
    """Its reason code, such as Target.ResponseCodeMismatch."""
    description: str = ""
    """The same as a sentence: "Health checks failed with these codes: [503]"."""


class TaskRegistration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A service of AWS Cloud Map in which the task is an instance, by its task id."""

    registry_arn: str
    container_name: str = ""
    container_port: int = 0
    port: int = 0
    is_registered: bool = False


class Task(Record, frozen=True, kw_only=True):
    cluster_arn: str = ""
    task_definition_arn: str = ""
    family: str = ""
    container_instance_arn: str = ""
    last_status: str = "PENDING"
    desired_status: str = "RUNNING"
    group: str = ""
    started_by: str = ""
    service_arn: str = ""
    """Set for a task that the service scheduler started; `started_by` is then its deployment."""
    is_daemon: bool = False
    """Its service is a DAEMON service."""
    launch_type: str = "EC2"
    cpu: str = ""
    memory: str = ""
    cpu_units: int = 0
    """Taken from the instance while `desired_status` is RUNNING, as are the next three."""
    memory_mib: int = 0
    host_ports: tuple[int, ...] = ()
    host_ports_udp: tuple[int, ...] = ()
    containers: tuple[Container, ...] = ()
    overrides: dict[str, Any] = {}
    """The request's overrides, checked, as DescribeTasks shows them."""
    attributes: dict[str, str] = {}
    availability_zone: str = ""
    connectivity: str = ""
    connectivity_at: datetime | None = None
    created_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    deactivated_at: datetime | None = None
    """When no connection to it was waited for any more, and its agent was told to stop it."""
    execution_stopped_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    health_status: str = "UNKNOWN"
    is_failure_counted: bool = False
    """It never reached RUNNING, and its service's deployment has taken note."""
    protection_enabled: bool = False
    """Neither scale-in nor a deployment stops it, until `protection_expires_at` if that is set."""
    protection_expires_at: datetime | None = None
    enable_execute_command: bool = False
    enable_ecs_managed_tags: bool = False
    capacity_provider_name: str = ""
    platform_version: str = ""
    interface: TaskInterface | None = None
    """Of an awsvpc task, from its start to the end of its record."""
    targets: tuple[TaskTarget, ...] = ()
    """Of a task whose service has load balancers, as the service revision had them at its start."""
    target_health: str = ""
    """All targets together: HEALTHY, UNHEALTHY, UNKNOWN; empty without targets."""
    registrations: tuple[TaskRegistration, ...] = ()
    """Of a task whose service is discovered by name."""
    tags: dict[str, str] = {}
    was_tagged: bool = False
    """It had tags until it was asked to stop, so it can be described in a deleted cluster."""


_SHARED = (
    "cluster_arn",
    "task_definition_arn",
    "family",
    "container_instance_arn",
    "last_status",
    "desired_status",
    "group",
    "started_by",
    "service_arn",
    "cpu",
    "memory",
    "availability_zone",
    "connectivity",
)
_SHARED_OF_CONTAINERS = (
    "name",
    "image",
    "last_status",
    "image_digest",
    "health_status",
    "cpu",
    "memory",
)


def _share(task: Task) -> None:
    """One string for all tasks that say the same: without, they take nearly twice the memory."""
    for name in _SHARED:
        text = getattr(task, name)
        if text:
            force_setattr(task, name, intern(text))
    for container in task.containers:
        for name in _SHARED_OF_CONTAINERS:
            text = getattr(container, name)
            if text:
                force_setattr(container, name, intern(text))
        for binding in container.network_bindings:
            for name, value in binding.items():
                if isinstance(value, str):
                    binding[name] = intern(value)


TASKS = Table("tasks", Task, _share)


def _listed_under(task: Task) -> tuple[str, ...]:
    under = f"{task.cluster_arn}|{task.desired_status}"
    keys = [under, f"{under}|family={task.family}"]
    if task.service_arn:
        keys.append(f"{under}|service={task.service_arn}")
    if task.container_instance_arn:
        keys.append(f"{under}|instance={task.container_instance_arn}")
    if task.started_by:
        keys.append(f"{under}|startedBy={task.started_by}")
    if task.launch_type != "EC2":
        keys.append(f"{under}|launchType={task.launch_type}")
    return tuple(keys)


LISTED_TASKS = Index("listed_tasks", TASKS, _listed_under)
"""Key: `cluster ARN|desiredStatus`, and the same with `|family=…`, `|service=<ARN>`,
`|instance=<ARN>` or `|startedBy=…`, or, for all but EC2, `|launchType=…`."""

LIVE_TASKS_BY_SERVICE = Index(
    "live_tasks_by_service",
    TASKS,
    lambda task: (task.service_arn,) if task.service_arn and task.last_status != "STOPPED" else (),
)
"""Key: service ARN. Tasks that are not STOPPED, also those asked to stop."""

LIVE_TASKS_BY_INSTANCE = Index(
    "live_tasks_by_instance",
    TASKS,
    lambda task: (
        (task.container_instance_arn,)
        if task.container_instance_arn and task.last_status != "STOPPED"
        else ()
    ),
)
"""Key: container instance ARN. Tasks that are not STOPPED, also those asked to stop."""

LIVE_TASKS_BY_DEFINITION = Index(
    "live_tasks_by_definition",
    TASKS,
    lambda task: (task.task_definition_arn,) if task.last_status != "STOPPED" else (),
)
"""Key: task definition ARN. Keeps a definition that was deleted until its last task ended."""

PROTECTED_TASKS = Index(
    "protected_tasks",
    TASKS,
    lambda task: (
        (task.service_arn,) if task.protection_enabled and task.desired_status == "RUNNING" else ()
    ),
)
"""Key: service ARN. Tasks with task scale-in protection that were not asked to stop; it may have
expired."""


def target_key(target: TaskTarget) -> str:
    """`<target group ARN or Classic load balancer's name>|<target id>|<port>`."""
    return (
        f"{target.target_group_arn or target.load_balancer_name}|{target.target_id}|{target.port}"
    )


def _registered_as(task: Task) -> dict[str, None]:
    keys: dict[str, None] = {}
    for each in task.targets:
        if each.target_id:
            keys[target_key(each)] = None
            if each.load_balancer_name:
                keys[f"{each.load_balancer_name}|{each.target_id}"] = None
    return keys


TASKS_BY_TARGET = Index(
    "tasks_by_target", TASKS, lambda task: _registered_as(task) if task.targets else ()
)
"""Key: `target_key`, and for a Classic load balancer, which knows instances only, the same without
a port. Tasks that were registered so; a port may have had more than one."""
