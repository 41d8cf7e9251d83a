"""What must be so a while after the faults stopped."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from roadstead.ecs.reconcilers.table import RECONCILERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import (
    LIVE_TASKS_BY_INSTANCE,
    LIVE_TASKS_BY_SERVICE,
    TASKS,
    Task,
)
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.rules.deployment import maximum_total, minimum_running
from roadstead.state.view import View
from sim.machine import Machine

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
    for machine in world.machines.values():
        yield from _machine(world, view, machine)
    for instance in view.all(CONTAINER_INSTANCES):
        if instance.agent_connected and instance.arn not in connected(world):
            yield f"{instance.arn} counts as connected, and there is no such agent"
    for service in view.all(SERVICES):
        yield from _service(view, service)
    for task in view.all(TASKS):
        if task.desired_status == "STOPPED" and task.last_status != "STOPPED":
            yield f"{task.arn} was asked to stop and is {task.last_status}"
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
        if not is_known and arn not in world.invariants.orphans:
            yield f"{machine.id} runs {arn}, of which the state knows {task}"
        elif not is_known and _is_remembered(machine, arn):
            yield f"the agent of {machine.id} still runs the orphan {arn}"
    for task in view.find(LIVE_TASKS_BY_INSTANCE, instance.arn):
        if task.last_status == "RUNNING" and task.arn not in running:
            yield f"{task.arn} is RUNNING and {machine.id} has no container of it"
        elif task.last_status == "PENDING":
            yield f"{task.arn} is PENDING on {machine.id}"


def _is_remembered(machine: Machine, arn: str) -> bool:
    """Whether the agent that is there now started it: a reinstalled one leaves others alone."""
    return any(task.arn == arn and task.containers for task in machine.journal.tasks())


def _service(view: View, service: Service) -> Iterator[str]:
    if service.status == "DRAINING":
        yield f"{service.arn} is DRAINING"
    if service.status != "ACTIVE":
        return
    if service.scheduling_strategy == "DAEMON":
        yield from _daemon(view, service)
        return
    live = view.find(LIVE_TASKS_BY_SERVICE, service.arn)
    tasks = [task for task in live if task.desired_status == "RUNNING"]
    primary = service.deployments[0]
    running = [t for t in tasks if t.last_status == "RUNNING" and t.started_by == primary.id]
    is_done = (
        len(running) == len(tasks) == service.desired_count
        and len(service.deployments) == 1
        and not any(_is_draining(view, task) for task in tasks)
    )
    if is_done:
        if primary.rollout_state != "COMPLETED":
            yield f"{service.arn} has all it wants and is {primary.rollout_state}"
        return
    why = f"{service.arn} wants {service.desired_count}, has {len(running)} of {len(tasks)} tasks"
    definition = view.must(TASK_DEFINITIONS, primary.task_definition_arn)
    current = sum(t.started_by == primary.id and not _is_draining(view, t) for t in tasks)
    if any(task.last_status == "PENDING" for task in tasks):
        yield f"{why}, some PENDING"
    elif current >= service.desired_count:
        yield f"{why}, too many"
    elif _may_move(service, len(tasks)) and _has_room(view, service, definition):
        yield f"{why}, and there is room ({service.waiting_reason or 'not waiting'})"
    elif _may_stop(service, len(tasks), current):
        yield f"{why}, and some may be stopped"


def _daemon(view: View, service: Service) -> Iterator[str]:
    """Every ACTIVE instance that could take a task of the DAEMON service has one that runs."""
    primary = service.deployments[0]
    definition = view.must(TASK_DEFINITIONS, primary.task_definition_arn)
    active = [each for each in view.all(CONTAINER_INSTANCES) if each.status == "ACTIVE"]
    current = 0
    for instance in active:
        live = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        tasks = [each for each in live if each.service_arn == service.arn]
        current += sum(each.started_by == primary.id for each in tasks)
        if not tasks and _fits(view, instance, definition):
            yield f"{instance.arn} lacks a task of {service.arn}"
        elif instance.agent_connected and any(each.last_status != "RUNNING" for each in tasks):
            yield f"a task of {service.arn} on {instance.arn} does not run"
    if service.desired_count != len(active):
        yield f"{service.arn} wants {service.desired_count}, there are {len(active)} instances"
    is_done = current == len(active) and len(service.deployments) == 1
    if is_done and primary.rollout_state != "COMPLETED":
        yield f"{service.arn} has all it wants and is {primary.rollout_state}"


def _is_draining(view: View, task: Task) -> bool:
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    return instance is not None and instance.status == "DRAINING"


def _may_move(service: Service, tasks: int) -> bool:
    """Whether the maximum leaves room for another task."""
    return tasks < maximum_total(service.desired_count, service.maximum_percent)


def _may_stop(service: Service, tasks: int, current: int) -> bool:
    """Whether tasks that must go could be stopped without going below the minimum."""
    least = minimum_running(service.desired_count, service.minimum_healthy_percent)
    return tasks > current and tasks > least


def _has_room(view: View, service: Service, definition: TaskDefinition) -> bool:
    """By the records alone: some instance could take one more task."""
    return any(
        _fits(view, instance, definition)
        for instance in view.all(CONTAINER_INSTANCES)
        if instance.cluster_arn == service.cluster_arn
    )


def _fits(view: View, instance: ContainerInstance, definition: TaskDefinition) -> bool:
    if instance.status != "ACTIVE" or not instance.agent_connected:
        return False
    live = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    tasks = [each for each in live if each.desired_status == "RUNNING"]
    taken = ports_as_codes(instance.reserved_ports, instance.reserved_ports_udp)
    for task in tasks:
        taken |= ports_as_codes(task.host_ports, task.host_ports_udp)
    return (
        sum(each.cpu_units for each in tasks) + definition.cpu_units <= instance.cpu_units
        and sum(each.memory_mib for each in tasks) + definition.memory_mib <= instance.memory_mib
        and not taken & ports_as_codes(definition.host_ports, definition.host_ports_udp)
    )
