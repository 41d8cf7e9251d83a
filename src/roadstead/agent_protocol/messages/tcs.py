"""The messages of TCS, the channel on which an agent tells measurements and health.

Units: `timestamp` and the other times are seconds since the epoch, with milliseconds.
"""

from typing import Any

import msgspec

from roadstead.agent_protocol.messages.acs import (
    FailureMessage,
    HeartbeatMessage,
)


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Spelled in lower camel case; members that have their default are left out."""


class StatsSet(_Wire, frozen=True, kw_only=True, omit_defaults=False):
    """A bundle of samples. Cpu in percent of the whole instance, memory in MiB."""

    max: float = 0.0
    min: float = 0.0
    sample_count: int = 0
    sum: float = 0.0


class ContainerMetric(_Wire, frozen=True, kw_only=True):
    """Network and storage sets are carried as they came."""

    container_name: str = ""
    container_arn: str = ""
    cpu_stats_set: StatsSet | None = None
    memory_stats_set: StatsSet | None = None
    network_stats_set: dict[str, Any] | None = None
    storage_stats_set: dict[str, Any] | None = None
    restart_stats_set: dict[str, Any] | None = None


class TaskMetric(_Wire, frozen=True, kw_only=True):
    task_arn: str = ""
    task_definition_family: str = ""
    task_definition_version: str = ""
    container_metrics: tuple[ContainerMetric, ...] = ()


class MetricsMetadata(_Wire, frozen=True, kw_only=True, omit_defaults=False):
    cluster: str = ""
    container_instance: str = ""
    fin: bool = False
    """The last message of a batch."""
    idle: bool = False
    """The instance has no tasks."""
    message_id: str = ""


class PublishMetricsRequest(_Wire, frozen=True, kw_only=True):
    metadata: MetricsMetadata
    task_metrics: tuple[TaskMetric, ...] = ()
    timestamp: float = 0.0


class ContainerHealth(_Wire, frozen=True, kw_only=True):
    container_name: str = ""
    health_status: str = ""
    status_since: float = 0.0
    status_message: str = ""


class TaskHealth(_Wire, frozen=True, kw_only=True):
    task_arn: str = ""
    task_definition_family: str = ""
    task_definition_version: str = ""
    containers: tuple[ContainerHealth, ...] = ()


class HealthMetadata(_Wire, frozen=True, kw_only=True, omit_defaults=False):
    cluster: str = ""
    container_instance: str = ""
    fin: bool = False
    message_id: str = ""


class PublishHealthRequest(_Wire, frozen=True, kw_only=True):
    metadata: HealthMetadata
    tasks: tuple[TaskHealth, ...] = ()
    timestamp: float = 0.0


class InstanceStatus(_Wire, frozen=True, kw_only=True):
    type: str = ""
    status: str = ""
    last_updated: float = 0.0
    last_status_change: float = 0.0
    status_reason: str = ""


class InstanceStatusMetadata(_Wire, frozen=True, kw_only=True, omit_defaults=False):
    cluster: str = ""
    container_instance: str = ""
    request_id: str = ""


class PublishInstanceStatusRequest(_Wire, frozen=True, kw_only=True):
    metadata: InstanceStatusMetadata
    statuses: tuple[InstanceStatus, ...] = ()
    timestamp: float = 0.0


class StartTelemetrySessionRequest(_Wire, frozen=True, kw_only=True):
    """Older agents send it; newer ones say the same in the connection's query."""

    cluster: str = ""
    container_instance: str = ""


class AckPublishMetric(_Wire, frozen=True, kw_only=True):
    message: str = ""


class AckPublishHealth(_Wire, frozen=True, kw_only=True):
    message: str = ""


class AckPublishInstanceStatus(_Wire, frozen=True, kw_only=True):
    message: str = ""


class StopTelemetrySessionMessage(_Wire, frozen=True, kw_only=True):
    message: str = ""


TelemetryFromAgent = (
    PublishMetricsRequest
    | PublishHealthRequest
    | PublishInstanceStatusRequest
    | StartTelemetrySessionRequest
)
TelemetryFromServer = (
    AckPublishMetric
    | AckPublishHealth
    | AckPublishInstanceStatus
    | StopTelemetrySessionMessage
    | HeartbeatMessage
    | FailureMessage
)
