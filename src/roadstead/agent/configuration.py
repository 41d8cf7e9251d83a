"""What an agent is told at its start: the variables of the open-source ECS agent, and our own.

`ROADSTEAD_…` names what a real agent would learn from EC2's instance metadata, and what only our
runtime needs. Secrets stay in a credentials file (see `credentials.py`) where possible.
"""

import os
import platform
import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import Literal, cast

import msgspec

from roadstead.agent.engine.turn import EngineSettings
from roadstead.settings import SettingError

DEFAULT_CLUSTER = "default"
DEFAULT_CGROUP = "/roadstead-agent"
RESERVED_PORTS = (22, 2375, 2376, 51678, 51679)
"""Source: the ECS agent's default ECS_RESERVED_PORTS."""
PULL_BEHAVIOURS = ("default", "always", "once", "prefer-cached")
CPU_UNITS_PER_VCPU = 1024
MIB = 1024 * 1024
CLEANUP_SECONDS_MIN = 1.0

PullBehaviour = Literal["default", "always", "once", "prefer-cached"]


class AgentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides how an agent behaves."""

    backend: str
    """Base URL of the ECS API, with its scheme."""
    region: str
    cluster: str = DEFAULT_CLUSTER
    is_cluster_named: bool = True
    """False: no cluster was named, so `default` is made when it is missing."""
    data_dir: Path
    attributes: dict[str, str] = {}
    tags: dict[str, str] = {}
    reserved_memory_mib: int = 0
    reserved_ports: tuple[int, ...] = RESERVED_PORTS
    reserved_ports_udp: tuple[int, ...] = ()
    stop_timeout_seconds: float = 30.0
    cleanup_seconds: float = 3 * 3600.0
    pull_behaviour: PullBehaviour = "default"
    log_level: str = "info"
    account_id: str = ""
    instance_id: str = ""
    instance_type: str = ""
    availability_zone: str = ""
    private_address: str = ""
    image_id: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    mac_address: str = ""
    """Of the instance's primary interface."""
    has_task_networks: bool = False
    """It takes tasks of network mode awsvpc."""
    is_metadata_blocked: bool = False
    """It says that such tasks cannot reach 169.254.169.254; they never can."""
    dns_server: str = ""
    """Who answers containers' questions for names, where their definition says nothing."""
    cpu_units: int
    memory_mib: int
    images_dir: Path
    cgroup_parent: str = DEFAULT_CGROUP
    runtime: str = "oci"
    version: str = "0"
    """Of the agent, as it tells the control plane."""


def settings_from(environ: Mapping[str, str], version: str) -> AgentSettings:
    """Read the environment. Raises: SettingError"""
    read = _Reader(environ)
    data_dir = Path(read.needed("ECS_DATADIR", "the folder for the agent's state"))
    reserved_memory_mib = read.number("ECS_RESERVED_MEMORY", 0)
    memory_mib = read.number("ROADSTEAD_MEMORY_MIB", _machine_memory_mib())
    if reserved_memory_mib >= memory_mib:
        raise SettingError(
            f"ECS_RESERVED_MEMORY is {reserved_memory_mib} MiB of {memory_mib} MiB.",
            "Reserve less than the instance has.",
        )
    return AgentSettings(
        backend=_backend(read.needed("ECS_BACKEND_HOST", "the control plane's URL")),
        region=read.needed("AWS_DEFAULT_REGION", "a region such as us-east-1"),
        cluster=read.text("ECS_CLUSTER") or DEFAULT_CLUSTER,
        is_cluster_named=bool(read.text("ECS_CLUSTER")),
        data_dir=data_dir,
        attributes=read.mapping("ECS_INSTANCE_ATTRIBUTES"),
        tags=read.mapping("ECS_CONTAINER_INSTANCE_TAGS"),
        reserved_memory_mib=reserved_memory_mib,
        reserved_ports=read.ports("ECS_RESERVED_PORTS", RESERVED_PORTS),
        reserved_ports_udp=read.ports("ECS_RESERVED_PORTS_UDP", ()),
        stop_timeout_seconds=read.duration("ECS_CONTAINER_STOP_TIMEOUT", 30.0),
        cleanup_seconds=max(
            read.duration("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION", 3 * 3600.0), CLEANUP_SECONDS_MIN
        ),
        pull_behaviour=cast(PullBehaviour, read.choice("ECS_IMAGE_PULL_BEHAVIOR", PULL_BEHAVIOURS)),
        log_level=read.choice("ECS_LOGLEVEL", ("info", "debug", "warn", "error", "crit")),
        account_id=read.text("ROADSTEAD_ACCOUNT_ID"),
        instance_id=read.text("ROADSTEAD_INSTANCE_ID"),
        instance_type=read.text("ROADSTEAD_INSTANCE_TYPE"),
        availability_zone=read.text("ROADSTEAD_AVAILABILITY_ZONE"),
        private_address=read.text("ROADSTEAD_PRIVATE_ADDRESS"),
        image_id=read.text("ROADSTEAD_IMAGE_ID"),
        vpc_id=read.text("ROADSTEAD_VPC_ID"),
        subnet_id=read.text("ROADSTEAD_SUBNET_ID"),
        mac_address=read.text("ROADSTEAD_PRIMARY_MAC").lower(),
        has_task_networks=read.flag("ECS_ENABLE_TASK_ENI"),
        is_metadata_blocked=read.flag("ECS_AWSVPC_BLOCK_IMDS"),
        dns_server=read.address("ROADSTEAD_DNS_SERVER"),
        cpu_units=read.number("ROADSTEAD_CPU_UNITS", (os.cpu_count() or 1) * CPU_UNITS_PER_VCPU),
        memory_mib=memory_mib,
        images_dir=Path(read.text("ROADSTEAD_IMAGES_DIR") or data_dir / "images"),
        cgroup_parent=read.cgroup("ROADSTEAD_CGROUP_PARENT"),
        runtime=read.text("ROADSTEAD_RUNTIME") or "oci",
        version=version,
    )


