"""Daemon tasks that must leave their instance: it drains, or no longer matches their service.

A key is a container instance, so a change costs what that instance holds. While it drains, its
daemon tasks stay until the tasks of all other services there are STOPPED: a daemon serves them to
the end. Standalone tasks are not waited for: nobody stops them. A protected daemon task
stays in a drain, as every protected task does, but not where its service does not want it any more.
"""

from collections.abc import Iterable
from datetime import datetime

from roadstead.ecs.reconcilers.daemon.actions import StopViolatingTask
from roadstead.ecs.reconcilers.service.actions import StopTasks
from roadstead.ecs.reconcilers.service.fleet import scaling_reason
from roadstead.ecs.reconcilers.service.protections import is_protected_anew
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.rules.daemon_places import is_match
from roadstead.ecs.transitions.daemon_tasks import needs_of
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change
from roadstead.state.view import View


def keys(view: View) -> Iterable[str]:
    """Every instance that has daemon tasks."""
    return [each.arn for each in view.all(CONTAINER_INSTANCES) if _has_daemons(view, each.arn)]


def affected(view: View, change: Change) -> Iterable[str]:
    """The instance; that of a task which has ended; all instances of a daemon that changed."""
    if change.table is CONTAINER_INSTANCES:
        return _affected_by_instance(view, change.before, change.after)
    if change.table is TASKS:
        return _affected_by_task(view, change.before, change.after)
    if change.table is SERVICES:
        return _affected_by_service(view, change.before, change.after)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # all are asked alike
    """Stop the daemon tasks that are on the instance in vain."""
    instance = view.get(CONTAINER_INSTANCES, key)
    if instance is None or instance.status == "INACTIVE" or not _has_daemons(view, key):
        return SETTLED
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, key)
    if instance.status == "DRAINING" and any(
        task.service_arn and not task.is_daemon for task in tasks
    ):
        return SETTLED
    actions: list[Action] = []
    for task in tasks:
        if task.is_daemon and standing(task) is not None:
            service = view.get(SERVICES, task.service_arn)
            if service is not None and service.status == "ACTIVE":
                actions += _stop(view, service, instance, task)
    return Plan(tuple(actions))


def _stop(
    view: View, service: Service, instance: ContainerInstance, task: Task
) -> tuple[Action, ...]:
    if instance.status == "DRAINING" and task.protection_enabled:
        return ()
    if instance.status == "DRAINING":
        reason = scaling_reason(service.deployments[0].id)
        return (StopTasks(service.arn, (task.arn,), reason),)
    needs = needs_of(view, service)
    if needs is None or is_match(view.projection(Capacity), instance.arn, *needs):
        return ()
    return (StopViolatingTask(service.arn, task.arn),)


def _affected_by_instance(
    view: View, before: ContainerInstance | None, after: ContainerInstance | None
) -> Iterable[str]:
    if after is None or not _has_daemons(view, after.arn):
        return ()
    if (
        before is None
        or before.status != after.status
        or before.attributes != after.attributes
        or before.custom_attributes != after.custom_attributes
    ):
        return (after.arn,)
    return ()


def _affected_by_task(view: View, before: Task | None, after: Task | None) -> Iterable[str]:
    task = after or before
    assert task is not None
    arn = task.container_instance_arn
    if not task.service_arn or not arn or not _has_daemons(view, arn):
        return ()
    if task.is_daemon:
        return (arn,) if before is None or is_protected_anew(before, after) else ()
    ended = before is not None and before.last_status != "STOPPED"
    return (arn,) if ended and (after is None or after.last_status == "STOPPED") else ()


def _affected_by_service(
    view: View, before: Service | None, after: Service | None
) -> Iterable[str]:
    if after is None or after.scheduling_strategy != "DAEMON" or after.status != "ACTIVE":
        return ()
    if (
        before is not None
        and before.placement_constraints == after.placement_constraints
        and before.task_definition_arn == after.task_definition_arn
    ):
        return ()
    group = view.projection(Capacity).group(after.cluster_arn, after.arn)
    return () if group is None else list(group.by_instance)


def _has_daemons(view: View, container_instance_arn: str) -> bool:
    seat = view.projection(Capacity).seat(container_instance_arn)
    return seat is not None and seat.daemons > 0
