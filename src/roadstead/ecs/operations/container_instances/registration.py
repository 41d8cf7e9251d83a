"""RegisterContainerInstance and DeregisterContainerInstance."""

from typing import Any

import msgspec

from roadstead.aws.arns import is_arn
from roadstead.ec2.records.instances import primary_interface
from roadstead.ecs.errors import client_error, invalid_parameter
from roadstead.ecs.operations.container_instances.named import (
    check_speaks_for,
    instance_id,
    the_instance,
)
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.account import CLIENT_TOKENS, client_token_key
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.ecs.rules.callers import owner_of_settings
from roadstead.ecs.rules.instance_attributes import CUSTOM_ATTRIBUTES_MAX, check_attribute
from roadstead.ecs.rules.interface_limits import (
    TRUNKING_CAPABILITY,
    has_trunking_agent,
    tasks_by_trunk,
)
from roadstead.ecs.rules.registration import Registration, read_registration
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.transitions import container_instances as transitions
from roadstead.ecs.transitions.client_tokens import remember_token
from roadstead.ecs.views.account_settings import effective_value
from roadstead.ecs.views.container_instance import container_instance_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_REGISTERS = "RegisterContainerInstance"


def register_container_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A machine joins a cluster or, with its ARN, comes back; the answer has all its attributes.

    Its agent counts as connected once its command channel is open. A deregistered instance is
    never revived.

    Raises: ClusterNotFoundException; ClientException for an ARN that is INACTIVE or unknown and for
        a changed instance type; InvalidParameterException for an identity document, a resource, an
        attribute or a tag that is not valid, and for an ARN of another cluster;
        AccessDeniedException for an agent that registers another machine than its own.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    registration = read_registration(request, region=call.region)
    tags = checked_tags(request.get("tags"))
    known_arn = request.get("containerInstanceArn")
    check_speaks_for(call, _REGISTERS, registration.host.ec2_instance_id)
    if known_arn:
        known = _coming_back(tx, call, cluster, known_arn, registration)
        check_speaks_for(call, _REGISTERS, known.ec2_instance_id)
        instance = transitions.reregister_instance(tx, known, registration)
    else:
        token = request.get("clientToken")
        repeated = _repeated(tx, cluster, registration, token)
        if repeated is None:
            _check_custom_attributes(registration)
            registration = msgspec.structs.replace(
                registration, trunk_id=_trunk_id(tx, call, registration)
            )
            instance = transitions.register_instance(tx, call, cluster, registration, tags)
            _remember(tx, call, cluster, token, instance)
        else:
            instance = repeated
    return {"containerInstance": container_instance_view(tx, instance, with_tags=True)}


def deregister_container_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove an instance from its cluster; with `force` although tasks run, which it orphans.

    The orphans are STOPPED for ECS; their containers are not touched.

    Raises: ClusterNotFoundException; InvalidParameterException for an unknown instance and, without
        force, for one with tasks that are not STOPPED; AccessDeniedException for an agent that
        means another machine than its own.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    instance = the_instance(tx, call, cluster, request["containerInstance"])
    check_speaks_for(call, "DeregisterContainerInstance", instance.ec2_instance_id)
    if instance.status != "INACTIVE":
        if not request.get("force") and tx.count(LIVE_TASKS_BY_INSTANCE, instance.arn):
            raise invalid_parameter("Found running tasks on the instance.")
        instance = transitions.deregister_instance(tx, call, instance)
    return {"containerInstance": container_instance_view(tx, instance)}


def _repeated(
    tx: Tx, cluster: Cluster, registration: Registration, token: str | None
) -> ContainerInstance | None:
    """What a registration made whose answer its agent did not hear: it asks again by its token."""
    if not token:
        return None
    known = tx.get(CLIENT_TOKENS, client_token_key(_REGISTERS, cluster.arn, token))
    instance = tx.get(CONTAINER_INSTANCES, known.resource_arns[0]) if known else None
    if instance is None or instance.ec2_instance_id != registration.host.ec2_instance_id:
        return None
    return instance if instance.status != "INACTIVE" else None


def _remember(
    tx: Tx, call: Call, cluster: Cluster, token: str | None, instance: ContainerInstance
) -> None:
    if token:
        key = client_token_key(_REGISTERS, cluster.arn, token)
        remember_token(tx, call, key, "", (instance,))


def _coming_back(
    view: View, call: Call, cluster: Cluster, reference: str, registration: Registration
) -> ContainerInstance:
    """The record that an agent's saved state names.

    One that is unknown was INACTIVE for so long that it was removed: it does not come back either.
    """
    if not is_arn(reference):
        raise invalid_parameter(f"containerInstanceArn is not an ARN: {reference[:200]!r}.")
    arn = arn_in_cluster(call, cluster, "container-instance", reference)
    instance = view.get(CONTAINER_INSTANCES, arn)
    if instance is None or instance.status == "INACTIVE":
        raise client_error(f"Container instance {instance_id(arn)} is inactive.")
    now = registration.host.instance_type
    if now and instance.instance_type and now != instance.instance_type:
        raise client_error("Container instance type changes are not supported.")
    return instance


def _trunk_id(view: View, call: Call, registration: Registration) -> str:
    """The interface that carries those of the instance's tasks, if whoever registers wants it so.

    Here they need none of their own to hang on, so it is the instance's primary one.
    """
    host = registration.host
    if (
        TRUNKING_CAPABILITY not in registration.attributes
        or not has_trunking_agent(registration.agent_version)
        or tasks_by_trunk(host.instance_type) is None
        or effective_value(view, call.scope, owner_of_settings(call.caller_arn), "awsvpcTrunking")
        != "enabled"
    ):
        return ""
    primary = primary_interface(view, host.ec2_instance_id)
    return "" if primary is None else primary.network_interface_id


def _check_custom_attributes(registration: Registration) -> None:
    attributes = registration.custom_attributes
    if len(attributes) > CUSTOM_ATTRIBUTES_MAX:
        raise invalid_parameter(
            f"A container instance can have up to {CUSTOM_ATTRIBUTES_MAX} custom attributes, not "
            f"{len(attributes)}."
        )
    for name, value in attributes.items():
        check_attribute(name, value)
