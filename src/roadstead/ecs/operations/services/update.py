"""UpdateService: other numbers at once, other tasks by a deployment."""

from typing import Any

from roadstead.ecs.errors import service_not_active
from roadstead.ecs.operations.references import (
    runnable_task_definition,
    the_cluster,
    the_service,
)
from roadstead.ecs.records.service import Service
from roadstead.ecs.rules.deployment_configuration import DEFAULTS, merged_configuration
from roadstead.ecs.rules.service_parameters import (
    check_definition,
    check_members,
    check_network,
)
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.views.service import service_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def update_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service with what was given changed; what tasks are made of starts a deployment.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException when it is
        DRAINING or INACTIVE; ClientException when the task definition named is unknown or not
        ACTIVE; InvalidParameterException for a parameter that is not valid;
        UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    service = the_service(tx, call, cluster, request["service"])
    if service.status != "ACTIVE":
        raise service_not_active()
    check_members(request)
    changes = _changed_fields(service, request)
    definition_arn = service.task_definition_arn
    if request.get("taskDefinition"):
        definition = runnable_task_definition(tx, call, request["taskDefinition"])
        check_definition(definition, service.launch_type, request)
        definition_arn = definition.arn
    elif request.get("networkConfiguration"):
        check_network("bridge", request["networkConfiguration"])
    service = transitions.change_service(
        tx,
        call,
        service,
        deploy=bool(request.get("forceNewDeployment"))
        or definition_arn != service.task_definition_arn,
        task_definition_arn=definition_arn,
        **changes,
    )
    return {"service": service_view(tx, service)}


def _changed_fields(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """The fields that an update changes without a deployment; members not given change nothing."""
    changes: dict[str, Any] = {
        field: request[member]
        for member, field in (
            ("desiredCount", "desired_count"),
            ("healthCheckGracePeriodSeconds", "health_check_grace_period_seconds"),
            ("enableECSManagedTags", "enable_ecs_managed_tags"),
            ("enableExecuteCommand", "enable_execute_command"),
            ("propagateTags", "propagate_tags"),
        )
        if request.get(member) is not None
    }
    if request.get("deploymentConfiguration"):
        existing = service.deployment_configuration or {
            **DEFAULTS,
            "minimumHealthyPercent": service.minimum_healthy_percent,
            "maximumPercent": service.maximum_percent,
        }
        configuration = merged_configuration(existing, request["deploymentConfiguration"])
        changes |= {
            "deployment_configuration": configuration,
            "minimum_healthy_percent": configuration["minimumHealthyPercent"],
            "maximum_percent": configuration["maximumPercent"],
        }
    return changes
