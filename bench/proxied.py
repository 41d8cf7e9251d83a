"""A data plane without a server: records in memory, our carrier, Envoy with one thread."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from bench.programs import program, wait_until
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.dataplane.plane import DataPlane
from roadstead.dataplane.program import arguments, envoy
from roadstead.dataplane.snapshot.names import Files
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Listener,
    LoadBalancer,
    LoadBalancerAddress,
    Rule,
)
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS,
    HealthCheck,
    Target,
    TargetGroup,
)
from roadstead.ids import SystemIds
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

T = TypeVar("T")

ADDRESS = "127.0.0.1"
BALANCER_ADDRESS = "127.0.0.2"
_ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
BALANCER = f"{_ELB}:loadbalancer/app/bench/00000000000000aa"
CHECK = HealthCheck(interval_seconds=300, timeout_seconds=2, matcher={"HttpCode": "200"})


class Proxied:
    """A load balancer with so many target groups; the first gets all requests."""

    def __init__(self, folder: Path, port: int, backends: list[int], groups: int) -> None:
        self.files = Files(folder)
        self.url = f"http://{BALANCER_ADDRESS}:{port}/"
        self._view = View(SCHEMA)
        self._loop = asyncio.new_event_loop()
        self.plane = DataPlane(
            folder, envoy(), lambda: self._view, self.update, _call, SystemClock()
        )
        self._running: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.update(lambda tx: _fill(tx, port, backends, groups))

    def update(self, change: Callable[[Tx], T]) -> T:
        tx = Tx(self._view)
        result = change(tx)
        self.plane.note(tx.changes())
        return result

    def call(self, function: Callable[[], Any]) -> Any:
        """What it returns, on the loop of the data plane; a coroutine is awaited."""

        async def run() -> Any:
            result = function()
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)

    def set_target(self, group: int, port: int, *, is_there: bool) -> None:
        """Register it, or remove it at once."""
        target = _target(group, port)

        def change(tx: Tx) -> None:
            if is_there:
                tx.put(TARGETS, target)
            else:
                tx.delete(TARGETS, target.arn)

        self.call(lambda: self.update(change))

    def has_target(self, group: int, port: int) -> bool:
        """Whether the proxy has it."""
        clusters: str = self.call(lambda: self.plane.admin.get("/clusters"))
        return f"g{group}-{group:016x}::{ADDRESS}:{port}::" in clusters

    def start(self) -> None:
        self._thread.start()

        async def begin() -> None:
            self._running = self._loop.create_task(self.plane.run())

        self.call(begin)

    def stop(self) -> None:
        async def end() -> None:
            if self._running is not None:
                self._running.cancel()
                await asyncio.gather(self._running, return_exceptions=True)

        self.call(end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def proxied(folder: Path, port: int, backends: list[int], groups: int = 1) -> Iterator[Proxied]:
    """One that serves, with its Envoy."""
    folder.mkdir()
    there = Proxied(folder, port, backends, groups)
    there.start()
    try:
        wait_until(Path(there.files.bootstrap).exists, "the files are written")
        words = [str(envoy()), *arguments(there.files, 1)]
        with program(words, folder / "envoy.log"):
            wait_until(lambda: _serves(there, backends[0]), "the proxy serves")
            yield there
    finally:
        there.stop()


def _serves(there: Proxied, port: int) -> bool:
    from roadstead.dataplane.proxy_admin import ProxyUnreachable

    try:
        return bool(there.call(there.plane.carrier.is_taken)) and there.has_target(0, port)
    except ProxyUnreachable:
        return False


def _fill(tx: Tx, port: int, backends: list[int], groups: int) -> None:
    listener = f"{BALANCER.replace(':loadbalancer/', ':listener/')}/00000000000000bb"
    address = LoadBalancerAddress(subnet_id="", zone="", address=BALANCER_ADDRESS)
    tx.put(
        LOAD_BALANCERS,
        LoadBalancer(arn=BALANCER, name="bench", state="active", addresses=(address,)),
    )
    tx.put(LISTENERS, Listener(arn=listener, load_balancer_arn=BALANCER, port=port))
    for number in range(groups):
        arn = _group_arn(number)
        tx.put(TARGET_GROUPS, TargetGroup(arn=arn, name=f"g{number}", health_check=CHECK))
        config = {"TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}]}
        paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/g{number}/*"]}}
        tx.put(
            RULES,
            Rule(
                arn=f"{listener}/{number:016x}",
                listener_arn=listener,
                load_balancer_arn=BALANCER,
                priority=number,
                conditions=(paths,) if number else (),
                actions=({"Type": "forward", "ForwardConfig": config},),
            ),
        )
    for each in backends:
        tx.put(TARGETS, _target(0, each))


def _group_arn(number: int) -> str:
    return f"{_ELB}:targetgroup/g{number}/{number:016x}"


def _target(group: int, port: int) -> Target:
    arn = _group_arn(group)
    return Target(
        arn=f"{arn}|{ADDRESS}|{port}",
        target_group_arn=arn,
        id=ADDRESS,
        port=port,
        address=ADDRESS,
        status="healthy",
    )


def _call(arn: str) -> Call:  # noqa: ARG001  # all of one account
    return Call(
        account="123456789012",
        region="us-east-1",
        caller_arn="arn:aws:iam::123456789012:root",
        request_id="bench",
        now=datetime.now(UTC),
        ids=SystemIds(),
    )
