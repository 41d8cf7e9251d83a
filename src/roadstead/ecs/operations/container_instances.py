"""What a client, or an agent, may ask about container instances."""

from typing import Any

from roadstead.aws.arns import is_arn
from roadstead.ecs.errors import (
    access_denied,
    client_error,
    invalid_parameter,
    missing_version,
    no_update_available,
    unsupported_feature,
)
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import arn_in_cluster, the_cluster
from roadstead.ecs.records.account import CLIENT_TOKENS, client_token_key
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.ecs.rules.callers import speaks_for
from roadstead.ecs.rules.instance_attributes import (
    CUSTOM_ATTRIBUTES_MAX,
    check_attribute,
)
from roadstead.ecs.rules.registration import Registration, read_registration
from roadstead.ecs.rules.tags import checked_tags
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.transitions import container_instances as transitions
from roadstead.ecs.transitions.client_tokens import remember_token
from roadstead.ecs.views.container_instance import container_instance_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

DESCRIBED_MAX = 100
UPDATED_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html"""
_PAGE_MAX = 100
_REGISTERS = "RegisterContainerInstance"
_TARGET_STATUSES = ("ACTIVE", "DRAINING")
_LISTED_STATUSES = ("ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED")
_INCLUDED = ("TAGS", "CONTAINER_INSTANCE_HEALTH")


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
    _check_speaks_for(call, _REGISTERS, registration.host.ec2_instance_id)
    if known_arn:
        known = _coming_back(tx, call, cluster, known_arn, registration)
        _check_speaks_for(call, _REGISTERS, known.ec2_instance_id)
        instance = transitions.reregister_instance(tx, known, registration)
    else:
        token = request.get("clientToken")
        repeated = _repeated(tx, cluster, registration, token)
        if repeated is None:
            _check_custom_attributes(registration)
            instance = transitions.register_instance(tx, call, cluster, registration, tags)
            _remember(tx, call, cluster, token, instance)
        else:
            instance = repeated
    return {"containerInstance": container_instance_view(tx, instance, with_tags=True)}


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


def deregister_container_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove an instance from its cluster; with `force` although tasks run, which it orphans.

    The orphans are STOPPED for ECS; their containers are not touched.

    Raises: ClusterNotFoundException; InvalidParameterException for an unknown instance and, without
        force, for one with tasks that are not STOPPED; AccessDeniedException for an agent that
        means another machine than its own.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    instance = _the_instance(tx, call, cluster, request["containerInstance"])
    _check_speaks_for(call, "DeregisterContainerInstance", instance.ec2_instance_id)
    if instance.status != "INACTIVE":
        if not request.get("force") and tx.count(LIVE_TASKS_BY_INSTANCE, instance.arn):
            raise invalid_parameter("Found running tasks on the instance.")
        instance = transitions.deregister_instance(tx, call, instance)
    return {"containerInstance": container_instance_view(tx, instance)}


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
    references = _references(request, UPDATED_MAX)
    arns = [arn_in_cluster(call, cluster, "container-instance", each) for each in references]
    updated, failures = [], []
    for arn in arns:
        instance = tx.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        _check_speaks_for(call, "UpdateContainerInstancesState", instance.ec2_instance_id)
        if instance.status not in _TARGET_STATUSES:
            failures.append({"arn": arn, "reason": instance.status})
        else:
            if instance.status != status:
                instance = transitions.set_status(tx, instance, status)
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
    instance = _the_instance(tx, call, cluster, request["containerInstance"])
    if instance.status == "INACTIVE":
        raise client_error(f"Container instance {_id(instance.arn)} is inactive.")
    if not instance.agent_version:
        raise missing_version(
            f"The agent of container instance {_id(instance.arn)} has not told its version yet."
        )
    raise no_update_available(
        f"There is no newer version than {instance.agent_version} for the agent of container "
        f"instance {_id(instance.arn)}."
    )


def describe_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to 100 instances by id or ARN, INACTIVE ones too; `failures` name the unknown ones.

    Raises: ClusterNotFoundException; InvalidParameterException for none, too many or malformed
        references, or an unknown word in include.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    include = request.get("include") or ()
    for member in include:
        check_choice("include", member, _INCLUDED)
    found, failures = [], []
    for reference in _references(request, DESCRIBED_MAX):
        arn = arn_in_cluster(call, cluster, "container-instance", reference)
        instance = view.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            failures.append({"arn": arn, "reason": "MISSING"})
            continue
        found.append(
            container_instance_view(
                view,
                instance,
                with_tags="TAGS" in include,
                with_health="CONTAINER_INSTANCE_HEALTH" in include,
            )
        )
    return {"containerInstances": found, "failures": failures}


def list_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """ARNs of the cluster's instances, of one status or of all but INACTIVE, in order of ARN.

    Raises: ClusterNotFoundException; InvalidParameterException for maxResults out of range, a
        token of another list or a status that is none; UnsupportedFeatureException for a filter
        expression.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    if request.get("filter"):
        raise unsupported_feature(
            "filter, the cluster query language, is not implemented yet; status is."
        )
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    after = after_text("ListContainerInstances", request)
    status = request.get("status")
    if status:
        check_choice("status", status, _LISTED_STATUSES)
    key = f"{cluster.arn}|{status}" if status else cluster.arn
    instances, more = one_page(
        "ListContainerInstances",
        request,
        view.walk(LISTED_CONTAINER_INSTANCES, key, after=after),
        size,
        lambda instance: instance.arn,
    )
    return {"containerInstanceArns": [instance.arn for instance in instances], **more}


def _references(request: dict[str, Any], most: int) -> list[str]:
    references: list[str] = request["containerInstances"]
    if not references:
        raise invalid_parameter("Container Instances cannot be empty.")
    if len(references) > most:
        raise invalid_parameter(
            f"Up to {most} container instances can be named, not {len(references)}."
        )
    return references


def _the_instance(view: View, call: Call, cluster: Cluster, reference: str) -> ContainerInstance:
    instance = view.get(
        CONTAINER_INSTANCES, arn_in_cluster(call, cluster, "container-instance", reference)
    )
    if instance is None:
        raise invalid_parameter("The referenced container instance was not found.")
    return instance


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
        raise client_error(f"Container instance {_id(arn)} is inactive.")
    now = registration.host.instance_type
    if now and instance.instance_type and now != instance.instance_type:
        raise client_error("Container instance type changes are not supported.")
    return instance


def _check_speaks_for(call: Call, operation: str, ec2_instance_id: str) -> None:
    if not speaks_for(call.caller_arn, ec2_instance_id):
        raise access_denied(
            call.caller_arn, f"ecs:{operation}", ec2_instance_id or "a machine without an EC2 id"
        )


def _check_custom_attributes(registration: Registration) -> None:
    attributes = registration.custom_attributes
    if len(attributes) > CUSTOM_ATTRIBUTES_MAX:
        raise invalid_parameter(
            f"A container instance can have up to {CUSTOM_ATTRIBUTES_MAX} custom attributes, not "
            f"{len(attributes)}."
        )
    for name, value in attributes.items():
        check_attribute(name, value)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]
