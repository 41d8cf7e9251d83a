"""Whether a service is steady in the end, or blocked for a reason that the state tells."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from roadstead.ec2.records.network import SUBNETS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import FINAL_STATUSES, ServiceDeployment
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.service_tasks import BEFORE_RUNNING
from roadstead.ecs.records.task import (
    LIVE_TASKS_BY_INSTANCE,
    LIVE_TASKS_BY_SERVICE,
    TASKS,
    Task,
)
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.records.task_interface import has_interface
from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE
from roadstead.ecs.rules.deployment.rolling import maximum_total, minimum_running
from roadstead.state.view import View
from sim.constraints import constraints_of, is_distinct, is_member
from sim.fleets import Fleet, fleets_of, is_draining, is_unhealthy


def deployment_unsettled(view: View, record: ServiceDeployment) -> Iterator[str]:
    """It is final; or it waits for an answer, or for tasks that are blocked and say why."""
    if record.status in FINAL_STATUSES:
        return
    service = view.get(SERVICES, record.service_arn)
    if service is None or service.status != "ACTIVE":
        yield f"{record.arn} is {record.status}, its service is gone"
    elif not (_awaits_answer(record) or _is_blocked(view, service)):
        yield f"{record.arn} is {record.status} in {record.lifecycle_stage}"


def service_unsettled(view: View, service: Service) -> Iterator[str]:
    """Why it is not steady, though nothing that it tells is in its way."""
    if service.status == "DRAINING":
        yield f"{service.arn} is DRAINING"
    if service.status != "ACTIVE":
        return
    live = view.find(LIVE_TASKS_BY_SERVICE, service.arn)
    tasks = [task for task in live if task.desired_status == "RUNNING"]
    if any(_is_to_replace(service, task) for task in tasks) and _can_replace(view, service):
        yield f"{service.arn} has tasks that are UNHEALTHY, and could replace them"
    if service.scheduling_strategy == "DAEMON":
        yield from _daemon(view, service)
        return
    for fleet in fleets_of(service):
        there = [each for each in tasks if each.started_by in fleet.ids]
        if _is_done(view, fleet, there):
            if fleet.is_rolling and service.deployment_controller == "ECS":
                yield from _completed(service)
        else:
            yield from _fleet(view, service, fleet, there)
    if service.deployment_controller == "EXTERNAL":
        yield from _task_sets(view, service)


def _is_to_replace(service: Service, task: Task) -> bool:
    """It is found unhealthy, and not protected from making way for another revision."""
    targets = {fleet.target.id for fleet in fleets_of(service)}
    is_kept = task.protection_enabled and task.started_by not in targets
    return is_unhealthy(task) and not is_kept


def _can_replace(view: View, service: Service) -> bool:
    """Unless it waits for room, and there is none, or starts nothing any more.

    Replacements come first, as far as the cluster has room for them; nobody makes room for one.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    fleets = fleets_of(service)
    if any(fleet.is_failed for fleet in fleets):
        return False
    waits = service.waiting_reason or any(fleet.is_waiting for fleet in fleets)
    return not waits or any(_has_room(view, service, fleet) for fleet in fleets)


def _is_done(view: View, fleet: Fleet, tasks: list[Task]) -> bool:
    running = [
        each
        for each in tasks
        if each.last_status == "RUNNING" and each.started_by == fleet.target.id
    ]
    return len(running) == len(tasks) == fleet.wanted and not any(
        is_draining(view, task) for task in tasks
    )


def _completed(service: Service) -> Iterator[str]:
    """Its one deployment is final, or under way and waiting: that is `deployment_unsettled`'s."""
    primary = service.deployments[0]
    if primary.rollout_state == "IN_PROGRESS" and not service.service_deployment_arn:
        yield f"{service.arn} has all it wants and is {primary.rollout_state}"
    if primary.rollout_state == "COMPLETED" and len(service.deployments) > 1:
        yield f"{service.arn} is COMPLETED and has {len(service.deployments)} deployments"


def _fleet(view: View, service: Service, fleet: Fleet, tasks: list[Task]) -> Iterator[str]:
    why = f"{fleet.name} wants {fleet.wanted}, has {len(tasks)} tasks"
    current = [t for t in tasks if t.started_by == fleet.target.id and not is_draining(view, t)]
    surplus = len(tasks) - fleet.wanted
    protected = sum(each.protection_enabled for each in tasks)
    missing = fleet.wanted - len(current)
    least = minimum_running(fleet.wanted, fleet.minimum_percent)
    may_start = len(tasks) < maximum_total(fleet.wanted, fleet.maximum_percent)
    if any(task.last_status in BEFORE_RUNNING for task in tasks):
        yield f"{why}, some do not run yet"
    elif fleet.is_failed:
        if surplus > protected:
            yield f"{why}, too many of a deployment that FAILED"
    elif missing <= 0:
        if surplus > protected:
            yield f"{why}, too many"
        elif fleet.target.protection_told_at is None:
            yield f"{why}, and does not tell that tasks are protected"
    elif may_start:
        if _has_room(view, service, fleet):
            yield f"{why}, and there is room ({fleet.is_waiting=})"
        elif not fleet.is_waiting:
            yield f"{why}, there is no room, and it does not say so"
    elif len(tasks) - len(current) > protected and len(tasks) > least:
        yield f"{why}, and some may be stopped"
    elif not protected and service.blocked_since is None:
        yield f"{why}, and does not tell that it is blocked"


