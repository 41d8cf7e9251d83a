"""A container's first process in the form an OCI runtime reads: words, user, environment, limits.

Source: https://github.com/opencontainers/runtime-spec/blob/main/config.md#process
"""

import resource
from pathlib import Path
from typing import Any

from roadstead.agent.runtime.images import ImageConfig
from roadstead.agent.runtime.linux_capabilities import possible_capabilities
from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure
from roadstead.agent.runtime.users import identify

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INIT_INSIDE = "/sbin/docker-init"


def first_process(
    spec: ContainerSpec,
    image: ImageConfig,
    image_root: Path,
    hostname: str,
    capabilities: tuple[str, ...],
) -> dict[str, Any]:
    """`process` of config.json.

    Raises: RuntimeFailure with CannotCreateContainerError or CannotStartContainerError
    """
    identity = identify(spec.user or image.user, image_root)
    sets = dict.fromkeys(("bounding", "effective", "permitted"), capabilities)
    if identity.uid != 0:
        sets |= {"effective": (), "permitted": ()}
    if spec.privileged:
        sets["inheritable"] = capabilities
    cwd = spec.working_directory or image.working_directory or "/"
    return {
        "terminal": spec.terminal,
        "user": {
            "uid": identity.uid,
            "gid": identity.gid,
            "additionalGids": identity.additional_gids,
        },
        "args": [*_init_words(spec), *arguments(spec, image)],
        "env": _environment(spec, image, hostname, identity.home),
        "cwd": cwd if cwd.startswith("/") else "/" + cwd,
        "capabilities": sets,
        "noNewPrivileges": spec.no_new_privileges,
        "rlimits": _rlimits(spec),
    }


def arguments(spec: ContainerSpec, image: ImageConfig) -> list[str]:
    """Docker's rule: an entry point of the definition also sets the image's command aside.

    Source: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
    """
    if spec.entry_point:
        words = [*spec.entry_point, *spec.command]
    else:
        words = [*image.entry_point, *(spec.command or image.command)]
    if not words:
        raise RuntimeFailure(
            "CannotCreateContainerError",
            f"No command specified: neither the container definition {spec.container_name} nor "
            f"the image {spec.image} says what to run; give command or entryPoint",
        )
    return words


def _init_words(spec: ContainerSpec) -> list[str]:
    return [INIT_INSIDE, "--"] if spec.init else []


def _environment(spec: ContainerSpec, image: ImageConfig, hostname: str, home: str) -> list[str]:
    values = {"PATH": DEFAULT_PATH, "HOSTNAME": hostname, "HOME": home}
    if spec.terminal:
        values["TERM"] = "xterm"
    for line in image.environment:
        name, _, value = line.partition("=")
        values[name] = value
    values |= spec.environment
    return [f"{name}={value}" for name, value in values.items()]


def _rlimits(spec: ContainerSpec) -> list[dict[str, Any]]:
    may_raise = "CAP_SYS_RESOURCE" in possible_capabilities()
    limits = []
    for ulimit in spec.ulimits:
        kind = f"RLIMIT_{ulimit.name.upper()}"
        number = getattr(resource, kind, _RLIMITS_UNKNOWN_TO_PYTHON.get(kind))
        if number is None:
            raise RuntimeFailure(
                "CannotCreateContainerError",
                f"invalid ulimit type: {ulimit.name}; see getrlimit(2)",
            )
        held = resource.getrlimit(number)[1]
        if not may_raise and held != resource.RLIM_INFINITY and _infinite(ulimit.hard) > held:
            raise RuntimeFailure(
                "CannotStartContainerError",
                f"ulimit {ulimit.name}: hard limit {ulimit.hard} is above this instance's own "
                f"({held}) and the host withholds CAP_SYS_RESOURCE, which raising it needs; "
                f"ask for {held} or less",
            )
        limits.append({"type": kind, "soft": _wire(ulimit.soft), "hard": _wire(ulimit.hard)})
    return limits


_RLIMITS_UNKNOWN_TO_PYTHON = {"RLIMIT_LOCKS": 10}


def _infinite(value: int) -> float:
    return float("inf") if value < 0 else value


def _wire(value: int) -> int:
    return 2**64 - 1 if value < 0 else value
