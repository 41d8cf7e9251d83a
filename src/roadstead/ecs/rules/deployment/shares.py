"""How the deployments of a service share its desired count: rolling, by stages, by task sets.

The service as it would be; storing it is for transitions.
"""

from collections.abc import Sequence

import msgspec

from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.rules.deployment.stages import Stage
from roadstead.ecs.rules.fleets import share_of


def source_deployment(service: Service) -> Deployment | None:
    """What the PRIMARY deployment replaces: the last that was completed, else the one before.

    Before any was completed it is the one that most requests are led to: that one keeps its tasks
    until they are led elsewhere, so that a deployment that waited for its end would wait for ever.
    """
    older = service.deployments[1:]
    for each in older:
        if each.service_revision_arn and each.service_revision_arn == (
            service.completed_revision_arn
        ):
            return each
    return most_led_to(service, older) or (older[0] if older else None)


def stale_deployments(service: Service) -> tuple[Deployment, ...]:
    """What is left of revisions before the source; a new deployment waits until they are gone."""
    source = source_deployment(service)
    return tuple(each for each in service.deployments[1:] if source is None or each.id != source.id)


def most_led_to(service: Service, deployments: Sequence[Deployment]) -> Deployment | None:
    """Which of the deployments listeners lead most of the service's production traffic to."""
    if service.traffic is None:
        return None
    led = service.traffic.production
    most = max(deployments, key=lambda each: led.get(each.service_revision_arn, 0), default=None)
    return most if most is not None and led.get(most.service_revision_arn) else None


def share_out(service: Service, stage: Stage) -> Service:
    """The service with its deployments' shares as a stage wants them; not stored."""
    source = source_deployment(service)
    shares = [stage.target_percent]
    for each in service.deployments[1:]:
        is_source = source is not None and each.id == source.id
        shares.append(stage.source_percent if is_source or stage.source_percent is None else 0.0)
    return with_shares(service, shares)


def with_shares(service: Service, shares: Sequence[float | None]) -> Service:
    """The service with a share for each of its deployments; not stored."""
    return with_desired_counts(
        msgspec.structs.replace(
            service,
            deployments=tuple(
                msgspec.structs.replace(each, scale_percent=share)
                for each, share in zip(service.deployments, shares, strict=True)
            ),
        )
    )


def with_desired_counts(service: Service) -> Service:
    """The service with its deployments wanting what its desired count makes them; not stored."""
    found = []
    for each in service.deployments:
        if each.scale_percent is not None:
            count = share_of(service.desired_count, each.scale_percent)
        elif each.status == "PRIMARY":
            count = service.desired_count
        else:
            count = each.desired_count
        found.append(msgspec.structs.replace(each, desired_count=count))
    return msgspec.structs.replace(service, deployments=tuple(found))
