"""Task sets: says which of them have what they want, and removes those that have drained.

Their tasks are started and stopped by the service scheduler; this only looks at what it made.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.reconcilers.service.draining import draining_tasks
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_tasks import (
    STANDINGS,
    TASKS_BY_STANDING,
    standing_key,
)
from roadstead.ecs.records.task import LISTED_TASKS, LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_set import (
    TASK_SETS,
    TASK_SETS_BY_SERVICE,
    TaskSet,
    task_set_arn,
)
from roadstead.ecs.rules.fleets import share_of
from roadstead.ecs.transitions import task_sets
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class NoteStability(msgspec.Struct, frozen=True):
    """The set has what it wants, or has not."""

    task_set_arn: str
    stability_status: str

    @property
    def reason(self) -> str:
        return f"its tasks are in {self.stability_status}"

    def apply(self, tx: Tx, call: Call) -> None:
        task_set = tx.get(TASK_SETS, self.task_set_arn)
        if task_set is not None:
            task_sets.note_stability(tx, call, task_set, self.stability_status)


class DropTaskSet(msgspec.Struct, frozen=True):
    """Remove a set that was deleted and has no task left."""

    task_set_arn: str

    @property
    def reason(self) -> str:
        return "it was deleted and its last task has ended"

    def apply(self, tx: Tx, call: Call) -> None:
        task_set = tx.get(TASK_SETS, self.task_set_arn)
        if task_set is not None:
            task_sets.drop_task_set(tx, task_set)


def keys(view: View) -> Iterable[str]:
    """Every task set."""
    return [task_set.arn for task_set in view.all(TASK_SETS)]


def affected(view: View, change: Change) -> Iterable[str]:
    """The set itself, the set of a task, all sets of a service, all with tasks on an instance."""
    if change.table is TASK_SETS:
        return (change.arn,) if change.after is not None else ()
    if change.table is TASKS:
        task = change.after or change.before
        return _set_of(view, task) if task.service_arn else ()
    if change.table is SERVICES:
        service = change.after or change.before
        if service.deployment_controller != "EXTERNAL":
            return ()
        return [each.arn for each in view.find(TASK_SETS_BY_SERVICE, change.arn)]
    if change.table is CONTAINER_INSTANCES:
        before, after = change.before, change.after
        if before is None or after is None or before.status == after.status:
            return ()
        tasks = view.find(LIVE_TASKS_BY_INSTANCE, change.arn)
        return dict.fromkeys(arn for task in tasks for arn in _set_of(view, task))
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # every reconciler is asked so
    """Remove the set once it has drained; until then, say whether it is as it should be."""
    task_set = view.get(TASK_SETS, key)
    if task_set is None:
        return SETTLED
    if task_set.status == "DRAINING":
        return SETTLED if _has_live_tasks(view, task_set) else Plan((DropTaskSet(key),))
    service = view.get(SERVICES, task_set.service_arn)
    if service is None or service.status != "ACTIVE":
        return SETTLED
    status = "STEADY_STATE" if _is_steady(view, service, task_set) else "STABILIZING"
    if status == task_set.stability_status:
        return SETTLED
    return Plan((NoteStability(key, status),))


def _set_of(view: View, task: Task) -> tuple[str, ...]:
    """The ARN of the task's set, if it has one."""
    if not task.service_arn or not view.size(TASK_SETS):
        return ()
    arn = task_set_arn(task.service_arn, task.started_by)
    return () if view.get(TASK_SETS, arn) is None else (arn,)


def _has_live_tasks(view: View, task_set: TaskSet) -> bool:
    """Whether a task of the set is not STOPPED yet."""
    listed = f"{task_set.cluster_arn}|{{}}|startedBy={task_set.id}"
    if view.count(LISTED_TASKS, listed.format("RUNNING")):
        return True
    ending = view.walk(LISTED_TASKS, listed.format("STOPPED"))
    return any(task.last_status != "STOPPED" for task in ending)


def _is_steady(view: View, service: Service, task_set: TaskSet) -> bool:
    """Whether it has all its tasks, all of them healthy, and none on a DRAINING instance.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    count = {
        where: view.count(TASKS_BY_STANDING, standing_key(task_set.id, where))
        for where in STANDINGS
    }
    if count["PENDING"] or count["CHECKING"] or count["UNHEALTHY"]:
        return False
    wanted = share_of(service.desired_count, task_set.scale_percent)
    if count["RUNNING"] + count["HEALTHY"] != wanted:
        return False
    return all(task.started_by != task_set.id for task in draining_tasks(view, service))
