"""Why a task definition cannot run on Fargate."""

from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.ecs.rules.task_definition.names import is_ecr_image
from roadstead.ecs.rules.task_definition.sizes import FARGATE_SIZES, FARGATE_WINDOWS_CPU_UNITS

STOP_TIMEOUT_SECONDS_MAX = 120
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""

_LOG_DRIVERS = frozenset({"awslogs", "splunk", "awsfirelens"})
_NOT_SUPPORTED = (
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "hostname",
    "links",
    "privileged",
)
_LINUX_NOT_SUPPORTED = ("devices", "sharedMemorySize", "maxSwap", "swappiness")
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"""


def fargate_problem(
    document: Mapping[str, Any], task_cpu: int | None, task_memory: int | None
) -> str | None:
    """The first rule of Fargate that the definition breaks, in ECS's words; None: it can run there.

    document: with its defaults filled in.
    """
    return next(_problems(document, task_cpu, task_memory), None)


def _problems(
    document: Mapping[str, Any], task_cpu: int | None, task_memory: int | None
) -> Iterator[str]:
    if document.get("networkMode") != "awsvpc":
        yield "Fargate only supports network mode ‘awsvpc’."
    yield from _size_problems(document, task_cpu, task_memory)
    if document.get("pidMode") == "host":
        yield (
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported "
            "value for pidMode is 'task'."
        )
    for member in ("ipcMode", "placementConstraints", "inferenceAccelerators"):
        if document.get(member):
            yield _not_supported(member)
    for volume in document["volumes"]:
        yield from _volume_problems(volume)
    has_role = bool(document.get("executionRoleArn"))
    for container in document["containerDefinitions"]:
        yield from _container_problems(container)
        if not has_role:
            yield from _role_problems(container)


def _size_problems(
    document: Mapping[str, Any], task_cpu: int | None, task_memory: int | None
) -> Iterator[str]:
    for member, value in (("cpu", task_cpu), ("memory", task_memory)):
        if value is None:
            yield f"Fargate requires that '{member}' be defined at the task level."
    if task_cpu is None or task_memory is None:
        return
    family = document.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    if task_memory not in FARGATE_SIZES.get(task_cpu, ()) or (
        family.startswith("WINDOWS") and task_cpu not in FARGATE_WINDOWS_CPU_UNITS
    ):
        yield "No Fargate configuration exists for given values."
    if sum(each.get("memory", 0) for each in document["containerDefinitions"]) > task_memory:
        yield (
            "The sum of all container 'memory' values cannot be greater than the value of the task "
            "'memory'."
        )


def _volume_problems(volume: Mapping[str, Any]) -> Iterator[str]:
    if volume.get("host", {}).get("sourcePath"):
        yield _not_supported("host.sourcePath of volumes")
    for member in ("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration"):
        if volume.get(member):
            yield _not_supported(member)


def _container_problems(container: Mapping[str, Any]) -> Iterator[str]:
    for member in _NOT_SUPPORTED:
        if container.get(member):
            yield _not_supported(member)
    linux = container.get("linuxParameters", {})
    for member in _LINUX_NOT_SUPPORTED:
        if linux.get(member) is not None:
            yield _not_supported(f"linuxParameters.{member}")
    for capability in linux.get("capabilities", {}).get("add", ()):
        if capability != "SYS_PTRACE":
            yield _not_supported(f"adding the capability {capability}, only SYS_PTRACE")
    for requirement in container.get("resourceRequirements", ()):
        yield _not_supported(f"resourceRequirements of type {requirement['type']}")
    for ulimit in container.get("ulimits", ()):
        if ulimit["name"] != "nofile":
            yield _not_supported(f"the ulimit {ulimit['name']}, only nofile")
    driver = container.get("logConfiguration", {}).get("logDriver")
    if driver is not None and driver not in _LOG_DRIVERS:
        yield _not_supported(f"the log driver {driver}")
    for member in ("startTimeout", "stopTimeout"):
        if container.get(member, 0) > STOP_TIMEOUT_SECONDS_MAX:
            yield f"On Fargate, {member} must be at most {STOP_TIMEOUT_SECONDS_MAX} seconds."


def _role_problems(container: Mapping[str, Any]) -> Iterator[str]:
    """What the container needs the execution role for."""
    requires = "Fargate requires task definition to have execution role ARN to support"
    if is_ecr_image(container["image"]):
        yield f"{requires} ECR images."
    if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
        yield f"{requires} log driver awslogs."


def _not_supported(what: str) -> str:
    return f"Tasks using the Fargate launch type do not support {what}."
