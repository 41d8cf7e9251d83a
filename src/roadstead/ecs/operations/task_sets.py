"""What a client may ask about the task sets of services whose controller is EXTERNAL."""

from typing import Any

from roadstead.aws.arns import is_arn
from roadstead.ecs.errors import (
    invalid_parameter,
    service_not_active,
    task_set_not_found,
)
from roadstead.ecs.operations.load_balancers import checked_load_balancers
from roadstead.ecs.operations.references import (
    id_in_arn,
    runnable_task_definition,
    the_cluster,
    the_service,
)
from roadstead.ecs.operations.service_registries import checked_registries
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task_set import (
    TASK_SETS,
    TASK_SETS_BY_SERVICE,
    TaskSet,
    task_set_arn,
)
from roadstead.ecs.rules.network import checked_network
from roadstead.ecs.rules.service_parameters.later import refuse_later_parts
from roadstead.ecs.rules.service_parameters.members import (
    check_client_token,
    check_ec2_only,
    check_words,
)
from roadstead.ecs.rules.service_parameters.tasks import check_definition
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.rules.task_set import TASK_SETS_MAX, checked_external_id, checked_scale
from roadstead.ecs.transitions import task_sets as transitions
from roadstead.ecs.views.task_set import TASK_SET_FIELDS, task_set_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_NOT_COMPARED = ("clientToken", "cluster", "service")


