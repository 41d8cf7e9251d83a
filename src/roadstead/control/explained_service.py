"""ExplainService: why a service is, or is not, steady, and what its scheduler does next."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from roadstead.control.placement_view import placement_of_service
from roadstead.control.plan_notes import counted
from roadstead.control.progress import what_holds_up
from roadstead.control.references import the_cluster, the_service
from roadstead.control.rehearsal.journal import healthy_tasks
from roadstead.control.rehearsal.stage import REHEARSED
from roadstead.control.service_state import state_of_service
from roadstead.ecs.records.service import EVENTS_BY_SERVICE, Deployment, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_tasks import (
    BEFORE_RUNNING,
    STANDINGS,
    TASKS_BY_STANDING,
    standing_key,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.rules.deployment.rolling import maximum_total, minimum_running
from roadstead.state.plans import Call
from roadstead.state.view import View

EVENTS_SHOWN = 5
NEXT_SHOWN_MAX = 10


def explain_service(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Counts against what is wanted, what holds it up, what comes next and when, its last events.

    Raises: ClusterNotFoundException and ServiceNotFoundException, which name those there are;
        InvalidParameterException for a malformed name.
    Source: ADR-0021
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    service = the_service(view, call, cluster, request["service"])
    state = state_of_service(view, service)
    next_steps, look_at = _next_steps(view, service, call.now)
    counts = view.projection(TaskCounts)
    shown: dict[str, Any] = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterName": cluster.name,
        "status": service.status,
        "schedulingStrategy": service.scheduling_strategy,
        "desiredCount": service.desired_count,
        "runningCount": counts.of_service(service.arn, "RUNNING"),
        "pendingCount": sum(counts.of_service(service.arn, each) for each in BEFORE_RUNNING),
        "healthyCount": healthy_tasks(view, service, call.now),
        "stoppingCount": sum(
            task.desired_status == "STOPPED"
            for task in view.find(LIVE_TASKS_BY_SERVICE, service.arn)
        ),
        "minimumHealthy": minimum_running(service.desired_count, service.minimum_healthy_percent),
        "maximumTotal": maximum_total(service.desired_count, service.maximum_percent),
        "outcome": state.outcome,
        "outcomeReason": state.reason,
        "isSteady": service.is_steady,
        "steadyAt": service.steady_at,
        "deployments": [_deployment(view, each, call.now) for each in service.deployments],
        "holdUps": [],
        "next": next_steps,
        "events": _events(view, service),
    }
    if look_at is not None:
        shown["nextLookAt"] = look_at
    if service.status == "ACTIVE":
        placement = state.no_place or placement_of_service(view, service)
        if placement is not None:
            shown["placement"] = placement
    if not service.is_steady:
        found = what_holds_up(view, service, call.now)
        said = {state.reason, (state.no_place or {}).get("message")}
        shown["holdUps"] = [each for each in found if f"{each}." not in said]
    shown["holdUps"] += _waits(view, service)
    return {"service": shown}


def _next_steps(view: View, service: Service, now: datetime) -> tuple[list[str], datetime | None]:
    """What the reconcilers would do now, by their own reasons, and when they look again."""
    reasons: list[str] = []
    wakes: list[datetime] = []
    for reconciler in REHEARSED:
        for key in filter(None, (service.arn, service.service_deployment_arn)):
            plan = reconciler.reconcile(view, key, now)
            reasons += [each.reason for each in plan.actions]
            if plan.wake_at is not None:
                wakes.append(plan.wake_at)
    return list(dict.fromkeys(reasons))[:NEXT_SHOWN_MAX], min(wakes, default=None)


def _deployment(view: View, deployment: Deployment, now: datetime) -> dict[str, Any]:
    count = {
        each: view.count(TASKS_BY_STANDING, standing_key(deployment.id, each)) for each in STANDINGS
    }
    shown: dict[str, Any] = {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.task_definition_arn,
        "desiredCount": deployment.desired_count,
        "pendingCount": count["PENDING"],
        "runningCount": sum(count.values()) - count["PENDING"],
        "unhealthyCount": count["UNHEALTHY"],
        "failedTasks": deployment.failed_tasks,
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.rollout_state_reason,
    }
    if deployment.next_try_at is not None and deployment.next_try_at > now:
        shown["nextTryAt"] = deployment.next_try_at
    if deployment.scale_percent is not None:
        shown["scalePercent"] = deployment.scale_percent
    return shown


def _waits(view: View, service: Service) -> Iterator[str]:
    """What a deployment with stages waits for: somebody's word, its bake time."""
    deployment = view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    if deployment is None:
        return
    for hook in deployment.hooks:
        if hook.status == "AWAITING_ACTION":
            yield (
                f"`aws ecs continue-service-deployment --service-deployment-arn {deployment.arn} "
                f"--hook-id {hook.hook_id} --action CONTINUE` (or ROLLBACK); without a word it is "
                f"{hook.timeout_action} at {hook.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            )
    if deployment.healthy_since is None:
        return
    minutes = deployment.deployment_configuration.get("bakeTimeInMinutes") or 0
    if minutes and not deployment.finished_at:
        until = deployment.healthy_since + timedelta(minutes=minutes)
        yield f"it bakes for {counted(minutes, 'minute')}, until {until:%H:%M:%S} UTC"


def _events(view: View, service: Service) -> list[dict[str, Any]]:
    newest = (each for each in view.walk(EVENTS_BY_SERVICE, service.arn, reverse=True))
    told = (each for each in newest if each.message)
    return [
        {"id": each.id, "createdAt": each.created_at, "message": each.message}
        for each in islice(told, EVENTS_SHOWN)
    ]
