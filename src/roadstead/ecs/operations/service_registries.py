"""The service registries of a request, checked against Cloud Map's services and the tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.service_registries import check_entry, checked_entries
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES
from roadstead.state.plans import Call
from roadstead.state.view import View


def checked_registries(
    view: View,
    call: Call,
    given: Sequence[Mapping[str, Any]] | None,
    definition: TaskDefinition,
) -> tuple[dict[str, Any], ...]:
    """The registries as they are kept: they exist, and tasks of the definition suit them.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
    """
    entries = checked_entries(given)
    for entry in entries:
        arn = entry["registryArn"]
        registry = view.get(DISCOVERY_SERVICES, arn)
        if registry is None or registry.scope != call.scope:
            raise invalid_parameter(f"The service registry {arn} does not exist.")
        check_entry(entry, definition, {each.type for each in registry.dns_records})
    return entries


def check_kept_registries(
    view: View, entries: Sequence[Mapping[str, Any]], definition: TaskDefinition
) -> None:
    """Return if registries that a service has go with another definition.

    One that was deleted meanwhile is no reason to refuse an update.
    Raises: InvalidParameterException.
    """
    for entry in entries:
        registry = view.get(DISCOVERY_SERVICES, entry["registryArn"])
        if registry is not None:
            check_entry(entry, definition, {each.type for each in registry.dns_records})
