"""What is so with a deployment under way: counted, not walked, and read from its record."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil

from roadstead.ecs.reconcilers.service.survey import healthy_count, next_healthy_at
from roadstead.ecs.reconcilers.traffic_shift import has_listeners, is_shifted
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_deployment import HookRun, ServiceDeployment
from roadstead.ecs.records.service_tasks import TASKS_BY_STANDING, has_tasks_left, standing_key
from roadstead.ecs.rules.deployment.circuit_breaker import resets_on_healthy_task
from roadstead.ecs.rules.deployment.configuration import early_healthy_percent, is_staged
from roadstead.ecs.rules.deployment.rollback_reasons import Failure, took_too_long
from roadstead.ecs.rules.deployment.shares import stale_deployments
from roadstead.ecs.rules.deployment.stages import Facts, Need, course, hook_stages, stage_at
from roadstead.ecs.transitions.service_deployments import configuration_of
from roadstead.state.view import View

STAGE_LASTS_MAX = timedelta(hours=24)
DEPLOYMENT_LASTS_MAX = timedelta(days=30)
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html"""


def facts_of(view: View, service: Service, record: ServiceDeployment, now: datetime) -> Facts:
    """The facts that the stages of the deployment wait for."""
    configuration = configuration_of(service, record)
    older = service.deployments[1:]
    is_source_gone = not has_left(view, older)
    is_target_ready = is_ready(view, service, now, early_healthy_percent(configuration))
    if not is_staged(configuration) and early_healthy_percent(configuration) is None:
        is_target_ready = is_target_ready and is_source_gone
    since = record.stage_since or now
    return Facts(
        minutes_in_stage=(now - since).total_seconds() / 60,
        are_hooks_done=all(_is_done(run, now) for run in runs_of_stage(record)),
        hook_stages=hook_stages(configuration),
        is_stale_gone=not has_left(view, stale_deployments(service)),
        is_target_ready=is_target_ready,
        is_source_gone=is_source_gone,
        has_listeners=has_listeners(view, service),
        is_shifted=is_shifted(view, service),
    )


def is_ready(
    view: View, service: Service, now: datetime, healthy_percent: int | None = None
) -> bool:
    """Whether the PRIMARY deployment has as many healthy tasks as it takes; one at least.

    Units: percent of desiredCount, rounded up.
    """
    desired = service.desired_count
    if healthy_percent is not None and desired:
        desired = max(1, ceil(desired * healthy_percent / 100))
    return healthy_count(view, service, service.deployments[0], now) >= desired


def has_left(view: View, deployments: Iterable[Deployment]) -> bool:
    """Whether any of the deployments has a task that was not asked to stop."""
    return any(has_tasks_left(view, each.id) for each in deployments)


def has_recovered(view: View, service: Service, deployment: Deployment, now: datetime) -> bool:
    """Whether a task has become healthy since the last one failed.

    There are more healthy ones than there were then, or one that was started later.
    """
    if not deployment.failed_tasks or not resets_on_healthy_task(service.deployment_configuration):
        return False
    healthy = healthy_count(view, service, deployment, now)
    if healthy > deployment.healthy_when_failed or deployment.failed_at is None:
        return healthy > 0
    after = deployment.failed_at
    checked = view.count_after(TASKS_BY_STANDING, standing_key(deployment.id, "HEALTHY"), after)
    running = view.count_after(TASKS_BY_STANDING, standing_key(deployment.id, "RUNNING"), after)
    return checked > 0 or running > _young(view, service, deployment, now)


def runs_of_stage(record: ServiceDeployment) -> tuple[HookRun, ...]:
    """The hooks of the stage that the deployment is in, as it was entered last."""
    since = record.stage_since
    return tuple(
        run
        for run in record.hooks
        if run.stage == record.lifecycle_stage and since is not None and run.started_at >= since
    )


def expired_hooks(runs: Iterable[HookRun], now: datetime) -> tuple[str, ...]:
    """Hooks that nobody has answered in time."""
    return tuple(
        run.hook_id for run in runs if run.status == "AWAITING_ACTION" and run.expires_at <= now
    )


def failed_hooks(runs: Iterable[HookRun], late: Sequence[str], status: str) -> list[str]:
    """Hooks for which the deployment is to be taken back. status: FAILED, or TIMED_OUT."""
    if status == "FAILED":
        return [run.hook_id for run in runs if run.status == "FAILED"]
    return [
        run.hook_id
        for run in runs
        if (run.status == "TIMED_OUT" or run.hook_id in late) and run.timeout_action == "ROLLBACK"
    ]


def overdue(record: ServiceDeployment, runs: Sequence[HookRun], now: datetime) -> Failure | None:
    """Why the deployment has lasted for too long, if it has.

    A hook that waits has a limit of its own; a clean-up waits for tasks that are protected.
    """
    if record.lifecycle_stage == "CLEAN_UP":
        return None
    if record.started_at is not None and now - record.started_at >= DEPLOYMENT_LASTS_MAX:
        return took_too_long("the service deployment", int(DEPLOYMENT_LASTS_MAX.days * 24))
    if runs or record.stage_since is None or now - record.stage_since < STAGE_LASTS_MAX:
        return None
    hours = int(STAGE_LASTS_MAX.total_seconds() // 3600)
    return took_too_long(f"the stage {record.lifecycle_stage}", hours)


def next_moment(
    view: View, service: Service, record: ServiceDeployment, now: datetime
) -> datetime | None:
    """When time alone lets the deployment go on, or ends it."""
    moments: list[datetime | None] = []
    configuration = configuration_of(service, record)
    runs = runs_of_stage(record)
    moments += [run.expires_at for run in runs if run.status == "AWAITING_ACTION"]
    if record.stage_since is not None:
        stages = course(configuration)
        stage = stages[stage_at(stages, record.lifecycle_stage, record.stage_step)]
        if Need.BAKE in stage.needs:
            moments.append(record.stage_since + timedelta(minutes=stage.bake_minutes))
        if Need.READY in stage.needs:
            moments.append(next_healthy_at(view, service, service.deployments[0], now))
        if is_staged(record.deployment_configuration) and record.lifecycle_stage != "CLEAN_UP":
            moments.append(None if runs else record.stage_since + STAGE_LASTS_MAX)
            moments.append((record.started_at or now) + DEPLOYMENT_LASTS_MAX)
    return min((each for each in moments if each is not None and each > now), default=None)


def _is_done(run: HookRun, now: datetime) -> bool:
    is_late = run.status == "AWAITING_ACTION" and run.expires_at <= now
    return run.status == "SUCCEEDED" or (
        (run.status == "TIMED_OUT" or is_late) and run.timeout_action == "CONTINUE"
    )


def _young(view: View, service: Service, deployment: Deployment, now: datetime) -> int:
    """RUNNING tasks without health check that do not count as healthy yet."""
    running = view.count(TASKS_BY_STANDING, standing_key(deployment.id, "RUNNING"))
    checked = view.count(TASKS_BY_STANDING, standing_key(deployment.id, "HEALTHY"))
    return running - (healthy_count(view, service, deployment, now) - checked)
