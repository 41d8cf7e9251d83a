"""A service that changes, beside Docker Swarm's: a rolling update of ten, and scale-out to fifty.

Both replace two tasks at a time, the new ones first, and take a task for healthy as soon as it is
RUNNING (ECS waits for 40 seconds unless told otherwise; `--healthy-after 0` tells). Timed from the
API call until so many tasks of the new revision are RUNNING; both are asked every 20 ms.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack

import msgspec
from demo.image import write_oci_layout

from bench.figures import Figure, Target, median
from bench.installation import POLL_MANY_SECONDS, Installation, installation
from bench.peers import swarm
from bench.programs import NotAvailable, wait_until
from bench.sitting import Sitting

ROLLED = 10
AT_A_TIME = 2
SCALED = 50
INSTANCES = 3


class Times(msgspec.Struct):
    """What one side took; seconds."""

    roll: list[float] = []
    scale: list[float] = []


TARGETS = {
    "roll": (f"rolling update of {ROLLED}, two at a time", Target(at_most=0.5, aim=0.35)),
    "scale": (f"scale-out from 1 to {SCALED}", Target(at_most=0.42)),
}


def measure(sitting: Sitting) -> None:
    """Each round once with ours, once with the peer."""
    ours, peer = Times(), Times()
    folder = sitting.folder / "rollout"
    folder.mkdir()
    layout = write_oci_layout(folder / "image")
    with (
        installation(folder / "up", layout, instances=INSTANCES, healthy_after_seconds=0) as up,
        ExitStack() as stack,
    ):
        there, why = None, swarm.NAME
        try:
            there = stack.enter_context(swarm.swarm(folder, layout))
        except NotAvailable as reason:
            why = str(reason)
        _ours(up, "warm", Times())
        if there is not None:
            _peer(there, "warm", Times())
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


def _ours(up: Installation, name: str, times: Times) -> None:
    create = {"serviceName": name, "taskDefinition": "app:1"}
    percents = {"maximumPercent": 100 + 100 * AT_A_TIME // ROLLED, "minimumHealthyPercent": 100}
    up.ecs.call("CreateService", **create, desiredCount=ROLLED, deploymentConfiguration=percents)
    wait_until(lambda: _is_rolled_out(up, name, 1), f"{name} is rolled out")
    up.register()
    new = up.ecs.call("DescribeTaskDefinition", taskDefinition="app")["taskDefinition"]
    times.roll.append(
        _timed(
            lambda: up.ecs.call("UpdateService", service=name, taskDefinition="app"),
            lambda: _of_revision(up, name, new["taskDefinitionArn"]) == ROLLED,
        )
    )
    _delete(up, name)
    scaled = f"{name}-scaled"
    up.ecs.call("CreateService", serviceName=scaled, taskDefinition="app", desiredCount=1)
    wait_until(lambda: len(up.running(scaled)) == 1, f"{scaled} runs")
    times.scale.append(
        _timed(
            lambda: up.ecs.call("UpdateService", service=scaled, desiredCount=SCALED),
            lambda: len(up.running(scaled)) == SCALED,
        )
    )
    _delete(up, scaled)


def _is_rolled_out(up: Installation, name: str, deployments: int) -> bool:
    (service,) = up.ecs.call("DescribeServices", services=[name])["services"]
    found = service["deployments"]
    return len(found) == deployments and found[0]["rolloutState"] == "COMPLETED"


def _of_revision(up: Installation, name: str, definition_arn: str) -> int:
    return sum(each["taskDefinitionArn"] == definition_arn for each in up.running(name))


def _peer(there: swarm.Swarm, name: str, times: Times) -> None:
    there.create_service(name, ROLLED, at_a_time=AT_A_TIME)
    wait_until(lambda: len(there.running(name)) == ROLLED, f"{name} runs")
    times.roll.append(
        _timed(
            lambda: there.update_service(name, ROLLED, at_a_time=AT_A_TIME, revision=2),
            lambda: len(there.running(name, revision=2)) == ROLLED,
        )
    )
    there.remove_service(name)
    scaled = f"{name}-scaled"
    there.create_service(scaled, 1)
    wait_until(lambda: len(there.running(scaled)) == 1, f"{scaled} runs")
    times.scale.append(
        _timed(
            lambda: there.update_service(scaled, SCALED),
            lambda: len(there.running(scaled)) == SCALED,
        )
    )
    there.remove_service(scaled)


def _timed(act: Callable[[], object], is_done: Callable[[], bool]) -> float:
    """Seconds from the act until it is done."""
    began = time.perf_counter()
    act()
    wait_until(is_done, "all tasks are RUNNING", every_seconds=POLL_MANY_SECONDS)
    return time.perf_counter() - began


def _delete(up: Installation, name: str) -> None:
    up.ecs.call("DeleteService", service=name, force=True)
    up.wait_until_all_stopped()
