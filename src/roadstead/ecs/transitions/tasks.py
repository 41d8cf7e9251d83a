"""Tasks begin and are told to end. What agents report of them is in `task_reports`.

Invariants: desiredStatus goes from RUNNING to STOPPED and never back; a task that is asked to stop
has its stop code and reason from that moment on, and they are never replaced.
"""

from collections.abc import Mapping
from typing import Any

from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_definition import TaskDefinition
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
    overrides: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    enable_execute_command: bool = False,
    enable_ecs_managed_tags: bool = False,
    launch_type: str = "EC2",
) -> Task:
    """Make a PENDING task on that instance; its agent is told by its session.

    The caller has checked that the instance can take it (`choose_instance`), and has merged
    propagated and managed tags into `tags`.
    """
    raise NotImplementedError


def stop_task(tx: Tx, call: Call, task: Task, *, reason: str, stop_code: str) -> Task:
    """Ask a task to stop: desiredStatus STOPPED now, lastStatus when its agent reports it.

    A task that was asked before is returned as it is: the first reason stays.
    """
    raise NotImplementedError


def orphan_task(tx: Tx, call: Call, task: Task, *, reason: str, stop_code: str = "") -> Task:
    """Record a task as STOPPED at once: nobody can report of it any more.

    Its containers may run on; a stop is not sent. For deregistered and terminated hosts.
    """
    raise NotImplementedError
