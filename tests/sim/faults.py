"""Faults: what goes wrong in a world, how often, and that it stops."""

import asyncio
import random
from typing import TYPE_CHECKING

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from sim.machine import Machine

if TYPE_CHECKING:
    from sim.world import World

MACHINES_AT_ONCE_MAX = 7
INSTANCE_TYPES = ("t3.medium", "m5.large", "m5.4xlarge", "m5.4xlarge")
"""They take 2, 2 (or, with a trunk, 10), and 7 tasks with interfaces of their own."""
WEIGHTS: dict[str, int] = {
    "cut_connections": 6,
    "silence_connections": 3,
    "stall": 4,
    "partition": 2,
    "interfaces_away": 2,
    "proxy_away": 2,
    "kill_agent": 6,
    "stop_agent": 2,
    "kill_container": 6,
    "sicken_container": 3,
    "kill_server": 4,
    "stop_server": 2,
    "power_off": 2,
    "terminate": 1,
    "add_machine": 2,
    "reinstall": 2,
}


class Faults:
    """Chosen by the seed: each world has its own mixture."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._rng: random.Random = world.rng("faults")
        self._are_over = False
        self._under_way = 0

    async def run(self) -> None:
        """Let things go wrong, for ever."""
        rng, world = self._rng, self._world
        world.rates.lost_before = rng.choice((0.0, 0.01, 0.05))
        world.rates.lost_after = rng.choice((0.0, 0.01, 0.05))
        world.rates.doubled = rng.choice((0.0, 0.02, 0.1))
        world.rates.slow = rng.choice((0.0, 0.01, 0.05))
        world.disk.slow = rng.choice((0.0, 0.02, 0.1))
        world.disk.full = rng.choice((0.0, 0.0, 0.001))
        world.disk.crashes = rng.choice((0.0, 0.0, 0.002))
        world.hardships.pull_fails = rng.choice((0.0, 0.05, 0.2))
        world.hardships.create_fails = rng.choice((0.0, 0.02))
        world.hardships.start_fails = rng.choice((0.0, 0.02))
        world.hardships.remove_fails = rng.choice((0.0, 0.05))
        world.hardships.slow = rng.choice((0.0, 0.05))
        world.hardships.attach_fails = rng.choice((0.0, 0.05, 0.2))
        world.proxy.wrong = rng.choice((0.0, 0.02, 0.3))
        kinds = [kind for kind in WEIGHTS if rng.random() < 0.7] or list(WEIGHTS)
        weights = [WEIGHTS[kind] for kind in kinds]
        pace_seconds = rng.choice((10, 25, 60))
        while True:
            await asyncio.sleep(rng.expovariate(1 / pace_seconds))
            kind = rng.choices(kinds, weights)[0]
            world.tell(f"fault: {kind}")
            world.spawn(self._happen(kind))

    async def end(self) -> None:
        """No more faults; what is down comes up again."""
        world = self._world
        self._are_over = True
        rates, disk, hardships = world.rates, world.disk, world.hardships
        rates.lost_before = rates.lost_after = rates.doubled = rates.slow = 0.0
        disk.slow = disk.full = disk.crashes = 0.0
        hardships.pull_fails = hardships.create_fails = hardships.start_fails = 0.0
        hardships.remove_fails = hardships.slow = hardships.attach_fails = 0.0
        world.proxy.wrong = 0.0
        await world.until(lambda: not self._under_way, 900, "the faults' own routines end")

    async def _happen(self, kind: str) -> None:
        self._under_way += 1
        try:
            match kind:
                case (
                    "kill_server" | "stop_server" | "add_machine" | "interfaces_away" | "proxy_away"
                ):
                    await getattr(self, f"_{kind}")()
                case _:
                    machines = [m for m in self._world.machines.values() if m.is_powered]
                    if machines:
                        await getattr(self, f"_{kind}")(self._rng.choice(machines))
        finally:
            self._under_way -= 1

    async def _cut_connections(self, machine: Machine) -> None:
        wires = list(machine.link.wires)
        for wire in wires[: self._rng.randint(0, len(wires))]:
            wire.cut()

    async def _silence_connections(self, machine: Machine) -> None:
        machine.link.silence()

    async def _stall(self, machine: Machine) -> None:
        """The agent, or its way to the server, sleeps: everything of it comes late."""
        seconds = self._rng.choice((1.0, 10.0, 60.0, 150.0))
        machine.link.stalled_until = asyncio.get_running_loop().time() + seconds

    async def _interfaces_away(self) -> None:
        """The host program is restarted, or stuck."""
        seconds = self._rng.choice((1.0, 10.0, 60.0, 400.0))
        self._world.interfaces.away_until = asyncio.get_running_loop().time() + seconds

    async def _proxy_away(self) -> None:
        seconds = self._rng.choice((10.0, 60.0, 200.0))
        self._world.proxy.away_until = asyncio.get_running_loop().time() + seconds

    async def _partition(self, machine: Machine) -> None:
        machine.link.silence()
        machine.link.is_up = False
        await asyncio.sleep(self._rng.choice((2, 30, 120, 600)))
        machine.link.is_up = True

    async def _kill_agent(self, machine: Machine) -> None:
        machine.kill_agent()
        if self._rng.random() < 0.3:
            machine.agent_wanted.clear()
            await asyncio.sleep(self._rng.uniform(5, 120))
            if machine.is_powered:
                machine.agent_wanted.set()

    async def _stop_agent(self, machine: Machine) -> None:
        """SIGTERM, as for an upgrade."""
        if machine.agent is not None:
            machine.agent.stop()

    async def _kill_container(self, machine: Machine) -> None:
        if running := list(machine.running):
            machine.end(self._rng.choice(running), self._rng.choice((0, 1, 137)))

    async def _sicken_container(self, machine: Machine) -> None:
        if running := list(machine.running):
            machine.sicken(self._rng.choice(running))

    async def _kill_server(self) -> None:
        self._world.kill_server(self._rng.choice((0.0, 0.0, 5.0, 90.0)))

    async def _stop_server(self) -> None:
        server = self._world.server
        if server is not None and server.is_alive:
            await server.stop()

    async def _power_off(self, machine: Machine) -> None:
        world = self._world
        machine.power_off(disk_loses=self._rng.random() < 0.5)
        await asyncio.sleep(self._rng.choice((0.0, 0.5, 5.0)))
        world.host.report(machine.id, "stopped")
        world.interfaces.look_at(machine)
        await asyncio.sleep(self._rng.choice((1, 10, 60, 400)))
        machine.power_on()
        world.interfaces.look_at(machine)
        world.host.report(machine.id, "running")

    async def _terminate(self, machine: Machine) -> None:
        machine.power_off()
        machine.is_gone = True
        await asyncio.sleep(self._rng.choice((0.0, 0.5, 10.0)))
        self._world.host.report(machine.id, "terminated")
        self._world.interfaces.look_at(machine)

    async def _add_machine(self) -> None:
        self.add_machine()

    def add_machine(self) -> None:
        world, rng = self._world, self._rng
        there = [machine for machine in world.machines.values() if not machine.is_gone]
        if len(there) < MACHINES_AT_ONCE_MAX:
            world.add_machine(
                zone=rng.choice("abc"),
                cpu_units=rng.choice((1024, 2048, 4096)),
                memory_mib=rng.choice((1024, 4096)),
                instance_type=rng.choice(INSTANCE_TYPES),
            )

    async def _reinstall(self, machine: Machine) -> None:
        """Someone empties the agent's folder of a deregistered instance, so that it joins anew."""
        identity = machine.identity
        if identity is None:
            return
        arn = identity.container_instance_arn
        instance = self._world.disk.read(CONTAINER_INSTANCES, arn)
        if instance is not None and instance.status != "INACTIVE":
            return
        machine.agent_wanted.clear()
        machine.kill_agent()
        await self._world.until(lambda: machine.agent is None, 10, "the agent ends")
        if machine.is_powered:
            machine.reinstall()
