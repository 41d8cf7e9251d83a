"""Overrides: what one task does otherwise than its definition says."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.rules.sizes import cpu_units, memory_mib

OVERRIDES_CHARACTERS_MAX = 8192
"""With JSON's own. Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""
CONTAINER_MEMORY_MIB_MIN = 6
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""
_TEXT_CHARACTERS_MAX = 32
_AMOUNT_MAX = 2**31 - 1


def checked_overrides(
    overrides: Mapping[str, Any] | None, containers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The overrides without what overrides nothing; none gives an empty dict.

    containers: the definition's containerDefinitions.
    Raises: InvalidParameterException for a container that the definition lacks, more than 8192
        characters, a size that cannot be; UnsupportedFeatureException for GPUs and what is
        Fargate's.
    Shape: TaskOverride
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
    """
    if not overrides:
        return {}
    if len(msgspec.json.encode(overrides).decode()) > OVERRIDES_CHARACTERS_MAX:
        raise invalid_parameter(
            f"The overrides have more than {OVERRIDES_CHARACTERS_MAX} characters, formatted as "
            "JSON."
        )
    for member in ("ephemeralStorage", "inferenceAcceleratorOverrides"):
        if overrides.get(member):
            raise unsupported_feature(f"overrides.{member} is not implemented yet.")
    checked: dict[str, Any] = {
        member: overrides[member]
        for member in ("cpu", "memory", "taskRoleArn", "executionRoleArn")
        if overrides.get(member)
    }
    _check_task_sizes(checked)
    given = _checked_containers(overrides.get("containerOverrides") or (), containers)
    if given:
        checked["containerOverrides"] = given
    return checked


def _check_task_sizes(overrides: Mapping[str, Any]) -> None:
    for member, read in (("cpu", cpu_units), ("memory", memory_mib)):
        text = overrides.get(member)
        if text is None:
            continue
        try:
            amount = read(text) if len(text) <= _TEXT_CHARACTERS_MAX else 0
        except ValueError as problem:
            raise invalid_parameter(f"overrides.{member} is not valid: {problem}.") from problem
        if not 1 <= amount <= _AMOUNT_MAX:
            raise invalid_parameter(f"overrides.{member} is out of range: {text[:64]!r}.")


def _checked_containers(
    given: Sequence[Mapping[str, Any]], containers: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    by_name = {each["name"]: each for each in containers}
    found: dict[str, dict[str, Any]] = {}
    for override in given:
        name = override.get("name") or ""
        if name not in by_name:
            raise invalid_parameter(
                f"Override for container named {name} is not a container in the TaskDefinition."
            )
        if name in found:
            raise invalid_parameter(f"Container {name} has two overrides; give one.")
        found[name] = _checked_container(by_name[name], override)
    return list(found.values())


def _checked_container(container: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    name = container["name"]
    for member in ("environmentFiles", "resourceRequirements"):
        if override.get(member):
            raise unsupported_feature(
                f"{member} in the override of container {name} is not implemented yet."
            )
    for member, smallest in (
        ("cpu", 0),
        ("memory", CONTAINER_MEMORY_MIB_MIN),
        ("memoryReservation", CONTAINER_MEMORY_MIB_MIN),
    ):
        amount = override.get(member)
        if amount is not None and not smallest <= amount <= _AMOUNT_MAX:
            raise _bad(name, f"{member} must be at least {smallest}, not {amount}")
    memory, reservation = (
        override.get(member) or container.get(member) for member in ("memory", "memoryReservation")
    )
    if memory and reservation and reservation > memory:
        raise _bad(
            name, f"memory, {memory}, must not be less than memoryReservation, {reservation}"
        )
    return {
        member: value
        for member, value in override.items()
        if value is not None and value not in ([], ())
    }


def _bad(name: str, problem: str) -> ApiError:
    return invalid_parameter(f"The override of container {name} is not valid: {problem}.")
