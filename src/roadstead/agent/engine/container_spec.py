"""From a payload's container to the specification that a runtime gets.

Raises: SpecError wherever something cannot be read or honoured.
"""

from typing import Any, Literal, cast

import msgspec

from roadstead.agent.engine.docker_config import SpecError, read_config, read_host_config
from roadstead.agent.engine.health_check import health_check
from roadstead.agent.engine.network_identity import NetworkIdentity, network_identity
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent.runtime.port import AWSVPC, ContainerSpec, Mount, PortMapping, Ulimit
from roadstead.agent_protocol.messages.payload import PayloadContainer, PayloadTask

MIB = 1024 * 1024
CPU_SHARES_MIN = 2
MEMORY_MIB_MIN = 4
SHM_BYTES_DEFAULT = 64 * MIB
"""Source: the open-source ECS agent's and Docker's own least and default values."""
LOG_DRIVERS = ("", "json-file", "none")
NETWORK_MODES = ("bridge", "host", "none")


class Surroundings(msgspec.Struct, frozen=True):
    """What of the instance goes into every container."""

    cluster: str
    region: str
    dns_server: str = ""


def container_spec(
    task: TaskState, container: ContainerState, surroundings: Surroundings
) -> ContainerSpec:
    """Everything a runtime needs to make `container`."""
    definition = container.definition
    config = _Members(read_config(definition.docker_config), "DockerClientConfigError", "config")
    host = _Members(read_host_config(definition.docker_config), "HostConfigError", "hostConfig")
    if host.mapping("logconfig").get("Type", "") not in LOG_DRIVERS:
        raise SpecError(
            "CannotCreateContainerError",
            f"this agent has no log driver {host.mapping('logconfig')['Type']!r} yet; "
            "it has json-file and none",
        )
    health_check(definition)  # one that cannot be run fails its container
    network_mode = _network_mode(task.payload, config, host)
    own = NetworkIdentity(
        hostname=config.text("hostname"),
        dns_servers=host.texts("dns"),
        dns_search=host.texts("dnssearch"),
    )
    identity = network_identity(task.payload, own, dns_server=surroundings.dns_server)
    return ContainerSpec(
        container_id=container.container_id,
        task_arn=task.arn,
        container_name=definition.name,
        image=definition.image,
        command=_command(definition),
        entry_point=definition.entry_point,
        environment=_environment(definition, surroundings),
        user=config.text("user"),
        working_directory=config.text("workingdir"),
        hostname=identity.hostname,
        labels=_labels(task.payload, definition, config, surroundings),
        network_mode=network_mode,
        address=identity.address,
        port_mappings=_port_mappings(definition) if network_mode == "bridge" else (),
        links=_links(task, definition),
        extra_hosts=tuple(_extra_host(line) for line in host.texts("extrahosts")),
        dns_servers=identity.dns_servers,
        dns_search=identity.dns_search,
        cpu_shares=max(definition.cpu, CPU_SHARES_MIN),
        memory_bytes=_memory_mib(definition) * MIB,
        memory_reservation_bytes=host.number("memoryreservation"),
        memory_swap_bytes=host.number("memoryswap"),
        memory_swappiness=host.optional_number("memoryswappiness"),
        task_cpu_units=round(task.payload.cpu * 1024),
        task_memory_bytes=task.payload.memory * MIB,
        privileged=host.flag("privileged"),
        read_only_root=host.flag("readonlyrootfs"),
        capabilities_add=host.texts("capadd"),
        capabilities_drop=host.texts("capdrop"),
        no_new_privileges=_no_new_privileges(host.texts("securityopt")),
        ulimits=tuple(_ulimit(each) for each in host.mappings("ulimits")),
        sysctls=_texts_of(host.mapping("sysctls")),
        tmpfs=_texts_of(host.mapping("tmpfs")),
        shm_bytes=host.number("shmsize") or SHM_BYTES_DEFAULT,
        init=host.flag("init"),
        terminal=config.flag("tty"),
        stdin_open=config.flag("openstdin"),
        mounts=_mounts(task.payload, definition, frozenset()),
        pid_mode=task.payload.pid_mode or host.text("pidmode"),
        ipc_mode=task.payload.ipc_mode or host.text("ipcmode"),
    )


class _Members:
    """The members of a decoded JSON object, each asked for with the type it must have."""

    def __init__(self, members: dict[str, Any], error: str, what: str) -> None:
        self._members = members
        self._error = error
        self._what = what

    def text(self, name: str) -> str:
        return cast(str, self._typed(name, str, ""))

    def flag(self, name: str) -> bool:
        return cast(bool, self._typed(name, bool, False))

    def number(self, name: str) -> int:
        return self.optional_number(name) or 0

    def optional_number(self, name: str) -> int | None:
        return cast("int | None", self._typed(name, int, None))

    def texts(self, name: str) -> tuple[str, ...]:
        return cast("tuple[str, ...]", self._typed(name, tuple[str, ...], ()))

    def mapping(self, name: str) -> dict[str, Any]:
        return cast("dict[str, Any]", self._typed(name, dict[str, Any], {}))

    def mappings(self, name: str) -> tuple[dict[str, Any], ...]:
        return cast("tuple[dict[str, Any], ...]", self._typed(name, tuple[dict[str, Any], ...], ()))

    def _typed(self, name: str, kind: Any, absent: Any) -> Any:
        value = self._members.get(name)
        if value is None:
            return absent
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as problem:
            raise SpecError(self._error, f"{name!r} of {self._what}: {problem}") from problem


