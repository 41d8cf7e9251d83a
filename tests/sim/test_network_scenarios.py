"""Named stories of interfaces and load balancers, seen on the whole control plane."""

import asyncio
from typing import Any

from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.ecs.records.task import Task
from roadstead.elbv2.records.target_group import TARGETS, Target
from sim.deeds.load_balancers import ELB, make_balancers, make_front
from sim.deeds.networks import subnets_of
from sim.interfaces import left_behind
from sim.machine import Machine
from sim.places import VPC
from sim.stage import a_cluster, arn_of, running, service, tasks, tasks_on
from sim.world import World, played

OWN: dict[str, Any] = {
    "networkMode": "awsvpc",
    "portMappings": [{"containerPort": 80}],
}
DELAY_SECONDS = 40


def interfaces(world: World) -> list[str]:
    """Those of tasks."""
    found = (each for each in world.view.all(NETWORK_INTERFACES))
    return sorted(e.network_interface_id for e in found if e.requester_id == "amazon-ecs")


def targets(world: World, *statuses: str) -> list[Target]:
    found = (each for each in world.view.all(TARGETS) if each.status in statuses or not statuses)
    return sorted(found, key=lambda each: each.arn)


async def a_fronted_service(world: World, count: int, machines: int = 3) -> list[Machine]:
    """The service `web`, with interfaces of its own, behind a load balancer, steady."""
    made = await a_cluster(world, machines)
    await make_balancers(world.user)
    entry = await make_front(world.user, VPC, "ip", paired=False)
    await world.user.ask(
        ELB,
        "ModifyTargetGroupAttributes",
        TargetGroupArn=entry["targetGroupArn"],
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(DELAY_SECONDS)}],
    )
    await world.user.define("web", **OWN)
    await world.user.serve(
        "web",
        "web",
        count,
        loadBalancers=[entry],
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets_of(world.user, VPC)}},
        availabilityZoneRebalancing="DISABLED",
    )
    await world.until(lambda: service(world).is_steady, 120, "the service is steady")
    assert len(targets(world, "healthy")) == len(interfaces(world)) == count
    return made


def test_a_forced_deregistration_drains_before_interfaces_go() -> None:
    async def story(world: World) -> None:
        machines = await a_fronted_service(world, 6)
        lost = machines[0]
        there = tasks_on(world, lost)
        left = {_eni(each) for each in there}
        await world.user.deregister(arn_of(lost), force=True)
        await world.pass_time(1)
        assert {each.id for each in targets(world, "draining")} == {_address(t) for t in there}
        await world.until(lambda: len(targets(world, "healthy")) == 6, 30, "others serve")
        assert left <= set(interfaces(world))
        assert len(running(lost)) == len(there), "they answer what they got before"
        await world.pass_time(DELAY_SECONDS)
        assert not targets(world, "draining")
        await world.until(lambda: not left & set(interfaces(world)), 5, "the interfaces are gone")
        assert not lost.devices.by_interface

    played(story)


def test_a_task_hears_of_its_end_once_its_connections_are_drained() -> None:
    async def story(world: World) -> None:
        machines = await a_fronted_service(world, 2)
        stopped = tasks(world)[0]
        await world.user.call("StopTask", cluster="sim", task=stopped.arn)
        await world.pass_time(DELAY_SECONDS - 2)
        assert _runs(machines, stopped)
        await world.until(lambda: not _runs(machines, stopped), 10, "it is stopped")
        await world.until(lambda: _eni(stopped) not in interfaces(world), 10, "its end")
        assert len(targets(world, "healthy")) == 2

    played(story)


def test_a_power_cut_leaves_nothing_of_networks() -> None:
    async def story(world: World) -> None:
        machines = await a_fronted_service(world, 6)
        machines[0].power_off(disk_loses=True)
        world.host.report(machines[0].id, "stopped")
        world.interfaces.look_at(machines[0])
        await world.pass_time(60)
        machines[0].power_on()
        world.host.report(machines[0].id, "running")
        world.interfaces.look_at(machines[0])
        await world.until(lambda: len(targets(world, "healthy")) == 6, 600, "six serve")
        await world.until(lambda: len(targets(world)) == 6, 120, "and nobody else")
        await world.until(lambda: len(interfaces(world)) == 6, 60, "with six interfaces")
        assert left_behind(world) == []

    played(story)


def test_a_host_program_that_is_away_only_delays_tasks() -> None:
    async def story(world: World) -> None:
        await a_fronted_service(world, 2)
        world.interfaces.away_until = world.clock.monotonic() + 100
        await world.user.update("web", desiredCount=4)
        await world.pass_time(60)
        assert len(tasks(world, "PROVISIONING")) == 2
        await world.until(lambda: len(targets(world, "healthy")) == 4, 120, "they came")

    played(story)


def test_an_instance_that_registers_anew_takes_no_more_interfaces_than_it_has() -> None:
    async def story(world: World) -> None:
        (machine,) = await a_fronted_service(world, 7, machines=1)
        await world.user.deregister(arn_of(machine), force=True)
        machine.agent_wanted.clear()
        machine.kill_agent()
        await world.until(lambda: machine.agent is None, 10, "the agent ends")
        machine.reinstall()
        await world.until(lambda: len(targets(world, "healthy")) == 7, 300, "seven serve again")

    played(story)


def test_nothing_is_led_to_a_port_while_a_task_drains_there_whose_end_is_not_known() -> None:
    """A definition's own port: the next task has it as soon as its agent knows of the end."""

    async def story(world: World) -> None:
        (machine,) = await a_cluster(world, 1)
        await make_balancers(world.user)
        entry = await make_front(world.user, VPC, "instance", paired=False)
        await world.user.define("web", portMappings=[{"containerPort": 80, "hostPort": 8080}])
        await world.user.serve("web", "web", 1, loadBalancers=[entry])
        await world.until(lambda: service(world).is_steady, 120, "the service is steady")
        (old,) = tasks(world)
        heard = _hold_reports_of_the_end(machine, old)
        for container_id in list(machine.running):
            machine.end(container_id, 1)
        await world.user.call("StopTask", cluster="sim", task=old.arn)
        await world.until(lambda: bool(tasks(world, "ACTIVATING")), 60, "the next one runs")
        await world.pass_time(10)
        assert [each.status for each in targets(world)] == ["draining"]
        heard.set()
        await world.until(lambda: len(targets(world, "healthy")) == 1, 60, "the next one serves")
        assert tasks(world)[0].arn != old.arn

    played(story)


def _hold_reports_of_the_end(machine: Machine, task: Task) -> asyncio.Event:
    """What its agent says of the task's end arrives once this is set."""
    heard, call = asyncio.Event(), machine.link.call

    async def held(request: HttpRequest) -> HttpResponse:
        said = request.body.decode()
        if task.arn in said and '"status":"STOPPED"' in said.replace(" ", ""):
            await heard.wait()
        return await call(request)

    machine.link.call = held  # type: ignore[method-assign]
    return heard


def _eni(task: Task) -> str:
    assert task.interface is not None
    return task.interface.network_interface_id


def _address(task: Task) -> str:
    assert task.interface is not None
    return task.interface.private_ipv4_address


def _runs(machines: list[Machine], task: Task) -> bool:
    return any(
        each.spec.task_arn == task.arn for machine in machines for each in machine.running.values()
    )
