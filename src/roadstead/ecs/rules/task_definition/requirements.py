"""Requirements: the attributes that a container instance must have to run a definition.

An agent registers what it can do as attributes; placement compares them with these.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
and agent:agent/app/agent_capability.go
"""

from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.ecs.rules.task_definition.names import is_ecr_image

_DOCKER_API = "com.amazonaws.ecs.capability.docker-remote-api."
_LOG_DRIVER = "com.amazonaws.ecs.capability.logging-driver."
_OLD = "com.amazonaws.ecs.capability."
_CAPABILITY = "ecs.capability."


def requires_attributes(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names, each once, in the order of the containers.

    document: with its defaults filled in.
    Shape: TaskDefinition.requiresAttributes
    """
    has_execution_role = bool(document.get("executionRoleArn"))
    found = dict.fromkeys(_of_task(document))
    for container in document["containerDefinitions"]:
        found.update(dict.fromkeys(_of_container(container, has_execution_role)))
    for volume in document["volumes"]:
        found.update(dict.fromkeys(_of_volume(volume)))
    return tuple(found)


def task_role_attribute(network_mode: str | None) -> str:
    """What an agent must be able to do to give a task the credentials of its role."""
    return _OLD + ("task-iam-role-network-host" if network_mode == "host" else "task-iam-role")


def _of_task(document: Mapping[str, Any]) -> Iterator[str]:
    network_mode = document.get("networkMode")
    if document.get("taskRoleArn"):
        yield _DOCKER_API + "1.17"
        yield task_role_attribute(network_mode)
    if network_mode == "awsvpc":
        yield _DOCKER_API + "1.18"
        yield _CAPABILITY + "task-eni"
    if document.get("pidMode") or document.get("ipcMode"):
        yield _CAPABILITY + "pid-ipc-namespace-sharing"
    if document.get("cpu") or document.get("memory"):
        yield _CAPABILITY + "task-cpu-mem-limit"
    if document.get("proxyConfiguration"):
        yield _CAPABILITY + "aws-appmesh"
    if document.get("enableFaultInjection"):
        yield _CAPABILITY + "fault-injection"


def _of_container(container: Mapping[str, Any], has_execution_role: bool) -> Iterator[str]:
    if is_ecr_image(container["image"]):
        yield _DOCKER_API + "1.18"
        yield _OLD + "ecr-auth"
        if has_execution_role:
            yield _CAPABILITY + "execution-role-ecr-pull"
    if container.get("privileged"):
        yield _OLD + "privileged-container"
    if container.get("memoryReservation"):
        yield _DOCKER_API + "1.21"
    if container.get("ulimits"):
        yield _DOCKER_API + "1.19"
    if container["systemControls"] or container.get("linuxParameters", {}).get(
        "initProcessEnabled"
    ):
        yield _DOCKER_API + "1.24"
    if container.get("stopTimeout") is not None:
        yield _DOCKER_API + "1.25"
    if container.get("healthCheck"):
        yield _CAPABILITY + "container-health-check"
    if container.get("dependsOn"):
        yield _CAPABILITY + "container-ordering"
    if container.get("restartPolicy"):
        yield _CAPABILITY + "container-restart-policy"
    if container.get("environmentFiles"):
        yield _CAPABILITY + "env-files.s3"
    if container.get("repositoryCredentials"):
        yield _CAPABILITY + "private-registry-authentication.secretsmanager"
    if any("containerPortRange" in mapping for mapping in container["portMappings"]):
        yield _CAPABILITY + "network.container-port-range"
    yield from _of_logs(container, has_execution_role)
    for secret in container.get("secrets", ()):
        yield f"{_CAPABILITY}secrets.{_secret_store(secret)}.environment-variables"
    yield from _of_security(container)


def _of_logs(container: Mapping[str, Any], has_execution_role: bool) -> Iterator[str]:
    configuration = container.get("logConfiguration")
    if configuration:
        driver = configuration["logDriver"]
        yield _DOCKER_API + "1.18"
        yield _LOG_DRIVER + driver
        if driver == "awslogs":
            yield _DOCKER_API + "1.19"
            if has_execution_role:
                yield _CAPABILITY + "execution-role-awslogs"
        for secret in configuration.get("secretOptions", ()):
            yield f"{_CAPABILITY}secrets.{_secret_store(secret)}.bootstrap.log-driver"
    firelens = container.get("firelensConfiguration")
    if firelens:
        yield f"{_CAPABILITY}firelens.{firelens['type']}"
        file_type = firelens.get("options", {}).get("config-file-type")
        if file_type:
            yield f"{_CAPABILITY}firelens.options.config.{file_type}"


def _of_security(container: Mapping[str, Any]) -> Iterator[str]:
    for option in container.get("dockerSecurityOptions", ()):
        kind = option.partition(":")[0]
        if kind == "label":
            yield _OLD + "selinux"
        elif kind == "apparmor":
            yield _OLD + "apparmor"
        elif kind == "credentialspec":
            yield _CAPABILITY + "gmsa"
    for spec in container.get("credentialSpecs", ()):
        yield _CAPABILITY + (
            "gmsa-domainless" if spec.startswith("credentialspecdomainless:") else "gmsa"
        )


def _of_volume(volume: Mapping[str, Any]) -> Iterator[str]:
    docker = volume.get("dockerVolumeConfiguration")
    if docker:
        yield _DOCKER_API + "1.21"
        yield f"{_CAPABILITY}docker-plugin.{docker.get('driver') or 'local'}"
    efs = volume.get("efsVolumeConfiguration")
    if efs:
        yield _CAPABILITY + "efs"
        if efs.get("authorizationConfig") or efs.get("transitEncryption") == "ENABLED":
            yield _CAPABILITY + "efsAuth"
    if volume.get("s3filesVolumeConfiguration"):
        yield _CAPABILITY + "storage.s3-files"
    if volume.get("fsxWindowsFileServerVolumeConfiguration"):
        yield _CAPABILITY + "fsxWindowsFileServer"
    if volume.get("configuredAtLaunch"):
        yield _CAPABILITY + "storage.ebs-task-volume-attach"


def _secret_store(secret: Mapping[str, Any]) -> str:
    """`asm` for Secrets Manager, `ssm` for Parameter Store."""
    return "asm" if ":secretsmanager:" in secret["valueFrom"] else "ssm"
