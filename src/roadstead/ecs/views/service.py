"""A service with its deployments and events as the API shows it."""

from collections.abc import Collection
from typing import Any

from roadstead.ecs.records.service import EVENTS_BY_SERVICE, Deployment, Service, ServiceEvent
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE
from roadstead.ecs.views.service_deployment import (
    current_service_deployment,
    current_service_revisions,
)
from roadstead.ecs.views.tags import tag_list
from roadstead.ecs.views.task_set import task_set_view
from roadstead.state.view import View

SERVICE_FIELDS = ("TAGS",)
"""Source: botocore:ecs#ServiceField"""

_PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
"""The lastStatus of tasks that pendingCount counts."""


def service_view(view: View, service: Service, include: Collection[str] = ()) -> dict[str, Any]:
    """The service with counts over all its deployments; tags only if `include` names TAGS.

    Shape: Service
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """
    counts = view.projection(TaskCounts)
    is_external = service.deployment_controller == "EXTERNAL"
    shown: dict[str, Any] = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "desiredCount": service.desired_count,
        "runningCount": counts.of_service(service.arn, "RUNNING"),
        "pendingCount": sum(counts.of_service(service.arn, each) for each in _PENDING),
        "launchType": service.launch_type,
        "taskDefinition": service.task_definition_arn or None,
        "deploymentConfiguration": service.deployment_configuration,
        "deploymentController": {"type": service.deployment_controller},
        "deployments": []
        if is_external
        else [_deployment(counts, each) for each in service.deployments],
        "events": [
            _event(each)
            for each in reversed(view.find(EVENTS_BY_SERVICE, service.arn))
            if each.message
        ],
        "loadBalancers": list(service.load_balancers),
        "serviceRegistries": list(service.service_registries),
        "placementConstraints": list(service.placement_constraints),
        "placementStrategy": list(service.placement_strategy),
        "networkConfiguration": service.network_configuration,
        "healthCheckGracePeriodSeconds": service.health_check_grace_period_seconds,
        "schedulingStrategy": service.scheduling_strategy,
        "availabilityZoneRebalancing": service.availability_zone_rebalancing,
        "enableECSManagedTags": service.enable_ecs_managed_tags,
        "enableExecuteCommand": service.enable_execute_command,
        "propagateTags": service.propagate_tags,
        "resourceManagementType": "CUSTOMER",
        "createdAt": service.created_at,
        "createdBy": service.created_by or None,
        "roleArn": service.role_arn or None,
    }
    if service.deployment_controller == "ECS":
        shown["currentServiceDeployment"] = current_service_deployment(service)
        is_kept = service.status != "INACTIVE"  # with the service its revisions are gone
        shown["currentServiceRevisions"] = (
            current_service_revisions(view, service) if is_kept else []
        )
    if is_external:
        sets = view.find(TASK_SETS_BY_SERVICE, service.arn)
        shown["taskSets"] = [task_set_view(view, service, each) for each in sets]
    if "TAGS" in include:
        shown["tags"] = tag_list(service.tags)
    return shown


def _deployment(counts: TaskCounts, deployment: Deployment) -> dict[str, Any]:
    """An older deployment wants the tasks that it still has, unless it has a share of its own.

    Shape: Deployment
    """
    running = counts.of_deployment(deployment.id, "RUNNING")
    pending = sum(counts.of_deployment(deployment.id, each) for each in _PENDING)
    is_kept = deployment.status == "PRIMARY" or deployment.scale_percent is not None
    return {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.task_definition_arn,
        "desiredCount": deployment.desired_count if is_kept else running + pending,
        "pendingCount": pending,
        "runningCount": running,
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "launchType": deployment.launch_type,
        "networkConfiguration": deployment.network_configuration,
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.rollout_state_reason,
    }


def _event(event: ServiceEvent) -> dict[str, Any]:
    """Shape: ServiceEvent"""
    return {"id": event.id, "createdAt": event.created_at, "message": event.message}
