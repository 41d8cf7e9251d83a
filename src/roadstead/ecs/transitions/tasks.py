"""Tasks begin and are told to end. What agents report of them is in `task_reports`.

Invariants: desiredStatus goes from RUNNING to STOPPED and never back; a task that is asked to stop
has its stop code and reason from that moment on, and they are never replaced.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.task import (
    TASKS,
    Container,
    Task,
    TaskInterface,
    TaskRegistration,
    TaskTarget,
)
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.task_lifecycle import (
    Course,
    TaskEvent,
    course_of,
    first_status,
    next_status,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def start_task(
    tx: Tx,
    call: Call,
    *,
    cluster: Cluster,
    definition: TaskDefinition,
    instance: ContainerInstance,
    group: str,
    started_by: str = "",
    service_arn: str = "",
    is_daemon: bool = False,
    overrides: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    enable_execute_command: bool = False,
    enable_ecs_managed_tags: bool = False,
    launch_type: str = "EC2",
    interface: TaskInterface | None = None,
    targets: tuple[TaskTarget, ...] = (),
    registrations: tuple[TaskRegistration, ...] = (),
) -> Task:
    """Make a task on that instance: PROVISIONING with an interface of its own, else PENDING.

    The caller has checked that the instance can take it (`choose_instance`), and has merged
    propagated and managed tags into `tags`. targets: where traffic to it will come from;
    registrations: by whom it is found by name.
    """
    task_id = call.ids.hex32()
    demand = demand_of(definition, overrides)
    course = Course(interface is not None, bool(targets or registrations))
    task = Task(
        arn=f"{_prefix(cluster.arn, 'task')}/{task_id}",
        cluster_arn=cluster.arn,
        task_definition_arn=definition.arn,
        family=definition.family,
        container_instance_arn=instance.arn,
        last_status=first_status(course),
        group=group,
        started_by=started_by,
        service_arn=service_arn,
        is_daemon=is_daemon,
        launch_type=launch_type,
        cpu=str(demand.cpu_units),
        memory=str(demand.memory_mib),
        cpu_units=demand.cpu_units,
        memory_mib=demand.memory_mib,
        host_ports=demand.host_ports,
        host_ports_udp=demand.host_ports_udp,
        containers=_containers(call, cluster, task_id, definition, overrides),
        overrides=dict(overrides) if overrides else {},
        attributes=_task_attributes(instance.attributes.get("ecs.cpu-architecture") or ""),
        availability_zone=instance.availability_zone,
        capacity_provider_name=instance.capacity_provider_name,
        created_at=call.now,
        enable_execute_command=enable_execute_command,
        enable_ecs_managed_tags=enable_ecs_managed_tags,
        interface=interface,
        targets=targets,
        registrations=registrations,
        target_health="UNKNOWN" if targets else "",
        tags=dict(tags) if tags else {},
    )
    return tx.put(TASKS, task)


def stop_task(tx: Tx, call: Call, task: Task, *, reason: str, stop_code: str) -> Task:
    """Ask a task to stop: desiredStatus STOPPED now, lastStatus when its agent reports it.

    One that traffic is led to is DEACTIVATING: its agent hears of it once no request is under way.
    A task that was asked before is returned as it is: the first reason stays.
    """
    if task.desired_status == "STOPPED":
        return task
    return tx.put(
        TASKS,
        msgspec.structs.replace(
            task,
            desired_status="STOPPED",
            last_status=next_status(task.last_status, TaskEvent.STOP_WANTED, course_of(task)),
            stop_code=stop_code,
            stopped_reason=reason,
            stopping_at=call.now,
            tags={},
            was_tagged=task.was_tagged or bool(task.tags),
        ),
    )


def orphan_task(tx: Tx, call: Call, task: Task, *, reason: str, stop_code: str = "") -> Task:
    """Record a task as STOPPED at once: nobody can report of it any more.

    Its containers may run on; a stop is not sent. For deregistered and terminated hosts.
    """
    if task.last_status == "STOPPED":
        return task
    was_asked = task.desired_status == "STOPPED"
    return tx.put(
        TASKS,
        msgspec.structs.replace(
            task,
            desired_status="STOPPED",
            last_status=next_status(task.last_status, TaskEvent.HOST_LOST),
            stop_code=task.stop_code if was_asked else stop_code,
            stopped_reason=task.stopped_reason if was_asked else reason,
            stopping_at=task.stopping_at or call.now,
            stopped_at=call.now,
            connectivity="DISCONNECTED",
            connectivity_at=call.now,
            containers=tuple(
                msgspec.structs.replace(each, last_status="STOPPED") for each in task.containers
            ),
            tags={},
            was_tagged=task.was_tagged or bool(task.tags),
        ),
    )


def _containers(
    call: Call,
    cluster: Cluster,
    task_id: str,
    definition: TaskDefinition,
    overrides: Mapping[str, Any] | None,
) -> tuple[Container, ...]:
    given: dict[str, Any] = {}
    if overrides:
        given = {each["name"]: each for each in overrides.get("containerOverrides") or ()}
    prefix = f"{_prefix(cluster.arn, 'container')}/{task_id}/"
    return tuple(
        _container(
            f"{prefix}{call.ids.uuid()}",
            {**document, **given[document["name"]]} if document["name"] in given else document,
        )
        for document in definition.document["containerDefinitions"]
    )


def _container(arn: str, document: Mapping[str, Any]) -> Container:
    get = document.get
    memory = get("memory")
    reservation = get("memoryReservation")
    return Container(
        arn=arn,
        name=document["name"],
        image=get("image", ""),
        essential=get("essential", True),
        has_health_check="healthCheck" in document,
        cpu=str(get("cpu") or 0),
        memory=str(memory) if memory else "",
        memory_reservation=str(reservation) if reservation else "",
    )


@lru_cache(maxsize=8)
def _task_attributes(cpu_architecture: str) -> dict[str, str]:
    """One dict for all tasks of an architecture: there may be a hundred thousand of them."""
    return {"ecs.cpu-architecture": cpu_architecture} if cpu_architecture else {}


@lru_cache(maxsize=1024)
def _prefix(cluster_arn: str, kind: str) -> str:
    """`arn:…:<kind>/<cluster>`: what the ARNs of the cluster's tasks or containers begin with."""
    return cluster_arn.replace(":cluster/", f":{kind}/", 1)
