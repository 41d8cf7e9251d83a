"""Preparation: what makes a task impossible before anything of it is begun."""

from roadstead.agent.engine import dependencies
from roadstead.agent.runtime.port import AWSVPC
from roadstead.agent_protocol.messages.payload import PayloadContainer, PayloadTask

NETWORK_MODES = ("", "bridge", "host", "none", AWSVPC)


def reason_to_refuse(task: PayloadTask, *, own_mac_address: str = "") -> str:
    """The reason of a task that cannot be prepared; empty when it can.

    `own_mac_address`: of the instance's own interface.
    """
    if dependencies.unknown_name(task):
        return _uninitializable(
            task, f"dependency on the unknown container {dependencies.unknown_name(task)!r}"
        )
    if dependencies.has_cycle(task):
        return f"Task dependencies cannot be resolved, taskArn: {task.arn}"
    interface = _impossible_interface(task, own_mac_address)
    for text in (
        _impossible_task(task),
        interface,
        *(_impossible(task, c) for c in task.containers),
    ):
        if text:
            return _uninitializable(task, text)
    return ""


def _uninitializable(task: PayloadTask, text: str) -> str:
    return f"resource cannot be initialized for task {task.arn}: {text}"


def _impossible_task(task: PayloadTask) -> str:
    names = [container.name for container in task.containers]
    if not names:
        return "the task has no containers"
    if len(set(names)) < len(names):
        return "two of its containers have the same name"
    if task.network_mode not in NETWORK_MODES:
        return f"this agent does not know network mode {task.network_mode} yet"
    if "task" in (task.pid_mode, task.ipc_mode):
        return "this agent does not share PID and IPC namespaces between containers yet"
    for volume in task.volumes:
        if volume.type == "efs":
            return f"this agent does not mount EFS volumes yet (volume {volume.name})"
        docker = volume.docker_volume_configuration
        if volume.type == "docker" and docker is not None:
            if docker.scope == "shared":
                return f"this agent does not keep shared volumes yet (volume {volume.name})"
            if docker.driver not in ("", "local"):
                return f"this agent has no volume driver {docker.driver!r} (volume {volume.name})"
        if volume.type in ("", "host") and volume.host is None:
            return f"volume {volume.name} has neither a type nor a host object"
    return ""


def _impossible_interface(task: PayloadTask, own_mac_address: str) -> str:
    interfaces = task.elastic_network_interfaces
    if task.network_mode != AWSVPC:
        return ""
    if not interfaces:
        return "network mode awsvpc needs an elastic network interface, and the task has none"
    if len(interfaces) > 1:
        return "this agent does not give a task more than one elastic network interface yet"
    if interfaces[0].interface_association_protocol not in ("", "default"):
        return (
            f"this agent does not attach interface {interfaces[0].ec2_id} through a trunk "
            f"({interfaces[0].interface_association_protocol}) yet"
        )
    if interfaces[0].mac_address.lower() == own_mac_address:
        return f"interface {interfaces[0].ec2_id} is the instance's own"
    if not interfaces[0].ipv4_addresses:
        return f"this agent needs an IPv4 address of interface {interfaces[0].ec2_id}"
    return ""


def _impossible(task: PayloadTask, container: PayloadContainer) -> str:
    name = container.name
    if task.memory and container.memory > task.memory:
        return (
            f"container {name} asks for {container.memory} MiB of memory, its task has "
            f"{task.memory} MiB"
        )
    if container.cpu < 0 or container.memory < 0:
        return f"cpu and memory of container {name} must not be negative"
    volumes = {volume.name for volume in task.volumes}
    for mount in container.mount_points:
        if mount.source_volume not in volumes:
            return f"container {name} mounts the unknown volume {mount.source_volume!r}"
    for wanted, what in (
        (container.secrets, "fetch secrets"),
        (container.environment_files, "fetch environment files"),
        (container.firelens_configuration, "run FireLens log routers"),
    ):
        if wanted:
            return f"this agent does not {what} yet (container {name})"
    return ""
