"""What a container asks of the Linux kernel: limits, capabilities, devices, kernel parameters."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container

ULIMIT_NAMES = (
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
)
"""Source: botocore:ecs#UlimitName"""
_UNLIMITED = -1

CAPABILITIES = frozenset(
    [
        "ALL",
        "AUDIT_CONTROL",
        "AUDIT_READ",
        "AUDIT_WRITE",
        "BLOCK_SUSPEND",
        "BPF",
        "CHECKPOINT_RESTORE",
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "IPC_LOCK",
        "IPC_OWNER",
        "KILL",
        "LEASE",
        "LINUX_IMMUTABLE",
        "MAC_ADMIN",
        "MAC_OVERRIDE",
        "MKNOD",
        "NET_ADMIN",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_RAW",
        "PERFMON",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_CHROOT",
        "SYSLOG",
        "SYS_MODULE",
        "SYS_NICE",
        "SYS_PACCT",
        "SYS_PTRACE",
        "SYS_RAWIO",
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "WAKE_ALARM",
    ]
)
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html,
and the three that Linux has got since."""

_DEVICE_PERMISSIONS = ("read", "write", "mknod")
_SWAPPINESS_MAX = 100

_IPC_CONTROLS = frozenset(
    [
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ]
)
_CONTROL = re.compile(r"[a-zA-Z0-9_./-]{1,255}")


def check_ulimits(name: str, ulimits: Sequence[Mapping[str, Any]]) -> None:
    """Return if the limits are known and no soft one lies above its hard one.

    Raises: ClientException; InvalidParameterException for an unknown name.
    Shape: Ulimit
    """
    for ulimit in ulimits:
        check_choice("ulimits.name", ulimit["name"], ULIMIT_NAMES)
        soft, hard = ulimit["softLimit"], ulimit["hardLimit"]
        if hard != _UNLIMITED and (soft > hard or soft == _UNLIMITED):
            raise invalid_container(
                name,
                f"The soft limit {soft} of ulimit {ulimit['name']} must not be greater than its "
                f"hard limit {hard}.",
            )


def check_linux_parameters(name: str, parameters: Mapping[str, Any]) -> None:
    """Return if the kernel can do what is asked.

    Raises: ClientException; InvalidParameterException for unknown capabilities and permissions.
    Shape: LinuxParameters
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
    """
    for action, capabilities in parameters.get("capabilities", {}).items():
        for capability in capabilities:
            if capability not in CAPABILITIES:
                check_choice(f"capabilities.{action}", capability, sorted(CAPABILITIES))
    for device in parameters.get("devices", ()):
        for permission in device.get("permissions", ()):
            check_choice("devices.permissions", permission, _DEVICE_PERMISSIONS)
    for tmpfs in parameters.get("tmpfs", ()):
        if tmpfs["size"] <= 0:
            raise invalid_container(
                name, f"tmpfs.size must be greater than 0 MiB, not {tmpfs['size']}."
            )
    shared_memory, swap = parameters.get("sharedMemorySize"), parameters.get("maxSwap")
    swappiness = parameters.get("swappiness")
    if shared_memory is not None and shared_memory < 0:
        raise invalid_container(
            name, f"sharedMemorySize must not be negative, not {shared_memory}."
        )
    if swap is not None and swap < 0:
        raise invalid_container(name, f"maxSwap must be 0 or a positive integer, not {swap}.")
    if swappiness is not None and not 0 <= swappiness <= _SWAPPINESS_MAX:
        raise invalid_container(
            name, f"swappiness must be from 0 to {_SWAPPINESS_MAX}, not {swappiness}."
        )


def check_system_controls(
    name: str,
    controls: Sequence[Mapping[str, Any]],
    network_mode: str,
    ipc_mode: str | None,
) -> None:
    """Return if these kernel parameters can be set for this task alone.

    Raises: ClientException.
    Shape: SystemControl
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html
    """
    for control in controls:
        namespace = control.get("namespace") or ""
        if not _CONTROL.fullmatch(namespace) or control.get("value") is None:
            raise invalid_container(name, "A system control needs a namespace and a value.")
        if namespace.startswith("net."):
            if network_mode == "host":
                raise client_error(
                    f"System control '{namespace}' is not supported when networkMode=host."
                )
        elif namespace in _IPC_CONTROLS or namespace.startswith("fs.mqueue."):
            if ipc_mode == "host":
                raise client_error(
                    f"System control '{namespace}' is not supported when ipcMode=host."
                )
        else:
            raise invalid_container(
                name,
                f"System control '{namespace}' is not one of a task's own. Supported are net.*, "
                f"fs.mqueue.* and {', '.join(sorted(_IPC_CONTROLS))}.",
            )
