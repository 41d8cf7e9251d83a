"""A host program in a process of its own, with the stand-in agent; and the machine as it looks.

Run as a program it is that host: `carrier.py DATA_DIR ENDPOINT PORT [reach-machine]`.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from roadstead.data_dir import DataDir
from roadstead.host import client, kernel, namespaces, processes, purge
from roadstead.host.main import run
from roadstead.settings import DEFAULT_PORT, HostSettings

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_agent.py")))
SECONDS_MAX = 20.0
MACHINE_SCRIPT = """
umount -R -l /run/netns 2>/dev/null
mount -t tmpfs tmpfs /run && ip link set lo up && echo up && exec sleep 1000
"""

T = TypeVar("T")


def until(ask: Callable[[], T]) -> T:
    """The first true answer of `ask`; fails when there is none for a long time."""
    deadline = time.monotonic() + SECONDS_MAX
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)
    return answer


class Machine:
    """A machine of its own, as far as networks and mounts go: others cannot disturb what it shows.

    Used where a test compares all of a machine before and after.
    """

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            [
                *("unshare", "--net", "--mount", "--propagation", "private"),
                *("sh", "-c", MACHINE_SCRIPT),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        with self._holder.stdout:
            assert self._holder.stdout.readline() == b"up\n"
        self.prefix = ["nsenter", "--target", str(self._holder.pid), "--net", "--mount", "--"]

    @property
    def network(self) -> str:
        return f"/proc/{self._holder.pid}/ns/net"

    def inside(self, act: Callable[[], T]) -> T:
        """What `act` returns when its sockets are opened on this machine."""

        def enter_and_act() -> T:
            with open(self.network, "rb") as file:
                kernel.setns(file.fileno(), kernel.CLONE_NEWNET)
            return act()

        return namespaces.in_own_thread(enter_and_act)

    def look(self) -> dict[str, str]:
        """All that a host may change on a machine, as the machine's own tools show it."""
        commands = {
            "links": ["ip", "-o", "-br", "link"],
            "addresses": ["ip", "-o", "-4", "address"],
            "routes": ["ip", "route"],
            "routing rules": ["ip", "rule"],
            "namespaces": ["ip", "netns"],
            "rules": ["nft", "list", "ruleset"],
            "mounts": ["cat", "/proc/self/mounts"],
        }
        return {what: self.run(command) for what, command in commands.items()}

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()

    def run(self, command: list[str]) -> str:
        """What a command prints on this machine."""
        words = [*self.prefix, *command]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout


class Host:
    """A host that tests can kill."""

    def __init__(
        self,
        path: Path,
        endpoint: str = "http://127.0.0.1:9",
        machine: Machine | None = None,
        *,
        reach_machine: bool = False,
    ) -> None:
        self._flags = ["reach-machine"] if reach_machine else []
        self.data_dir = DataDir(path)
        self.port = DEFAULT_PORT
        self._endpoint = endpoint
        self._prefix = [] if machine is None else machine.prefix
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open(self.data_dir.path.parent / "host.log", "ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._prefix,
                    *(sys.executable, __file__),
                    *(str(self.data_dir.path), self._endpoint, str(self.port)),
                    *self._flags,
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers)

    def call(self, op: str, **members: Any) -> Any:
        return client.call(self.data_dir, {"op": op, **members})

    def instance(self, instance_id: str) -> dict[str, Any]:
        return next(one for one in self.call("list") if one["instanceId"] == instance_id)

    def add(self) -> str:
        """Launch an instance and return its id once its agent has shown itself."""
        instance_id = str(self.call("add")[0]["instanceId"])
        self.seen(instance_id)
        return instance_id

    def seen(self, instance_id: str) -> dict[str, Any]:
        """What the instance's agent saw at its last start."""
        file = self.agent_data(instance_id) / "seen.json"
        until(file.exists)
        return dict(json.loads(file.read_text()))

    def agent_data(self, instance_id: str) -> Path:
        return self.data_dir.instances / instance_id / "data"

    def starts(self, instance_id: str) -> list[int]:
        """Process ids of the instance's agent, one for each start."""
        file = self.agent_data(instance_id) / "starts"
        return list(map(int, file.read_text().split())) if file.exists() else []

    def container(self, instance_id: str) -> int:
        """The process that stands for a container."""
        return int((self.agent_data(instance_id) / "container").read_text())

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(SECONDS_MAX)

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(SECONDS_MAX)

    def clean_up(self) -> None:
        """Leave nothing, whatever the test did."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        purge.remove_traces(self.data_dir, STAND_IN)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.data_dir.path.parent / "host.log").read_text()
        try:
            self.call("list")
        except client.HostUnreachable:
            return False
        return True


def is_alive(pid: int) -> bool:
    ticks = processes.start_ticks(pid)
    found = None if ticks is None else processes.adopt(processes.ProcessMark(pid, ticks))
    if found is not None:
        found.close()
    return found is not None


def cgroups_of(data_dir: DataDir) -> list[str]:
    """Control groups of a data directory, in any tree."""
    name = f"roadstead-{data_dir.short_id}*"
    command = ["find", "/sys/fs/cgroup", "-name", name]
    return subprocess.run(command, capture_output=True, text=True).stdout.split()


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("ROADSTEAD_LOG_LEVEL", "INFO"))
    settings = HostSettings(
        data_dir=Path(sys.argv[1]),
        endpoint=sys.argv[2],
        port=int(sys.argv[3]),
        reach_machine="reach-machine" in sys.argv[4:],
    )
    sys.exit(run(settings, STAND_IN))
