"""Service deployments as the API shows them, and what a service shows of the one under way."""

from typing import Any

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import (
    FINAL_STATUSES,
    HookRun,
    ServiceDeployment,
    SourceRevision,
)
from roadstead.ecs.rules.deployment.circuit_breaker import failure_threshold
from roadstead.ecs.transitions.service_deployments import revision_counts
from roadstead.state.view import View

_SHOWN_STAGES = {"PRE_PRODUCTION_TRAFFIC_SHIFT": "PRODUCTION_TRAFFIC_SHIFT"}
"""It has hooks, but is not a value of lifecycleStage: its deployments are on their way there.

Source: botocore:ecs#ServiceDeploymentLifecycleStage
"""


def service_deployment_view(view: View, record: ServiceDeployment) -> dict[str, Any]:
    """The deployment whole. Tasks are counted now while it is under way, then as they were last.

    Shape: ServiceDeployment
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
    """
    shown = service_deployment_brief(record)
    del shown["targetServiceRevisionArn"]
    shown |= {
        "updatedAt": record.updated_at,
        "deploymentConfiguration": record.deployment_configuration,
        "lifecycleHookDetails": [_hook(each) for each in record.hooks],
        "deploymentCircuitBreaker": _breaker(view, record),
    }
    if record.stopped_at is not None:
        shown["stoppedAt"] = record.stopped_at
    if record.lifecycle_stage:
        stage = record.lifecycle_stage
        shown["lifecycleStage"] = _SHOWN_STAGES.get(stage, stage)
    counted = _counted(view, record)
    shown["sourceServiceRevisions"] = [
        _revision(counted.get(each.arn, each), record, is_target=False)
        for each in record.source_revisions
        if each.arn
    ]
    requested = record.target_task_count
    target = counted.get(record.target_revision_arn) or SourceRevision(
        arn=record.target_revision_arn,
        requested_task_count=requested,
        running_task_count=record.target_running_count,
    )
    shown["targetServiceRevision"] = _revision(target, record, is_target=True)
    if record.rollback is not None:
        shown["rollback"] = {
            "reason": record.rollback.reason,
            "startedAt": record.rollback.started_at,
            "serviceRevisionArn": record.rollback.service_revision_arn,
        }
    alarms = record.deployment_configuration.get("alarms")
    if alarms:
        shown["alarms"] = {
            "status": "DISABLED",
            "alarmNames": alarms["alarmNames"],
            "triggeredAlarmNames": [],
        }
    return shown


def service_deployment_brief(record: ServiceDeployment) -> dict[str, Any]:
    """The deployment as a list shows it.

    Shape: ServiceDeploymentBrief
    """
    shown: dict[str, Any] = {
        "serviceDeploymentArn": record.arn,
        "serviceArn": record.service_arn,
        "clusterArn": record.cluster_arn,
        "createdAt": record.created_at,
        "targetServiceRevisionArn": record.target_revision_arn,
        "status": record.status,
    }
    if record.started_at is not None:
        shown["startedAt"] = record.started_at
    if record.finished_at is not None:
        shown["finishedAt"] = record.finished_at
    if record.status_reason:
        shown["statusReason"] = record.status_reason
    return shown


def current_service_deployment(service: Service) -> str | None:
    """The ARN of the deployment under way, as a service shows it; None when there is none."""
    return service.service_deployment_arn or None


def current_service_revisions(view: View, service: Service) -> list[dict[str, Any]]:
    """The revisions of the service that have, or want, tasks.

    Shape: ServiceCurrentRevisionSummary
    """
    return [
        {
            "arn": counts.arn,
            "requestedTaskCount": counts.requested_task_count,
            "runningTaskCount": counts.running_task_count,
            "pendingTaskCount": counts.pending_task_count,
        }
        for each in service.deployments
        if (counts := revision_counts(view, service, each)).arn
    ]


def _counted(view: View, record: ServiceDeployment) -> dict[str, SourceRevision]:
    """The revisions of a deployment under way, counted now."""
    service = view.get(SERVICES, record.service_arn)
    if service is None or record.status in FINAL_STATUSES:
        return {}
    return {
        each.service_revision_arn: revision_counts(view, service, each)
        for each in service.deployments
    }


def _revision(
    counts: SourceRevision, record: ServiceDeployment, *, is_target: bool
) -> dict[str, Any]:
    """Shape: ServiceRevisionSummary"""
    shown: dict[str, Any] = {
        "arn": counts.arn,
        "requestedTaskCount": counts.requested_task_count,
        "runningTaskCount": counts.running_task_count,
        "pendingTaskCount": counts.pending_task_count,
    }
    if (record.deployment_configuration.get("strategy") or "ROLLING") != "ROLLING":
        production, test = record.production_percent, record.test_percent
        shown["requestedProductionTrafficWeight"] = production if is_target else 100 - production
        shown["requestedTestTrafficWeight"] = test if is_target else 100 - test
    return shown


def _breaker(view: View, record: ServiceDeployment) -> dict[str, Any]:
    """Shape: ServiceDeploymentCircuitBreaker"""
    failures, threshold = record.failure_count, record.breaker_threshold
    service = view.get(SERVICES, record.service_arn)
    if record.status in ("PENDING", "IN_PROGRESS") and service is not None:
        failures = service.deployments[0].failed_tasks
        threshold = failure_threshold(service.deployment_configuration, service.desired_count)
    return {
        "status": record.breaker_status or "DISABLED",
        "failureCount": failures,
        "threshold": threshold,
    }


def _hook(run: HookRun) -> dict[str, Any]:
    """Shape: DeploymentLifecycleHookDetail"""
    shown: dict[str, Any] = {
        "hookId": run.hook_id,
        "targetType": run.target_type,
        "status": run.status,
        "expiresAt": run.expires_at,
        "timeoutAction": run.timeout_action,
    }
    return shown | ({"targetArn": run.target_arn} if run.target_arn else {})
