"""RunTask and StartTask: what a client may ask of new tasks."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import msgspec

from roadstead.ecs.errors import conflict, invalid_parameter, unsupported_feature
from roadstead.ecs.operations.references import (
    arn_in_cluster,
    runnable_task_definition,
    the_cluster,
)
from roadstead.ecs.records.account import CLIENT_TOKENS, ClientToken, client_token_key
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.overrides import checked_overrides
from roadstead.ecs.rules.placement.choose import Placed, Refusal, choose_instance, refusal_by
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.runnable import check_runnable
from roadstead.ecs.rules.tags import checked_tags, merged_tags
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.transitions import tasks as transitions
from roadstead.ecs.transitions.client_tokens import remember_token
from roadstead.ecs.views.task import task_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

COUNT_MAX = 10
INSTANCES_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html"""
GROUP_CHARACTERS_MAX = 255
STARTED_BY_CHARACTERS_MAX = 128
REFERENCE_ID_CHARACTERS_MAX = 1024
_LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_STARTED_BY = re.compile(r"[A-Za-z0-9_/.-]*")
_CLIENT_TOKEN = re.compile(r"[!-~]{1,64}")


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What RunTask and StartTask have in common, checked."""

    cluster: Cluster
    definition: TaskDefinition
    overrides: dict[str, Any]
    group: str
    started_by: str
    tags: dict[str, str]
    managed_tags: bool


def run_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Start `count` tasks where placement finds room; `failures` tell of the others.

    Raises: ClusterNotFoundException; ClientException for an unknown or inactive definition;
        InvalidParameterException for a parameter that is not valid, and when the cluster has no
        container instance; ConflictException for a client token that was used for something else;
        UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    count = _count(request)
    token = _checked_token(request)
    fingerprint = _fingerprint(request) if token else ""
    repeated = _repeated(tx, call, cluster, token, fingerprint)
    if repeated is not None:
        return {"tasks": [task_view(tx, task, with_tags=True) for task in repeated], "failures": []}
    launch_type = _launch_type(request)
    wanted = _wanted(tx, call, cluster, request, launch_type)
    demand = demand_of(wanted.definition, wanted.overrides, launch_type)
    capacity = tx.projection(Capacity)
    started: list[Task] = []
    refusals: tuple[Refusal, ...] = ()
    for _ in range(count):
        place = choose_instance(capacity, cluster.arn, demand, group=wanted.group)
        if not isinstance(place, Placed):
            refusals = place.refusals
            break
        started.append(_start(tx, call, wanted, place.container_instance_arn, launch_type))
    if not started and not refusals:
        raise invalid_parameter("No Container Instances were found in your cluster.")
    if token and started:
        remember_token(
            tx, call, client_token_key("RunTask", cluster.arn, token), fingerprint, started
        )
    return _answer(tx, started, refusals)


def start_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Start a task on each of the container instances named, if it has room.

    Raises: ClusterNotFoundException; ClientException for an unknown or inactive definition;
        InvalidParameterException for a parameter that is not valid; UnsupportedFeatureException for
        what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    references = request["containerInstances"]
    if not references:
        raise invalid_parameter("Container instances cannot be empty.")
    if len(references) > INSTANCES_MAX:
        raise invalid_parameter(
            f"Up to {INSTANCES_MAX} container instances can be named, not {len(references)}."
        )
    arns = [arn_in_cluster(call, cluster, "container-instance", each) for each in references]
    wanted = _wanted(tx, call, cluster, request, "EC2")
    demand = demand_of(wanted.definition, wanted.overrides)
    capacity = tx.projection(Capacity)
    started: list[Task] = []
    refusals: list[Refusal] = []
    for arn in arns:
        refusal = refusal_by(capacity, arn, demand)
        if refusal is not None:
            refusals.append(refusal)
            continue
        external = tx.must(CONTAINER_INSTANCES, arn).external
        started.append(_start(tx, call, wanted, arn, "EXTERNAL" if external else "EC2"))
    return _answer(tx, started, tuple(refusals))


def _wanted(
    tx: Tx, call: Call, cluster: Cluster, request: dict[str, Any], launch_type: str
) -> _Wanted:
    if request.get("enableExecuteCommand"):
        raise unsupported_feature("enableExecuteCommand is not implemented yet.")
    if request.get("volumeConfigurations"):
        raise unsupported_feature("volumeConfigurations are not implemented yet.")
    definition = runnable_task_definition(tx, call, request["taskDefinition"])
    check_runnable(definition, launch_type, request.get("networkConfiguration"))
    managed_tags = bool(request.get("enableECSManagedTags"))
    return _Wanted(
        cluster=cluster,
        definition=definition,
        overrides=checked_overrides(
            request.get("overrides"), definition.document["containerDefinitions"]
        ),
        group=_group(request, definition),
        started_by=_started_by(request),
        tags=_tags(cluster, definition, request, managed=managed_tags),
        managed_tags=managed_tags,
    )


def _start(tx: Tx, call: Call, wanted: _Wanted, instance_arn: str, launch_type: str) -> Task:
    return transitions.start_task(
        tx,
        call,
        cluster=wanted.cluster,
        definition=wanted.definition,
        instance=tx.must(CONTAINER_INSTANCES, instance_arn),
        group=wanted.group,
        started_by=wanted.started_by,
        overrides=wanted.overrides,
        tags=wanted.tags,
        enable_ecs_managed_tags=wanted.managed_tags,
        launch_type=launch_type,
    )


def _answer(tx: Tx, started: list[Task], refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    return {
        "tasks": [task_view(tx, task, with_tags=True) for task in started],
        "failures": [
            {"arn": each.container_instance_arn, "reason": each.reason} for each in refusals
        ],
    }


def _count(request: dict[str, Any]) -> int:
    count = request.get("count")
    if count is None:
        return 1
    if not 1 <= count <= COUNT_MAX:
        raise invalid_parameter(f"count must be between 1 and {COUNT_MAX}, not {count}.")
    return int(count)


def _launch_type(request: dict[str, Any]) -> str:
    """The request's launch type; a cluster without a default strategy runs EC2 tasks."""
    launch_type = request.get("launchType")
    if launch_type:
        check_choice("launchType", launch_type, _LAUNCH_TYPES)
    if request.get("capacityProviderStrategy"):
        if launch_type:
            raise invalid_parameter(
                "Specify either Launch Type or Capacity Provider Strategy, but not both."
            )
        raise unsupported_feature("capacityProviderStrategy is not implemented yet.")
    for member in ("placementConstraints", "placementStrategy"):
        if request.get(member):
            raise unsupported_feature(f"{member} is not implemented yet.")
    if request.get("platformVersion"):
        raise invalid_parameter("A platform version can be given for launch type FARGATE only.")
    return str(launch_type or "EC2")


