"""CreateService: a new service, or the one that the same request created before."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.load_balancers import check_role, checked_load_balancers
from roadstead.ecs.operations.references import runnable_task_definition, the_cluster
from roadstead.ecs.operations.service_registries import checked_registries
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.service import LISTED_SERVICES, SERVICES, Service
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment.configuration import merged_configuration
from roadstead.ecs.rules.network import checked_network
from roadstead.ecs.rules.placement.parameters import (
    check_total,
    checked_constraints,
    checked_strategy,
)
from roadstead.ecs.rules.service_parameters.controllers import (
    check_code_deploy_creation,
    check_controlled_configuration,
    check_daemon,
    check_external_creation,
    configuration_defaults,
)
from roadstead.ecs.rules.service_parameters.members import (
    check_client_token,
    check_members,
    check_name,
    check_words,
)
from roadstead.ecs.rules.service_parameters.rebalancing import checked_rebalancing
from roadstead.ecs.rules.service_parameters.tasks import (
    check_definition,
    placement_constraints_of,
)
from roadstead.ecs.rules.service_registries import check_count
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.views.service import SERVICE_FIELDS, service_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

SERVICES_PER_CLUSTER_MAX = 5_000
"""Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html#limits_ecs"""
_NOT_COMPARED = ("clientToken", "cluster", "serviceName")
"""Members that do not make a repeated CreateService another request."""


def create_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new service, or the one that the very same request created.

    Raises: ClusterNotFoundException; ClientException when the task definition is unknown or not
        ACTIVE; InvalidParameterException for a parameter that is missing or not valid, or that the
        deployment controller or scheduling strategy leaves no room for, for a name that another
        service of the cluster has, or one that is still DRAINING; UnsupportedFeatureException for
        what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    name = request["serviceName"]
    check_name(name)
    arn = call.arn("ecs", f"service/{cluster.name}/{name}")
    asked = {
        member: value
        for member, value in request.items()
        if member not in _NOT_COMPARED and value not in (None, [], {})
    }
    check_client_token(request.get("clientToken"))
    existing = tx.get(SERVICES, arn)
    if existing is not None and existing.status != "INACTIVE":
        same = _same(existing, asked, request.get("clientToken"))
        return {"service": service_view(tx, same, SERVICE_FIELDS)}
    service = _new_service(tx, call, cluster, arn, request, asked)
    if tx.count(LISTED_SERVICES, cluster.arn) >= SERVICES_PER_CLUSTER_MAX:
        raise invalid_parameter(
            f"The cluster has {SERVICES_PER_CLUSTER_MAX} services, as many as a cluster can have."
        )
    service = transitions.create_service(tx, call, service)
    return {"service": service_view(tx, service, SERVICE_FIELDS)}


def _same(existing: Service, asked: dict[str, Any], client_token: str | None) -> Service:
    """The service, if it was created by the same request, or by one with the same token."""
    if existing.status == "DRAINING":
        raise invalid_parameter("Unable to Start a service that is still Draining.")
    repeated = bool(client_token) and client_token == existing.client_token
    if not repeated and existing.created_from != asked:
        raise invalid_parameter("Creation of service was not idempotent.")
    return existing


def _new_service(
    tx: Tx,
    call: Call,
    cluster: Cluster,
    arn: str,
    request: dict[str, Any],
    asked: dict[str, Any],
) -> Service:
    strategy, controller = _checked_kind(tx, request)
    tags = checked_tags(request.get("tags"))
    configuration = merged_configuration(
        configuration_defaults(strategy), request.get("deploymentConfiguration")
    )
    launch_type = request.get("launchType") or "EC2"
    constraints = checked_constraints(request.get("placementConstraints"))
    definition = _definition(tx, call, request, controller, launch_type)
    of_definition: Sequence[Mapping[str, Any]] = ()
    reached: dict[str, Any] = {}
    check_role(request, definition)
    if definition is not None:
        of_definition = placement_constraints_of(definition)
        rollout = configuration.get("strategy") or "ROLLING"
        reached = _reached(tx, call, request, definition, controller, rollout)
    check_total(of_definition, constraints)
    service = Service(
        arn=arn,
        name=request["serviceName"],
        cluster_arn=cluster.arn,
        desired_count=request.get("desiredCount") or 0,
        task_definition_arn="" if definition is None else definition.arn,
        launch_type=launch_type,
        scheduling_strategy=strategy,
        deployment_controller=controller,
        minimum_healthy_percent=configuration["minimumHealthyPercent"],
        maximum_percent=configuration["maximumPercent"],
        deployment_configuration=configuration,
        placement_constraints=constraints,
        placement_strategy=checked_strategy(request.get("placementStrategy")),
        role_arn=request.get("role") or "",
        health_check_grace_period_seconds=request.get("healthCheckGracePeriodSeconds") or 0,
        enable_ecs_managed_tags=bool(request.get("enableECSManagedTags")),
        enable_execute_command=bool(request.get("enableExecuteCommand")),
        propagate_tags=request.get("propagateTags") or "NONE",
        created_at=call.now,
        created_by=call.caller_arn,
        created_from=asked,
        client_token=request.get("clientToken") or "",
        tags=tags,
        **reached,
    )
    wanted = request.get("availabilityZoneRebalancing")
    rebalancing = checked_rebalancing(wanted, service, of_definition)
    return msgspec.structs.replace(service, availability_zone_rebalancing=rebalancing)


def _reached(
    tx: Tx,
    call: Call,
    request: dict[str, Any],
    definition: TaskDefinition,
    controller: str,
    strategy: str,
) -> dict[str, Any]:
    """How tasks are reached, by the record's names: network, load balancers, names."""
    registries = checked_registries(tx, call, request.get("serviceRegistries"), definition)
    check_count(registries, request.get("desiredCount") or 0)
    return {
        "network_configuration": checked_network(
            tx, call.scope, definition.network_mode, request.get("networkConfiguration")
        ),
        "load_balancers": checked_load_balancers(
            tx,
            call,
            request.get("loadBalancers"),
            definition,
            controller=controller,
            strategy=strategy,
        ),
        "service_registries": registries,
    }


def _checked_kind(tx: Tx, request: dict[str, Any]) -> tuple[str, str]:
    """Scheduling strategy and deployment controller, once they go with the rest of the request."""
    check_words(request)
    strategy = request.get("schedulingStrategy") or "REPLICA"
    controller = (request.get("deploymentController") or {}).get("type") or "ECS"
    if strategy == "DAEMON":
        check_daemon(request)
    elif request.get("desiredCount") is None:
        raise invalid_parameter("desiredCount is required for the scheduling strategy REPLICA.")
    if controller == "CODE_DEPLOY":
        check_code_deploy_creation(request)
    elif controller == "EXTERNAL":
        check_external_creation(request)
    check_controlled_configuration(controller, request.get("deploymentConfiguration"))
    check_members(request, tuning(tx).tasks_per_service_max)
    return strategy, controller


def _definition(
    tx: Tx, call: Call, request: dict[str, Any], controller: str, launch_type: str
) -> TaskDefinition | None:
    """The revision that the service is to run; a family means its latest one as of now."""
    if controller == "EXTERNAL":
        return None
    if not request.get("taskDefinition"):
        raise invalid_parameter("TaskDefinition cannot be empty.")
    definition = runnable_task_definition(tx, call, request["taskDefinition"])
    check_definition(definition, launch_type)
    return definition
