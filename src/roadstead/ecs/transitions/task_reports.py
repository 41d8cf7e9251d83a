"""What agents report of tasks and their containers, and what becomes of the records.

Reports may be late, doubled, or skip states: status only moves forward, and a report that says
nothing new changes nothing and raises nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from roadstead.ecs.records.task import Task
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class ContainerReport(msgspec.Struct, frozen=True, kw_only=True):
    """News of one container; what is empty or None was not told."""

    name: str
    status: str = ""
    """PENDING, RUNNING or STOPPED."""
    runtime_id: str = ""
    exit_code: int | None = None
    reason: str = ""
    image_digest: str = ""
    network_bindings: tuple[dict[str, Any], ...] | None = None


class ManagedAgentReport(msgspec.Struct, frozen=True, kw_only=True):
    container_name: str
    name: str
    status: str
    reason: str = ""


class TaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """One SubmitTaskStateChange. `status` is empty when only attachments were reported."""

    status: str = ""
    reason: str = ""
    containers: tuple[ContainerReport, ...] = ()
    """In order; the same container may come twice."""
    managed_agents: tuple[ManagedAgentReport, ...] = ()
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    execution_stopped_at: datetime | None = None


def report_task(tx: Tx, call: Call, task: Task, report: TaskReport) -> Task:
    """Merge a report into the task; returns it as it is now."""
    raise NotImplementedError


def report_task_health(
    tx: Tx, call: Call, container_instance_arn: str, task_arn: str, healths: Mapping[str, str]
) -> Task | None:
    """Merge container name → HEALTHY, UNHEALTHY or UNKNOWN, as telemetry told it.

    None, and nothing changes, when that instance has no such task.
    """
    raise NotImplementedError