def create_task_set(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new task set beside the others, or the one that the same client token made.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException;
        ClientException for a task definition that is unknown or not ACTIVE;
        InvalidParameterException when the service's deployment controller is not EXTERNAL, when it
        has five sets, for a client token that made another set, and for a parameter that is not
        valid; UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
    """
    cluster, service = _external_service(tx, call, request)
    token = request.get("clientToken") or ""
    check_client_token(token)
    asked = {
        member: value
        for member, value in request.items()
        if member not in _NOT_COMPARED and value not in (None, [], {})
    }
    existing = tx.find(TASK_SETS_BY_SERVICE, service.arn)
    for task_set in existing:
        if token and task_set.client_token == token:
            if task_set.created_from != asked:
                raise invalid_parameter("Creation of task set was not idempotent.")
            return {"taskSet": task_set_view(tx, service, task_set, TASK_SET_FIELDS)}
    new = _checked_fields(tx, call, request)
    if len(existing) >= TASK_SETS_MAX:
        raise invalid_parameter(
            f"{TASK_SETS_MAX} deployments exist on the service. Unable to create new TaskSet since "
            "this exceeds the maximum limit."
        )
    identifier = f"ecs-svc/{call.ids.digits(19)}"
    task_set = transitions.create_task_set(
        tx,
        call,
        service,
        TaskSet(
            arn=task_set_arn(service.arn, identifier),
            id=identifier,
            service_arn=service.arn,
            cluster_arn=cluster.arn,
            client_token=token,
            created_from=asked,
            created_at=call.now,
            updated_at=call.now,
            stability_status_at=call.now,
            **new,
        ),
    )
    service = tx.must(SERVICES, service.arn)
    return {"taskSet": task_set_view(tx, service, task_set, TASK_SET_FIELDS)}


def update_task_set(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The task set with another scale: nothing else of it can change.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException;
        TaskSetNotFoundException; InvalidParameterException for a scale that is not valid, a set
        that is DRAINING, and a service whose deployment controller is not EXTERNAL.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html
    """
    cluster, service = _external_service(tx, call, request)
    scale_percent = checked_scale(request["scale"])
    task_set = _lasting_task_set(tx, call, cluster, service, request["taskSet"])
    task_set = transitions.scale_task_set(tx, call, service, task_set, scale_percent)
    return {"taskSet": task_set_view(tx, tx.must(SERVICES, service.arn), task_set)}


def delete_task_set(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The task set, DRAINING until its last task has ended; then it is gone.

    One that is DRAINING already is returned as it is.
    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException;
        TaskSetNotFoundException; InvalidParameterException for the PRIMARY set, for one that is
        scaled above 0 unless force is given, and for a service whose deployment controller is not
        EXTERNAL.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskSet.html
    """
    cluster, service = _external_service(tx, call, request)
    task_set = _the_task_set(tx, call, cluster, service, request["taskSet"])
    if task_set.status == "PRIMARY":
        raise invalid_parameter(
            f"Task set {task_set.id} is the PRIMARY one of its service and cannot be deleted. Make "
            "another one primary first (UpdateServicePrimaryTaskSet), or delete the service."
        )
    if task_set.status != "DRAINING":
        if task_set.scale_percent > 0 and not request.get("force"):
            raise invalid_parameter(
                f"Task set {task_set.id} cannot be deleted while it is scaled above 0. Scale it to "
                "0 (UpdateTaskSet), or use force."
            )
        task_set = transitions.begin_task_set_deletion(tx, call, service, task_set)
    return {"taskSet": task_set_view(tx, tx.must(SERVICES, service.arn), task_set)}


def update_service_primary_task_set(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The task set, PRIMARY from now on; its service shows what it is made of.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException;
        TaskSetNotFoundException; InvalidParameterException for a set that is DRAINING, and for a
        service whose deployment controller is not EXTERNAL.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html
    """
    cluster, service = _external_service(tx, call, request)
    task_set = _lasting_task_set(tx, call, cluster, service, request["primaryTaskSet"])
    task_set = transitions.make_primary(tx, call, service, task_set)
    return {"taskSet": task_set_view(tx, tx.must(SERVICES, service.arn), task_set)}


def describe_task_sets(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service's task sets, oldest first, or those named; unknown ones are failures.

    Raises: ClusterNotFoundException; ServiceNotFoundException; ServiceNotActiveException;
        InvalidParameterException for a reference that is malformed, an unknown `include`, and a
        service whose deployment controller is not EXTERNAL.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html
    """
    cluster, service = _external_service(view, call, request)
    include = request.get("include") or ()
    for field in include:
        check_choice("include", field, TASK_SET_FIELDS)
    references = request.get("taskSets")
    if not references:
        found = view.find(TASK_SETS_BY_SERVICE, service.arn)
        missing: list[str] = []
    else:
        arns = dict.fromkeys(_arn(call, cluster, service, each) for each in references)
        known = {arn: view.get(TASK_SETS, arn) for arn in arns}
        found = [each for each in known.values() if each is not None]
        missing = [arn for arn, each in known.items() if each is None]
    return {
        "taskSets": [task_set_view(view, service, each, include) for each in found],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn in missing],
    }


def _external_service(view: View, call: Call, request: dict[str, Any]) -> tuple[Cluster, Service]:
    """The cluster and the ACTIVE service that a request about task sets names.

    Source: observed: "Amazon ECS only supports task set management …".
    """
    cluster = the_cluster(view, call, request["cluster"])
    service = the_service(view, call, cluster, request["service"])
    if service.status != "ACTIVE":
        raise service_not_active()
    if service.deployment_controller != "EXTERNAL":
        raise invalid_parameter(
            "Amazon ECS only supports task set management on services configured to use external "
            "deployment controllers."
        )
    return cluster, service


def _checked_fields(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """What the request says of the new set, by the record's names."""
    check_words(request)
    refuse_later_parts(request)
    check_ec2_only(request)
    definition = runnable_task_definition(tx, call, request["taskDefinition"])
    launch_type = request.get("launchType") or "EC2"
    check_definition(definition, launch_type)
    return {
        "task_definition_arn": definition.arn,
        "network_configuration": checked_network(
            tx, call.scope, definition.network_mode, request.get("networkConfiguration")
        ),
        "launch_type": launch_type,
        "load_balancers": checked_load_balancers(
            tx, call, request.get("loadBalancers"), definition, controller="EXTERNAL"
        ),
        "service_registries": checked_registries(
            tx, call, request.get("serviceRegistries"), definition
        ),
        "external_id": checked_external_id(request.get("externalId")),
        "scale_percent": checked_scale(request.get("scale")),
        "tags": checked_tags(request.get("tags")),
    }


def _lasting_task_set(
    view: View, call: Call, cluster: Cluster, service: Service, reference: str
) -> TaskSet:
    """The task set named, which is not being deleted.

    Raises: TaskSetNotFoundException; InvalidParameterException when it is DRAINING, and as `_arn`.
    """
    task_set = _the_task_set(view, call, cluster, service, reference)
    if task_set.status == "DRAINING":
        raise invalid_parameter(f"Task set {task_set.id} is DRAINING: it is being deleted.")
    return task_set


def _the_task_set(
    view: View, call: Call, cluster: Cluster, service: Service, reference: str
) -> TaskSet:
    """The task set named, in any status.

    Raises: TaskSetNotFoundException; InvalidParameterException as `_arn`.
    """
    task_set = view.get(TASK_SETS, _arn(call, cluster, service, reference))
    if task_set is None:
        raise task_set_not_found()
    return task_set


def _arn(call: Call, cluster: Cluster, service: Service, reference: str) -> str:
    """The ARN of a task set named by id or ARN; there may be none of that ARN.

    Raises: InvalidParameterException for an ARN of something else or of another service.
    """
    if not is_arn(reference):
        return task_set_arn(service.arn, reference)
    inside = id_in_arn(call, reference, "task-set")
    if not inside.startswith(f"{cluster.name}/{service.name}/"):
        raise invalid_parameter(
            f"Invalid identifier: {reference} is no task set of the service {service.name} in the "
            f"cluster {cluster.name}."
        )
    return reference
