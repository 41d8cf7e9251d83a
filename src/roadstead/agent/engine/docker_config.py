"""The two JSON strings in which a payload carries what Docker calls Config and HostConfig.

Member names match without regard to case. A member that we cannot honour is an error, never passed
over: a container must not run with less protection than was asked for.
"""

from typing import Any

import msgspec

from roadstead.agent_protocol.messages.payload import DockerConfig

CONFIG_MEMBERS = frozenset(
    (
        *("user", "workingdir", "hostname", "labels", "openstdin", "tty", "networkdisabled"),
        *("healthcheck", "attachstdin", "attachstdout", "attachstderr", "stdinonce"),
    )
)
HOST_CONFIG_MEMBERS = frozenset(
    (
        *("networkmode", "capadd", "capdrop", "privileged", "readonlyrootfs", "ulimits"),
        *("extrahosts", "dns", "dnssearch", "securityopt", "sysctls", "init", "shmsize"),
        *("memoryswap", "memoryswappiness", "memoryreservation", "tmpfs", "logconfig"),
        *("pidmode", "ipcmode"),
    )
)


class SpecError(Exception):
    """A container cannot be made as asked; `name` is ECS's error name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


def read_config(docker_config: DockerConfig) -> dict[str, Any]:
    """The members of Config, names in lower case. Raises: SpecError (DockerClientConfigError)"""
    return _read(docker_config.config, CONFIG_MEMBERS, "DockerClientConfigError", "config")


def read_host_config(docker_config: DockerConfig) -> dict[str, Any]:
    """The members of HostConfig, names in lower case. Raises: SpecError (HostConfigError)"""
    return _read(docker_config.host_config, HOST_CONFIG_MEMBERS, "HostConfigError", "hostConfig")


def memory_reservation_bytes(docker_config: DockerConfig) -> int:
    """The soft limit of a container's memory; 0 where there is none or it cannot be read."""
    if "eservation" not in docker_config.host_config:
        return 0
    try:
        value = read_host_config(docker_config).get("memoryreservation")
    except SpecError:
        return 0
    return value if isinstance(value, int) else 0


def _read(text: str, known: frozenset[str], error: str, what: str) -> dict[str, Any]:
    if not text or text == "{}":
        return {}
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as problem:
        raise SpecError(error, f"{what} is not JSON: {problem}") from problem
    if not isinstance(document, dict):
        raise SpecError(error, f"{what} must be a JSON object")
    members = {str(name).lower(): value for name, value in document.items() if value is not None}
    for name, value in members.items():
        if name not in known and value not in ("", [], {}, 0, False):
            raise SpecError(error, f"this agent cannot honour {name!r} of {what}")
    return members
