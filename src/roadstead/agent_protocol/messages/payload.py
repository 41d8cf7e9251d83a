"""The task inside a PayloadMessage: what an agent must know to run it.

Types are strict, unknown members are ignored. Everything has the default an absent member means.
"""

from typing import Literal

import msgspec

from roadstead.agent_protocol.messages.network_interface import ElasticNetworkInterface

DesiredStatus = Literal["RUNNING", "STOPPED"]
Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Spelled in lower camel case; members that have their default are left out."""


class PortMapping(_Wire, frozen=True, kw_only=True):
    container_port: int = 0
    host_port: int = 0
    protocol: Literal["tcp", "udp", ""] = "tcp"
    container_port_range: str = ""


class MountPoint(_Wire, frozen=True, kw_only=True):
    source_volume: str = ""
    container_path: str = ""
    read_only: bool = False


class VolumeFrom(_Wire, frozen=True, kw_only=True):
    source_container: str = ""
    read_only: bool = False


class DependsOn(_Wire, frozen=True, kw_only=True):
    container_name: str
    condition: Condition


class DockerConfig(_Wire, frozen=True, kw_only=True):
    """`config` and `host_config` are JSON in Docker's spelling, as strings."""

    config: str = ""
    host_config: str = ""
    version: str = ""


class RestartPolicy(_Wire, frozen=True, kw_only=True):
    enabled: bool = False
    ignored_exit_codes: tuple[int, ...] = ()
    restart_attempt_period: int = 300
    """Seconds a run must have lasted to be followed by another."""


class Secret(_Wire, frozen=True, kw_only=True):
    name: str = ""
    value_from: str = ""
    region: str = ""
    provider: str = ""
    type: str = ""
    target: str = ""
    container_path: str = ""


class EnvironmentFile(_Wire, frozen=True, kw_only=True):
    type: str = ""
    value: str = ""


class RegistryAuthentication(_Wire, frozen=True, kw_only=True):
    type: str = ""
    ecr_auth_data: dict[str, str | bool] | None = None
    asm_auth_data: dict[str, str] | None = None


class ManagedAgent(_Wire, frozen=True, kw_only=True):
    name: str = ""
    properties: dict[str, str] = {}


class FirelensConfiguration(_Wire, frozen=True, kw_only=True):
    type: str = ""
    options: dict[str, str] = {}


class PayloadContainer(_Wire, frozen=True, kw_only=True):
    """One container of a payload task.

    Units: cpu in shares, memory in MiB (0: no limit), timeouts in seconds (None: the agent's).
    """

    name: str = ""
    image: str = ""
    essential: bool = False
    cpu: int = 0
    memory: int = 0
    command: tuple[str, ...] = ()
    entry_point: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    environment_files: tuple[EnvironmentFile, ...] = ()
    secrets: tuple[Secret, ...] = ()
    port_mappings: tuple[PortMapping, ...] = ()
    links: tuple[str, ...] = ()
    mount_points: tuple[MountPoint, ...] = ()
    volumes_from: tuple[VolumeFrom, ...] = ()
    depends_on: tuple[DependsOn, ...] = ()
    overrides: str = ""
    docker_config: DockerConfig = DockerConfig()
    health_check_type: str = ""
    start_timeout: int | None = None
    stop_timeout: int | None = None
    restart_policy: RestartPolicy | None = None
    registry_authentication: RegistryAuthentication | None = None
    logs_auth_strategy: str = ""
    managed_agents: tuple[ManagedAgent, ...] = ()
    firelens_configuration: FirelensConfiguration | None = None
    container_arn: str = ""


class HostVolume(_Wire, frozen=True, kw_only=True):
    source_path: str = ""


class DockerVolumeConfiguration(_Wire, frozen=True, kw_only=True):
    scope: Literal["task", "shared", ""] = "task"
    driver: str = "local"
    autoprovision: bool = False
    driver_opts: dict[str, str] = {}
    labels: dict[str, str] = {}


class EfsVolumeConfiguration(_Wire, frozen=True, kw_only=True):
    file_system_id: str = ""
    root_directory: str = ""
    transit_encryption: str = ""
    transit_encryption_port: int = 0
    authorization_config: dict[str, str] = {}


class Volume(_Wire, frozen=True, kw_only=True):
    name: str = ""
    type: Literal["host", "docker", "efs", ""] = ""
    host: HostVolume | None = None
    docker_volume_configuration: DockerVolumeConfiguration | None = None
    efs_volume_configuration: EfsVolumeConfiguration | None = None


class RoleCredentials(_Wire, frozen=True, kw_only=True):
    credentials_id: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""
    expiration: str = ""
    role_arn: str = ""

    def __repr__(self) -> str:
        return f"RoleCredentials(credentials_id='…', role_arn={self.role_arn!r})"


class AttachmentProperty(_Wire, frozen=True, kw_only=True):
    name: str
    value: str


class Attachment(_Wire, frozen=True, kw_only=True):
    attachment_arn: str
    attachment_type: str
    attachment_properties: tuple[AttachmentProperty, ...] = ()


class Association(_Wire, frozen=True, kw_only=True):
    type: str = ""
    name: str = ""
    containers: tuple[str, ...] = ()
    content: dict[str, str] = {}


class PayloadTask(_Wire, frozen=True, kw_only=True):
    """One task of a PayloadMessage. `{"arn", "desiredStatus": "STOPPED"}` alone asks for its stop.

    Units: cpu in vCPU (0.5 is 512 units), memory in MiB.
    """

    arn: str
    desired_status: DesiredStatus
    family: str = ""
    version: str = ""
    containers: tuple[PayloadContainer, ...] = ()
    task_cluster_arn: str = ""
    network_mode: Literal["bridge", "host", "none", "awsvpc", ""] = ""
    cpu: float = 0.0
    memory: int = 0
    overrides: str = ""
    volumes: tuple[Volume, ...] = ()
    role_credentials: RoleCredentials | None = None
    execution_role_credentials: RoleCredentials | None = None
    elastic_network_interfaces: tuple[ElasticNetworkInterface, ...] = ()
    pid_mode: str = ""
    ipc_mode: str = ""
    associations: tuple[Association, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    launch_type: str = ""
    group: str = ""
    service_name: str = ""
    zone: str = ""
    task_definition_account_id: str = ""
    enable_fault_injection: bool = False
