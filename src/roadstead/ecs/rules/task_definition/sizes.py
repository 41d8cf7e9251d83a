"""Sizes: a task's cpu and memory, Fargate's table of them, and what is taken of an instance."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.sizes import cpu_units, memory_mib
from roadstead.ecs.rules.task_definition.choices import invalid_container

CPU_UNITS_MIN = 128
CPU_UNITS_MAX = 196_608
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size"""
CONTAINER_MEMORY_MIB_MIN = 6
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""
_MEMORY_MIB_MAX = 2**31 - 1
_SIZE_CHARACTERS_MAX = 32

FARGATE_SIZES: dict[int, frozenset[int]] = {
    256: frozenset((512, 1024, 2048)),
    512: frozenset(range(1024, 4096 + 1, 1024)),
    1024: frozenset(range(2048, 8192 + 1, 1024)),
    2048: frozenset(range(4096, 16384 + 1, 1024)),
    4096: frozenset(range(8192, 30720 + 1, 1024)),
    8192: frozenset(range(16384, 61440 + 1, 4096)),
    16384: frozenset(range(32768, 122880 + 1, 8192)),
    32768: frozenset((61440, 122880, 249856)),
}
"""cpu units → MiB that go with them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
"""
FARGATE_WINDOWS_CPU_UNITS = (1024, 2048, 4096)


def task_cpu_units(text: str) -> int:
    """A task's cpu as units, 1024 to the vCPU.

    Raises: ClientException for what is no number, or not within 128 and 196608.
    Shape: TaskDefinition.cpu
    """
    return _size("cpu", text, cpu_units, CPU_UNITS_MIN, CPU_UNITS_MAX)


def task_memory_mib(text: str) -> int:
    """A task's memory in MiB.

    Raises: ClientException for what is no positive number.
    Shape: TaskDefinition.memory
    """
    return _size("memory", text, memory_mib, 1, _MEMORY_MIB_MAX)


def check_container_sizes(
    containers: Sequence[Mapping[str, Any]], task_cpu: int | None, task_memory: int | None
) -> None:
    """Return if every container has memory from somewhere and all of them fit into the task.

    Raises: ClientException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in containers:
        _check_container_size(container, task_memory)
    if task_cpu is not None and sum(each["cpu"] for each in containers) > task_cpu:
        raise client_error(
            "The sum of all container 'cpu' values cannot be greater than the value of the task "
            "'cpu'."
        )
    if task_memory is not None:
        reserved = sum(each.get("memoryReservation", 0) for each in containers)
        if reserved > task_memory:
            raise client_error(
                "The sum of all container 'memoryReservation' values cannot be greater than the "
                "value of the task 'memory'."
            )


def reserve(
    containers: Sequence[Mapping[str, Any]], task_cpu: int | None, task_memory: int | None
) -> tuple[int, int]:
    """cpu units and MiB that a task takes of its instance.

    The task's own size where it has one; else the sum over its containers, memoryReservation before
    memory.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    cpu = sum(each["cpu"] for each in containers) if task_cpu is None else task_cpu
    if task_memory is not None:
        return cpu, task_memory
    return cpu, sum(each.get("memoryReservation") or each.get("memory") or 0 for each in containers)


def _check_container_size(container: Mapping[str, Any], task_memory: int | None) -> None:
    name = container["name"]
    memory, reservation = container.get("memory"), container.get("memoryReservation")
    if container["cpu"] < 0:
        raise invalid_container(name, "'cpu' must not be negative.")
    if memory is None and reservation is None:
        if task_memory is None:
            raise invalid_container(
                name, "At least one of 'memory' or 'memoryReservation' must be specified."
            )
        return
    for member, value in (("memory", memory), ("memoryReservation", reservation)):
        if value is not None and value < CONTAINER_MEMORY_MIB_MIN:
            raise invalid_container(
                name, f"'{member}' must be at least {CONTAINER_MEMORY_MIB_MIN} MiB, not {value}."
            )
    if memory is not None:
        if reservation is not None and memory < reservation:
            raise invalid_container(
                name, "'memory' must be greater than or equal to 'memoryReservation'."
            )
        if task_memory is not None and memory > task_memory:
            raise invalid_container(
                name, "'memory' cannot be greater than the value of the task 'memory'."
            )


def _size(member: str, text: str, read: Callable[[str], int], smallest: int, largest: int) -> int:
    try:
        value = read(text) if len(text) <= _SIZE_CHARACTERS_MAX else 0
    except ValueError:
        value = 0
    if not smallest <= value <= largest:
        raise client_error(
            f"Invalid '{member}' setting for task. For more information, see the Troubleshooting "
            "section of the Amazon ECS Developer Guide."
        )
    return value
