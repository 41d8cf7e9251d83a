"""What a container definition says in the words of Docker's API: Config and HostConfig as JSON.

Units: MiB in definitions, bytes in Docker; seconds in definitions, nanoseconds in Docker.
Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.agent_protocol.messages.payload import DockerConfig

_MIB = 1024 * 1024
_NANOSECONDS = 1_000_000_000
_PERMISSIONS = {"read": "r", "write": "w", "mknod": "m"}
_SWAPPINESS_DEFAULT = 60
_encoder = msgspec.json.Encoder()


def docker_config(document: Mapping[str, Any], network_mode: str) -> DockerConfig:
    """`document`: the container definition with its override merged in."""
    config = _config(document)
    host_config = _host_config(document, network_mode)
    return DockerConfig(
        config=_encoder.encode(config).decode(),
        host_config=_encoder.encode(host_config).decode(),
        version=_api_version(config, host_config),
    )


def _config(document: Mapping[str, Any]) -> dict[str, Any]:
    get = document.get
    said = {
        "User": get("user"),
        "WorkingDir": get("workingDirectory"),
        "Hostname": get("hostname"),
        "Labels": get("dockerLabels"),
        "OpenStdin": get("interactive"),
        "Tty": get("pseudoTerminal"),
        "NetworkDisabled": get("disableNetworking"),
        "Healthcheck": _health_check(get("healthCheck")),
    }
    return {name: value for name, value in said.items() if value}


def _health_check(check: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The defaults are those of ECS: 30 s, 5 s, 3 retries, no start period."""
    if not check:
        return None
    return {
        "Test": list(check.get("command") or ()),
        "Interval": (check.get("interval") or 30) * _NANOSECONDS,
        "Timeout": (check.get("timeout") or 5) * _NANOSECONDS,
        "Retries": check.get("retries") or 3,
        "StartPeriod": (check.get("startPeriod") or 0) * _NANOSECONDS,
    }


def _host_config(document: Mapping[str, Any], network_mode: str) -> dict[str, Any]:
    get = document.get
    linux = get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    log = get("logConfiguration")
    reservation = get("memoryReservation")
    said: dict[str, Any] = {
        "MemoryReservation": reservation * _MIB if reservation else None,
        "Privileged": get("privileged"),
        "ReadonlyRootfs": get("readonlyRootFilesystem"),
        "Ulimits": [
            {"Name": each["name"], "Soft": each["softLimit"], "Hard": each["hardLimit"]}
            for each in get("ulimits") or ()
        ],
        "ExtraHosts": [
            f"{each['hostname']}:{each['ipAddress']}" for each in get("extraHosts") or ()
        ],
        "Dns": get("dnsServers"),
        "DnsSearch": get("dnsSearchDomains"),
        "SecurityOpt": get("dockerSecurityOptions"),
        "Sysctls": {
            each["namespace"]: each.get("value") or "" for each in get("systemControls") or ()
        },
        "LogConfig": (
            {"Type": log.get("logDriver", ""), "Config": log.get("options") or {}} if log else None
        ),
        **_linux(linux),
    }
    kept = {name: value for name, value in said.items() if value}
    return {
        "NetworkMode": network_mode,
        "CapAdd": list(capabilities.get("add") or ()),
        "CapDrop": list(capabilities.get("drop") or ()),
        **kept,
        **_swap(linux, get("memory")),
    }


def _linux(linux: Mapping[str, Any]) -> dict[str, Any]:
    shared = linux.get("sharedMemorySize")
    return {
        "Init": linux.get("initProcessEnabled"),
        "ShmSize": shared * _MIB if shared else None,
        "Devices": [_device(each) for each in linux.get("devices") or ()],
        "Tmpfs": {
            each["containerPath"]: ",".join(
                (f"size={each['size']}m", *(each.get("mountOptions") or ()))
            )
            for each in linux.get("tmpfs") or ()
        },
    }


def _swap(linux: Mapping[str, Any], memory_mib: int | None) -> dict[str, int]:
    """maxSwap 0 means no swap; without maxSwap, swappiness says nothing."""
    swap = linux.get("maxSwap")
    if swap is None or not memory_mib:
        return {}
    swappiness = linux.get("swappiness")
    return {
        "MemorySwap": (memory_mib + swap) * _MIB,
        "MemorySwappiness": _SWAPPINESS_DEFAULT if swappiness is None else swappiness,
    }


def _device(document: Mapping[str, Any]) -> dict[str, str]:
    path = document["hostPath"]
    permissions = document.get("permissions") or tuple(_PERMISSIONS)
    return {
        "PathOnHost": path,
        "PathInContainer": document.get("containerPath") or path,
        "CgroupPermissions": "".join(_PERMISSIONS.get(each, "") for each in permissions),
    }


def _api_version(config: Mapping[str, Any], host_config: Mapping[str, Any]) -> str:
    """The lowest version of Docker's API that knows all that is said."""
    if "Init" in host_config:
        return "1.25"
    if "Healthcheck" in config or "Sysctls" in host_config:
        return "1.24"
    if "Tmpfs" in host_config or "ShmSize" in host_config:
        return "1.22"
    if host_config.get("LogConfig", {}).get("Config"):
        return "1.19"
    return "1.18" if host_config["NetworkMode"] == "awsvpc" else "1.17"
