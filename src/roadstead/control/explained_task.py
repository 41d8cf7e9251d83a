"""ExplainTask: where a task stands and why it is there; ExplainPlacement: where one would go."""

from datetime import datetime
from typing import Any

from roadstead.control.interface_notes import interface_note
from roadstead.control.placement_view import machine_of, named_instance, placement_view
from roadstead.control.plan_notes import counted
from roadstead.control.references import the_cluster, the_task
from roadstead.control.spans import span
from roadstead.control.stop_advice import stop_advice
from roadstead.control.traffic_notes import traffic_notes, waits_for_traffic
from roadstead.ecs.operations.references import runnable_task_definition
from roadstead.ecs.records.capacity import Capacity, group_of
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Container, Task
from roadstead.ecs.rules.network import checked_network, zones_of
from roadstead.ecs.rules.placement.parameters import checked_constraints, checked_strategy
from roadstead.ecs.rules.placement.wishes import wishes_of
from roadstead.state.plans import Call
from roadstead.state.view import View

LONG_PENDING_SECONDS = 120
"""A task that is PENDING for longer is worth a look at its agent."""


def explain_task(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Where the task stands; why it is PENDING, why it is where it is, or why it stopped.

    Raises: ClusterNotFoundException, InvalidParameterException for a task that is not there.
    Source: ADR-0021
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    task = the_task(view, call, cluster, request["task"])
    service = view.get(SERVICES, task.service_arn)
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    shown: dict[str, Any] = {
        "taskArn": task.arn,
        "clusterName": cluster.name,
        "group": task.group,
        "taskDefinition": task.task_definition_arn,
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "healthStatus": task.health_status,
        "createdAt": task.created_at,
        "containers": [_container(each) for each in task.containers],
    }
    for name, value in (
        ("serviceName", service.name if service else ""),
        ("startedAt", task.started_at),
        ("stoppingAt", task.stopping_at),
        ("stoppedAt", task.stopped_at),
        ("stopCode", task.stop_code),
        ("stoppedReason", task.stopped_reason),
    ):
        if value:
            shown[name] = value
    if task.interface is not None and task.interface.private_ipv4_address:
        shown["address"] = task.interface.private_ipv4_address
    if instance is not None:
        shown["instance"] = _instance(view, instance)
    shown["summary"] = _summary(view, call, task)
    shown["why"] = _why(view, task, service, instance)
    shown["advice"] = _advice(view, call, task, instance)
    return {"task": shown}


def explain_placement_of(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Where RunTask would put a task of this definition now, or why nowhere.

    Raises: ClusterNotFoundException; ClientException for an unknown or inactive definition;
        InvalidParameterException for constraints, a strategy or a network that are none;
        UnsupportedFeatureException for what is not implemented yet.
    Source: ADR-0021
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    definition = runnable_task_definition(view, call, request["taskDefinition"])
    constraints = checked_constraints(request.get("placementConstraints"))
    strategy = checked_strategy(request.get("placementStrategy"))
    network = request.get("networkConfiguration")
    if network:
        network = checked_network(view, call.scope, definition.network_mode, network)
    return {
        "taskDefinition": definition.arn,
        "clusterName": cluster.name,
        "placement": placement_view(
            view,
            cluster.arn,
            definition,
            group=request.get("group") or f"family:{definition.family}",
            launch_type=request.get("launchType") or "EC2",
            wishes=wishes_of(definition, constraints, strategy),
            zones=zones_of(view, call.scope, network),
        ),
    }


def _container(container: Container) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": container.name,
        "image": container.image,
        "essential": container.essential,
        "lastStatus": container.last_status,
        "healthStatus": container.health_status,
    }
    if container.exit_code is not None:
        shown["exitCode"] = container.exit_code
    if container.reason:
        shown["reason"] = container.reason
    return shown


def _instance(view: View, instance: ContainerInstance) -> dict[str, Any]:
    seat = view.projection(Capacity).seat(instance.arn)
    shown: dict[str, Any] = {
        **named_instance(view, instance.arn),
        "status": instance.status,
        "agentConnected": instance.agent_connected,
        "availabilityZone": instance.availability_zone,
    }
    if seat is not None:
        shown |= {
            "tasks": seat.tasks,
            "cpuLeft": instance.cpu_units - seat.cpu_units,
            "memoryLeft": instance.memory_mib - seat.memory_mib,
        }
    return shown


def _summary(view: View, call: Call, task: Task) -> str:
    where = machine_of(view, task.container_instance_arn)
    if task.last_status == "STOPPED":
        return f"STOPPED ({task.stop_code or 'no stop code'}): {task.stopped_reason or 'no reason'}"
    if task.desired_status == "STOPPED":
        asked = _time_since(task.stopping_at, call.now)
        return f"{task.last_status} on {where}, asked to stop {asked} ago: {task.stopped_reason}"
    since = task.started_at if task.last_status == "RUNNING" else task.created_at
    health = "" if task.health_status == "UNKNOWN" else f", {task.health_status}"
    return f"{task.last_status} on {where} for {_time_since(since, call.now)}{health}"


def _time_since(moment: datetime | None, now: datetime) -> str:
    return span(_seconds_since(moment, now))


def _seconds_since(moment: datetime | None, now: datetime) -> int:
    return 0 if moment is None else round((now - moment).total_seconds())


def _why(
    view: View, task: Task, service: Service | None, instance: ContainerInstance | None
) -> list[str]:
    """Why it is there: who started it, and how placement chooses; the choice is not recorded."""
    why = []
    if service is not None:
        why.append(f"Started by the scheduler for {task.started_by} of service {service.name}.")
    elif task.started_by:
        why.append(f"Started by {task.started_by}, in no service: nobody replaces it.")
    else:
        why.append("Started by RunTask or StartTask, in no service: nobody replaces it.")
    why += traffic_notes(view, task)
    if task.last_status == "STOPPED" or instance is None:
        return why
    if service is not None and service.scheduling_strategy == "DAEMON":
        return [*why, "A daemon service has one task on every instance that fits."]
    strategy = "" if service is None else _strategy(service)
    how = strategy or "the default, which spreads over zones, then over their instances"
    why.append(f"Its place was chosen among the instances that could take it, by {how}.")
    if task.protection_enabled:
        end = task.protection_expires_at
        until = "" if end is None else f", until {end:%H:%M:%S} UTC"
        why.append(f"It is protected from scale-in and deployments{until}.")
    groups = view.projection(Capacity).group(task.cluster_arn, group_of(task))
    if groups is not None:
        zones = ", ".join(
            f"{zone.name} {count}"
            for zone, count in sorted(groups.by_zone.items(), key=lambda each: each[0].name)
        )
        here = groups.by_instance.get(task.container_instance_arn, 0)
        why.append(f"Tasks of its group now, by zone: {zones}; on its instance: {here}.")
    return why


def _strategy(service: Service) -> str:
    steps = (
        f"{each['type']}({each['field']})" if each.get("field") else str(each["type"])
        for each in service.placement_strategy
    )
    return ", then ".join(steps)


def _advice(view: View, call: Call, task: Task, instance: ContainerInstance | None) -> list[str]:
    waits = interface_note(view, task) or waits_for_traffic(view, task)
    if task.desired_status == "STOPPED":
        advice = stop_advice(task)
        if waits:
            advice.insert(0, f"{waits[0].upper()}{waits[1:]}.")
        elif task.last_status != "STOPPED" and instance and not instance.agent_connected:
            advice.insert(0, "Its agent is not connected: it ends once the agent is back.")
        return advice
    if task.last_status == "RUNNING":
        unhealthy = [each.name for each in task.containers if each.health_status == "UNHEALTHY"]
        advice = [f"Container {name} fails its health check." for name in unhealthy]
        if task.target_health == "UNHEALTHY":
            advice.append("It fails the health check of a load balancer: its service replaces it.")
        return advice
    if waits:
        return [f"{waits[0].upper()}{waits[1:]}."]
    if instance is None:
        return ["Its container instance is not known any more."]
    if not instance.agent_connected:
        return [
            f"The agent of {machine_of(view, instance.arn)} is not connected, so nothing starts."
        ]
    seconds = _seconds_since(task.created_at, call.now)
    pulling = task.pull_started_at is not None and task.pull_stopped_at is None
    if pulling:
        return ["Its agent is pulling images."]
    if seconds > LONG_PENDING_SECONDS:
        stopping = counted(_ending_on(view, instance), "task")
        return [
            f"Its agent has it and has not started it: it may wait for {stopping} there to end, "
            "for a container that another depends on, or be slow; its log says which."
        ]
    return ["Its agent has been told; images are pulled and containers started now."]


def _ending_on(view: View, instance: ContainerInstance) -> int:
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    return sum(task.desired_status == "STOPPED" for task in tasks)
