"""Telemetry: what the agent tells over TCS, only as far as it knows it.

Container measurements are not taken yet, so none are sent: metrics say no more than whether the
instance is idle. Its status follows what the runtime's latest work showed.
"""

from collections.abc import Sequence
from datetime import datetime

from roadstead.agent.engine.health_check import is_checked
from roadstead.agent.engine.life_cycle import ContainerStatus
from roadstead.agent.engine.records import TaskState
from roadstead.agent.journal import Identity
from roadstead.agent_protocol.messages import tcs
from roadstead.ids import Ids

PUBLISH_SECONDS = 20.0
"""Source: the ECS agent's telemetry interval."""
TASKS_AT_ONCE_MAX = 10
"""Of one message; more go in several. Source: the ECS agent's batches."""


class InstanceHealth:
    """The status of the container runtime over time."""

    def __init__(self, now: datetime) -> None:
        self._status = "OK"
        self._changed_at = now

    def status(self, trouble: str, now: datetime) -> tcs.InstanceStatus:
        """The status now; `trouble` is empty while the runtime works."""
        status = "IMPAIRED" if trouble else "OK"
        if status != self._status:
            self._status = status
            self._changed_at = now
        return tcs.InstanceStatus(
            type="ContainerRuntime",
            status=status,
            last_updated=_seconds(now),
            last_status_change=_seconds(self._changed_at),
            status_reason=trouble[:1024],
        )


def metrics(
    identity: Identity, *, idle: bool, now: datetime, ids: Ids
) -> tcs.PublishMetricsRequest:
    """That the instance lives, and whether it has tasks."""
    return tcs.PublishMetricsRequest(
        metadata=tcs.MetricsMetadata(
            cluster=identity.cluster,
            container_instance=identity.container_instance_arn,
            fin=True,
            idle=idle,
            message_id=ids.uuid(),
        ),
        timestamp=_seconds(now),
    )


def health(
    identity: Identity, tasks: Sequence[TaskState], *, now: datetime, ids: Ids
) -> list[tcs.TelemetryFromAgent]:
    """The health of these tasks' running containers that have a check; nothing when none has."""
    told = [each for task in tasks if (each := _task_health(task)).containers]
    batches = [told[i : i + TASKS_AT_ONCE_MAX] for i in range(0, len(told), TASKS_AT_ONCE_MAX)]
    return [
        tcs.PublishHealthRequest(
            metadata=tcs.HealthMetadata(
                cluster=identity.cluster,
                container_instance=identity.container_instance_arn,
                fin=batch is batches[-1],
                message_id=ids.uuid(),
            ),
            tasks=tuple(batch),
            timestamp=_seconds(now),
        )
        for batch in batches
    ]


def _task_health(task: TaskState) -> tcs.TaskHealth:
    return tcs.TaskHealth(
        task_arn=task.arn,
        task_definition_family=task.payload.family,
        task_definition_version=task.payload.version,
        containers=tuple(
            tcs.ContainerHealth(
                container_name=each.name,
                health_status=each.health,
                status_since=0.0 if each.health_since is None else _seconds(each.health_since),
                status_message=each.health_message,
            )
            for each in task.containers
            if each.status is ContainerStatus.RUNNING and is_checked(each.definition)
        ),
    )


def instance_status(
    identity: Identity, status: tcs.InstanceStatus, *, now: datetime, ids: Ids
) -> tcs.PublishInstanceStatusRequest:
    """How the instance's container runtime is."""
    return tcs.PublishInstanceStatusRequest(
        metadata=tcs.InstanceStatusMetadata(
            cluster=identity.cluster,
            container_instance=identity.container_instance_arn,
            request_id=ids.uuid(),
        ),
        statuses=(status,),
        timestamp=_seconds(now),
    )


def _seconds(moment: datetime) -> float:
    return round(moment.timestamp(), 3)
