"""Compatibilities: the kinds of machines on which a definition can run."""

from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.rules.task_definition.fargate import fargate_problem
from roadstead.ecs.rules.task_definition.windows import is_windows

COMPATIBILITIES = ("EXTERNAL", "EC2", "FARGATE", "MANAGED_INSTANCES")
"""Source: botocore:ecs#Compatibility"""

_MANAGED_LOG_DRIVERS = frozenset({"awslogs", "splunk", "awsfirelens", "json-file"})
_NOT_EXTERNAL = (
    "efsVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "configuredAtLaunch",
)


def compatibilities(
    document: Mapping[str, Any], task_cpu: int | None, task_memory: int | None
) -> tuple[str, ...]:
    """Where the definition can run; all that requiresCompatibilities asks for is among them.

    Raises: ClientException with the rule that keeps it from a required one;
        InvalidParameterException for an unknown one.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
    """
    problems = {
        "EXTERNAL": next(_external_problems(document), None),
        "EC2": next(_ec2_problems(document), None),
        "FARGATE": fargate_problem(document, task_cpu, task_memory),
        "MANAGED_INSTANCES": next(_managed_problems(document), None),
    }
    for required in document.get("requiresCompatibilities", ()):
        check_choice("requiresCompatibilities", required, COMPATIBILITIES)
        problem = problems[required]
        if problem is not None:
            raise client_error(problem)
    return tuple(name for name in COMPATIBILITIES if problems[name] is None)


def _ec2_problems(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("trustedExecutionConfiguration"):
        yield "trustedExecutionConfiguration is only supported on MANAGED_INSTANCES."


def _external_problems(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _ec2_problems(document)
    if document.get("networkMode") == "awsvpc":
        yield "External instances do not support networkMode=awsvpc."
    if document.get("proxyConfiguration"):
        yield "External instances do not support proxyConfiguration."
    for volume in document["volumes"]:
        for member in _NOT_EXTERNAL:
            if volume.get(member):
                yield f"External instances do not support {member}."


def _managed_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html"""
    where = "Amazon ECS Managed Instances"
    if is_windows(document):
        yield f"{where} only support Linux."
    if document.get("networkMode") not in ("awsvpc", "host"):
        yield f"{where} only support the network modes awsvpc and host."
    for volume in document["volumes"]:
        if volume.get("dockerVolumeConfiguration", {}).get("driver", "local") != "local":
            yield f"{where} only support the docker volume driver local."
    for container in document["containerDefinitions"]:
        driver = container.get("logConfiguration", {}).get("logDriver")
        if driver is not None and driver not in _MANAGED_LOG_DRIVERS:
            yield f"{where} do not support the log driver {driver}."
