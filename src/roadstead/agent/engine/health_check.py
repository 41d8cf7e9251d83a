"""What a payload says of a container's health check.

Raises: SpecError wherever it cannot be read.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.agent.engine.docker_config import SpecError, read_config
from roadstead.agent_protocol.messages.payload import PayloadContainer

INTERVAL_SECONDS = 30.0
TIMEOUT_SECONDS = 5.0
RETRIES = 3
"""Where the payload says nothing.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"""
SHELL = ("/bin/sh", "-c")
_NANOSECONDS = 1_000_000_000


class HealthCheck(msgspec.Struct, frozen=True):
    """What to run in a container, and what to make of it."""

    command: tuple[str, ...]
    interval_seconds: float = INTERVAL_SECONDS
    timeout_seconds: float = TIMEOUT_SECONDS
    retries: int = RETRIES
    start_period_seconds: float = 0.0


class _Healthcheck(msgspec.Struct):
    """Docker's `Healthcheck`, member names in lower case. Units: nanoseconds."""

    test: tuple[str, ...] | None = None
    interval: int = 0
    timeout: int = 0
    retries: int = 0
    startperiod: int = 0


def is_checked(definition: PayloadContainer) -> bool:
    """Whether a container has a health check whose results are reported."""
    return definition.health_check_type == "docker"


def health_check(definition: PayloadContainer) -> HealthCheck | None:
    """The health check of a container; None when it has none, or `NONE`.

    Raises: SpecError (DockerClientConfigError) when it cannot be read
    """
    if not is_checked(definition):
        return None
    document = read_config(definition.docker_config).get("healthcheck")
    if not isinstance(document, Mapping):
        raise SpecError(
            "DockerClientConfigError",
            "healthCheckType is docker, but config has no object Healthcheck",
        )
    said = _read(document)
    match said.test or ():
        case () | ("NONE", *_):
            return None
        case ("CMD", *words) if words:
            command = tuple(words)
        case ("CMD-SHELL", *words) if words:
            command = (*SHELL, *words)
        case _:
            raise SpecError(
                "DockerClientConfigError",
                f"the health check {list(said.test or ())} must begin with CMD, CMD-SHELL or NONE, "
                "and say what to run",
            )
    return HealthCheck(
        command=command,
        interval_seconds=said.interval / _NANOSECONDS or INTERVAL_SECONDS,
        timeout_seconds=said.timeout / _NANOSECONDS or TIMEOUT_SECONDS,
        retries=said.retries or RETRIES,
        start_period_seconds=said.startperiod / _NANOSECONDS,
    )


def _read(document: Mapping[str, Any]) -> _Healthcheck:
    members = {str(name).lower(): value for name, value in document.items() if value is not None}
    try:
        said = msgspec.convert(members, _Healthcheck)
    except msgspec.ValidationError as problem:
        raise SpecError("DockerClientConfigError", f"Healthcheck: {problem}") from problem
    if min(said.interval, said.timeout, said.retries, said.startperiod) < 0:
        raise SpecError("DockerClientConfigError", "no number of Healthcheck may be negative")
    return said
