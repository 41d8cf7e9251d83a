"""What must be so a while after the faults stopped."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from roadstead.control.reconcilers import RECONCILERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_tasks import BEFORE_RUNNING
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS
from roadstead.state.view import View
from sim.fronts import networks_unsettled
from sim.interfaces import left_behind
from sim.machine import Machine
from sim.steadiness import deployment_unsettled, service_unsettled

if TYPE_CHECKING:
    from sim.world import World

GONE_SECONDS_MAX = 300.0
"""An agent that went without a word is missed by its heartbeats: two or three minutes."""


def unsettled(world: "World") -> Iterator[str]:
    """What is not yet as it must be in the end."""
    server = world.server
    if server is None or not server.is_alive:
        yield "there is no server"
        return
    view = server.store.view
    if not world.host.is_idle:
        yield "the host has more to tell"
    if not world.interfaces.is_idle:
        yield "the host has more to do for interfaces"
    yield from left_behind(world)
    yield from networks_unsettled(view)
    for machine in world.machines.values():
        yield from _machine(world, view, machine)
    for instance in view.all(CONTAINER_INSTANCES):
        if instance.agent_connected and instance.arn not in connected(world):
            yield f"{instance.arn} counts as connected, and there is no such agent"
    for service in view.all(SERVICES):
        yield from service_unsettled(view, service)
    for task in view.all(TASKS):
        if task.desired_status == "STOPPED" and task.last_status != "STOPPED":
            yield f"{task.arn} was asked to stop and is {task.last_status}"
    for record in view.all(SERVICE_DEPLOYMENTS):
        yield from deployment_unsettled(view, record)
    for reconciler in RECONCILERS:
        for key in list(reconciler.keys(view)):
            plan = reconciler.reconcile(view, key, world.clock.now())
            if plan.actions:
                yield f"{reconciler.__name__} has more to do: {plan.actions[0].reason}"
    if any(loop.failures for loop in server.plane.loops):
        yield "a reconciler failed"


def connected(world: "World") -> set[str]:
    """The instances whose agents live and have a way to the server."""
    return {
        identity.container_instance_arn
        for machine in world.machines.values()
        if machine.agent is not None
        and machine.link.is_up
        and (identity := machine.identity) is not None
    }


async def watch_connectivity(world: "World") -> None:
    """An agent that is gone is known to be gone within minutes; for ever."""
    loop = asyncio.get_running_loop()
    seen_at: dict[str, float] = {}
    server = None
    while True:
        if world.server is not server:
            server = world.server
            seen_at.clear()
        seen_at.update((arn, loop.time()) for arn in sorted(connected(world)))
        if server is not None and server.is_alive:
            for instance in server.store.view.all(CONTAINER_INSTANCES):
                since = seen_at.setdefault(instance.arn, loop.time())
                if instance.agent_connected and loop.time() - since > GONE_SECONDS_MAX:
                    world.fail(f"{instance.arn} counts as connected though its agent is long gone")
        await asyncio.sleep(10)


def _machine(world: "World", view: View, machine: Machine) -> Iterator[str]:
    """What runs on it and what the state knows is the same."""
    if machine.is_gone:
        return
    if not machine.is_powered:
        yield f"{machine.id} is off"
        return
    identity = machine.identity
    if identity is None:
        yield f"{machine.id} has not registered"
        return
    instance = view.get(CONTAINER_INSTANCES, identity.container_instance_arn)
    if instance is None or instance.status == "INACTIVE":
        return
    if not instance.agent_connected or machine.agent is None:
        yield f"{machine.id} is not connected ({machine.exit_status})"
        return
    running = {each.spec.task_arn for each in machine.running.values()}
    for arn in sorted(running):
        task = view.get(TASKS, arn)
        is_known = (
            task is not None
            and task.container_instance_arn == instance.arn
            and task.last_status != "STOPPED"
        )
        if not is_known and arn not in world.invariants.remembered.orphans:
            yield f"{machine.id} runs {arn}, of which the state knows {task}"
        elif not is_known and _is_remembered(machine, arn):
            yield f"the agent of {machine.id} still runs the orphan {arn}"
    for task in view.find(LIVE_TASKS_BY_INSTANCE, instance.arn):
        if task.last_status == "RUNNING" and task.arn not in running:
            yield f"{task.arn} is RUNNING and {machine.id} has no container of it"
        elif task.last_status in BEFORE_RUNNING:
            yield f"{task.arn} is {task.last_status} on {machine.id}"


def _is_remembered(machine: Machine, arn: str) -> bool:
    """Whether the agent that is there now started it: a reinstalled one leaves others alone."""
    return any(task.arn == arn and task.containers for task in machine.journal.tasks())
