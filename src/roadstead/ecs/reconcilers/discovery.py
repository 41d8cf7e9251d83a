"""Tasks are found by name while they run: entered with Cloud Map, and out before they stop.

A key is a task. Level, not edge: it compares what the task is to be with what Cloud Map has of it.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_traffic import REGISTERED_WHILE
from roadstead.ecs.rules.traffic import progressed
from roadstead.ecs.transitions import task_registrations
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class Enter(msgspec.Struct, frozen=True):
    """A task runs, and is to be found."""

    task_arn: str

    @property
    def reason(self) -> str:
        return "it runs and is not found by name yet"

    def apply(self, tx: Tx, call: Call) -> None:
        task_registrations.enter(tx, call, tx.must(TASKS, self.task_arn))


class Leave(msgspec.Struct, frozen=True):
    """A task is to stop, or has ended, and is not to be found any more."""

    task_arn: str

    @property
    def reason(self) -> str:
        return "it goes and is still found by name"

    def apply(self, tx: Tx, call: Call) -> None:
        task_registrations.leave(tx, call, tx.must(TASKS, self.task_arn))


class TellHealth(msgspec.Struct, frozen=True):
    """A task's health is not what Cloud Map has."""

    task_arn: str

    @property
    def reason(self) -> str:
        return "its health checks came to something else"

    def apply(self, tx: Tx, call: Call) -> None:
        task_registrations.tell_health(tx, call, tx.must(TASKS, self.task_arn))


def keys(view: View) -> Iterable[str]:
    """Every task of a service that is discovered by name."""
    return [task.arn for task in view.all(TASKS) if task.registrations]


def affected(view: View, change: Change) -> Iterable[str]:  # noqa: ARG001  # every one is asked so
    """A task of such a service that has changed."""
    if change.table is not TASKS or change.after is None or not change.after.registrations:
        return ()
    return (change.arn,)


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Enter the task, take it out, or tell its health."""
    task = view.get(TASKS, key)
    if task is None or not task.registrations:
        return SETTLED
    if task.desired_status == "STOPPED":
        if any(each.is_registered for each in task.registrations) or _can_go_on(task):
            return Plan((Leave(key),))
        return SETTLED
    if task.last_status not in REGISTERED_WHILE:
        return SETTLED
    missing = [each for each in task.registrations if not each.is_registered]
    if any(task_registrations.attributes_of(view, task, each) for each in missing):
        retry_at = _retry_at(view, task)
        if retry_at is None or retry_at <= now:
            return Plan((Enter(key),))
        return Plan((), retry_at)
    if _can_go_on(task):
        return Plan((Enter(key),))
    if any(task_registrations.news_of_health(view, task, each) for each in task.registrations):
        return Plan((TellHealth(key),))
    return SETTLED


def _can_go_on(task: Task) -> bool:
    return progressed(task) != task.last_status


def _retry_at(view: View, task: Task) -> datetime | None:
    """When to ask Cloud Map again, if it refused a task of the service a moment ago."""
    service = view.get(SERVICES, task.service_arn)
    troubles = {} if service is None else service.traffic_troubles
    return max(
        (
            troubles[each.registry_arn].retry_at
            for each in task.registrations
            if each.registry_arn in troubles
        ),
        default=None,
    )
