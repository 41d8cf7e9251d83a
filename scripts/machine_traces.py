"""What Roadstead leaves on a machine while it runs: looked at before and after the whole suite."""

import os
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from roadstead.host import nftables

GROUPS = Path("/sys/fs/cgroup")


def traces() -> set[str]:
    """Devices, namespaces, nftables' tables, control groups, mounts and proxies, by name."""
    return {
        *(f"device {name}" for name in os.listdir("/sys/class/net")),
        *(f"address {each}" for each in _addresses()),
        *(f"namespace {name}" for name in _listed("/run/netns")),
        *(f"nftables {line.strip()}" for line in _tables()),
        *(f"control group {path}" for path in GROUPS.glob("**/roadstead-*")),
        *(f"mount {point}" for point in _mount_points()),
        *(f"process {pid} {words}" for pid, words in _proxies()),
    }


def _listed(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def _addresses() -> list[str]:
    """The machine's own, as its routing tables have them."""
    lines = Path("/proc/net/fib_trie").read_text().splitlines()
    return sorted({before.split()[-1] for before, line in pairwise(lines) if "host LOCAL" in line})


def _tables() -> list[str]:
    if os.geteuid() != 0:
        return []
    return [line for line in nftables.run("list tables").splitlines() if "roadstead" in line]


def _mount_points() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line.split()[4] for line in lines if "/pytest-" in line or "roadstead" in line]


def _proxies() -> list[tuple[str, str]]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                words = Path(f"/proc/{name}/cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "envoy" in words[0].rpartition("/")[2]:
                found.append((name, " ".join(words)[:120]))
    return found
