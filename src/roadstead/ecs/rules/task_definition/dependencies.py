"""Dependencies: dependsOn, links and volumesFrom, which say in what order containers start."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container

CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
"""Source: botocore:ecs#ContainerCondition"""
_MEMBERS = ("dependsOn", "links", "volumesFrom")


def check_dependencies(containers: Sequence[Mapping[str, Any]], network_mode: str) -> None:
    """Return if every container named exists, can fulfil what is asked, and there is no cycle.

    Raises: ClientException; InvalidParameterException for an unknown condition.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    if not any(container.get(member) for container in containers for member in _MEMBERS):
        return
    by_name = {container["name"]: container for container in containers}
    waits_for: dict[str, list[str]] = {}
    for name, container in by_name.items():
        for dependency in container.get("dependsOn", ()):
            _check_condition(name, dependency, by_name)
        if container.get("links") and network_mode != "bridge":
            raise client_error(f"Links are not supported when networkMode={network_mode}.")
        waits_for[name] = [
            *(each["containerName"] for each in container.get("dependsOn", ())),
            *(_linked(name, link, by_name) for link in container.get("links", ())),
            *(_source(name, each, by_name) for each in container["volumesFrom"]),
        ]
    _check_no_cycle(waits_for)


def _check_condition(
    name: str, dependency: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]
) -> None:
    condition, on = dependency["condition"], dependency["containerName"]
    check_choice("dependsOn.condition", condition, CONDITIONS)
    if on == name:
        raise invalid_container(name, "A container cannot depend on itself.")
    target = by_name.get(on)
    if target is None:
        raise invalid_container(name, f"It depends on container '{on}', which does not exist.")
    if condition in ("COMPLETE", "SUCCESS") and target["essential"]:
        raise client_error(
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential "
            "container"
        )
    if condition == "HEALTHY" and not target.get("healthCheck"):
        raise invalid_container(
            name, f"It waits for container '{on}' to be HEALTHY, which has no healthCheck."
        )


def _linked(name: str, link: str, by_name: Mapping[str, Mapping[str, Any]]) -> str:
    """The container that a link `name` or `name:alias` leads to."""
    linked, separator, alias = link.partition(":")
    if separator and not alias:
        raise invalid_container(name, f"Link '{link}' is not valid. Expected name or name:alias.")
    if linked == name or linked not in by_name:
        raise invalid_container(
            name, f"Link '{link}' does not lead to another container of the task definition."
        )
    return linked


def _source(
    name: str, volumes_from: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]
) -> str:
    """The container whose volumes another one mounts."""
    source: str = volumes_from.get("sourceContainer") or ""
    if source == name or source not in by_name:
        raise invalid_container(
            name,
            f"volumesFrom names container '{source}', which is not another container of the task "
            "definition.",
        )
    return source


def _check_no_cycle(waits_for: Mapping[str, Sequence[str]]) -> None:
    """Raises: ClientException when no order of starting satisfies everyone."""
    left = dict(waits_for)
    while left:
        free = [name for name, others in left.items() if not any(other in left for other in others)]
        if not free:
            raise client_error(
                "There is a dependency cycle among the containers "
                f"{', '.join(sorted(left))} (dependsOn, links, volumesFrom)."
            )
        for name in free:
            del left[name]
