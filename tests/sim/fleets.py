"""A service's fleets as an onlooker counts them: which deployments, how many tasks, how closely."""

from math import ceil

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.task import Task
from roadstead.state.view import View


class Fleet(msgspec.Struct, frozen=True):
    name: str
    target: Deployment
    ids: frozenset[str]
    """Of all its deployments."""
    wanted: int
    minimum_percent: int
    maximum_percent: int
    is_rolling: bool
    is_waiting: bool
    """It has said why it starts no task."""

    @property
    def is_failed(self) -> bool:
        return self.is_rolling and self.target.rollout_state == "FAILED"


def fleets_of(service: Service) -> list[Fleet]:
    """One of all its deployments, or, where any has a share of its own, one of each."""
    minimum, maximum = service.minimum_healthy_percent, service.maximum_percent
    if service.deployment_controller == "EXTERNAL":
        minimum, maximum = 100, 200
    if not service.deployments:
        return []
    if all(each.scale_percent is None for each in service.deployments):
        ids = frozenset(each.id for each in service.deployments)
        wanted = service.desired_count
        is_waiting = bool(service.waiting_reason)
        target = service.deployments[0]
        return [Fleet(service.arn, target, ids, wanted, minimum, maximum, True, is_waiting)]
    return [
        Fleet(
            f"{service.arn} {each.id}",
            each,
            frozenset({each.id}),
            ceil(round(service.desired_count * share_of(service, each), 6) / 100),
            minimum,
            maximum,
            is_rolling=False,
            is_waiting=bool(each.waiting_reason),
        )
        for each in service.deployments
    ]


def share_of(service: Service, deployment: Deployment) -> float:
    """Whoever has requests led to it keeps all its tasks, unless it is the first of all."""
    traffic, revision = service.traffic, deployment.service_revision_arn
    if (
        traffic is not None
        and len(service.deployments) > 1
        and (traffic.production.get(revision, 0) or revision in traffic.leaving)
    ):
        return 100
    return deployment.scale_percent or 0


def is_draining(view: View, task: Task) -> bool:
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and instance.status == "DRAINING"


def is_checked(task: Task) -> bool:
    """Whether health checks of containers say if it is healthy."""
    return any(each.has_health_check and each.essential for each in task.containers)


def is_unhealthy(task: Task) -> bool:
    """Whether its containers or its load balancers say that it is not healthy."""
    return "UNHEALTHY" in (task.health_status, task.target_health)


def is_serving(task: Task) -> bool:
    """Whether it runs, and everybody who has a say finds it healthy."""
    return (
        task.last_status == "RUNNING"
        and (task.health_status == "HEALTHY" or not is_checked(task))
        and task.target_health in ("", "HEALTHY")
    )
