"""A container's spec in the form an OCI runtime reads: config.json, with Docker's defaults.

Source: https://github.com/opencontainers/runtime-spec/blob/main/config.md
"""

import posixpath
import re
import shutil
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from roadstead.agent.runtime import oci_process, seccomp
from roadstead.agent.runtime.images import ImageConfig
from roadstead.agent.runtime.linux_capabilities import granted_capabilities
from roadstead.agent.runtime.port import AWSVPC, ContainerSpec, Mount, RuntimeFailure

PIDS_MAX = 32768
INIT_PROGRAMS = ("docker-init", "tini-static", "tini", "catatonit")
_SHM = "/dev/shm"  # noqa: S108  # a mount of the container's own, or the host's when asked for

_MASKED = """/proc/asound /proc/acpi /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list
/proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware /sys/devices/virtual/powercap"""
_READ_ONLY = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger"

_DEVICES = ((1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2))
"""null, zero, full, random, urandom, tty, ptmx."""

_DEVICE_RULES: list[dict[str, Any]] = [
    {"allow": False, "access": "rwm"},
    {"allow": True, "type": "c", "access": "m"},
    {"allow": True, "type": "b", "access": "m"},
    *(
        {"allow": True, "type": "c", "major": major, "minor": minor, "access": "rwm"}
        for major, minor in _DEVICES
    ),
    {"allow": True, "type": "c", "major": 136, "access": "rwm"},
]


def build(
    spec: ContainerSpec,
    image: ImageConfig,
    *,
    root: Path,
    image_root: Path,
    etc: Path,
    volumes: Path,
    hostname: str,
    cgroup: str,
    network_namespace: str,
) -> bytes:
    """config.json of a container.

    Raises: RuntimeFailure with CannotCreateContainerError or CannotStartContainerError
    """
    capabilities = granted_capabilities(spec)
    linux: dict[str, Any] = {
        "namespaces": _namespaces(spec, network_namespace),
        "cgroupsPath": cgroup,
        "resources": _resources(spec),
        "sysctl": _sysctls(spec),
    }
    if not spec.privileged:
        linux["maskedPaths"] = _MASKED.split()
        linux["readonlyPaths"] = _READ_ONLY.split()
        linux["seccomp"] = _profile(capabilities)
    config = {
        "ociVersion": "1.0.2",
        "process": oci_process.first_process(spec, image, image_root, hostname, capabilities),
        "root": {"path": str(root), "readonly": spec.read_only_root},
        "hostname": hostname,
        "mounts": _mounts(spec, etc, volumes),
        "linux": linux,
    }
    if spec.network_mode == "host":
        del config["hostname"]
    return msgspec.json.encode(config)


@lru_cache(maxsize=64)
def _profile(capabilities: tuple[str, ...]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(seccomp.profile(capabilities)))


def init_program() -> Path:
    """The host's small init, which reaps what a container's processes leave behind.

    Raises: RuntimeFailure with CannotCreateContainerError
    """
    for name in INIT_PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise RuntimeFailure(
        "CannotCreateContainerError",
        f"initProcessEnabled needs one of {', '.join(INIT_PROGRAMS)} on the container instance; "
        "`apt-get install tini` brings one",
    )


def _namespaces(spec: ContainerSpec, network_namespace: str) -> list[dict[str, str]]:
    for mode, value in (("pidMode", spec.pid_mode), ("ipcMode", spec.ipc_mode)):
        if value == "task":
            raise RuntimeFailure(
                "CannotCreateContainerError",
                f"{mode} task is not offered by this runtime; leave it out, or use host",
            )
    kinds = ["mount"]
    if spec.pid_mode != "host":
        kinds.append("pid")
    if spec.ipc_mode != "host":
        kinds.append("ipc")
    if spec.network_mode != "host":
        kinds.append("uts")
    namespaces = [{"type": kind} for kind in kinds]
    if spec.network_mode == "none":
        namespaces.append({"type": "network"})
    elif spec.network_mode in ("bridge", AWSVPC):
        namespaces.append({"type": "network", "path": network_namespace})
    return namespaces