def engine_settings(settings: AgentSettings) -> EngineSettings:
    """What the engine is told of its instance."""
    return EngineSettings(
        cluster=settings.cluster,
        region=settings.region,
        mac_address=settings.mac_address,
        dns_server=settings.dns_server,
        cpu_units=settings.cpu_units,
        memory_mib=settings.memory_mib - settings.reserved_memory_mib,
        ports_taken=frozenset(
            (
                *((port, "tcp") for port in settings.reserved_ports),
                *((port, "udp") for port in settings.reserved_ports_udp),
            )
        ),
        stop_timeout_seconds=settings.stop_timeout_seconds,
        cleanup_seconds=settings.cleanup_seconds,
    )


def is_own_group(cgroup: str) -> bool:
    """Whether a control group may be an instance's own: below the root, and not out of it.

    All of an instance's processes are ended by group; the root group is the whole machine.
    """
    parts = cgroup.strip("/").split("/")
    return all(part.strip() and part not in (".", "..") for part in parts)


def identity_document(settings: AgentSettings) -> str:
    """What EC2's metadata would say of this instance, as JSON text; empty outside of one."""
    if not settings.instance_id:
        return ""
    return msgspec.json.encode(
        {
            "instanceId": settings.instance_id,
            "region": settings.region,
            "accountId": settings.account_id,
            "instanceType": settings.instance_type,
            "availabilityZone": settings.availability_zone,
            "privateIp": settings.private_address,
            "imageId": settings.image_id,
            "architecture": platform.machine(),
        }
    ).decode()


class _Reader:
    """The environment, each variable asked for with the type it must have."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def needed(self, name: str, what: str) -> str:
        value = self.text(name)
        if not value:
            raise SettingError(f"{name} is not set.", f"Set it to {what}.")
        return value

    def number(self, name: str, absent: int) -> int:
        value = self.text(name)
        if not value:
            return absent
        if not value.isascii() or not value.isdigit():
            raise SettingError(f"{name} is {value!r}.", "Set it to a whole number.")
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name) or allowed[0]
        if value not in allowed:
            raise SettingError(f"{name} is {value!r}.", f"Set it to one of {', '.join(allowed)}.")
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name).lower() or "false"
        if value not in ("true", "false"):
            raise SettingError(f"{name} is {value!r}.", "Set it to true or false.")
        return value == "true"

    def address(self, name: str) -> str:
        value = self.text(name)
        try:
            return str(IPv4Address(value)) if value else ""
        except AddressValueError as error:
            raise SettingError(
                f"{name} is {value!r}.", "Set it to an IPv4 address such as 10.0.0.2."
            ) from error

    def cgroup(self, name: str) -> str:
        value = self.text(name) or DEFAULT_CGROUP
        if not is_own_group(value):
            raise SettingError(
                f"{name} is {value!r}.", "Set it to a group below the root, such as /roadstead/i-1."
            )
        return value

    def mapping(self, name: str) -> dict[str, str]:
        value = self.text(name)
        try:
            return msgspec.json.decode(value, type=dict[str, str]) if value else {}
        except msgspec.DecodeError as error:
            raise SettingError(
                f"{name} cannot be read: {error}.", 'Set it to JSON such as {"name": "value"}.'
            ) from error

    def ports(self, name: str, absent: tuple[int, ...]) -> tuple[int, ...]:
        value = self.text(name)
        try:
            return msgspec.json.decode(value, type=tuple[int, ...]) if value else absent
        except msgspec.DecodeError as error:
            raise SettingError(
                f"{name} cannot be read: {error}.", "Set it to a JSON list such as [22, 80]."
            ) from error

    def duration(self, name: str, absent_seconds: float) -> float:
        """Go's spelling: 30s, 1m30s, 3h, 500ms; or plain seconds."""
        value = self.text(name)
        if not value:
            return absent_seconds
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value)
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", value)
        if not parts or "".join(number + unit for number, unit in parts) != value:
            raise SettingError(f"{name} is {value!r}.", "Set it to a duration such as 30s or 3h.")
        seconds = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
        return sum(float(number) * seconds[unit] for number, unit in parts)


def _backend(value: str) -> str:
    """Source: the ECS agent takes a host without scheme for https."""
    url = value if "://" in value else f"https://{value}"
    if not url.startswith(("http://", "https://")):
        raise SettingError(
            f"ECS_BACKEND_HOST is {value!r}.", "Set it to an http:// or https:// URL."
        )
    return url.rstrip("/")


def _machine_memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
