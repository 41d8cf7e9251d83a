"""Which services may have their tasks moved between Availability Zones.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.service import Service
from roadstead.ecs.rules.load_balancers.entries import is_classic

_ZONE = "ecs.availability-zone"


def why_not_rebalanced(
    service: Service, constraints_of_definition: Sequence[Mapping[str, Any]] = ()
) -> str:
    """What keeps Availability Zone rebalancing from such a service; empty if nothing does."""
    if service.scheduling_strategy != "REPLICA":
        return "the scheduling strategy is DAEMON"
    if service.deployment_controller != "ECS":
        return f"the deployment controller is {service.deployment_controller}"
    if service.launch_type == "EXTERNAL":
        return "the launch type is EXTERNAL"
    if is_classic(service.load_balancers):
        return "the service has a Classic Load Balancer"
    if service.maximum_percent <= 100:
        return "maximumPercent is 100"
    if service.placement_strategy:
        first = service.placement_strategy[0]
        if (first.get("type"), first.get("field")) != ("spread", f"attribute:{_ZONE}"):
            return f"the first placement strategy is not spread over attribute:{_ZONE}"
    for constraint in (*service.placement_constraints, *constraints_of_definition):
        if _ZONE in (constraint.get("expression") or ""):
            return f"a placement constraint names {_ZONE}"
    return ""


def checked_rebalancing(
    wanted: str | None, service: Service, constraints_of_definition: Sequence[Mapping[str, Any]]
) -> str:
    """ENABLED or DISABLED; not told, a service that may have it has it.

    wanted: as the request or the service itself says.
    Raises: InvalidParameterException when it is wanted and not possible.
    """
    problem = why_not_rebalanced(service, constraints_of_definition)
    if wanted is None:
        return "DISABLED" if problem else "ENABLED"
    if wanted == "ENABLED" and problem:
        raise invalid_parameter(
            f"Availability Zone rebalancing is not possible: {problem}. Set "
            "availabilityZoneRebalancing to DISABLED, or change that."
        )
    return wanted
