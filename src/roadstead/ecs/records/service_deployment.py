"""ServiceDeployment: the record of one rollout of a service revision, kept for 90 days.

The service's own `deployments` are what the scheduler works on; this is what became of each, stage
by stage, and what waits for whom.
"""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.state.records import Index, Record, Table

FINAL_STATUSES = frozenset({"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})


class SourceRevision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A service revision with its tasks, as counted when the deployment began."""

    arn: str
    requested_task_count: int = 0
    running_task_count: int = 0
    pending_task_count: int = 0


class Rollback(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    reason: str
    started_at: datetime
    service_revision_arn: str
    """What it goes back to."""


class HookRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A lifecycle hook of a stage that the deployment has reached."""

    hook_id: str
    """`ecs-pause-…`."""
    stage: str
    target_type: str = "PAUSE"
    target_arn: str = ""
    status: str = "AWAITING_ACTION"
    """AWAITING_ACTION, IN_PROGRESS, SUCCEEDED, FAILED or TIMED_OUT."""
    started_at: datetime
    expires_at: datetime
    timeout_action: str = "ROLLBACK"
    """ROLLBACK or CONTINUE."""


class ServiceDeployment(Record, frozen=True, kw_only=True):
    """`arn` is `…:service-deployment/<cluster>/<service>/<21 characters>`."""

    service_arn: str = ""
    cluster_arn: str = ""
    deployment_id: str = ""
    """`ecs-svc/…` of the deployment in the service."""
    status: str = "PENDING"
    """PENDING, IN_PROGRESS, SUCCESSFUL, STOP_REQUESTED, STOPPED, ROLLBACK_REQUESTED,
    ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL or ROLLBACK_FAILED."""
    status_reason: str = ""
    lifecycle_stage: str = ""
    """Of strategies other than ROLLING: RECONCILE_SERVICE … CLEAN_UP."""
    stage_since: datetime | None = None
    stage_step: int = 0
    """Which step of LINEAR's or CANARY's traffic shift it is in, from 0."""
    production_percent: float = 0.0
    """Share of production traffic on the target revision; joined to listeners by load balancers."""
    test_percent: float = 0.0
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stopped_at: datetime | None = None
    updated_at: datetime | None = None
    source_revisions: tuple[SourceRevision, ...] = ()
    target_revision_arn: str = ""
    target_task_count: int = 0
    """What it asked for when it began; while it lasts, ask the service."""
    target_running_count: int = 0
    """How many it had when it ended."""
    deployment_configuration: dict[str, Any] = {}
    """The service's, when it began."""
    rollback: Rollback | None = None
    is_rollback_requested: bool = False
    """By StopServiceDeployment, a hook or the circuit breaker; carried out next."""
    failure_count: int = 0
    breaker_status: str = ""
    """TRIGGERED, MONITORING, MONITORING_COMPLETE or DISABLED."""
    breaker_threshold: int = 0
    hooks: tuple[HookRun, ...] = ()
    healthy_since: datetime | None = None
    """Since when its tasks have been healthy enough: what a bake time counts from."""


SERVICE_DEPLOYMENTS = Table("service_deployments", ServiceDeployment)


def _created(deployment: ServiceDeployment) -> tuple[datetime, str]:
    assert deployment.created_at is not None
    return (deployment.created_at, deployment.arn)


DEPLOYMENTS_BY_SERVICE = Index(
    "deployments_by_service",
    SERVICE_DEPLOYMENTS,
    lambda deployment: (
        deployment.service_arn,
        f"{deployment.service_arn}|{deployment.status}",
        deployment.target_revision_arn,
    ),
    _created,
)
"""Key: service ARN, `service ARN|status`, or the ARN of the target revision. Oldest first."""
