"""Hosts that fall silent, with a dead-host grace (ADR-0018), seen on the whole control plane."""

from sim.machine import Machine
from sim.stage import (
    Watched,
    a_cluster,
    a_service,
    arn_of,
    is_connected,
    running,
    service,
    status,
    tasks,
    tasks_on,
)
from sim.user import CLUSTER
from sim.world import World, played

GRACE_SECONDS = 300


def cut_off(machine: Machine) -> None:
    """Nothing gets to the machine or from it; its containers run on."""
    machine.link.silence()
    machine.link.is_up = False


def test_a_silent_host_s_service_tasks_are_replaced_and_the_old_copies_end_on_its_return() -> None:
    async def story(world: World) -> None:
        one, two, three = await a_cluster(world)
        await a_service(world, 3)
        await world.user.run("web")
        await world.until(lambda: len(tasks(world)) == 4, 60, "the standalone task runs")
        [lost] = [task for task in tasks_on(world, one) if task.service_arn]
        counted = Watched(world, lambda: len(tasks(world, service_arn=lost.service_arn)))
        alive = running(one)
        cut_off(one)
        await world.until(lambda: not is_connected(world, one), 600, "it is missed")
        await world.pass_time(GRACE_SECONDS - 10)
        assert lost.arn in [task.arn for task in tasks(world)]
        await world.until(lambda: service(world).is_steady and counted.least == 2, 200, "replaced")
        assert len(tasks(world, service_arn=lost.service_arn)) == 3
        assert status(world, one) == ("ACTIVE", False)
        assert running(one) == alive, "the cut-off machine knows of nothing"
        one.link.is_up = True
        await world.until(lambda: is_connected(world, one), 300, "it is back")
        await world.until(lambda: len(running(one)) == len(alive) - 1, 120, "the old copy ended")
        assert len(tasks(world, service_arn=lost.service_arn)) == 3
        assert counted.most == 3
        assert len(running(one, two, three)) == 4

    played(story, dead_host_grace_seconds=GRACE_SECONDS)


def test_a_restart_of_the_control_plane_gives_silent_hosts_the_whole_grace_again() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        await a_service(world, 3)
        [waiting] = tasks_on(world, one)
        cut_off(one)
        await world.until(lambda: not is_connected(world, one), 600, "it is missed")
        await world.pass_time(GRACE_SECONDS - 60)
        world.kill_server(120.0)
        await world.until(lambda: world.server is not None and world.server.is_alive, 300, "up")
        await world.pass_time(GRACE_SECONDS - 150)
        assert waiting.arn in [task.arn for task in tasks(world)]
        one.link.is_up = True
        await world.until(lambda: is_connected(world, one), 300, "it is back")
        await world.pass_time(600)
        assert waiting.arn in [task.arn for task in tasks(world)]

    played(story, dead_host_grace_seconds=GRACE_SECONDS)


def test_a_daemon_service_follows_the_machines_that_come_and_go() -> None:
    async def story(world: World) -> None:
        one, two, three = await a_cluster(world)
        await world.user.call(
            "CreateService",
            cluster=CLUSTER,
            serviceName="agent",
            taskDefinition="web",
            schedulingStrategy="DAEMON",
        )
        await world.until(lambda: len(tasks(world)) == 3, 60, "one on each")
        assert [len(tasks_on(world, each)) for each in (one, two, three)] == [1, 1, 1]
        four = world.add_machine(zone="a")
        await world.until(lambda: len(tasks(world)) == 4, 60, "one on the new machine")
        assert len(tasks_on(world, four)) == 1
        await world.user.set_state(arn_of(two), "DRAINING")
        await world.until(lambda: not running(two), 60, "gone from the draining machine")
        await world.user.update("agent", forceNewDeployment=True)
        before = {task.arn for task in tasks(world)}
        await world.until(
            lambda: len(tasks(world)) == 3 and not before & {task.arn for task in tasks(world)},
            120,
            "all are new",
        )

    played(story)
