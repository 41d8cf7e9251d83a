"""A service of ten beside Docker Swarm's: created, one task killed, its instance taken away.

Both have three machines (network namespaces) here. Timed from the API call, or from the signal,
until so many tasks run where they should; both are asked every 20 ms. Instances that were
deregistered by force, and nodes that were removed, come back new for the next round.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
from demo.image import write_oci_layout

from bench.figures import Figure, Target, median
from bench.installation import POLL_MANY_SECONDS, Installation, installation
from bench.peers import swarm
from bench.programs import NotAvailable, run, wait_until
from bench.sitting import Sitting

TASKS = 10
INSTANCES = 3


class Times(msgspec.Struct):
    """What one side took; seconds."""

    create: list[float] = []
    kill: list[float] = []
    deregister: list[float] = []
    drain: list[float] = []


TARGETS = {
    "create": ("service of 10 to RUNNING", Target(at_most=0.45)),
    "deregister": ("forced deregistration of 10", Target(at_most=0.4)),
    "drain": ("drain of 10", Target(at_most=0.6)),
    "kill": ("killed service task RUNNING again", Target(at_most=0.35)),
}


def measure(sitting: Sitting) -> None:
    """Each round once with ours, once with the peer."""
    ours, peer = Times(), Times()
    layout = write_oci_layout(sitting.folder / "image")
    with (
        installation(sitting.folder / "up", layout, instances=INSTANCES) as up,
        ExitStack() as stack,
    ):
        there, why = None, swarm.NAME
        try:
            there = stack.enter_context(swarm.swarm(sitting.folder, layout))
        except NotAvailable as reason:
            why = str(reason)
        _warm_up(up, there)
        for number in range(sitting.rounds):
            _ours(up, f"web-{number}", ours)
            if there is not None:
                _peer(there, f"web-{number}", peer)
    for field, (name, target) in TARGETS.items():
        of_ours, of_peer = getattr(ours, field), getattr(peer, field)
        sitting.report(
            Figure(
                name=name,
                unit=" ms",
                ours=median(of_ours) * 1000,
                peer=median(of_peer) * 1000 if of_peer else None,
                peer_name=why,
                target=target,
            )
        )


def _warm_up(up: Installation, there: swarm.Swarm | None) -> None:
    """The first container of an image on a machine takes longer: it counts on neither side."""
    _create(up, "warm")
    wait_until(lambda: _count(up, "warm") == TASKS, "the first service runs")
    _delete(up, "warm")
    if there is not None:
        there.create_service("warm", TASKS)
        wait_until(lambda: len(there.running("warm")) == TASKS, "the first service runs")
        there.remove_service("warm")


def _ours(up: Installation, name: str, times: Times) -> None:
    service = f"{name}-spread"
    times.create.append(_timed(lambda: _create(up, service), lambda: _count(up, service) == TASKS))
    times.kill.append(_our_kill(up, service))
    _delete(up, service)

    drained = _on_one_instance(up, f"{name}-drain")
    times.drain.append(
        _timed(
            lambda: _set_status(up, [drained], "DRAINING"),
            lambda: _count(up, f"{name}-drain", off=drained) == TASKS,
        )
    )
    _delete(up, f"{name}-drain")
    _set_status(up, [drained], "ACTIVE")

    lost = _on_one_instance(up, f"{name}-force")
    times.deregister.append(
        _timed(
            lambda: up.ecs.call("DeregisterContainerInstance", containerInstance=lost, force=True),
            lambda: _count(up, f"{name}-force", off=lost) == TASKS,
        )
    )
    _delete(up, f"{name}-force")
    _replace_instance(up, lost)


def _timed(act: Callable[[], object], is_done: Callable[[], bool]) -> float:
    """Seconds from the act until it is done."""
    began = time.perf_counter()
    act()
    wait_until(is_done, "all tasks are RUNNING", every_seconds=POLL_MANY_SECONDS)
    return time.perf_counter() - began


def _create(up: Installation, service: str) -> None:
    up.ecs.call("CreateService", serviceName=service, taskDefinition="app", desiredCount=TASKS)


def _count(up: Installation, service: str, off: str = "") -> int:
    """RUNNING tasks of the service, but for those on the instance `off`."""
    return sum(each["containerInstanceArn"] != off for each in up.running(service))


def _our_kill(up: Installation, service: str) -> float:
    task = up.running(service)[0]
    process = _process_of(task)
    return _timed(
        lambda: os.kill(process, signal.SIGKILL),
        lambda: len([t for t in up.running(service) if t["taskArn"] != task["taskArn"]]) == TASKS,
    )


def _process_of(task: dict[str, Any]) -> int:
    """The first process in the control group of the task's container."""
    identity = task["taskArn"].rpartition("/")[2]
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                groups = (entry / "cgroup").read_text()
            except OSError:
                continue
            if identity in groups or task["containers"][0]["runtimeId"] in groups:
                found.append(int(entry.name))
    assert found, "no process is in the control group of the task"
    return min(found)


