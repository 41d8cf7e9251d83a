"""What a client may ask about services: one function per API operation."""

from collections.abc import Iterator
from typing import Any

from roadstead.ecs.errors import invalid_parameter, service_not_active, service_not_found
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import (
    arn_in_cluster,
    runnable_task_definition,
    the_cluster,
)
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.service import LISTED_SERVICES, SERVICES, Service
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.deployment_configuration import DEFAULTS, merged_configuration
from roadstead.ecs.rules.service_parameters import (
    check_client_token,
    check_ec2_only,
    check_name,
    check_network,
    check_numbers,
    check_words,
    refuse_later_parts,
)
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.views.service import SERVICE_FIELDS, service_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

SERVICES_PER_CLUSTER_MAX = 5_000
"""Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html#limits_ecs"""
_DESCRIBED_MAX = 10
_PAGE_DEFAULT = 10
_PAGE_MAX = 100
_NOT_COMPARED = ("clientToken", "cluster", "serviceName")
"""Members that do not make a repeated CreateService another request."""


def create_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new service, or the one that the very same request created.

    Raises: ClusterNotFoundException; ClientException when the task definition is unknown or not
        ACTIVE; InvalidParameterException for a parameter that is missing or not valid, for a name
        that another service of the cluster has, or one that is still DRAINING;
        UnsupportedFeatureException for what is not implemented yet.
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


def update_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service with what was given changed; what tasks are made of starts a deployment.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException when it is
        DRAINING or INACTIVE; ClientException when the task definition named is unknown or not
        ACTIVE; InvalidParameterException for a parameter that is not valid;
        UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    service = _the_service(tx, call, cluster, request["service"])
    if service.status != "ACTIVE":
        raise service_not_active()
    _check(request)
    changes = _changed_fields(service, request)
    definition_arn = service.task_definition_arn
    if request.get("taskDefinition"):
        definition = runnable_task_definition(tx, call, request["taskDefinition"])
        _check_definition(definition, service.launch_type, request)
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


def delete_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service, DRAINING while its tasks end; INACTIVE at once if it has none.

    One that is DRAINING already is returned as it is.
    Raises: ClusterNotFoundException; ServiceNotFoundException, also when it is INACTIVE;
        InvalidParameterException when it wants tasks and force is not given.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    service = _the_service(tx, call, cluster, request["service"])
    if service.status == "INACTIVE":
        raise service_not_found()
    if service.status == "ACTIVE":
        if service.desired_count and not request.get("force"):
            raise invalid_parameter("The service cannot be stopped while it is scaled above 0.")
        service = transitions.begin_deletion(tx, service)
        if not transitions.has_tasks(tx, service):
            service = transitions.finish_deletion(tx, call, service)
    return {"service": service_view(tx, service)}


def describe_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to ten services of a cluster; those that are not there are failures.

    Raises: ClusterNotFoundException; InvalidParameterException for none or more than ten, for a
        reference that is malformed or of another cluster, and for an unknown `include`.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    references = request["services"]
    if not references:
        raise invalid_parameter("Services cannot be empty.")
    if len(references) > _DESCRIBED_MAX:
        raise invalid_parameter(
            f"Services cannot have more than {_DESCRIBED_MAX} elements, the request has "
            f"{len(references)}."
        )
    include = request.get("include") or ()
    for field in include:
        if field not in SERVICE_FIELDS:
            raise invalid_parameter(f"include should be one of [TAGS], not {field[:100]!r}.")
    arns = dict.fromkeys(arn_in_cluster(call, cluster, "service", each) for each in references)
    found = [(arn, view.get(SERVICES, arn)) for arn in arns]
    return {
        "services": [service_view(view, each, include) for _, each in found if each is not None],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, each in found if each is None],
    }


def list_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The ARNs of a cluster's ACTIVE services, ten a page unless said otherwise.

    Raises: ClusterNotFoundException; InvalidParameterException for an unknown filter value, a page
        size out of bounds, or a token of another list.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    check_words(request)
    size = page_size(request, default=_PAGE_DEFAULT, most=_PAGE_MAX)
    after = after_text("ListServices", request)
    page, token = one_page(
        "ListServices",
        request,
        _listed(view, cluster, request, after),
        size,
        lambda service: service.arn,
    )
    return {"serviceArns": [service.arn for service in page], **token}


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
    _check(request)
    if not request.get("taskDefinition"):
        raise invalid_parameter("TaskDefinition cannot be empty.")
    if request.get("desiredCount") is None:
        raise invalid_parameter("desiredCount is required for the scheduling strategy REPLICA.")
    tags = checked_tags(request.get("tags"))
    configuration = merged_configuration(DEFAULTS, request.get("deploymentConfiguration"))
    definition = runnable_task_definition(tx, call, request["taskDefinition"])
    launch_type = request.get("launchType") or "EC2"
    _check_definition(definition, launch_type, request)
    return Service(
        arn=arn,
        name=request["serviceName"],
        cluster_arn=cluster.arn,
        desired_count=request["desiredCount"],
        task_definition_arn=definition.arn,
        launch_type=launch_type,
        minimum_healthy_percent=configuration["minimumHealthyPercent"],
        maximum_percent=configuration["maximumPercent"],
        deployment_configuration=configuration,
        health_check_grace_period_seconds=request.get("healthCheckGracePeriodSeconds") or 0,
        enable_ecs_managed_tags=bool(request.get("enableECSManagedTags")),
        enable_execute_command=bool(request.get("enableExecuteCommand")),
        propagate_tags=request.get("propagateTags") or "NONE",
        created_at=call.now,
        created_by=call.caller_arn,
        created_from=asked,
        client_token=request.get("clientToken") or "",
        tags=tags,
    )


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


def _check(request: dict[str, Any]) -> None:
    check_words(request)
    check_numbers(request)
    refuse_later_parts(request)
    check_ec2_only(request)


def _check_definition(
    definition: TaskDefinition, launch_type: str, request: dict[str, Any]
) -> None:
    if definition.compatibilities and launch_type not in definition.compatibilities:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")
    check_network(definition.network_mode, request.get("networkConfiguration"))


def _the_service(view: View, call: Call, cluster: Cluster, reference: str) -> Service:
    """The service that a request names, in any status.

    Raises: ServiceNotFoundException; InvalidParameterException as `arn_in_cluster`.
    """
    service = view.get(SERVICES, arn_in_cluster(call, cluster, "service", reference))
    if service is None:
        raise service_not_found()
    return service


def _listed(
    view: View, cluster: Cluster, request: dict[str, Any], after: str | None
) -> Iterator[Service]:
    """The ACTIVE services that the filters let through."""
    if request.get("resourceManagementType") == "ECS":
        return
    key = f"{cluster.arn}|ACTIVE"
    if request.get("launchType"):
        key += f"|{request['launchType']}"
    strategy = request.get("schedulingStrategy")
    for service in view.walk(LISTED_SERVICES, key, after=after):
        if strategy is None or service.scheduling_strategy == strategy:
            yield service
