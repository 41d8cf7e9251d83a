"""What the tasks of a service or task set are made of: definition, launch type and network."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.service_parameters.later import not_yet


def check_definition(
    definition: TaskDefinition, launch_type: str, request: Mapping[str, Any]
) -> None:
    """Return if tasks of the definition can be started so.

    Raises: InvalidParameterException when the definition does not support the launch type, and as
        `check_network`; UnsupportedFeatureException as `check_network`.
    """
    if definition.compatibilities and launch_type not in definition.compatibilities:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")
    check_network(definition.network_mode, request.get("networkConfiguration"))


def placement_constraints_of(definition: TaskDefinition) -> Sequence[Mapping[str, Any]]:
    """The constraints that the definition brings to every task made of it."""
    return definition.document.get("placementConstraints") or ()


def check_network(network_mode: str, configuration: Mapping[str, Any] | None) -> None:
    """Return if a network configuration is given where the definition's mode needs one.

    Raises: InvalidParameterException when it is missing or out of place;
        UnsupportedFeatureException for awsvpc.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if network_mode != "awsvpc":
        if configuration:
            raise invalid_parameter(
                "Network Configuration is not valid for the given networkMode of this task "
                "definition."
            )
        return
    if not configuration:
        raise invalid_parameter(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    raise not_yet("The network mode awsvpc")