def _resources(spec: ContainerSpec) -> dict[str, Any]:
    memory: dict[str, Any] = {}
    if spec.memory_bytes:
        memory["limit"] = spec.memory_bytes
        if spec.memory_swap_bytes:
            memory["swap"] = spec.memory_swap_bytes
    if spec.memory_reservation_bytes:
        memory["reservation"] = spec.memory_reservation_bytes
    if spec.memory_swappiness is not None:
        memory["swappiness"] = spec.memory_swappiness
    resources: dict[str, Any] = {
        "cpu": {"shares": max(2, spec.cpu_shares)},
        "pids": {"limit": PIDS_MAX},
        "devices": [{"allow": True, "access": "rwm"}] if spec.privileged else _DEVICE_RULES,
    }
    if memory:
        resources["memory"] = memory
    return resources


def _sysctls(spec: ContainerSpec) -> dict[str, str]:
    for name in spec.sysctls:
        if name.startswith("net.") and spec.network_mode == "host":
            raise RuntimeFailure(
                "CannotCreateContainerError",
                f"sysctl {name} is not allowed in the host network namespace; "
                "use network mode bridge, or leave it out",
            )
    # A container may listen below 1024 whoever it runs as, as under Docker.
    free_ports = {} if spec.network_mode == "host" else {"net.ipv4.ip_unprivileged_port_start": "0"}
    return free_ports | spec.sysctls


def _mounts(spec: ContainerSpec, etc: Path, volumes: Path) -> list[dict[str, Any]]:
    writable = "rw" if spec.privileged else "ro"
    shm = f"size={spec.shm_bytes}"
    mounts = [
        _mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        _mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        _mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
               "ptmxmode=0666", "mode=0620", "gid=5"),
        _mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", writable),
        _mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime",
               writable),
        _mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        _mount(_SHM, "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", shm),
    ]  # fmt: skip
    if spec.ipc_mode == "host":
        mounts[-1] = _bind(_SHM, Path(_SHM), False)
    for path, options in spec.tmpfs.items():
        words = [word for word in options.split(",") if word]
        mounts.append(_mount(path, "tmpfs", "tmpfs", "nosuid", "nodev", "noexec", *words))
    mounts += [
        _bind(f"/etc/{name}", etc / name, False) for name in ("hostname", "hosts", "resolv.conf")
    ]
    if spec.init:
        mounts.append(_bind(oci_process.INIT_INSIDE, init_program(), True))
    for entry in spec.mounts:
        source = _source(entry, volumes)
        target = _target(entry)
        try:
            source.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            pass
        except OSError as error:
            raise RuntimeFailure(
                "CannotCreateContainerError", f"source of mount {entry.target}: {error}"
            ) from error
        mounts.append(_bind(target, source, entry.read_only))
    return mounts


def _source(entry: Mount, volumes: Path) -> Path:
    """Where on the instance a mount comes from: never relative, and a volume never elsewhere."""
    if entry.kind == "volume" and entry.source == PurePosixPath(entry.source).name:
        return volumes / entry.source
    if entry.kind == "host" and entry.source.startswith("/"):
        return Path(entry.source)
    raise RuntimeFailure(
        "CannotCreateContainerError",
        f"invalid source {entry.source!r} of mount {entry.target}: it must be an absolute path, or "
        "the name of a volume",
    )


def _target(entry: Mount) -> str:
    """Where in the container a mount goes: not where it would hide what keeps the container in.

    crun lets a mount cover what is masked and read-only in /proc; runc and Docker do not.
    """
    target = posixpath.normpath("/" + entry.target.lstrip("/"))
    if entry.target.startswith("/") and target != "/" and target.split("/")[1] != "proc":
        return target
    raise RuntimeFailure(
        "CannotCreateContainerError",
        f"invalid mount path: {entry.target!r}; it must be absolute, not / and not in /proc",
    )


def _bind(target: str, source: Path, read_only: bool) -> dict[str, Any]:
    return _mount(target, "bind", str(source), "rbind", "rprivate", "ro" if read_only else "rw")


def _mount(target: str, kind: str, source: str, *options: str) -> dict[str, Any]:
    return {"destination": target, "type": kind, "source": source, "options": options}


def valid_hostname(name: str) -> str:
    """`name`, when it may be a hostname.

    Raises: RuntimeFailure with CannotCreateContainerError
    """
    if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,62})", name):
        return name
    raise RuntimeFailure(
        "CannotCreateContainerError",
        f"invalid hostname {name!r}: up to 63 letters, digits, dots and dashes",
    )
