"""UpdateService: other numbers at once, other tasks by a deployment."""

from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter, service_not_active
from roadstead.ecs.operations.load_balancers import (
    check_kept_load_balancers,
    checked_load_balancers,
)
from roadstead.ecs.operations.references import (
    runnable_task_definition,
    the_cluster,
    the_service,
)
from roadstead.ecs.operations.service_registries import (
    check_kept_registries,
    checked_registries,
)
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment.configuration import merged_configuration
from roadstead.ecs.rules.network import checked_network
from roadstead.ecs.rules.placement.parameters import (
    check_total,
    checked_constraints,
    checked_strategy,
)
from roadstead.ecs.rules.service_parameters.controllers import (
    check_code_deploy_update,
    check_controlled_configuration,
    check_daemon,
    check_external_update,
    check_same_controller,
    configuration_defaults,
)
from roadstead.ecs.rules.service_parameters.members import check_members, check_words
from roadstead.ecs.rules.service_parameters.rebalancing import checked_rebalancing
from roadstead.ecs.rules.service_parameters.tasks import (
    check_definition,
    placement_constraints_of,
)
from roadstead.ecs.rules.service_registries import check_count
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.views.service import service_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

DEPLOYMENTS_MAX = 5
"""Deployments of a service that still have tasks, the PRIMARY one included.

Source: observed: "5 active deployments exist, unable to create new deployment."
"""

_ROLLED_OUT = (
    "task_definition_arn",
    "network_configuration",
    "load_balancers",
    "service_registries",
)
"""Fields that tasks are made of: a change of them is a deployment."""


def update_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service with what was given changed; what tasks are made of starts a deployment.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException when it is
        DRAINING or INACTIVE; ClientException when the task definition named is unknown or not
        ACTIVE; InvalidParameterException for a parameter that is not valid, or that the deployment
        controller or scheduling strategy leaves no room for, and for a sixth deployment at a time;
        UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    service = the_service(tx, call, cluster, request["service"])
    if service.status != "ACTIVE":
        raise service_not_active()
    _check(tx, service, request)
    changes = _changed_fields(service, request)
    definition = tx.get(TASK_DEFINITIONS, service.task_definition_arn)
    if request.get("taskDefinition"):
        definition = runnable_task_definition(tx, call, request["taskDefinition"])
        check_definition(definition, service.launch_type)
        changes["task_definition_arn"] = definition.arn
    if request.get("taskDefinition") or request.get("networkConfiguration"):
        changes["network_configuration"] = _network(tx, call, service, definition, request)
    if definition is not None:
        changed = msgspec.structs.replace(service, **changes)
        changes["load_balancers"] = _load_balancers(tx, call, changed, definition, request)
        changes["service_registries"] = _registries(tx, call, changed, definition, request)
    changes["availability_zone_rebalancing"] = _checked_whole(
        msgspec.structs.replace(service, **changes), definition, request
    )
    deploy = bool(request.get("forceNewDeployment")) or any(
        field in changes and changes[field] != getattr(service, field) for field in _ROLLED_OUT
    )
    if deploy and len(service.deployments) >= DEPLOYMENTS_MAX:
        raise invalid_parameter(
            f"{DEPLOYMENTS_MAX} active deployments exist, unable to create new deployment."
        )
    service = transitions.change_service(tx, call, service, deploy=deploy, **changes)
    return {"service": service_view(tx, service)}


def _network(
    tx: Tx,
    call: Call,
    service: Service,
    definition: TaskDefinition | None,
    request: dict[str, Any],
) -> dict[str, Any] | None:
    """The network of the service's tasks from now on: what it has stays if none is given.

    A definition with another network mode than awsvpc takes it away.
    """
    mode = "awsvpc" if service.network_configuration else "bridge"
    if definition is not None:
        mode = definition.network_mode
    given = request.get("networkConfiguration")
    if not given and mode == "awsvpc" and service.network_configuration:
        return service.network_configuration
    return checked_network(tx, call.scope, mode, given)


def _load_balancers(
    tx: Tx, call: Call, changed: Service, definition: TaskDefinition, request: dict[str, Any]
) -> tuple[dict[str, Any], ...]:
    """The load balancers from now on: those given, else what it has, if it goes with the rest."""
    given = request.get("loadBalancers")
    strategy = changed.deployment_configuration.get("strategy") or "ROLLING"
    if given is not None:
        return checked_load_balancers(
            tx,
            call,
            given,
            definition,
            controller=changed.deployment_controller,
            strategy=strategy,
        )
    if request.get("taskDefinition") or request.get("deploymentConfiguration"):
        check_kept_load_balancers(tx, call, changed.load_balancers, definition, strategy=strategy)
    return changed.load_balancers


def _registries(
    tx: Tx, call: Call, changed: Service, definition: TaskDefinition, request: dict[str, Any]
) -> tuple[dict[str, Any], ...]:
    """The service registries from now on: those given, else what it has."""
    entries = changed.service_registries
    given = request.get("serviceRegistries")
    if given is not None:
        entries = checked_registries(tx, call, given, definition)
    elif request.get("taskDefinition"):
        check_kept_registries(tx, entries, definition)
    check_count(entries, changed.desired_count)
    return entries


def _checked_whole(
    changed: Service, definition: TaskDefinition | None, request: dict[str, Any]
) -> str:
    """Whether the service as it is to be is rebalanced, once its parts go together."""
    of_definition = () if definition is None else placement_constraints_of(definition)
    check_total(of_definition, changed.placement_constraints)
    wanted = request.get("availabilityZoneRebalancing") or changed.availability_zone_rebalancing
    return checked_rebalancing(wanted, changed, of_definition)


def _check(tx: Tx, service: Service, request: dict[str, Any]) -> None:
    check_words(request)
    check_same_controller(service.deployment_controller, request)
    if service.scheduling_strategy == "DAEMON":
        check_daemon(request, is_update=True)
    if service.deployment_controller == "CODE_DEPLOY":
        check_code_deploy_update(request)
    elif service.deployment_controller == "EXTERNAL":
        check_external_update(request)
    check_controlled_configuration(
        service.deployment_controller, request.get("deploymentConfiguration")
    )
    check_members(request, tuning(tx).tasks_per_service_max)


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
    for member, field, checked in (
        ("placementConstraints", "placement_constraints", checked_constraints),
        ("placementStrategy", "placement_strategy", checked_strategy),
    ):
        if request.get(member) is not None:  # an empty list removes what there is
            changes[field] = checked(request[member])
    if request.get("deploymentConfiguration"):
        existing = service.deployment_configuration or {
            **configuration_defaults(service.scheduling_strategy),
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
