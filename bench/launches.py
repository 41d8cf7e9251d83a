"""RunTask and StopTask beside dockerd: the same image, the same limit, bridge mode, seccomp on.

Ours is timed from the call until DescribeTasks says RUNNING (or STOPPED), dockerd until its HTTP
API has answered create and start (or stop). dockerd's bursts use eight connections.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import msgspec
from demo.image import write_oci_layout

from bench.figures import Figure, Target, median
from bench.installation import COMMAND, CPU_UNITS, IMAGE, MEMORY_MIB, Installation, installation
from bench.peers import dockerd
from bench.peers.namespaces import namespaces
from bench.programs import NotAvailable
from bench.sitting import Sitting

BURST = 50
SINGLES = 10
"""One at a time, per round."""
CONNECTIONS = 8
TASKS_PER_CALL = 10


class Times(msgspec.Struct):
    """What one side took; seconds."""

    one: list[float] = []
    burst: list[float] = []
    stopping: list[float] = []


def measure(sitting: Sitting) -> None:
    """One at a time, then bursts, ours and dockerd's in turn."""
    ours, peer = Times(), Times()
    layout = write_oci_layout(sitting.folder / "image")
    with installation(sitting.folder / "up", layout) as up, ExitStack() as stack:
        docker, why = None, ""
        try:
            docker = stack.enter_context(peer_with_image(sitting))
        except NotAvailable as reason:
            why = str(reason)
        _our_one(up)
        for _ in range(sitting.rounds):
            for _ in range(SINGLES):
                ours.one.append(_our_one(up))
                if docker is not None:
                    peer.one.append(_peer_one(docker))
            _our_burst(up, ours)
            if docker is not None:
                _peer_burst(docker, peer)
    _report(sitting, ours, peer, why or dockerd.NAME)


@contextmanager
def peer_with_image(sitting: Sitting) -> Iterator[dockerd.Dockerd]:
    """A dockerd that has the image, warm. Raises: NotAvailable"""
    dockerd.check()
    archive = dockerd.docker_archive(sitting.folder / "image", sitting.folder / "image.tar", IMAGE)
    with (
        namespaces(1) as (namespace,),
        dockerd.dockerd(sitting.folder / "dockerd", namespace) as docker,
    ):
        docker.load_image(archive)
        _peer_one(docker)
        yield docker


def _our_one(up: Installation) -> float:
    began = time.perf_counter()
    arn = up.ecs.call("RunTask", taskDefinition="app")["tasks"][0]["taskArn"]
    up.wait_for_status([arn], "RUNNING")
    took = time.perf_counter() - began
    up.ecs.call("StopTask", task=arn)
    up.wait_for_status([arn], "STOPPED")
    return took


def _our_burst(up: Installation, times: Times) -> None:
    began = time.perf_counter()
    arns: list[str] = []
    for _ in range(BURST // TASKS_PER_CALL):
        answer = up.ecs.call("RunTask", taskDefinition="app", count=TASKS_PER_CALL)
        arns += [task["taskArn"] for task in answer["tasks"]]
    assert len(arns) == BURST, "the instances have no room for the burst"
    up.wait_for_status(arns, "RUNNING")
    times.burst.append(time.perf_counter() - began)
    began = time.perf_counter()
    for arn in arns:
        up.ecs.call("StopTask", task=arn)
    up.wait_for_status(arns, "STOPPED")
    times.stopping.append(time.perf_counter() - began)


def _peer_one(docker: dockerd.Dockerd) -> float:
    began = time.perf_counter()
    name = _create_and_start(docker)
    took = time.perf_counter() - began
    _remove(docker, name)
    return took


def _peer_burst(docker: dockerd.Dockerd, times: Times) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        began = time.perf_counter()
        names = list(threads.map(lambda _: _create_and_start(docker), range(BURST)))
        times.burst.append(time.perf_counter() - began)
        began = time.perf_counter()
        list(threads.map(lambda name: _stop(docker, name), names))
        times.stopping.append(time.perf_counter() - began)
        list(threads.map(lambda name: _remove(docker, name), names))


def _create_and_start(docker: dockerd.Dockerd) -> str:
    limits = {"Memory": MEMORY_MIB << 20, "CpuShares": CPU_UNITS, "NetworkMode": "bridge"}
    body = {"Image": IMAGE, "Cmd": COMMAND, "HostConfig": limits}
    name = str(docker.call("POST", "/containers/create", body)["Id"])
    docker.call("POST", f"/containers/{name}/start")
    return name


def _stop(docker: dockerd.Dockerd, name: str) -> None:
    docker.call("POST", f"/containers/{name}/stop?t=30")


def _remove(docker: dockerd.Dockerd, name: str) -> None:
    docker.call("DELETE", f"/containers/{name}?force=1")


def _report(sitting: Sitting, ours: Times, peer: Times, peer_name: str) -> None:
    sitting.report(
        Figure(
            name="run_task to RUNNING",
            unit=" ms",
            ours=median(ours.one) * 1000,
            peer=median(peer.one) * 1000 if peer.one else None,
            peer_name=peer_name,
            target=Target(at_most=0.45, aim=0.33),
        )
    )
    for name, of_ours, of_peer, target in (
        ("run_task burst of 50", ours.burst, peer.burst, Target(at_least=2.5, aim=3.5)),
        ("stop_task 50", ours.stopping, peer.stopping, Target(at_least=4)),
    ):
        sitting.report(
            Figure(
                name=name,
                unit="/s",
                ours=BURST / median(of_ours),
                peer=BURST / median(of_peer) if of_peer else None,
                peer_name=peer_name,
                target=target,
            )
        )
