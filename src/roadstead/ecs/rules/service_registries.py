"""What a request may say of service discovery, and what tasks must have to be found by it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.load_balancers.places import mapping_of

REGISTRIES_MAX = 1
TASKS_MAX = 1000
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html#service-discovery-considerations"""
PORT_MAX = 65535


def checked_entries(given: Sequence[Mapping[str, Any]] | None) -> tuple[dict[str, Any], ...]:
    """The registries of a request as they are kept.

    Raises: InvalidParameterException.
    """
    if len(given or ()) > REGISTRIES_MAX:
        raise invalid_parameter(
            f"service registries can have at most {REGISTRIES_MAX} items, not {len(given or ())}."
        )
    entries = tuple(
        {name: value for name, value in each.items() if value not in (None, "")}
        for each in given or ()
    )
    for entry in entries:
        if not entry.get("registryArn"):
            raise invalid_parameter("A service registry needs a registryArn.")
        for member in ("port", "containerPort"):
            if member in entry and not 1 <= entry[member] <= PORT_MAX:
                raise invalid_parameter(
                    f"{member} must be between 1 and {PORT_MAX}, not {entry[member]}."
                )
    return entries


def check_count(entries: Sequence[Mapping[str, Any]], desired_count: int) -> None:
    """Return if a service with these registries may have so many tasks.

    Raises: InvalidParameterException.
    """
    if entries and desired_count > TASKS_MAX:
        raise invalid_parameter(
            f"A service with service discovery can have at most {TASKS_MAX} tasks, not "
            f"{desired_count}."
        )


def check_entry(
    entry: Mapping[str, Any], definition: TaskDefinition, record_types: Collection[str]
) -> None:
    """Return if tasks of the definition can be found by a registry with DNS records of these types.

    Raises: InvalidParameterException.
    """
    mode, arn = definition.network_mode, entry["registryArn"]
    name, port = entry.get("containerName"), entry.get("containerPort")
    if mode == "none":
        raise invalid_parameter(
            f"Service discovery is not possible with the networkMode none: use awsvpc, bridge or "
            f"host. Registry: {arn}"
        )
    if bool(name) != bool(port):
        raise invalid_parameter(
            f"'containerName' and 'containerPort' must be specified together. Registry: {arn}"
        )
    if name and entry.get("port"):
        raise invalid_parameter(
            f"Specify either 'port', or 'containerName' and 'containerPort', but not both. "
            f"Registry: {arn}"
        )
    if mode == "awsvpc":
        if "SRV" in record_types and not name and not entry.get("port"):
            raise invalid_parameter(
                "With a DNS record of the type SRV, either 'port', or 'containerName' and "
                f"'containerPort' must be specified. Registry: {arn}"
            )
    else:
        _check_on_host(entry, record_types)
    if name and port:
        _check_container(definition, name, port)


def _check_on_host(entry: Mapping[str, Any], record_types: Collection[str]) -> None:
    arn = entry["registryArn"]
    if not entry.get("containerName"):
        raise invalid_parameter(
            "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and "
            f"'containerPort' must be specified from the task definition. Registry: {arn}"
        )
    if "A" in record_types:
        raise invalid_parameter(
            "When specifying 'host' or 'bridge' for networkMode, the registry must have a DNS "
            f"record of the type SRV and no other; this one has {', '.join(sorted(record_types))}. "
            f"Registry: {arn}"
        )


def _check_container(definition: TaskDefinition, name: str, port: int) -> None:
    names = {each["name"] for each in definition.document["containerDefinitions"]}
    if name not in names:
        raise invalid_parameter(f"The container {name} does not exist in the task definition.")
    if mapping_of(definition, name, port) is None:
        raise invalid_parameter(
            f"The container {name} did not have a container port {port} defined."
        )
