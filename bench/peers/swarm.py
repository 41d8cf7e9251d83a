"""Docker Swarm: three dockerds, each in a network namespace, one of them the manager."""

import os
import signal
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.installation import COMMAND, CPU_UNITS, IMAGE, MEMORY_MIB, POLL_MANY_SECONDS
from bench.peers import dockerd
from bench.peers.dockerd import Dockerd
from bench.peers.namespaces import address, namespaces
from bench.programs import Failed, NotAvailable, wait_until

NAME = "Swarm"
NODES = 3
PORT = 2377
STOP_GRACE_NANOSECONDS = 30 * 10**9
_REVISION = "REVISION"


class Swarm:
    """`nodes[0]` is the manager; all of them run tasks."""

    def __init__(self, nodes: list[Dockerd]) -> None:
        self.nodes = nodes
        self.manager = nodes[0]
        self.manager.call(
            "POST",
            "/swarm/init",
            {"ListenAddr": f"0.0.0.0:{PORT}", "AdvertiseAddr": f"{address(0)}:{PORT}"},
        )
        for number in range(1, len(nodes)):
            self.join(number)
        self._image = self.manager.call("GET", f"/images/{IMAGE}/json")["Id"]

    def join(self, number: int) -> None:
        """Let a node in that is in no swarm, and wait until it is ready."""
        token = self.manager.call("GET", "/swarm")["JoinTokens"]["Worker"]
        self.nodes[number].call(
            "POST",
            "/swarm/join",
            {
                "ListenAddr": f"0.0.0.0:{PORT}",
                "AdvertiseAddr": f"{address(number)}:{PORT}",
                "RemoteAddrs": [f"{address(0)}:{PORT}"],
                "JoinToken": token,
            },
        )

        def is_ready() -> bool:
            with suppress(Failed):
                return bool(self._node(self.node_id(number))["Status"]["State"] == "ready")
            return False

        wait_until(is_ready, f"node {number} is ready")

    def come_back(self, number: int) -> None:
        """A node that was removed by force forgets its swarm and joins again."""
        self.nodes[number].call("POST", "/swarm/leave?force=1")
        self.join(number)

    def node_id(self, number: int) -> str:
        """The swarm's id of a node."""
        return str(self.nodes[number].call("GET", "/info")["Swarm"]["NodeID"])

    def set_availability(self, number: int, availability: str) -> None:
        """active, pause or drain."""
        node = self._node(self.node_id(number))
        path = f"/nodes/{node['ID']}/update?version={node['Version']['Index']}"
        self.manager.call("POST", path, {**node["Spec"], "Availability": availability})

    def remove_by_force(self, node_id: str) -> None:
        """`docker node rm --force`."""
        self.manager.call("DELETE", f"/nodes/{node_id}?force=1")

    def create_service(self, name: str, replicas: int, *, at_a_time: int = 1) -> None:
        """`docker service create`: restarted at once, same limits as everywhere."""
        self.manager.call("POST", "/services/create", self._service(name, replicas, at_a_time, 1))

    def update_service(
        self, name: str, replicas: int, *, at_a_time: int = 1, revision: int = 1
    ) -> None:
        """`docker service update`: other replicas, and other tasks if the revision is another."""
        version = self.manager.call("GET", f"/services/{name}")["Version"]["Index"]
        self.manager.call(
            "POST",
            f"/services/{name}/update?version={version}",
            self._service(name, replicas, at_a_time, revision),
        )

    def _service(self, name: str, replicas: int, at_a_time: int, revision: int) -> dict[str, Any]:
        limits = {"MemoryBytes": MEMORY_MIB << 20}
        container = {
            "Image": self._image,
            "Command": COMMAND,
            "Env": [f"{_REVISION}={revision}"],
            "StopGracePeriod": STOP_GRACE_NANOSECONDS,
        }
        return {
            "Name": name,
            "TaskTemplate": {
                "ContainerSpec": container,
                "RestartPolicy": {"Condition": "any", "Delay": 0},
                "Resources": {
                    "Limits": limits,
                    "Reservations": {**limits, "NanoCPUs": CPU_UNITS * 10**9 // 1024},
                },
            },
            "Mode": {"Replicated": {"Replicas": replicas}},
            "UpdateConfig": {
                "Parallelism": at_a_time,
                "Delay": 0,
                "Order": "start-first",
                "Monitor": 1,
            },
        }

    def running(self, name: str, *, revision: int | None = None) -> list[dict[str, Any]]:
        """The service's tasks, of the revision or of any, that run and are meant to."""
        filters = urllib.parse.quote(f'{{"service":["{name}"]}}')
        tasks = self.manager.call("GET", f"/tasks?filters={filters}")
        return [
            each
            for each in tasks
            if each["Status"]["State"] == "running"
            and each["DesiredState"] == "running"
            and revision in (None, _revision(each))
        ]

    def kill_one(self, name: str) -> str:
        """SIGKILL to the process of one of its tasks; returns the task's id."""
        task = self.running(name)[0]
        os.kill(task["Status"]["ContainerStatus"]["PID"], signal.SIGKILL)
        return str(task["ID"])

    def remove_service(self, name: str) -> None:
        """Remove it, and wait until no node has a container of it."""
        self.manager.call("DELETE", f"/services/{name}")

        def is_gone() -> bool:
            return not any(
                name in each["Names"][0]
                for node in self.nodes
                for each in node.call("GET", "/containers/json?all=1")
            )

        wait_until(is_gone, f"containers of {name} are gone", every_seconds=POLL_MANY_SECONDS)

    def _node(self, node_id: str) -> dict[str, Any]:
        node: dict[str, Any] = self.manager.call("GET", f"/nodes/{node_id}")
        return node


def _revision(task: dict[str, Any]) -> int | None:
    environment = dict(
        each.split("=", 1) for each in task["Spec"]["ContainerSpec"].get("Env") or ()
    )
    return int(environment[_REVISION]) if _REVISION in environment else None


@contextmanager
def swarm(folder: Path, layout: Path) -> Iterator[Swarm]:
    """A swarm whose nodes have the image. Raises: NotAvailable where it cannot run, saying why."""
    dockerd.check()
    archive = dockerd.docker_archive(layout, folder / "swarm-image.tar", IMAGE)
    with namespaces(NODES) as names, ExitStack() as stack:
        nodes = []
        for number, name in enumerate(names):
            node = stack.enter_context(dockerd.dockerd(folder / f"node{number}", name))
            node.load_image(archive)
            nodes.append(node)
        try:
            there = Swarm(nodes)
        except Failed as failure:
            raise NotAvailable(f"no swarm here: {failure}") from failure
        stack.callback(_leave, nodes)
        yield there


def _leave(nodes: list[Dockerd]) -> None:
    """Workers first. A node that does not leave is stopped all the same."""
    for node in reversed(nodes):
        with suppress(Failed):
            node.call("POST", "/swarm/leave?force=1")
