"""Service deployments: begun, taken from stage to stage, given up, taken back, completed.

Which tasks there are is the scheduler's; this reconciler only says which share of the service each
deployment has. A ROLLING deployment without bake time and hooks is completed by the scheduler.
"""

from collections.abc import Iterable
from datetime import datetime

from roadstead.ecs.reconcilers.deployment.actions import (
    AdoptDeployment,
    BeginDeployment,
    EnterStages,
    FailDeployment,
    FailRollback,
    FinishDeployment,
    FinishStop,
    ResetFailedTasks,
    StopForDeletion,
    TimeOutHooks,
)
from roadstead.ecs.reconcilers.deployment.facts import (
    expired_hooks,
    facts_of,
    failed_hooks,
    has_left,
    has_recovered,
    is_ready,
    next_moment,
    overdue,
    runs_of_stage,
)
from roadstead.ecs.reconcilers.service.survey import next_healthy_at
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import (
    DEPLOYMENTS_BY_SERVICE,
    SERVICE_DEPLOYMENTS,
    ServiceDeployment,
)
from roadstead.ecs.records.service_tasks import has_moved
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.deployment import circuit_breaker
from roadstead.ecs.rules.deployment.configuration import has_bake, is_staged
from roadstead.ecs.rules.deployment.rollback_reasons import (
    CIRCUIT_BREAKER,
    hooks_failed,
    stop_requested,
)
from roadstead.ecs.rules.deployment.stages import (
    Walk,
    course,
    first_stage,
    on_entry,
    stage_at,
    walk,
)
from roadstead.ecs.rules.fleets import has_shares
from roadstead.ecs.transitions.service_deployments import configuration_of
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change
from roadstead.state.view import View


def keys(view: View) -> Iterable[str]:
    """Every service that is not INACTIVE."""
    return [service.arn for service in view.all(SERVICES) if service.status != "INACTIVE"]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service of a deployment, and that of a task that moved while one is under way."""
    if change.table is SERVICES:
        return (change.arn,) if change.after is not None else ()
    if change.table is SERVICE_DEPLOYMENTS:
        return () if change.after is None else (change.after.service_arn,)
    if change.table is TASKS and has_moved(change.before, change.after):
        task = change.after or change.before
        service = view.get(SERVICES, task.service_arn) if task.service_arn else None
        if service is not None and _is_watched(service):
            return (service.arn,)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Bring the service's deployment one look further."""
    service = view.get(SERVICES, key)
    if service is None or service.status == "INACTIVE":
        return SETTLED
    actions: list[Action] = [
        FinishStop(key, record.arn)
        for record in view.find(DEPLOYMENTS_BY_SERVICE, f"{key}|STOP_REQUESTED")
    ]
    record = view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    if service.status == "DRAINING":
        ends = () if record is None else (StopForDeletion(key),)
        return Plan((*actions, *ends))
    if record is None and _is_without_record(service):
        return Plan((*actions, AdoptDeployment(key)))
    failed_tasks, wake = 0, None
    if service.deployments:
        primary = service.deployments[0]
        failed_tasks = primary.failed_tasks
        if has_recovered(view, service, primary, now):
            actions.append(ResetFailedTasks(key, primary.id))
            failed_tasks = 0
        elif failed_tasks:
            wake = next_healthy_at(view, service, primary, now)
    if record is not None:
        more, moment = _under_way(view, service, record, failed_tasks, now)
        actions += more
        wake = min((each for each in (wake, moment) if each is not None), default=None)
    return Plan(tuple(actions), wake)


