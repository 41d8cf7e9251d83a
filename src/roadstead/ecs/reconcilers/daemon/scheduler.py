"""The daemon scheduler: one task on each instance that matches a DAEMON service.

A key is a service. What is asked of all instances at once is asked of arrays
(`rules.daemon_places`), so that a look costs microseconds a thousand instances, and a change of one
instance concerns the daemon services of its cluster only. That tasks leave an instance which drains
or no longer matches, is decided instance by instance in `leaving`; deletion is as for every
service (`service.scheduler`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, takewhile

from roadstead.aws.arns import last_part
from roadstead.ecs.reconcilers.daemon.actions import CountInstances, StartDaemonTasks
from roadstead.ecs.reconcilers.daemon.survey import SERVING, DaemonSurvey, daemon_survey
from roadstead.ecs.reconcilers.service.actions import (
    AnnounceBlocked,
    AnnounceSteady,
    AnnounceWaiting,
    CompleteDeployment,
    DropDeployments,
    EndProtection,
    StopTasks,
    StopUnhealthyTasks,
    StopWaiting,
)
from roadstead.ecs.reconcilers.service.failed_starts import failures
from roadstead.ecs.reconcilers.service.fleet import (
    STARTED_AT_ONCE_MAX,
    STOPPED_AT_ONCE_MAX,
    WAITING_LOOKED_AT_AFTER,
    scaling_reason,
)
from roadstead.ecs.reconcilers.service.protections import (
    complaint,
    ending_protections,
    is_protected_anew,
)
from roadstead.ecs.reconcilers.service.repeats import due_at, is_due
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.seat import frees_room
from roadstead.ecs.records.service import DAEMON_SERVICES, SERVICES, Service
from roadstead.ecs.records.service_tasks import (
    PROTECTED_BY_STANDING,
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    has_moved,
    running_since,
    standing_key,
)
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.rules.daemon import DaemonMoves, daemon_moves
from roadstead.ecs.rules.deployment.configuration import has_bake
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change
from roadstead.state.view import View


def keys(view: View) -> Iterable[str]:
    """Every DAEMON service that is ACTIVE."""
    return [
        service.arn
        for cluster_arn in view.keys(DAEMON_SERVICES)
        for service in view.find(DAEMON_SERVICES, cluster_arn)
    ]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service itself, a daemon task's service, and all of a cluster whose instances changed."""
    if change.table is SERVICES:
        after: Service | None = change.after
        return (change.arn,) if after is not None and _is_daemon(after) else ()
    if change.table is TASKS:
        return _affected_by_task(view, change.before, change.after)
    if change.table is CONTAINER_INSTANCES and _is_other(change.before, change.after):
        instance = change.after or change.before
        return [each.arn for each in view.find(DAEMON_SERVICES, instance.cluster_arn)]
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Start a task where one is missing; stop older ones as fast as the minimum allows."""
    service = view.get(SERVICES, key)
    if service is None or not _is_daemon(service) or service.status != "ACTIVE":
        return SETTLED
    found = daemon_survey(view, service, now, most=STARTED_AT_ONCE_MAX)
    if found is None:
        return SETTLED
    if service.desired_count != found.places.matching:
        return Plan((CountInstances(key, found.places.matching),))
    protection_ends_at, expired = ending_protections(view, service, now, most=STOPPED_AT_ONCE_MAX)
    if expired:
        return Plan((EndProtection(key, expired),))
    moves = daemon_moves(found.population)
    counted, tries_at = failures(view, service, service.deployments[0], now)
    stops = _stops(view, service, found, moves)
    starts, waits_until = _starts(service, found, now)
    ends: list[Action] = []
    wakes = [tries_at, waits_until, protection_ends_at]
    if moves.protected:
        said, wake = complaint(service, service.deployments[0], moves.protected, now)
        stops += said
        wakes.append(wake)
    if not (counted or stops or starts):
        ends, wake = _ends(service, found, moves, now)
        wakes.append(wake)
    wakes.append(_next_health_at(view, service, found, now))
    return Plan(
        (*counted, *stops, *starts, *ends),
        min((each for each in wakes if each is not None), default=None),
    )


def _stops(view: View, service: Service, found: DaemonSurvey, moves: DaemonMoves) -> list[Action]:
    primary_id = service.deployments[0].id
    older = [each.id for each in service.deployments[1:]]
    not_serving = [where for where in STANDINGS if where not in SERVING]
    idle = _of(view, found, older, not_serving)
    chosen = _chosen(view, idle, min(moves.stop_idle, STOPPED_AT_ONCE_MAX))
    room = min(moves.stop_leaving, STOPPED_AT_ONCE_MAX - len(chosen))
    young = _chosen(view, _young(view, found, older), room)  # they are of less worth
    taken = frozenset(young)
    others = (task for task in _of(view, found, older, SERVING) if task.arn not in taken)
    chosen += young + _chosen(view, others, room - len(young))
    actions: list[Action] = []
    if chosen:
        actions.append(StopTasks(service.arn, tuple(chosen), scaling_reason(primary_id)))
    sick = (
        task.arn
        for task in _of(view, found, (primary_id,), ("UNHEALTHY",))
        if running_since(task) <= found.graced_after
    )
    unhealthy = tuple(islice(sick, moves.stop_unhealthy))
    if unhealthy:
        actions.append(StopUnhealthyTasks(service.arn, unhealthy))
    return actions


def _chosen(view: View, tasks: Iterable[Task], count: int) -> list[str]:
    """The first `count`, those before whose agents can be told now: others hold up a rollout."""
    chosen: list[str] = []
    unheard: list[str] = []
    if count <= 0:
        return chosen
    for task in tasks:
        instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        is_heard = instance is not None and instance.agent_connected
        (chosen if is_heard else unheard).append(task.arn)
        if len(chosen) >= count:
            break
    return chosen + unheard[: count - len(chosen)]


def _young(view: View, found: DaemonSurvey, deployments: Iterable[str]) -> Iterator[Task]:
    """Tasks that serve, but not for long enough to be healthy."""
    for each in deployments:
        running = _of(view, found, (each,), ("RUNNING",))
        yield from takewhile(lambda task: running_since(task) > found.healthy_before, running)


def _of(
    view: View, found: DaemonSurvey, deployments: Iterable[str], standings: Iterable[Standing]
) -> Iterator[Task]:
    """Tasks of these deployments that stand so, the newest first; only where they count.

    Protection is from making way for another deployment, and from nothing else.
    """
    strays = frozenset(found.places.strays)
    for deployment_id in deployments:
        for where in standings:
            key = standing_key(deployment_id, where)
            for task in view.walk(TASKS_BY_STANDING, key, reverse=True):
                is_kept = task.protection_enabled and deployment_id in found.left_of_older
                if not (is_kept or task.container_instance_arn in strays):
                    yield task


def _starts(
    service: Service, found: DaemonSurvey, now: datetime
) -> tuple[list[Action], datetime | None]:
    """A task for every instance that lacks one; and what is to be said where it has no room."""
    if found.population.is_held:
        return [], None
    places = found.places
    if places.startable:
        return [StartDaemonTasks(service.arn, tuple(places.startable))], None
    refusal = places.refusal
    if refusal is None:
        return ([StopWaiting(service.arn)] if service.waiting_reason else []), None
    if refusal.reason != service.waiting_reason or is_due(service.waiting_since, now):
        closest_id = last_part(refusal.container_instance_arn)
        return [AnnounceWaiting(service.arn, refusal.reason, closest_id)], None
    return [], now + WAITING_LOOKED_AT_AFTER


def _ends(
    service: Service, found: DaemonSurvey, moves: DaemonMoves, now: datetime
) -> tuple[list[Action], datetime | None]:
    """What is complete, steady or stuck now; and when that is to be said again."""
    tasks = found.population
    primary = service.deployments[0]
    is_there = tasks.current == tasks.current_healthy == tasks.matching and not tasks.missing
    left = any(found.left_of_older.values())
    is_completed = primary.rollout_state == "COMPLETED"
    if (
        primary.rollout_state == "IN_PROGRESS"
        and not has_bake(service.deployment_configuration)
        and is_there
        and not left
    ):
        return [CompleteDeployment(service.arn, primary.id)], None
    emptied = tuple(each for each, count in found.left_of_older.items() if not count)
    if emptied:
        return [DropDeployments(service.arn, emptied)], None
    if is_completed and is_there and not (left or tasks.unhealthy):
        if not service.is_steady or is_due(service.steady_at, now):
            return [AnnounceSteady(service.arn)], None
        return [], due_at(service.steady_at)
    if moves.is_blocked:
        if service.blocked_since is None or is_due(service.blocked_since, now):
            return [AnnounceBlocked(service.arn)], None
        return [], due_at(service.blocked_since)
    return [], None


def _next_health_at(
    view: View, service: Service, found: DaemonSurvey, now: datetime
) -> datetime | None:
    """When time alone makes a difference: a task becomes healthy, or its grace period ends.

    While tasks wait to be stopped the next task counts, else only the last.
    """
    primary_id = service.deployments[0].id
    running = standing_key(primary_id, "RUNNING")
    moments = []
    young = next(view.walk(TASKS_BY_STANDING, running, after=found.healthy_before), None)
    if young is not None:
        if not (found.population.leaving or found.population.unhealthy):
            young = view.last(TASKS_BY_STANDING, running) or young
        moments.append(running_since(young) + (now - found.healthy_before))
    if found.population.leaving and found.population.protected:
        for each in found.left_of_older:
            running = standing_key(each, "RUNNING")
            kept = next(view.walk(PROTECTED_BY_STANDING, running, after=found.healthy_before), None)
            if kept is not None:
                moments.append(running_since(kept) + (now - found.healthy_before))
    sick = standing_key(primary_id, "UNHEALTHY")
    graced = next(view.walk(TASKS_BY_STANDING, sick, after=found.graced_after), None)
    if graced is not None:
        moments.append(running_since(graced) + (now - found.graced_after))
    return min(moments, default=None)


def _affected_by_task(view: View, before: Task | None, after: Task | None) -> Iterable[str]:
    task = after or before
    assert task is not None
    concerned: list[str] = []
    if task.is_daemon and (has_moved(before, after) or is_protected_anew(before, after)):
        concerned.append(task.service_arn)
    if frees_room(before, after):
        daemons = view.find(DAEMON_SERVICES, task.cluster_arn)
        concerned += [each.arn for each in daemons if each.waiting_reason]
    return concerned


def _is_other(before: ContainerInstance | None, after: ContainerInstance | None) -> bool:
    """Whether a daemon task may be missing there now, or be one too many."""
    return (
        before is None
        or after is None
        or before.status != after.status
        or before.agent_connected != after.agent_connected
        or before.attributes != after.attributes
        or before.custom_attributes != after.custom_attributes
        or before.cpu_units != after.cpu_units
        or before.memory_mib != after.memory_mib
        or before.reserved_ports != after.reserved_ports
        or before.reserved_ports_udp != after.reserved_ports_udp
        or before.task_interfaces_max != after.task_interfaces_max
        or before.availability_zone != after.availability_zone
    )


def _is_daemon(service: Service) -> bool:
    return service.scheduling_strategy == "DAEMON"
