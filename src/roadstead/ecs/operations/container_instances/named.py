"""Container instances as requests name them, and who may speak for them."""

from typing import Any

from roadstead.ecs.errors import access_denied, invalid_parameter
from roadstead.ecs.operations.references import arn_in_cluster
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.rules.callers import speaks_for
from roadstead.state.plans import Call
from roadstead.state.view import View


def instance_references(request: dict[str, Any], most: int) -> list[str]:
    """What the request names: one to `most` ids or ARNs.

    Raises: InvalidParameterException.
    """
    references: list[str] = request["containerInstances"]
    if not references:
        raise invalid_parameter("Container Instances cannot be empty.")
    if len(references) > most:
        raise invalid_parameter(
            f"Up to {most} container instances can be named, not {len(references)}."
        )
    return references


def the_instance(view: View, call: Call, cluster: Cluster, reference: str) -> ContainerInstance:
    """The instance that an id or an ARN means.

    Raises: InvalidParameterException when it is unknown or malformed.
    """
    instance = view.get(
        CONTAINER_INSTANCES, arn_in_cluster(call, cluster, "container-instance", reference)
    )
    if instance is None:
        raise invalid_parameter("The referenced container instance was not found.")
    return instance


def check_speaks_for(call: Call, operation: str, ec2_instance_id: str) -> None:
    """Return if the caller is no agent, or the agent of this very machine.

    Raises: AccessDeniedException.
    """
    if not speaks_for(call.caller_arn, ec2_instance_id):
        raise access_denied(
            call.caller_arn, f"ecs:{operation}", ec2_instance_id or "a machine without an EC2 id"
        )


def instance_id(arn: str) -> str:
    """The id at the end of an ARN."""
    return arn.rpartition("/")[2]