def _under_way(
    view: View, service: Service, record: ServiceDeployment, failed_tasks: int, now: datetime
) -> tuple[list[Action], datetime | None]:
    """What becomes of the deployment under way, and when time alone makes a difference."""
    configuration = service.deployment_configuration
    is_tripped = circuit_breaker.is_tripped(configuration, service.desired_count, failed_tasks)
    match record.status:
        case "PENDING":
            return [BeginDeployment(service.arn)], None
        case "ROLLBACK_REQUESTED":
            stopped = stop_requested(service.deployments[0].id)
            return [FailDeployment(service.arn, stopped, rolls_back=True)], None
        case "IN_PROGRESS" if is_tripped:
            rolls_back = circuit_breaker.rolls_back(configuration)
            return [FailDeployment(service.arn, CIRCUIT_BREAKER, rolls_back)], None
        case "IN_PROGRESS":
            return _in_progress(view, service, record, now)
        case "ROLLBACK_IN_PROGRESS" if is_tripped:
            return [FailRollback(service.arn, CIRCUIT_BREAKER)], None
        case "ROLLBACK_IN_PROGRESS":
            return _going_back(view, service, now)
    return [], None


def _in_progress(
    view: View, service: Service, record: ServiceDeployment, now: datetime
) -> tuple[list[Action], datetime | None]:
    if _is_schedulers(service, record):
        return [], None
    runs = runs_of_stage(record)
    late = expired_hooks(runs, now)
    actions: list[Action] = [TimeOutHooks(record.arn, late)] if late else []
    for status in ("FAILED", "TIMED_OUT"):
        failed = failed_hooks(runs, late, status)
        if failed:
            failure = hooks_failed(record.lifecycle_stage, failed, status)
            return [*actions, FailDeployment(service.arn, failure, rolls_back=True)], None
    too_long = overdue(record, runs, now) if is_staged(record.deployment_configuration) else None
    if too_long is not None:
        return [*actions, FailDeployment(service.arn, too_long, rolls_back=True)], None
    walked = _walk(view, service, record, now)
    if walked.entered:
        actions.append(EnterStages(service.arn, walked.entered))
    if walked.is_done:
        actions.append(FinishDeployment(service.arn, has_left(view, service.deployments[1:])))
    if walked.entered:
        return actions, None
    return actions, next_moment(view, service, record, now)


def _walk(view: View, service: Service, record: ServiceDeployment, now: datetime) -> Walk:
    """The stages that the deployment enters now.

    The configuration may have changed since: a stage that is no more is left for the next one, and
    a deployment that began without stages is past those before SCALE_UP.
    """
    stages = course(configuration_of(service, record))
    facts = facts_of(view, service, record, now)
    begun_with = record.deployment_configuration
    if record.lifecycle_stage:
        at = stage_at(stages, record.lifecycle_stage, record.stage_step)
        if stages[at].name == record.lifecycle_stage:
            return walk(stages, at, facts)
    elif is_staged(begun_with) or has_bake(begun_with):
        at = stages.index(first_stage(stages, has_stale=len(service.deployments) > 2))
    else:
        at = stage_at(stages, "SCALE_UP", 0)
    walked = walk(stages, at, on_entry(facts, stages[at].name))
    return Walk((stages[at], *walked.entered), walked.is_done)


def _going_back(
    view: View, service: Service, now: datetime
) -> tuple[list[Action], datetime | None]:
    """The rollback is done when what it goes back to is all there, and nothing else."""
    if service.scheduling_strategy == "DAEMON":
        return [], None
    primary, *older = service.deployments
    if not has_left(view, older) and is_ready(view, service, now):
        return [FinishDeployment(service.arn)], None
    return [], next_healthy_at(view, service, primary, now)


def _is_schedulers(service: Service, record: ServiceDeployment) -> bool:
    """Whether the scheduler completes the deployment by itself."""
    configuration = service.deployment_configuration
    return service.scheduling_strategy == "DAEMON" or not (
        record.lifecycle_stage
        or has_shares(service)
        or is_staged(configuration)
        or has_bake(configuration)
    )


def _is_without_record(service: Service) -> bool:
    """Whether its deployment began when there were no records yet: nobody would complete it."""
    return (
        service.deployment_controller == "ECS"
        and not has_shares(service)
        and bool(service.deployments)
        and service.deployments[0].rollout_state == "IN_PROGRESS"
    )


def _is_watched(service: Service) -> bool:
    return bool(service.service_deployment_arn) or (
        bool(service.deployments) and service.deployments[0].failed_tasks > 0
    )
