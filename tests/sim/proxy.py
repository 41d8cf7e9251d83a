"""The load balancers' proxy as it shows in the state: it serves what there is, and checks targets.

Which targets answer is seen on the machines. It is late, away, and wrong, as the seed says.
"""

import asyncio
from typing import TYPE_CHECKING

from roadstead.ecs.records.task import TASKS_BY_TARGET, Task
from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS, RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, Target
from roadstead.elbv2.transitions.load_balancers import activate
from roadstead.elbv2.transitions.targets import begin_checking, report_health
from roadstead.ids import SeededIds
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View
from sim.machine import Container
from sim.places import ACCOUNT, REGION

if TYPE_CHECKING:
    from sim.server import ServerProcess
    from sim.world import World

ROUND_SECONDS = 5.0
PORT = 80
"""Where containers of tasks with interfaces of their own listen."""
CHECKS = 2
"""So many checks in a row decide, either way."""

Place = tuple[str, str, int]
"""VPC or nothing, address or instance, port."""


class Proxy:
    def __init__(self, world: "World") -> None:
        self.away_until = 0.0
        self.wrong = 0.0
        """How often a check comes out as it should not; 0 once the faults stop."""
        self._world = world
        self._rng = world.rng("proxy")
        self._ids = SeededIds(self._rng.getrandbits(64))
        self._counted: dict[str, int] = {}
        """Of each target: so many checks in a row passed, or, below 0, failed."""

    async def run(self) -> None:
        """Check for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(
                max(self._rng.uniform(1, ROUND_SECONDS), self.away_until - loop.time())
            )
            server = self._world.server
            if server is not None and server.is_alive and not server.is_stopping:
                self._look(server)

    def _look(self, server: "ServerProcess") -> None:
        view = server.store.view
        for balancer in list(view.all(LOAD_BALANCERS)):
            if balancer.state != "active":
                server.store.update(
                    lambda tx, arn=balancer.arn: activate(
                        tx, self._call(), tx.must(LOAD_BALANCERS, arn)
                    )
                )
        targets = list(view.all(TARGETS))
        if not targets:
            self._counted.clear()
            return
        serving = answering(self._world)
        for target in targets:
            if view.count(RULES_BY_TARGET_GROUP, target.target_group_arn) and target.address:
                self._check(server, target, serving)

    def _check(
        self, server: "ServerProcess", target: Target, serving: dict[Place, Container]
    ) -> None:
        passes = is_answered(server.store.view, target, serving)
        if self.wrong and self._rng.random() < self.wrong:
            passes = not passes
        count = self._counted.get(target.arn, 0)
        count = max(count, 0) + 1 if passes else min(count, 0) - 1
        self._counted[target.arn] = count

        def report(tx: Tx) -> None:
            found = tx.get(TARGETS, target.arn)
            if found is None:
                return
            if abs(count) < CHECKS:
                begin_checking(tx, self._call(), found)
            else:
                report_health(tx, self._call(), found, healthy=passes)

        server.store.update(report)

    def _call(self) -> Call:
        return Call(
            account=ACCOUNT,
            region=REGION,
            caller_arn=f"arn:aws:iam::{ACCOUNT}:root",
            request_id="proxy",
            now=self._world.clock.now(),
            ids=self._ids,
        )


def answering(world: "World") -> dict[Place, Container]:
    """Whoever listens, by where."""
    found: dict[Place, Container] = {}
    for machine in world.machines.values():
        for container in machine.running.values():
            assert container.started is not None
            if container.spec.network_mode == "awsvpc":
                device = machine.devices.of_task(container.spec.task_arn)
                if device is not None:
                    found[device.vpc_id, device.address, PORT] = container
            else:
                for binding in container.started.network_bindings:
                    found["", machine.id, binding.host_port] = container
    return found


def is_answered(view: View, target: Target, serving: dict[Place, Container]) -> bool:
    """Whether a check of the target would pass: somebody is there, and well."""
    group = view.must(TARGET_GROUPS, target.target_group_arn)
    vpc_id = group.vpc_id if group.target_type == "ip" else ""
    container = serving.get((vpc_id, target.id, target.port))
    return container is not None and not container.is_sick


def task_of(view: View, target: Target) -> Task | None:
    """The task that is registered there now."""
    return next(
        (
            task
            for task in view.find(TASKS_BY_TARGET, target.arn)
            if any(
                each.state in ("REGISTERED", "DRAINING") and each.target_id == target.id
                for each in task.targets
            )
        ),
        None,
    )
