"""A container's spec in the form an OCI runtime reads: config.json, with Docker's defaults.

Source: https://github.com/opencontainers/runtime-spec/blob/main/config.md
"""

import re
import resource
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from roadstead.agent.runtime import seccomp
from roadstead.agent.runtime.images import ImageConfig
from roadstead.agent.runtime.port import ContainerSpec, RuntimeFailure
from roadstead.agent.runtime.users import identify

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PIDS_MAX = 32768
INIT_PROGRAMS = ("docker-init", "tini-static", "tini", "catatonit")
INIT_INSIDE = "/sbin/docker-init"
_SHM = "/dev/shm"  # noqa: S108  # a mount of the container's own, or the host's when asked for

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
        "process": _process(spec, image, image_root, hostname, capabilities),
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


def granted_capabilities(spec: ContainerSpec) -> tuple[str, ...]:
    """Docker's default set, with what is added and without what is dropped; ALL means all."""
    possible = _possible_capabilities()
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
def _possible_capabilities() -> tuple[str, ...]:
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


def _process(
    spec: ContainerSpec,
    image: ImageConfig,
    image_root: Path,
    hostname: str,
    capabilities: tuple[str, ...],
) -> dict[str, Any]:
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
    may_raise = "CAP_SYS_RESOURCE" in _possible_capabilities()
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
    elif spec.network_mode == "bridge":
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
        mounts.append(_bind(INIT_INSIDE, init_program(), True))
    for entry in spec.mounts:
        source = Path(entry.source) if entry.kind == "host" else volumes / entry.source
        try:
            source.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            pass
        except OSError as error:
            raise RuntimeFailure(
                "CannotCreateContainerError", f"source of mount {entry.target}: {error}"
            ) from error
        mounts.append(_bind(entry.target, source, entry.read_only))
    return mounts


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
