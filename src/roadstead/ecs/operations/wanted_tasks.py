"""WantedTasks: what RunTask and StartTask have in common, checked."""

import re
from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.operations.references import runnable_task_definition
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.network import checked_network
from roadstead.ecs.rules.overrides import checked_overrides
from roadstead.ecs.rules.placement.parameters import (
    check_placed_by_us,
    check_total,
    checked_constraints,
    checked_strategy,
)
from roadstead.ecs.rules.placement.wishes import Wishes, wishes_of
from roadstead.ecs.rules.runnable import check_runnable
from roadstead.ecs.rules.tags import checked_tags, merged_tags
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.state.plans import Call
from roadstead.state.view import Tx

GROUP_CHARACTERS_MAX = 255
STARTED_BY_CHARACTERS_MAX = 128
REFERENCE_ID_CHARACTERS_MAX = 1024
_LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_STARTED_BY = re.compile(r"[A-Za-z0-9_/.-]*")


class WantedTasks(msgspec.Struct, frozen=True, kw_only=True):
    """What every task of the request is."""

    cluster: Cluster
    definition: TaskDefinition
    overrides: dict[str, Any]
    group: str
    started_by: str
    tags: dict[str, str]
    managed_tags: bool
    network: dict[str, Any] | None
    """The checked network configuration of awsvpc tasks."""
    wishes: Wishes
    """The strategy is that of RunTask; StartTask names its instances."""


def wanted_tasks(
    tx: Tx, call: Call, cluster: Cluster, request: dict[str, Any], launch_type: str
) -> WantedTasks:
    """What the request asks for.

    Raises: ClientException for an unknown or inactive definition; InvalidParameterException for a
        parameter that is not valid; UnsupportedFeatureException for what is not implemented yet.
    """
    if request.get("enableExecuteCommand"):
        raise unsupported_feature("enableExecuteCommand is not implemented yet.")
    if request.get("volumeConfigurations"):
        raise unsupported_feature("volumeConfigurations are not implemented yet.")
    constraints = checked_constraints(request.get("placementConstraints"))
    strategy = checked_strategy(request.get("placementStrategy"))
    check_placed_by_us(launch_type, constraints, strategy)
    definition = runnable_task_definition(tx, call, request["taskDefinition"])
    check_total(definition.document.get("placementConstraints") or (), constraints)
    check_runnable(definition, launch_type)
    network = checked_network(
        tx, call.scope, definition.network_mode, request.get("networkConfiguration"), launch_type
    )
    managed_tags = bool(request.get("enableECSManagedTags"))
    return WantedTasks(
        cluster=cluster,
        definition=definition,
        overrides=checked_overrides(
            request.get("overrides"), definition.document["containerDefinitions"]
        ),
        group=_group(request, definition),
        started_by=_started_by(request),
        tags=_tags(cluster, definition, request, managed=managed_tags),
        managed_tags=managed_tags,
        network=network,
        wishes=wishes_of(definition, constraints, strategy),
    )


def wanted_launch_type(request: dict[str, Any]) -> str:
    """The request's launch type; a cluster without a default strategy runs EC2 tasks.

    Raises: InvalidParameterException; UnsupportedFeatureException for capacity providers.
    """
    launch_type = request.get("launchType")
    if launch_type:
        check_choice("launchType", launch_type, _LAUNCH_TYPES)
    if request.get("capacityProviderStrategy"):
        if launch_type:
            raise invalid_parameter(
                "Specify either Launch Type or Capacity Provider Strategy, but not both."
            )
        raise unsupported_feature("capacityProviderStrategy is not implemented yet.")
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