def _on_one_instance(up: Installation, service: str) -> str:
    """Create the service with all its tasks on the first instance; returns that one."""
    first, *others = up.instances()
    _set_status(up, others, "DRAINING")
    _create(up, service)
    wait_until(lambda: _count(up, service) == TASKS, f"{service} runs")
    _set_status(up, others, "ACTIVE")
    return first


def _set_status(up: Installation, instances: list[str], status: str) -> None:
    up.ecs.call("UpdateContainerInstancesState", containerInstances=instances, status=status)


def _delete(up: Installation, service: str) -> None:
    up.ecs.call("DeleteService", service=service, force=True)
    up.wait_until_all_stopped()


def _replace_instance(up: Installation, lost: str) -> None:
    """Terminate the machine that was deregistered, and launch another."""
    answer = up.ecs.call("DescribeContainerInstances", containerInstances=[lost])
    machine = answer["containerInstances"][0]["ec2InstanceId"]
    roadstead = [sys.executable, "-m", "roadstead", "instance"]
    folder = ["--data-dir", str(up.folder)]
    run([*roadstead, "terminate", *folder, machine])
    run([*roadstead, "add", *folder])

    def are_connected() -> bool:
        arns = up.instances()
        described = up.ecs.call("DescribeContainerInstances", containerInstances=arns)
        connected = [each["agentConnected"] for each in described["containerInstances"]]
        return len(connected) == INSTANCES and all(connected)

    wait_until(are_connected, "the new instance is connected")


def _peer(there: swarm.Swarm, name: str, times: Times) -> None:
    service = f"{name}-spread"
    times.create.append(
        _timed(
            lambda: there.create_service(service, TASKS),
            lambda: len(there.running(service)) == TASKS,
        )
    )
    killed: list[str] = []
    times.kill.append(
        _timed(
            lambda: killed.append(there.kill_one(service)),
            lambda: len([t for t in there.running(service) if t["ID"] not in killed]) == TASKS,
        )
    )
    there.remove_service(service)

    drained = _peer_on_one_node(there, f"{name}-drain")
    times.drain.append(
        _timed(
            lambda: there.set_availability(1, "drain"),
            lambda: _peer_count(there, f"{name}-drain", off=drained) == TASKS,
        )
    )
    there.remove_service(f"{name}-drain")
    there.set_availability(1, "active")

    lost = _peer_on_one_node(there, f"{name}-force")
    times.deregister.append(
        _timed(
            lambda: there.remove_by_force(lost),
            lambda: _peer_count(there, f"{name}-force", off=lost) == TASKS,
        )
    )
    there.come_back(1)
    there.remove_service(f"{name}-force")


def _peer_on_one_node(there: swarm.Swarm, service: str) -> str:
    """Create the service with all its tasks on the second node; returns that one's id."""
    others = [number for number in range(len(there.nodes)) if number != 1]
    for number in others:
        there.set_availability(number, "pause")
    there.create_service(service, TASKS)
    wait_until(lambda: len(there.running(service)) == TASKS, f"{service} runs")
    for number in others:
        there.set_availability(number, "active")
    return there.node_id(1)


def _peer_count(there: swarm.Swarm, service: str, off: str) -> int:
    return sum(each["NodeID"] != off for each in there.running(service))
