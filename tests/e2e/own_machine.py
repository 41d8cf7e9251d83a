"""A machine of its own, as far as networks and mounts go, so that others cannot disturb what it
shows before and after."""

import os
import re
import subprocess
from pathlib import Path

from house import House, pids, read

SCRIPT = """
umount -R -l /run/netns 2>/dev/null
mount -t tmpfs tmpfs /run && ip link set lo up && echo up && exec sleep 3600
"""


class OwnMachine:
    """Network and mount namespaces that live until `close`."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            [
                *("unshare", "--net", "--mount", "--propagation", "private"),
                *("sh", "-c", SCRIPT),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        with self._holder.stdout as output:
            assert output.readline() == b"up\n"
        pid = self._holder.pid
        self.prefix = ("nsenter", "--target", str(pid), "--net", "--mount", "--")
        self._network = os.stat(f"/proc/{pid}/ns/net").st_ino

    def look(self) -> dict[str, str]:
        """All that may change on a machine, as the machine's own tools show it."""
        commands = {
            "links": "ip -o -br link",
            "addresses": "ip -o -4 address",
            "routes": "ip route",
            "routing rules": "ip rule",
            "namespaces": "ip netns",
            "rules": "nft list ruleset",
            "mounts": "cat /proc/self/mounts",
        }
        return {what: self.run(*command.split()) for what, command in commands.items()}

    def processes(self, house: House) -> list[str]:
        """Command lines of the processes that are of a house: by network, or by its folder."""
        return [
            read(f"/proc/{pid}/cmdline").replace("\0", " ")
            for pid in pids()
            if pid != self._holder.pid
            and (self._is_inside(pid) or str(house.path) in read(f"/proc/{pid}/environ"))
        ]

    def run(self, *words: str) -> str:
        """What a command prints on this machine."""
        done = subprocess.run(
            [*self.prefix, *words], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    def get(self, url: str) -> str:
        """The body of an HTTP answer, or nothing when there was none."""
        script = f"import urllib.request as u; print(u.urlopen({url!r}, timeout=5).read().decode())"
        words = [*self.prefix, "python3", "-c", script]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()

    def _is_inside(self, pid: int) -> bool:
        try:
            return os.stat(f"/proc/{pid}/ns/net").st_ino == self._network
        except OSError:  # it has just ended, or is not ours to ask
            return False


def groups_of(instance_ids: list[str]) -> set[Path]:
    """The control groups, in any tree, of these instances and the groups that hold them."""
    pattern = re.compile("|".join(map(re.escape, instance_ids)))
    found = set()
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        for name in names:
            if pattern.fullmatch(name):
                found |= {Path(folder), Path(folder) / name}
    return found - {Path("/sys/fs/cgroup")}
