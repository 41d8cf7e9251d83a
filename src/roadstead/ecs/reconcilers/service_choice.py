"""Which of a service's tasks to stop, once it is known how many."""

from collections.abc import Iterable, Iterator

from roadstead.ecs.reconcilers.service_survey import Survey
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import (
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    running_since,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import Task
from roadstead.ecs.rules.deployment import Moves
from roadstead.ecs.rules.scale_in import (
    HEALTHY,
    PENDING,
    UNHEALTHY,
    YOUNG,
    Candidate,
    choose_tasks_to_stop,
)
from roadstead.state.view import View


def tasks_to_stop(
    view: View, service: Service, found: Survey, moves: Moves, most: int
) -> tuple[str, ...]:
    """Up to `most` tasks that scaling, the deployment or a drain stops now: idle ones first."""
    chosen: list[str] = []
    if moves.stop_idle:
        chosen += _take(_idle(view, service, found), most)
    if moves.stop_current:
        candidates = [_candidate(task, found) for task in _current(view, service, found)]
        chosen += choose_tasks_to_stop(candidates, min(moves.stop_current, most - len(chosen)))
    if moves.stop_leaving:
        candidates = [_candidate(task, found) for task in _leaving(view, service, found)]
        chosen += choose_tasks_to_stop(candidates, min(moves.stop_leaving, most - len(chosen)))
    return tuple(chosen)


def unhealthy_to_stop(
    view: View, service: Service, found: Survey, moves: Moves, most: int
) -> tuple[str, ...]:
    """Up to `most` of the unhealthy tasks that are to be stopped, those that run longest first."""
    if not moves.stop_unhealthy:
        return ()
    leaving = {task.arn for task in found.draining}
    tasks = (
        task
        for task in _standing(view, service.deployments[0].id, "UNHEALTHY")
        if running_since(task) <= found.graced_after and task.arn not in leaving
    )
    return tuple(_take(tasks, min(moves.stop_unhealthy, most)))


def all_tasks(view: View, service: Service, most: int) -> tuple[str, ...]:
    """Up to `most` of the service's tasks that were not asked to stop."""
    tasks = (
        task
        for deployment in service.deployments
        for where in STANDINGS
        for task in _standing(view, deployment.id, where)
    )
    return tuple(_take(tasks, most))


def _idle(view: View, service: Service, found: Survey) -> Iterator[Task]:
    primary = service.deployments[0].id
    for older in service.deployments[1:]:
        for where in ("PENDING", "UNHEALTHY", "CHECKING"):
            yield from _standing(view, older.id, where)
    for task in found.draining:
        if task.started_by == primary and not _serves(task):
            yield task


def _leaving(view: View, service: Service, found: Survey) -> Iterator[Task]:
    primary = service.deployments[0].id
    for older in service.deployments[1:]:
        yield from _standing(view, older.id, "RUNNING")
        yield from _standing(view, older.id, "HEALTHY")
    for task in found.draining:
        if task.started_by == primary and _serves(task):
            yield task


def _current(view: View, service: Service, found: Survey) -> Iterator[Task]:
    leaving = {task.arn for task in found.draining}
    for where in STANDINGS:
        for task in _standing(view, service.deployments[0].id, where):
            is_unhealthy = where == "UNHEALTHY" and running_since(task) <= found.graced_after
            if not is_unhealthy and task.arn not in leaving:
                yield task


def _serves(task: Task) -> bool:
    return standing(task) in ("RUNNING", "HEALTHY")


def _standing(view: View, deployment_id: str, where: Standing) -> Iterator[Task]:
    return view.walk(TASKS_BY_STANDING, standing_key(deployment_id, where))


def _candidate(task: Task, found: Survey) -> Candidate:
    where = standing(task)
    since = running_since(task)
    match where:
        case "PENDING":
            worth = PENDING
        case "UNHEALTHY":
            worth = UNHEALTHY
        case "HEALTHY":
            worth = HEALTHY
        case "RUNNING" if since <= found.healthy_before:
            worth = HEALTHY
        case _:
            worth = YOUNG
    return Candidate(task.arn, task.availability_zone, task.container_instance_arn, since, worth)


def _take(tasks: Iterable[Task], most: int) -> list[str]:
    found: list[str] = []
    for task in tasks:
        if len(found) >= most:
            break
        found.append(task.arn)
    return found
