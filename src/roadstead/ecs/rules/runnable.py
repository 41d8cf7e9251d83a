"""What a definition asks for that no task can be given here yet, or not in this way."""

from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.records.task_definition import TaskDefinition

_NOT_YET_IN_CONTAINERS = {
    "secrets": "secrets",
    "environmentFiles": "environment files",
    "repositoryCredentials": "credentials of private registries",
    "resourceRequirements": "GPUs and other accelerators",
}


def check_runnable(definition: TaskDefinition, launch_type: str) -> None:
    """Return if tasks of this definition can be started with this launch type.

    Raises: InvalidParameterException for a launch type that the definition does not support;
        UnsupportedFeatureException for launch types that Roadstead does not implement yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if definition.compatibilities and launch_type not in definition.compatibilities:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")
    if launch_type not in ("EC2", "EXTERNAL"):
        raise unsupported_feature(
            f"Launch type {launch_type} is not implemented yet; EC2 and EXTERNAL are."
        )


def check_implemented(definition: TaskDefinition) -> None:
    """Return if Roadstead can run all that the definition asks for.

    Without it, an agent would wait for ever, silently, for secrets that never come.
    Raises: UnsupportedFeatureException; InvalidParameterException for a volume that is configured
        at launch, as no configuration of it is accepted.
    """
    document = definition.document
    for volume in document.get("volumes", ()):
        if volume.get("configuredAtLaunch"):
            raise invalid_parameter(
                f"Volume {volume.get('name')} is configured at launch: a volume configuration must "
                "be provided, which Roadstead does not implement yet. Use another kind of volume."
            )
    for container in document["containerDefinitions"]:
        for member, what in _NOT_YET_IN_CONTAINERS.items():
            if container.get(member):
                raise unsupported_feature(
                    f"Container {container['name']} needs {what} ({member}), which are not "
                    "implemented yet."
                )
        if (container.get("logConfiguration") or {}).get("secretOptions"):
            raise unsupported_feature(
                f"Container {container['name']} needs secrets (secretOptions), which are not "
                "implemented yet."
            )
