"""When a service has got there, or can get no further: completed, emptied, steady, blocked."""

from collections.abc import Iterable
from datetime import datetime

from roadstead.ecs.reconcilers.service.actions import (
    AnnounceBlocked,
    AnnounceSteady,
    CompleteDeployment,
    DropDeployments,
)
from roadstead.ecs.reconcilers.service.fleet import FleetPlan
from roadstead.ecs.reconcilers.service.repeats import due_at, is_due
from roadstead.ecs.records.service import Service
from roadstead.ecs.rules.deployment.configuration import has_bake
from roadstead.state.plans import Action


def ends(
    service: Service, plans: Iterable[FleetPlan], now: datetime, *, was_steady: bool
) -> tuple[list[Action], datetime | None]:
    """What is complete, steady or stuck now; and when that is to be said again."""
    actions: list[Action] = []
    is_completed = is_rollout_over(service)
    is_settled = is_blocked = False
    for number, plan in enumerate(plans):
        if _is_complete(service, plan):
            actions.append(CompleteDeployment(service.arn, plan.found.fleet.target.id))
            is_completed = True
        elif emptied := _emptied(plan):
            actions.append(DropDeployments(service.arn, emptied))
        is_settled = (is_settled or number == 0) and _is_settled(plan)
        is_blocked = is_blocked or plan.moves.is_blocked
    if is_completed and is_settled:
        if not was_steady or is_due(service.steady_at, now):
            return [*actions, AnnounceSteady(service.arn)], None
        return actions, due_at(service.steady_at)
    if is_blocked:
        if service.blocked_since is None or is_due(service.blocked_since, now):
            return [*actions, AnnounceBlocked(service.arn)], None
        return actions, due_at(service.blocked_since)
    return actions, None


def is_rollout_over(service: Service) -> bool:
    """Whether no deployment goes on. Task sets are none: their owner says what is rolled out."""
    return (
        service.deployment_controller != "ECS"
        or service.deployments[0].rollout_state == "COMPLETED"
    )


def _is_complete(service: Service, plan: FleetPlan) -> bool:
    found = plan.found
    tasks, fleet = found.population, found.fleet
    return (
        fleet.is_rolling
        and fleet.target.rollout_state == "IN_PROGRESS"
        and service.deployment_controller == "ECS"
        and not has_bake(service.deployment_configuration)
        and not any(found.left_of_older.values())
        and found.healthy_on_target >= fleet.desired_count >= tasks.current
    )


def _emptied(plan: FleetPlan) -> tuple[str, ...]:
    """Older deployments without a task: of a rolling fleet, or without a share beside others."""
    found, fleet = plan.found, plan.found.fleet
    if fleet.is_rolling:
        return tuple(
            each
            for each, left in found.left_of_older.items()
            if not left and not (plan.moves.start_former and each == found.former_id)
        )
    return ()


def _is_settled(plan: FleetPlan) -> bool:
    tasks = plan.found.population
    return tasks.current == tasks.current_healthy == tasks.desired_count and not (
        tasks.leaving
        or tasks.protected_leaving
        or tasks.idle
        or tasks.protected_idle
        or tasks.staying
        or tasks.unhealthy
        or tasks.coming
    )
