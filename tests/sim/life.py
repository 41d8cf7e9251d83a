"""A random life of a world: it is set up, lives under faults, and comes to rest."""

import asyncio

from sim.faults import Faults
from sim.liveness import unsettled, watch_connectivity
from sim.repair import Repair
from sim.world import Violation, World, played

REST_SECONDS_MAX = 40 * 60.0
"""Within so many virtual seconds after the last fault everything must be steady."""
QUIET_SECONDS = 180.0
"""And then stay so."""


async def live(world: World) -> None:
    """One life; its length, like everything else, is the seed's."""
    rng = world.rng("life")
    faults = Faults(world)
    for _ in range(rng.randint(2, 5)):
        faults.add_machine()
    world.spawn(watch_connectivity(world))
    await world.user.set_up()
    going_wrong = world.start(faults.run())
    users_life = world.start(world.user.live())
    await world.pass_time(rng.uniform(4, 20) * 60)
    going_wrong.cancel()
    users_life.cancel()
    await faults.end()
    world.tell("the faults stopped")
    await rest(world)


async def rest(world: World) -> None:
    """Everything gets steady, and stays so."""
    repair = Repair(world)
    steady_since: float | None = None
    reasons: list[str] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < REST_SECONDS_MAX:
        await world.pass_time(10)
        if world.server is not None and world.host.is_idle:
            if not repair.has_begun:
                await repair.begin()
            await repair.go_on()
        reasons = list(unsettled(world))
        if reasons:
            steady_since = None
        elif steady_since is None:
            steady_since = loop.time()
        elif loop.time() - steady_since >= QUIET_SECONDS and repair.has_begun:
            world.tell(f"steady since {steady_since - began:.0f} s after the faults")
            world.final_checks()
            return
    raise Violation(
        f"seed {world.seed}: not steady {REST_SECONDS_MAX / 60:g} minutes after the faults:\n"
        + "\n".join(reasons[:20])
    )


def lived(seed: int, *, verbose: bool = False) -> World:
    """The world of a seed after its life."""
    numbers = {
        "stopped_task_kept_seconds": 3600 if seed % 2 else 120,
        "inactive_instance_kept_seconds": 3600 if seed % 3 else 300,
        "inactive_service_kept_seconds": 3600 if seed % 5 else 120,
        "service_deployment_kept_seconds": 90 * 86_400 if seed % 3 else 300,
        "dead_host_grace_seconds": 0 if seed % 4 else 90,
    }
    return played(live, seed=seed, verbose=verbose, **numbers)
