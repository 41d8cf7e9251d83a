"""The three files that a container gets from its host: hosts, hostname, resolv.conf."""

from collections.abc import Iterable
from pathlib import Path

from roadstead.agent.runtime.port import ContainerSpec

_FALLBACK_NAMESERVERS = ("8.8.8.8", "8.8.4.4")
"""When the host's own are on its loopback, where a container cannot reach them, as Docker does."""


def write_etc_files(
    folder: Path,
    spec: ContainerSpec,
    hostname: str,
    address: str,
    linked: Iterable[tuple[str, str]],
) -> None:
    """Write the files into `folder`. `linked`: (alias, address) of containers found by name."""
    folder.mkdir(mode=0o755, exist_ok=True)
    (folder / "hostname").write_text(hostname + "\n")
    (folder / "hosts").write_text(_hosts(spec, hostname, address, linked))
    (folder / "resolv.conf").write_text(_resolv_conf(spec))


def _hosts(
    spec: ContainerSpec, hostname: str, address: str, linked: Iterable[tuple[str, str]]
) -> str:
    if spec.network_mode == "host":
        lines = [Path("/etc/hosts").read_text().rstrip("\n")]
    else:
        lines = [
            "127.0.0.1\tlocalhost",
            "::1\tlocalhost ip6-localhost ip6-loopback",
            "fe00::0\tip6-localnet",
            "ff00::0\tip6-mcastprefix",
            "ff02::1\tip6-allnodes",
            "ff02::2\tip6-allrouters",
        ]
    lines += [f"{to}\t{name}" for name, to in spec.extra_hosts]
    lines += [f"{to}\t{name}" for name, to in linked]
    if address:
        lines.append(f"{address}\t{hostname}")
    return "\n".join(lines) + "\n"


def _resolv_conf(spec: ContainerSpec) -> str:
    try:
        text = Path("/etc/resolv.conf").read_text()
    except FileNotFoundError:
        text = ""
    kept = [line.split() for line in text.splitlines() if line.strip()]
    servers = [w[1] for w in kept if w[0] == "nameserver" and len(w) > 1]
    search = [w for line in kept if line[0] == "search" for w in line[1:]]
    options = [" ".join(w) for w in kept if w[0] == "options"]
    if spec.network_mode != "host":
        servers = [s for s in servers if not s.startswith("127.") and s != "::1"]
    servers = list(spec.dns_servers) or servers or list(_FALLBACK_NAMESERVERS)
    search = list(spec.dns_search) or search
    lines = [f"nameserver {server}" for server in servers]
    if search:
        lines.append("search " + " ".join(search))
    return "\n".join(lines + options) + "\n"
