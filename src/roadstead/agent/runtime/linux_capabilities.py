"""The Linux capabilities that a container is granted, of those that this host has to give.

Source: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
"""

from functools import lru_cache
from pathlib import Path

from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure

_CAPABILITIES = (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP "
    "NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
)
_ALL_CAPABILITIES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE "
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO "
    "SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME "
    "SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG "
    "WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)


def granted_capabilities(spec: ContainerSpec) -> tuple[str, ...]:
    """Docker's default set, with what is added and without what is dropped; ALL means all."""
    possible = possible_capabilities()
    if spec.privileged:
        return possible
    added = {_short(name) for name in spec.capabilities_add}
    dropped = {_short(name) for name in spec.capabilities_drop}
    for name in sorted((added | dropped) - {"ALL", *_ALL_CAPABILITIES.split()}):
        raise RuntimeFailure(
            "CannotCreateContainerError", f"unknown capability CAP_{name}; see capabilities(7)"
        )
    held = set((_ALL_CAPABILITIES if "ALL" in added else _CAPABILITIES).split())
    held = (set() if "ALL" in dropped else held - dropped) | (added - {"ALL"})
    if "ALL" in added:
        held |= set(_ALL_CAPABILITIES.split()) - dropped
    wanted = tuple(f"CAP_{name}" for name in sorted(held))
    missing = [name for name in wanted if name not in possible]
    if missing and "ALL" not in added:
        raise RuntimeFailure(
            "CannotCreateContainerError",
            f"this host withholds {', '.join(missing)} from its containers; do not ask for it here",
        )
    return tuple(name for name in wanted if name in possible)


@lru_cache(maxsize=1)
def possible_capabilities() -> tuple[str, ...]:
    """What this process may hand on: its bounding set."""
    bounding = int(_status_field("CapBnd"), 16)
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    return tuple(
        f"CAP_{name}"
        for bit, name in enumerate(_ALL_CAPABILITIES.split())
        if bit <= last and bounding & (1 << bit)
    )


def _status_field(name: str) -> str:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split()[1]
    raise LookupError(name)


def _short(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")