def _daemon(view: View, service: Service) -> Iterator[str]:
    """Every ACTIVE instance that matches and could take a task has one that runs; no other has."""
    primary = service.deployments[0]
    if primary.rollout_state == "FAILED":
        return
    definition = view.must(TASK_DEFINITIONS, primary.task_definition_arn)
    constraints = constraints_of(definition, service)
    active = [each for each in view.all(CONTAINER_INSTANCES) if each.status == "ACTIVE"]
    matching = [each for each in active if is_member(each, constraints)]
    current = 0
    for instance in active:
        live = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        tasks = [each for each in live if each.service_arn == service.arn]
        current += sum(each.started_by == primary.id for each in tasks)
        if instance not in matching:
            if tasks:
                yield f"{instance.arn} has a task of {service.arn}, and does not match"
        elif (
            not tasks
            and _fits(view, instance, definition)
            and _is_reached(view, instance, definition, service.network_configuration)
        ):
            yield f"{instance.arn} lacks a task of {service.arn}"
        elif instance.agent_connected and any(each.last_status != "RUNNING" for each in tasks):
            yield f"a task of {service.arn} on {instance.arn} does not run"
    if service.desired_count != len(matching):
        yield f"{service.arn} wants {service.desired_count}, {len(matching)} instances match"
    is_done = current == len(matching) and len(service.deployments) == 1
    if is_done and primary.rollout_state != "COMPLETED":
        yield f"{service.arn} has all it wants and is {primary.rollout_state}"


def _task_sets(view: View, service: Service) -> Iterator[str]:
    sets = view.find(TASK_SETS_BY_SERVICE, service.arn)
    if {each.id for each in sets} != {each.id for each in service.deployments}:
        yield f"{service.arn} has other deployments than task sets"
    live = view.find(LIVE_TASKS_BY_SERVICE, service.arn)
    protected = {task.started_by for task in live if task.protection_enabled}
    for each in sets:
        if each.status == "DRAINING" and each.id not in protected:
            yield f"{each.arn} is DRAINING"


def _awaits_answer(record: ServiceDeployment) -> bool:
    return record.status == "IN_PROGRESS" and any(
        each.status == "AWAITING_ACTION" for each in record.hooks
    )


def _is_blocked(view: View, service: Service) -> bool:
    """Whether some fleet of it says why it does not get on."""
    live = view.find(LIVE_TASKS_BY_SERVICE, service.arn)
    return (
        service.blocked_since is not None
        or bool(service.waiting_reason)
        or any(fleet.is_waiting for fleet in fleets_of(service))
        or any(task.protection_enabled or is_draining(view, task) for task in live)
    )


def _has_room(view: View, service: Service, fleet: Fleet) -> bool:
    """By the records alone: some instance could take one more task."""
    definition = view.get(TASK_DEFINITIONS, fleet.target.task_definition_arn)
    if definition is None:
        return False
    constraints = constraints_of(definition, service)
    revision = view.get(SERVICE_REVISIONS, fleet.target.service_revision_arn)
    network = None if revision is None else revision.network_configuration
    return any(
        _fits(view, instance, definition)
        and _is_reached(view, instance, definition, network)
        and is_member(instance, constraints)
        and not (is_distinct(constraints) and _has_task_of(view, instance, service))
        for instance in view.all(CONTAINER_INSTANCES)
        if instance.cluster_arn == service.cluster_arn
    )


def _has_task_of(view: View, instance: ContainerInstance, service: Service) -> bool:
    live: Iterable[Task] = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    return any(
        each.service_arn == service.arn and each.desired_status == "RUNNING" for each in live
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


def _is_reached(
    view: View,
    instance: ContainerInstance,
    definition: TaskDefinition,
    network: Mapping[str, Any] | None,
) -> bool:
    """Whether a task with an interface of its own has one left there, and a subnet in its zone."""
    if definition.network_mode != "awsvpc":
        return True
    assert network is not None
    zones = {
        each.zone
        for each in view.all(SUBNETS)
        if each.subnet_id in network["awsvpcConfiguration"]["subnets"]
    }
    held = sum(
        has_interface(each)
        for each in view.all(TASKS)
        if each.container_instance_arn == instance.arn
    )
    return instance.availability_zone in zones and held < instance.task_interfaces_max
