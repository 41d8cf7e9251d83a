"""cpu and memory as ECS lets people write them: `512`, `0.5 vCPU`, `1024`, `1 GB`."""

import re

_CPU = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(vcpu)?\s*", re.IGNORECASE)
_MEMORY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(gb)?\s*", re.IGNORECASE)


def cpu_units(text: str) -> int:
    """`512` or `0.5 vCPU` as units, 1024 to the vCPU.

    Raises: ValueError when it is neither
    Shape: TaskDefinition.cpu
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
    """
    return _size(_CPU, text, "cpu units such as 512, or vCPUs such as 0.5 vCPU")


def memory_mib(text: str) -> int:
    """`1024` or `1 GB` as MiB.

    Raises: ValueError when it is neither
    Shape: TaskDefinition.memory
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
    """
    return _size(_MEMORY, text, "MiB such as 1024, or GB such as 1 GB")


def _size(pattern: re.Pattern[str], text: str, expected: str) -> int:
    found = pattern.fullmatch(text)
    if found is None or ("." in found[1] and not found[2]):
        raise ValueError(f"{text!r}: expected {expected}")
    return int(float(found[1]) * 1024) if found[2] else int(found[1])
