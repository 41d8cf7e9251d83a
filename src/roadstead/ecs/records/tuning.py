"""Tuning: the numbers of ECS that whoever runs Roadstead may change; one record, from the settings.

Kept in the state so that decisions find them where they find everything else. The defaults are
ECS's own.
"""

from roadstead.state.records import Record, Table
from roadstead.state.view import View

TUNING_KEY = "tuning"


class Tuning(Record, frozen=True, kw_only=True):
    arn: str = TUNING_KEY
    healthy_after_running_seconds: int = 40
    """A service task without load balancer and health check counts as healthy after that long.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
    """
    stopped_task_kept_seconds: int = 3600
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""
    inactive_instance_kept_seconds: int = 3600
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html"""
    inactive_service_kept_seconds: int = 3600
    client_token_kept_seconds: int = 86_400
    service_deployment_kept_seconds: int = 90 * 86_400
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html"""
    event_kept_seconds: int = 3600
    """As long as stopped tasks; EventBridge itself keeps none."""
    events_kept_max: int = 10_000
    """How many published events are kept at most; the oldest go first. A number, not seconds."""
    tasks_per_service_max: int = 5_000
    """A quota that AWS raises on request. A number, not seconds.

    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html#limits_ecs
    """
    interface_wait_seconds: int = 300
    """An interface that its instance has not got for so long fails its task.

    Source: agent:ecs-agent/acs/session/attach_eni_common.go
    """
    dead_host_grace_seconds: int = 0
    """Tasks of an instance whose agent was not heard for so long are replaced; 0: never, as ECS.

    Source: ADR-0018
    """


TUNING = Table("tuning", Tuning)


def tuning(view: View) -> Tuning:
    """The numbers in force."""
    return view.get(TUNING, TUNING_KEY) or Tuning()