def _group(request: dict[str, Any], definition: TaskDefinition) -> str:
    group = request.get("group")
    if not group:
        return f"family:{definition.family}"
    if len(group) > GROUP_CHARACTERS_MAX:
        raise invalid_parameter(f"group can have up to {GROUP_CHARACTERS_MAX} characters.")
    if group.startswith("service:"):
        raise invalid_parameter(
            "Invalid group: names beginning with 'service:' are those of services' own tasks."
        )
    return str(group)


def _started_by(request: dict[str, Any]) -> str:
    started_by = request.get("startedBy") or ""
    if len(started_by) > STARTED_BY_CHARACTERS_MAX:
        raise invalid_parameter(f"startedBy can have up to {STARTED_BY_CHARACTERS_MAX} characters.")
    if not _STARTED_BY.fullmatch(started_by):
        raise invalid_parameter(
            "startedBy can have letters, digits, hyphens, underscores, slashes and periods only."
        )
    if len(request.get("referenceId") or "") > REFERENCE_ID_CHARACTERS_MAX:
        raise invalid_parameter(
            f"referenceId can have up to {REFERENCE_ID_CHARACTERS_MAX} characters."
        )
    return str(started_by)


def _tags(
    cluster: Cluster, definition: TaskDefinition, request: dict[str, Any], *, managed: bool
) -> dict[str, str]:
    """Own tags win over those of the definition.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
    """
    propagate = request.get("propagateTags") or "NONE"
    check_choice("propagateTags", propagate, ("TASK_DEFINITION", "SERVICE", "NONE"))
    if propagate == "SERVICE":
        raise invalid_parameter(
            "propagateTags can be TASK_DEFINITION or NONE here: these tasks have no service."
        )
    tags = checked_tags(request.get("tags"))
    if propagate == "TASK_DEFINITION":
        tags = merged_tags(definition.tags, tags)
    return {**tags, "aws:ecs:clusterName": cluster.name} if managed else tags


def _checked_token(request: dict[str, Any]) -> str:
    token = request.get("clientToken")
    if not token:
        return ""
    if not _CLIENT_TOKEN.fullmatch(token):
        raise invalid_parameter(
            "clientToken must have 1 to 64 characters of ASCII without blanks and controls."
        )
    return str(token)


def _fingerprint(request: dict[str, Any]) -> str:
    parameters = {name: value for name, value in request.items() if name != "clientToken"}
    text = msgspec.json.encode(parameters, order="deterministic")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _repeated(
    tx: Tx, call: Call, cluster: Cluster, token: str, fingerprint: str
) -> list[Task] | None:
    """The tasks that this very request started before; None when it is new."""
    if not token:
        return None
    known: ClientToken | None = tx.get(
        CLIENT_TOKENS, client_token_key("RunTask", cluster.arn, token)
    )
    if known is None or known.created_at is None:
        return None
    if call.now - known.created_at >= timedelta(seconds=tuning(tx).client_token_kept_seconds):
        return None
    if known.fingerprint != fingerprint:
        raise conflict(
            "The client token was used before by a RunTask request with other parameters.",
            known.resource_arns,
        )
    found = (tx.get(TASKS, arn) for arn in known.resource_arns)
    return [task for task in found if task is not None]
