"""The service scheduler's tasks: started where placement says, stopped, and both told in events."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules import service_events, traffic_events
from roadstead.ecs.rules.fleets import has_shares
from roadstead.ecs.rules.network import zones_of
from roadstead.ecs.rules.placement.choose import CHANCES, NoPlace, Placed, choose_instance
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.placement.wishes import AVAILABILITY_ZONE, wishes_of
from roadstead.ecs.rules.stop_codes import SCHEDULER_INITIATED
from roadstead.ecs.transitions.daemon_tasks import start_awaited_daemons
from roadstead.ecs.transitions.deployment_failures import count_unhealthy
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.service_notes import note_not_waiting, note_waiting
from roadstead.ecs.transitions.task_of_service import start_task_of_service
from roadstead.ecs.transitions.task_targets import deregister_tasks
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

UNHEALTHY_REASON = "Task failed container health checks"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""


def start_service_tasks(
    tx: Tx,
    call: Call,
    service: Service,
    count: int,
    *,
    unhealthy: int = 0,
    deployment_id: str = "",
) -> Service:
    """Start up to `count` tasks of a deployment, as many as find a place.

    unhealthy: how many of them replace unhealthy tasks.
    deployment_id: of the PRIMARY deployment if it is not said.
    """
    deployment = _the_deployment(service, deployment_id)
    waits_alone = deployment.id if has_shares(service) else ""
    started, no_place = _start_many(tx, call, service, deployment, count)
    if started:
        service = _announce_started(tx, call, service, deployment, started, unhealthy)
    waiting = deployment.waiting_reason if waits_alone else service.waiting_reason
    if no_place is None:
        return note_not_waiting(tx, service, deployment_id=waits_alone) if waiting else service
    cause, closest_id = waiting_cause(no_place)
    if cause == waiting:
        return service
    return note_waiting(tx, call, service, cause, closest_id, deployment_id=waits_alone)


def restore_service_tasks(
    tx: Tx, call: Call, service: Service, deployment: Deployment, count: int
) -> Service:
    """Start up to `count` tasks of a former deployment, as many as find a place."""
    started, _ = _start_many(tx, call, service, deployment, count)
    if not started:
        return service
    return _announce_started(tx, call, service, deployment, started)


def _announce_started(
    tx: Tx,
    call: Call,
    service: Service,
    deployment: Deployment,
    started: list[str],
    unhealthy: int = 0,
) -> Service:
    service = msgspec.structs.replace(service, is_steady=False)
    task_set = "" if service.deployment_controller == "ECS" else deployment.id
    said = service_events.started(
        service.name, started, min(unhealthy, len(started)), task_set=task_set
    )
    return announce(tx, call, service, said)


def _the_deployment(service: Service, deployment_id: str) -> Deployment:
    if not deployment_id:
        return service.deployments[0]
    return next(each for each in service.deployments if each.id == deployment_id)


def start_tasks_in_zone(
    tx: Tx, call: Call, service: Service, deployment: Deployment, count: int, zone: str
) -> list[str]:
    """Start up to `count` tasks of the deployment in the zone; returns their ids."""
    started, _ = _start_many(tx, call, service, deployment, count, zone)
    return started


def _start_many(
    tx: Tx, call: Call, service: Service, deployment: Deployment, count: int, zone: str = ""
) -> tuple[list[str], NoPlace | None]:
    """The ids of up to `count` tasks started, and why it was not more.

    An instance gets the daemon tasks that it awaits before any of these: they come first.
    """
    started: list[str] = []
    search = _Search(tx, service, deployment, zone)
    while len(started) < count:
        chance = call.ids.below(CHANCES) if search.wishes.is_random else 0
        place = search.place(chance)
        if isinstance(place, NoPlace):
            return started, place
        arn = place.container_instance_arn
        if not start_awaited_daemons(tx, call, service.cluster_arn, arn):
            started.append(start_task_of_service(tx, call, service, deployment, arn))
    return started, None


def next_place(
    view: View, service: Service, deployment: Deployment, zone: str = ""
) -> Placed | NoPlace:
    """Where the next task of the deployment would go, if nothing is left to chance.

    zone: the only one that is asked, if any is named.
    """
    return _Search(view, service, deployment, zone).place()


class _Search:
    """The search for places of a deployment's tasks: what is the same for all of them."""

    def __init__(
        self, view: View, service: Service, deployment: Deployment, zone: str = ""
    ) -> None:
        definition = view.must(TASK_DEFINITIONS, deployment.task_definition_arn)
        self._capacity = view.projection(Capacity)
        self._service = service
        self._demand = demand_of(
            definition,
            launch_type=deployment.launch_type,
            zones=zones_of(view, scope_of(service.arn), deployment.network_configuration),
        )
        constraints = service.placement_constraints
        if zone:
            expression = f"attribute:{AVAILABILITY_ZONE} == {zone}"
            constraints = (*constraints, {"type": "memberOf", "expression": expression})
        self.wishes = wishes_of(definition, constraints, service.placement_strategy)

    def place(self, chance: int = 0) -> Placed | NoPlace:
        return choose_instance(
            self._capacity,
            self._service.cluster_arn,
            self._demand,
            group=self._service.arn,
            wishes=self.wishes,
            chance=chance,
        )


