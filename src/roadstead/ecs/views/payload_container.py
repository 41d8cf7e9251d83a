"""A container of a task definition as its agent needs it: PayloadContainer.

What Docker's API can say goes into its config, as agents pass that on untouched
(views/docker_config.py); the rest has members of its own.
Source: agent:ecs-agent/acs/model/ecsacs/api.go
"""

import re
from collections.abc import Mapping
from typing import Any

from roadstead.agent_protocol.messages.payload import (
    DependsOn,
    EnvironmentFile,
    FirelensConfiguration,
    ManagedAgent,
    MountPoint,
    PayloadContainer,
    PortMapping,
    RegistryAuthentication,
    RestartPolicy,
    Secret,
    VolumeFrom,
)
from roadstead.ecs.rules.image_versions import pinned
from roadstead.ecs.views.docker_config import docker_config

_ECR = re.compile(r"([0-9]{12})\.dkr[.-]ecr\.([a-z0-9-]+)\.[a-z.]+/")
_SECRETS_MANAGER = re.compile(r"arn:[^:]+:secretsmanager:")
_EXEC_SESSIONS_MAX = "2"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"""


def payload_container(
    document: Mapping[str, Any],
    override: Mapping[str, Any],
    *,
    arn: str,
    network_mode: str,
    region: str,
    image_digest: str = "",
    has_execution_role: bool,
    with_exec: bool,
) -> PayloadContainer:
    """The container with its override applied.

    image_digest: what its tag stands for in the revision of its service, if that is known.
    Shape: ContainerDefinition, ContainerOverride
    """
    merged = {**document, **{key: value for key, value in override.items() if value is not None}}
    get = merged.get
    command = override.get("command") or document.get("command") or ()
    return PayloadContainer(
        name=document["name"],
        image=pinned(get("image") or "", image_digest),
        essential=get("essential", True) is not False,
        cpu=get("cpu") or 0,
        memory=get("memory") or 0,
        command=tuple(command),
        entry_point=tuple(get("entryPoint") or ()),
        environment=_environment(document, override),
        environment_files=tuple(
            EnvironmentFile(type=each.get("type", ""), value=each.get("value", ""))
            for each in get("environmentFiles") or ()
        ),
        secrets=_secrets(document, region),
        port_mappings=_port_mappings(document, network_mode),
        links=tuple(get("links") or ()),
        mount_points=_mount_points(document),
        volumes_from=tuple(
            VolumeFrom(
                source_container=each.get("sourceContainer") or "",
                read_only=bool(each.get("readOnly")),
            )
            for each in get("volumesFrom") or ()
        ),
        depends_on=tuple(
            DependsOn(container_name=each["containerName"], condition=each["condition"])
            for each in get("dependsOn") or ()
        ),
        overrides="{}",
        docker_config=docker_config(merged, network_mode),
        health_check_type="docker" if get("healthCheck") else "",
        start_timeout=get("startTimeout"),
        stop_timeout=get("stopTimeout"),
        restart_policy=_restart_policy(document),
        registry_authentication=_registry_authentication(merged, region, has_execution_role),
        logs_auth_strategy=_logs_auth_strategy(document, has_execution_role),
        managed_agents=_managed_agents() if with_exec else (),
        firelens_configuration=_firelens(document),
        container_arn=arn,
    )


def _environment(document: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, str]:
    return {
        each["name"]: each.get("value") or ""
        for source in (document, override)
        for each in source.get("environment") or ()
        if each.get("name")
    }


def _port_mappings(document: Mapping[str, Any], network_mode: str) -> tuple[PortMapping, ...]:
    """None for awsvpc: Docker refuses to publish ports of a namespace that is joined."""
    if network_mode in ("awsvpc", "none"):
        return ()
    found = []
    for each in document.get("portMappings") or ():
        port = each.get("containerPort") or 0
        found.append(
            PortMapping(
                container_port=port,
                host_port=port if network_mode == "host" else each.get("hostPort") or 0,
                protocol="udp" if each.get("protocol") == "udp" else "tcp",
                container_port_range=each.get("containerPortRange") or "",
            )
        )
    return tuple(found)


def _mount_points(document: Mapping[str, Any]) -> tuple[MountPoint, ...]:
    return tuple(
        MountPoint(
            source_volume=each.get("sourceVolume") or "",
            container_path=each.get("containerPath") or "",
            read_only=bool(each.get("readOnly")),
        )
        for each in document.get("mountPoints") or ()
    )


def _secrets(document: Mapping[str, Any], region: str) -> tuple[Secret, ...]:
    own = tuple(_secret(each, region, "CONTAINER") for each in document.get("secrets") or ())
    log = document.get("logConfiguration") or {}
    return own + tuple(
        _secret(each, region, "LOG_DRIVER") for each in log.get("secretOptions") or ()
    )


def _secret(document: Mapping[str, Any], region: str, target: str) -> Secret:
    value_from = document.get("valueFrom") or ""
    of_arn = value_from.split(":")[3] if value_from.count(":") > 4 else ""
    return Secret(
        name=document.get("name") or "",
        value_from=value_from,
        region=of_arn or region,
        provider="asm" if _SECRETS_MANAGER.match(value_from) else "ssm",
        type="ENVIRONMENT_VARIABLE",
        target=target,
    )


def _restart_policy(document: Mapping[str, Any]) -> RestartPolicy | None:
    policy = document.get("restartPolicy")
    if not policy or not policy.get("enabled"):
        return None
    return RestartPolicy(
        enabled=True,
        ignored_exit_codes=tuple(policy.get("ignoredExitCodes") or ()),
        restart_attempt_period=policy.get("restartAttemptPeriod") or 300,
    )


def _registry_authentication(
    document: Mapping[str, Any], region: str, has_execution_role: bool
) -> RegistryAuthentication | None:
    credentials = (document.get("repositoryCredentials") or {}).get("credentialsParameter")
    if credentials:
        return RegistryAuthentication(
            type="asm", asm_auth_data={"credentialsParameter": credentials, "region": region}
        )
    ecr = _ECR.match(document.get("image") or "")
    if ecr is None:
        return None
    return RegistryAuthentication(
        type="ecr",
        ecr_auth_data={
            "registryId": ecr[1],
            "region": ecr[2],
            "useExecutionRole": has_execution_role,
        },
    )


def _logs_auth_strategy(document: Mapping[str, Any], has_execution_role: bool) -> str:
    driver = (document.get("logConfiguration") or {}).get("logDriver")
    return "ExecutionRole" if driver == "awslogs" and has_execution_role else ""


def _managed_agents() -> tuple[ManagedAgent, ...]:
    return (
        ManagedAgent(name="ExecuteCommandAgent", properties={"sessionLimit": _EXEC_SESSIONS_MAX}),
    )


def _firelens(document: Mapping[str, Any]) -> FirelensConfiguration | None:
    firelens = document.get("firelensConfiguration")
    if not firelens:
        return None
    return FirelensConfiguration(
        type=firelens.get("type") or "", options=firelens.get("options") or {}
    )
