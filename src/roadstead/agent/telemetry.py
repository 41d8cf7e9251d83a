"""Telemetry: what the agent tells over TCS, only as far as it knows it.

Container measurements are not taken yet, so none are sent: metrics say no more than whether the
instance is idle. Its status follows what the runtime's latest work showed.
"""

from datetime import datetime

from roadstead.agent.journal import Identity
from roadstead.agent_protocol.messages import tcs
from roadstead.ids import Ids

PUBLISH_SECONDS = 20.0
"""Source: the ECS agent's telemetry interval."""


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