def waiting_cause(no_place: NoPlace) -> tuple[str, str]:
    """Why there is no place, and the id of the instance that nearly was one."""
    closest = no_place.closest
    if closest is None:
        return service_events.NO_INSTANCES, ""
    return closest.reason, last_part(closest.container_instance_arn)


def stop_service_tasks(
    tx: Tx, call: Call, service: Service, task_arns: Iterable[str], *, reason: str
) -> Service:
    """Ask these tasks of the service to stop. reason: their stoppedReason."""
    return _stop(tx, call, service, dict.fromkeys(task_arns, reason))


def stop_unhealthy_tasks(tx: Tx, call: Call, service: Service, task_arns: Iterable[str]) -> Service:
    """Ask tasks to stop that failed health checks, and count them for the breaker.

    The checks are those of a load balancer, or, if all of those passed, of a container.
    """
    deployment_ids: Counter[str] = Counter()
    reasons = {}
    for arn in task_arns:
        task = tx.must(TASKS, arn)
        deployment_ids[task.started_by] += 1
        said = service_events.failed_health_checks(service.name, last_part(arn))
        reasons[arn] = UNHEALTHY_REASON
        for target in task.targets:
            if target.health == "UNHEALTHY":
                said = traffic_events.unhealthy(service, task, target)
                reasons[arn] = traffic_events.stopped_reason(target)
                break
        service = announce(tx, call, service, said)
    for deployment_id, count in deployment_ids.items():
        service = count_unhealthy(tx, call, service, deployment_id, count)
    return _stop(tx, call, service, reasons)


def _stop(tx: Tx, call: Call, service: Service, reasons: Mapping[str, str]) -> Service:
    """Ask tasks to stop, each for its reason. They get no new request from this moment on."""
    pending = 0
    running: list[str] = []
    led_to: list[str] = []
    for arn, reason in reasons.items():
        task = tx.get(TASKS, arn)
        if task is None or task.service_arn != service.arn:
            continue
        match standing(task):
            case None:
                continue
            case "PENDING":
                pending += 1
            case _:
                running.append(last_part(arn))
        task = stop_task(tx, call, task, reason=reason, stop_code=SCHEDULER_INITIATED)
        if task.targets:
            led_to.append(arn)
    if not (pending or running):
        return service
    service = msgspec.structs.replace(service, is_steady=False)
    if running:
        message = service_events.stopped_running(service.name, running)
        service = announce(tx, call, service, message)
    if pending:
        message = service_events.stopped_pending(service.name, pending)
        service = announce(tx, call, service, message)
    if led_to:
        deregister_tasks(tx, call, service.arn, led_to)
        service = tx.must(SERVICES, service.arn)
    return service
