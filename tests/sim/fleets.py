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
            ceil(round(service.desired_count * (each.scale_percent or 0), 6) / 100),
            minimum,
            maximum,
            is_rolling=False,
            is_waiting=bool(each.waiting_reason),
        )
        for each in service.deployments
    ]


def is_draining(view: View, task: Task) -> bool:
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and instance.status == "DRAINING"
