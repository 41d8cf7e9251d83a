"""What the tasks of a service or task set are made of: definition and launch type.

Their network is checked by `rules.network`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition


def check_definition(definition: TaskDefinition, launch_type: str) -> None:
    """Return if tasks of the definition can be started so.

    Raises: InvalidParameterException when the definition does not support the launch type.
    """
    if definition.compatibilities and launch_type not in definition.compatibilities:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")


def placement_constraints_of(definition: TaskDefinition) -> Sequence[Mapping[str, Any]]:
    """The constraints that the definition brings to every task made of it."""
    return definition.document.get("placementConstraints") or ()
