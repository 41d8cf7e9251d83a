"""Tasks as agents are told of them: PayloadTask, and the manifest.

A task that should run goes whole; of one that should stop only its ARN and that. An agent hears of
a task only once its interface is attached, and of its stop only once no traffic is led to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from roadstead.agent_protocol.messages.acs import TaskIdentity
from roadstead.agent_protocol.messages.payload import (
    DesiredStatus,
    DockerVolumeConfiguration,
    EfsVolumeConfiguration,
    HostVolume,
    PayloadTask,
    Volume,
)
from roadstead.aws.arns import last_part
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.rules.sizes import cpu_units, memory_mib
from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop, is_known_to_agent
from roadstead.ecs.transitions.service_revisions import revision_of_task
from roadstead.ecs.views.payload_container import payload_container
from roadstead.ecs.views.payload_interface import payload_interfaces
from roadstead.state.view import View


def tasks_of_agent(view: View, container_instance_arn: str) -> list[Task]:
    """Every task of the instance that its agent may know of, oldest first: agents start them so.

    Make payloads (`payload_task`) only of those of which the agent was not told yet.
    """
    tasks = [
        task
        for task in view.find(LIVE_TASKS_BY_INSTANCE, container_instance_arn)
        if is_known_to_agent(task.last_status)
    ]
    return sorted(tasks, key=lambda task: (task.created_at is not None, task.created_at, task.arn))


def status_told(task: Task) -> DesiredStatus | None:
    """What the task's agent should be told now; None: nothing, it is not to know the task."""
    if not is_known_to_agent(task.last_status):
        return None
    return "STOPPED" if is_agent_to_stop(task.desired_status, task.last_status) else "RUNNING"


def payload_task(view: View, task: Task) -> PayloadTask:
    """The task as its agent needs it."""
    if is_agent_to_stop(task.desired_status, task.last_status):
        return PayloadTask(
            arn=task.arn, desired_status="STOPPED", task_cluster_arn=task.cluster_arn
        )
    definition = view.must(TASK_DEFINITIONS, task.task_definition_arn)
    document, overrides = definition.document, task.overrides
    execution_role = overrides.get("executionRoleArn") or document.get("executionRoleArn") or ""
    return PayloadTask(
        arn=task.arn,
        desired_status="RUNNING",
        family=definition.family,
        version=str(definition.revision),
        containers=_containers(view, task, definition, execution_role),
        task_cluster_arn=task.cluster_arn,
        network_mode=cast(Any, definition.network_mode),
        overrides="{}",
        volumes=tuple(_volume(each) for each in document.get("volumes") or ()),
        pid_mode=document.get("pidMode") or "",
        ipc_mode=document.get("ipcMode") or "",
        elastic_network_interfaces=payload_interfaces(view, task),
        launch_type=task.launch_type,
        group=task.group,
        service_name=last_part(task.service_arn),
        zone=task.availability_zone,
        task_definition_account_id=definition.arn.split(":")[4],
        enable_fault_injection=bool(document.get("enableFaultInjection")),
        **_task_size(overrides, document),
    )


def manifest_for_agent(view: View, container_instance_arn: str) -> tuple[TaskIdentity, ...]:
    """The tasks that should run on the instance, for a TaskManifestMessage."""
    return tuple(
        TaskIdentity(task_arn=task.arn, desired_status="RUNNING", task_cluster_arn=task.cluster_arn)
        for task in tasks_of_agent(view, container_instance_arn)
        if status_told(task) == "RUNNING"
    )


def stops_confirmed(
    view: View, container_instance_arn: str, candidates: Sequence[TaskIdentity]
) -> tuple[TaskIdentity, ...]:
    """Those of an agent's stop candidates that should really not run there."""
    return tuple(
        each for each in candidates if not _runs_there(view, container_instance_arn, each.task_arn)
    )


def _runs_there(view: View, container_instance_arn: str, task_arn: str) -> bool:
    task = view.get(TASKS, task_arn)
    return (
        task is not None
        and task.container_instance_arn == container_instance_arn
        and status_told(task) == "RUNNING"
    )


def _task_size(overrides: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """The limits of the task as a whole; nothing where it has none, as agents expect."""
    size: dict[str, Any] = {}
    cpu = overrides.get("cpu") or document.get("cpu")
    if cpu:
        size["cpu"] = cpu_units(cpu) / 1024
    memory = overrides.get("memory") or document.get("memory")
    if memory:
        size["memory"] = memory_mib(memory)
    return size


def _containers(
    view: View, task: Task, definition: TaskDefinition, execution_role: str
) -> tuple[Any, ...]:
    given = {each["name"]: each for each in task.overrides.get("containerOverrides") or ()}
    arns = {each.name: each.arn for each in task.containers}
    revision = revision_of_task(view, task)
    images = () if revision is None else revision.container_images
    digests = {each.container_name: each.image_digest for each in images}
    return tuple(
        payload_container(
            document,
            given.get(document["name"], {}),
            arn=arns[document["name"]],
            network_mode=definition.network_mode,
            region=definition.arn.split(":")[3],
            image_digest=digests.get(document["name"], ""),
            has_execution_role=bool(execution_role),
            with_exec=task.enable_execute_command,
        )
        for document in definition.document["containerDefinitions"]
    )


def _volume(document: dict[str, Any]) -> Volume:
    name = document.get("name", "")
    docker = document.get("dockerVolumeConfiguration")
    if docker:
        return Volume(
            name=name,
            type="docker",
            docker_volume_configuration=DockerVolumeConfiguration(
                scope=docker.get("scope") or "task",
                driver=docker.get("driver") or "local",
                autoprovision=bool(docker.get("autoprovision")),
                driver_opts=docker.get("driverOpts") or {},
                labels=docker.get("labels") or {},
            ),
        )
    efs = document.get("efsVolumeConfiguration")
    if efs:
        return Volume(
            name=name,
            type="efs",
            efs_volume_configuration=EfsVolumeConfiguration(
                file_system_id=efs.get("fileSystemId", ""),
                root_directory=efs.get("rootDirectory") or "/",
                transit_encryption=efs.get("transitEncryption") or "",
                transit_encryption_port=efs.get("transitEncryptionPort") or 0,
                authorization_config=efs.get("authorizationConfig") or {},
            ),
        )
    path = (document.get("host") or {}).get("sourcePath") or ""
    return Volume(name=name, type="host", host=HostVolume(source_path=path))
