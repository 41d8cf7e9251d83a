"""TaskSet: one of several revisions that run side by side in a service of the EXTERNAL controller.

What the scheduler works on is the deployment of the same id in the service's `deployments`; this
is what the API shows beside it.
"""

from datetime import datetime
from typing import Any

from roadstead.state.records import Index, Record, Table


class TaskSet(Record, frozen=True, kw_only=True):
    """`arn` is `…:task-set/<cluster>/<service>/ecs-svc/<19 digits>`."""

    id: str = ""
    """`ecs-svc/<19 digits>`: the id of its deployment in the service."""
    service_arn: str = ""
    cluster_arn: str = ""
    status: str = "ACTIVE"
    """PRIMARY, ACTIVE or DRAINING."""
    task_definition_arn: str = ""
    launch_type: str = "EC2"
    external_id: str = ""
    started_by: str = ""
    scale_percent: float = 0.0
    network_configuration: dict[str, Any] | None = None
    load_balancers: tuple[dict[str, Any], ...] = ()
    service_registries: tuple[dict[str, Any], ...] = ()
    stability_status: str = "STABILIZING"
    """STEADY_STATE or STABILIZING."""
    stability_status_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    client_token: str = ""
    created_from: dict[str, Any] = {}
    tags: dict[str, str] = {}


TASK_SETS = Table("task_sets", TaskSet)

TASK_SETS_BY_SERVICE = Index(
    "task_sets_by_service",
    TASK_SETS,
    lambda task_set: (task_set.service_arn,),
    lambda task_set: (task_set.created_at, task_set.arn),
)
"""Key: service ARN. Oldest first."""


def task_set_arn(service_arn: str, task_set_id: str) -> str:
    """The ARN of the task set of that id in the service."""
    return f"{service_arn.replace(':service/', ':task-set/', 1)}/{task_set_id}"
