"""UpdateContainerInstancesState and UpdateContainerAgent."""

from typing import Any

from roadstead.ecs.errors import (
    client_error,
    invalid_parameter,
    missing_version,
    no_update_available,
)
from roadstead.ecs.operations.container_instances.named import (
    check_speaks_for,
    instance_id,
    instance_references,
    the_instance,
)
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.transitions import container_instances as transitions
from roadstead.ecs.views.container_instance import container_instance_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

UPDATED_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html"""
_TARGET_STATUSES = ("ACTIVE", "DRAINING")


def update_container_instances_state(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let instances drain, or take tasks again.

    Raises: ClusterNotFoundException; InvalidParameterException for another status than ACTIVE and
        DRAINING, for no instances or more than 10; AccessDeniedException for an agent that means
        another machine than its own.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    status = request["status"]
    if status not in _TARGET_STATUSES:
        raise invalid_parameter("Container instance status should be one of [ACTIVE, DRAINING]")
    references = instance_references(request, UPDATED_MAX)
    arns = [arn_in_cluster(call, cluster, "container-instance", each) for each in references]
    updated, failures = [], []
    for arn in arns:
        instance = tx.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        check_speaks_for(call, "UpdateContainerInstancesState", instance.ec2_instance_id)
        if instance.status not in _TARGET_STATUSES:
            failures.append({"arn": arn, "reason": instance.status})
        else:
            if instance.status != status:
                instance = transitions.set_status(tx, instance, status, call.now)
            updated.append(container_instance_view(tx, instance))
    return {"containerInstances": updated, "failures": failures}


def update_container_agent(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Refused always: Roadstead has no newer agent to offer.

    Raises: ClusterNotFoundException; InvalidParameterException for an unknown instance;
        MissingVersionException when its agent never told its version; else
        NoUpdateAvailableException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerAgent.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    instance = the_instance(tx, call, cluster, request["containerInstance"])
    if instance.status == "INACTIVE":
        raise client_error(f"Container instance {instance_id(instance.arn)} is inactive.")
    if not instance.agent_version:
        raise missing_version(
            f"The agent of container instance {instance_id(instance.arn)} has not told its version "
            "yet."
        )
    raise no_update_available(
        f"There is no newer version than {instance.agent_version} for the agent of container "
        f"instance {instance_id(instance.arn)}."
    )
