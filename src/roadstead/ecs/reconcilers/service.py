"""The service scheduler: keeps desiredCount tasks of the PRIMARY deployment, and nothing else.

Counts first (`service_survey`), decides by numbers (`rules.deployment`), and only then chooses
tasks (`service_choice`). A plan starts and stops a bounded number of tasks; what is left is found
again in the next look, which the plan's own changes bring about.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from roadstead.ecs.reconcilers.service_actions import (
    AnnounceBlocked,
    AnnounceSteady,
    AnnounceWaiting,
    CompleteDeployment,
    CountFailedStarts,
    DropDeployments,
    FinishDeletion,
    ForgiveFailures,
    RestoreTasks,
    StartTasks,
    StopTasks,
    StopUnhealthyTasks,
    StopWaiting,
)
from roadstead.ecs.reconcilers.service_choice import all_tasks, tasks_to_stop, unhealthy_to_stop
from roadstead.ecs.reconcilers.service_survey import (
    Survey,
    after_stopping,
    newest_running_since,
    next_health_at,
    survey,
)
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, WAITING_SERVICES, Service
from roadstead.ecs.records.service_tasks import FAILED_STARTS
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.deployment import Moves, next_moves
from roadstead.ecs.rules.placement.choose import Placed
from roadstead.ecs.rules.service_events import REPEATED_AFTER
from roadstead.ecs.transitions.service_tasks import next_place, waiting_cause
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change
from roadstead.state.view import View

STARTED_AT_ONCE_MAX = 50
STOPPED_AT_ONCE_MAX = 50
"""Tasks in one plan, so that an update stays within its 10 ms."""
WAITING_LOOKED_AT_AFTER = timedelta(seconds=60)
"""A service that waits for room is looked at so often even if nothing seems to change."""


def keys(view: View) -> Iterable[str]:
    """Every service that is not INACTIVE."""
    return [service.arn for service in view.all(SERVICES) if service.status != "INACTIVE"]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service itself, a task's service, and whoever waits for the room that became free."""
    if change.table is SERVICES:
        return (change.arn,) if change.after is not None else ()
    if change.table is TASKS:
        return _affected_by_task(view, change.before, change.after)
    if change.table is CONTAINER_INSTANCES:
        return _affected_by_instance(view, change.before, change.after)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Start and stop tasks so that the service has desiredCount healthy ones, within its limits."""
    service = view.get(SERVICES, key)
    if service is None or service.status == "INACTIVE":
        return SETTLED
    if service.status == "DRAINING":
        return _delete(view, service)
    found = survey(view, service, now)
    moves = next_moves(found.population)
    stops, stopped = _stops(view, service, found, moves)
    has_stopped_all = len(stopped) == moves.stops
    failures, tries_at = _failures(view, service, now)
    starts: list[Action] = []
    wakes: list[datetime | None] = [tries_at]
    if moves.start and has_stopped_all and tries_at is None:
        starts, wake = _starts(view, service, moves, now, makes_room=bool(stops))
        wakes.append(wake)
    elif service.waiting_reason and found.population.current >= service.desired_count:
        starts = [StopWaiting(key)]
    if moves.start_former and has_stopped_all:
        restores, wake = _restores(view, service, found, moves, now)
        starts += restores  # behind the new revision's: it comes first where room is short
        wakes.append(wake)
    ends: list[Action] = []
    if has_stopped_all:
        found = after_stopping(view, service, found, moves, stopped)
        was_steady = service.is_steady and not (stops or failures)
        ends, wake = _ends(service, found, moves, now, was_steady=was_steady)
        wakes.append(wake)
    if not service.is_steady or found.population.leaving or found.population.unhealthy:
        wakes.append(next_health_at(view, service, found, now))
    return Plan(
        (*failures, *stops, *starts, *ends),
        min((each for each in wakes if each is not None), default=None),
    )


def _delete(view: View, service: Service) -> Plan:
    arns = all_tasks(view, service, STOPPED_AT_ONCE_MAX + 1)
    actions: list[Action] = []
    if arns:
        actions.append(StopTasks(service.arn, arns[:STOPPED_AT_ONCE_MAX], _scaling(service)))
    if len(arns) <= STOPPED_AT_ONCE_MAX:
        actions.append(FinishDeletion(service.arn))
    return Plan(tuple(actions))


def _stops(
    view: View, service: Service, found: Survey, moves: Moves
) -> tuple[list[Action], tuple[str, ...]]:
    """The tasks to stop, of all that must go as many as one plan takes."""
    actions: list[Action] = []
    chosen = tasks_to_stop(view, service, found, moves, STOPPED_AT_ONCE_MAX)
    if chosen:
        actions.append(StopTasks(service.arn, chosen, _scaling(service)))
    room = STOPPED_AT_ONCE_MAX - len(chosen)
    unhealthy = unhealthy_to_stop(view, service, found, moves, room)
    if unhealthy:
        actions.append(StopUnhealthyTasks(service.arn, unhealthy))
    return actions, chosen + unhealthy


def _failures(view: View, service: Service, now: datetime) -> tuple[list[Action], datetime | None]:
    """What to remember of failed starts, and until when no task may be started.

    While failures are yet to be counted that is not known: none in this plan, then.
    """
    primary = service.deployments[0]
    if view.count(FAILED_STARTS, primary.id):
        return [CountFailedStarts(service.arn, primary.id)], now
    if primary.failed_starts:
        newest = newest_running_since(view, primary.id)
        if newest is not None and (primary.failed_at is None or newest > primary.failed_at):
            return [ForgiveFailures(service.arn, primary.id)], None
    if primary.next_try_at is not None and primary.next_try_at > now:
        return [], primary.next_try_at
    return [], None


def _starts(
    view: View, service: Service, moves: Moves, now: datetime, *, makes_room: bool
) -> tuple[list[Action], datetime | None]:
    """Tasks to start, unless they are known to have no place; and when to ask for one again."""
    primary = service.deployments[0]
    if (
        view.get(CLUSTERS, service.cluster_arn) is None
        or view.get(TASK_DEFINITIONS, primary.task_definition_arn) is None
    ):
        return [], None
    count = min(moves.start, STARTED_AT_ONCE_MAX)
    start = StartTasks(service.arn, primary.id, count, moves.replaces_unhealthy)
    if not service.waiting_reason or makes_room:
        return [start], None
    place = next_place(view, service, primary)
    if isinstance(place, Placed):
        return [start], None
    cause, closest_id = waiting_cause(place)
    since = service.waiting_since
    if cause != service.waiting_reason or since is None or now - since >= REPEATED_AFTER:
        return [AnnounceWaiting(service.arn, cause, closest_id)], None
    return [], now + WAITING_LOOKED_AT_AFTER


def _restores(
    view: View, service: Service, found: Survey, moves: Moves, now: datetime
) -> tuple[list[Action], datetime | None]:
    """Tasks of the former deployment to start, if there is a place; else when to ask again."""
    (former,) = (each for each in service.deployments if each.id == found.former_id)
    if view.get(CLUSTERS, service.cluster_arn) is None:
        return [], None
    if not isinstance(next_place(view, service, former), Placed):
        return [], now + WAITING_LOOKED_AT_AFTER
    count = min(moves.start_former, STARTED_AT_ONCE_MAX)
    return [RestoreTasks(service.arn, former.id, count)], None


def _ends(
    service: Service, found: Survey, moves: Moves, now: datetime, *, was_steady: bool
) -> tuple[list[Action], datetime | None]:
    """What is complete, steady or stuck now; and when that is to be said again."""
    tasks = found.population
    desired = service.desired_count
    primary = service.deployments[0]
    actions: list[Action] = []
    is_completed = primary.rollout_state == "COMPLETED"
    if (
        not is_completed
        and not any(found.left_of_older.values())
        and found.healthy_on_primary >= desired >= tasks.current
    ):
        actions.append(CompleteDeployment(service.arn, primary.id))
        is_completed = True
    elif emptied := tuple(
        each
        for each, left in found.left_of_older.items()
        if not left and not (moves.start_former and each == found.former_id)
    ):
        actions.append(DropDeployments(service.arn, emptied))
    is_settled = tasks.current == tasks.current_healthy == desired and not (
        tasks.leaving or tasks.idle or tasks.unhealthy or tasks.coming
    )
    if is_completed and is_settled:
        if not was_steady or _is_due(service.steady_at, now):
            return [*actions, AnnounceSteady(service.arn)], None
        return actions, _due(service.steady_at)
    if moves.is_blocked:
        if service.blocked_since is None or _is_due(service.blocked_since, now):
            return [*actions, AnnounceBlocked(service.arn)], None
        return actions, _due(service.blocked_since)
    return actions, None


def _is_due(said_at: datetime | None, now: datetime) -> bool:
    return said_at is not None and now - said_at >= REPEATED_AFTER


def _due(said_at: datetime | None) -> datetime | None:
    return None if said_at is None else said_at + REPEATED_AFTER


def _scaling(service: Service) -> str:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""
    return f"Scaling activity initiated by (deployment {service.deployments[0].id})"


def _affected_by_task(view: View, before: Task | None, after: Task | None) -> Iterable[str]:
    task = after or before
    assert task is not None
    concerned: list[str] = []
    if task.service_arn and (after is None or before is None or _has_moved(before, after)):
        concerned.append(task.service_arn)
    held = before is not None and before.desired_status == "RUNNING"
    holds = after is not None and after.desired_status == "RUNNING"
    if held and not holds:
        concerned += _waiting_in(view, task.cluster_arn)
    return concerned


def _has_moved(before: Task, after: Task) -> bool:
    return (
        before.last_status != after.last_status
        or before.desired_status != after.desired_status
        or before.health_status != after.health_status
        or before.started_at != after.started_at
    )


def _affected_by_instance(
    view: View, before: ContainerInstance | None, after: ContainerInstance | None
) -> Iterable[str]:
    instance = after or before
    assert instance is not None
    concerned = _waiting_in(view, instance.cluster_arn)
    if before is not None and after is not None and before.status != after.status:
        tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        concerned += dict.fromkeys(task.service_arn for task in tasks if task.service_arn)
    return concerned


def _waiting_in(view: View, cluster_arn: str) -> list[str]:
    return [service.arn for service in view.find(WAITING_SERVICES, cluster_arn)]
