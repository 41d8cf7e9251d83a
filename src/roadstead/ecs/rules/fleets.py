"""Fleets: the numbers of tasks that the scheduler keeps for a service, each on its own.

A rolling update is one fleet: the PRIMARY deployment grows, the older ones shrink. A deployment
with a share of its own (a task set, one side of a blue/green deployment) is a fleet alone.
"""

from datetime import datetime
from math import ceil

import msgspec

from roadstead.ecs.records.service import Deployment, Service

_ROUNDED_OFF = 1e-9
"""Shares are floats: 10 × 70 / 100 must not become 8."""


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """Bring `target` to `desired_count` tasks, and `older` to none, within the percentages."""

    target: Deployment
    older: tuple[Deployment, ...] = ()
    desired_count: int = 0
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    is_rolling: bool = True
    """The only fleet of its service; else one of several."""
    waiting_reason: str = ""
    """As of a service: why its next task has no place."""
    waiting_since: datetime | None = None

    @property
    def is_failed(self) -> bool:
        """Whether its rollout was given up: it starts no more tasks, and stops none that serve."""
        return self.is_rolling and self.target.rollout_state == "FAILED"


def fleets_of(service: Service) -> tuple[Fleet, ...]:
    """One rolling fleet, or, if any deployment has a share of its own, one for each deployment.

    A service of the EXTERNAL controller has none as long as it has no task set. Its own percentages
    do not hold for it.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html
    """
    if not service.deployments:
        return ()
    minimum, maximum = service.minimum_healthy_percent, service.maximum_percent
    if service.deployment_controller != "ECS":
        minimum, maximum = 100, 200
    if not has_shares(service):
        rolling = Fleet(
            target=service.deployments[0],
            older=service.deployments[1:],
            desired_count=service.desired_count + _moved_now(service),
            minimum_healthy_percent=minimum,
            maximum_percent=maximum,
            waiting_reason=service.waiting_reason,
            waiting_since=service.waiting_since,
        )
        return (rolling,)
    return tuple(
        Fleet(
            target=each,
            desired_count=share_of(
                service.desired_count, 100 if _is_led_to(service, each) else each.scale_percent or 0
            ),
            minimum_healthy_percent=minimum,
            maximum_percent=maximum,
            is_rolling=False,
            waiting_reason=each.waiting_reason,
            waiting_since=each.waiting_since,
        )
        for each in service.deployments
    )


def _is_led_to(service: Service, deployment: Deployment) -> bool:
    """Whether listeners lead production traffic to the deployment, or did a moment ago.

    It keeps all its tasks meanwhile: a stage or a rollback that scales it in comes after the shift.
    The only one there is gets all traffic from its first moment, and scales up when its stage says.
    """
    shares = service.traffic
    if len(service.deployments) == 1:
        return False
    revision = deployment.service_revision_arn
    return shares is not None and (
        shares.production.get(revision, 0) > 0 or revision in shares.leaving
    )


def _moved_now(service: Service) -> int:
    """As many more tasks a service has while it is rebalanced."""
    rebalancing = service.rebalancing
    return len(rebalancing.extra) if rebalancing is not None and rebalancing.is_active else 0


def has_shares(service: Service) -> bool:
    """Whether the service's deployments are fleets of their own."""
    return any(each.scale_percent is not None for each in service.deployments)


def share_of(desired_count: int, scale_percent: float) -> int:
    """How many tasks a share of the service's desired count is, rounded up.

    Units: percent of desiredCount.
    Shape: Scale
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Scale.html
    """
    return ceil(desired_count * scale_percent / 100 - _ROUNDED_OFF)