def _network_mode(
    task: PayloadTask, config: _Members, host: _Members
) -> Literal["bridge", "host", "none", "awsvpc"]:
    if task.network_mode == AWSVPC:
        return AWSVPC  # its containers share one network, whatever else is said of them
    if config.flag("networkdisabled"):
        return "none"
    mode = host.text("networkmode") or task.network_mode or "bridge"
    mode = "bridge" if mode == "default" else mode
    if mode not in NETWORK_MODES:
        raise SpecError(
            "CannotCreateContainerError",
            f"this agent has no network mode {mode!r}; it has {', '.join(NETWORK_MODES)}",
        )
    return cast(Literal["bridge", "host", "none"], mode)


def _command(definition: PayloadContainer) -> tuple[str, ...]:
    if definition.overrides in ("", "{}"):
        return definition.command
    try:
        overrides = msgspec.json.decode(definition.overrides, type=_Overrides)
    except msgspec.DecodeError as problem:
        raise SpecError(
            "CannotCreateContainerError", f"the overrides of the container: {problem}"
        ) from problem
    return definition.command if overrides.command is None else overrides.command


class _Overrides(msgspec.Struct):
    command: tuple[str, ...] | None = None


def _environment(definition: PayloadContainer, surroundings: Surroundings) -> dict[str, str]:
    """Endpoints for metadata and credentials are not named here before they are served."""
    region = surroundings.region
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} | definition.environment


def _labels(
    task: PayloadTask, definition: PayloadContainer, config: _Members, surroundings: Surroundings
) -> dict[str, str]:
    return _texts_of(config.mapping("labels")) | {
        "com.amazonaws.ecs.cluster": surroundings.cluster,
        "com.amazonaws.ecs.container-name": definition.name,
        "com.amazonaws.ecs.task-arn": task.arn,
        "com.amazonaws.ecs.task-definition-family": task.family,
        "com.amazonaws.ecs.task-definition-version": task.version,
    }


def _port_mappings(definition: PayloadContainer) -> tuple[PortMapping, ...]:
    return tuple(
        PortMapping(
            container_port=mapping.container_port,
            host_port=mapping.host_port,
            protocol=mapping.protocol or "tcp",
            container_port_range=mapping.container_port_range,
        )
        for mapping in definition.port_mappings
    )


def _links(task: TaskState, definition: PayloadContainer) -> tuple[tuple[str, str], ...]:
    links = []
    for link in definition.links:
        name, _, alias = link.partition(":")
        linked = task.container(name)
        assert linked is not None, "the task was checked when it came"
        links.append((linked.container_id, alias or name))
    return tuple(links)


def _extra_host(line: str) -> tuple[str, str]:
    name, colon, address = line.partition(":")
    if not colon or not name or not address:
        raise SpecError("HostConfigError", f"extra host {line!r} is not of the form name:address")
    return name, address


def _memory_mib(definition: PayloadContainer) -> int:
    return max(definition.memory, MEMORY_MIB_MIN) if definition.memory else 0


def _no_new_privileges(options: tuple[str, ...]) -> bool:
    wanted = False
    for option in options:
        match option.replace("=", ":"):
            case "no-new-privileges" | "no-new-privileges:true":
                wanted = True
            case "no-new-privileges:false":
                pass
            case _:
                raise SpecError(
                    "CannotCreateContainerError",
                    f"this agent cannot honour the security option {option!r}; "
                    "it knows no-new-privileges",
                )
    return wanted


def _ulimit(document: dict[str, Any]) -> Ulimit:
    members = {str(name).lower(): value for name, value in document.items()}
    try:
        return msgspec.convert(members, Ulimit)
    except msgspec.ValidationError as problem:
        raise SpecError("HostConfigError", f"a ulimit: {problem}") from problem


def _texts_of(mapping: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in mapping.items()}


def _mounts(
    task: PayloadTask, definition: PayloadContainer, seen: frozenset[str]
) -> tuple[Mount, ...]:
    """Its own mounts, then those of the containers it takes volumes from."""
    sources = {volume.name: volume.host for volume in task.volumes}
    mounts = []
    for point in definition.mount_points:
        host = sources[point.source_volume]
        if host is not None and host.source_path:
            mounts.append(Mount(host.source_path, point.container_path, point.read_only, "host"))
        else:
            mounts.append(
                Mount(point.source_volume, point.container_path, point.read_only, "volume")
            )
    by_name = {each.name: each for each in task.containers}
    for other in definition.volumes_from:
        if other.source_container in seen:
            continue
        inherited = _mounts(task, by_name[other.source_container], seen | {definition.name})
        mounts += [
            Mount(m.source, m.target, m.read_only or other.read_only, m.kind) for m in inherited
        ]
    return tuple(mounts)
