"""Tasks are registered at their load balancers when they run, and deregistered when they are to go.

A key is a service: its events tell of all tasks of a look together. Nobody new is registered before
those that go are deregistered, so that a place that changes hands does so in that order.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

import msgspec

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_traffic import (
    TASKS_TO_DEREGISTER,
    TASKS_TO_REGISTER,
    holds_targets,
)
from roadstead.ecs.transitions import task_targets
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

MOVED_AT_ONCE_MAX = 50
"""Tasks in one plan, so that an update stays short."""


class RegisterTargets(msgspec.Struct, frozen=True):
    """Tasks run and are to get requests."""

    service_arn: str
    task_arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks run and get no requests yet"

    def apply(self, tx: Tx, call: Call) -> None:
        task_targets.register_tasks(tx, call, self.service_arn, self.task_arns)


class DeregisterTargets(msgspec.Struct, frozen=True):
    """Tasks are to stop, or have ended, and are to get no more requests."""

    service_arn: str
    task_arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks go and still get requests"

    def apply(self, tx: Tx, call: Call) -> None:
        task_targets.deregister_tasks(tx, call, self.service_arn, self.task_arns)


def keys(view: View) -> Iterable[str]:
    """Every service with such tasks."""
    found = (*view.keys(TASKS_TO_DEREGISTER), *view.keys(TASKS_TO_REGISTER))
    return [each for each in dict.fromkeys(found) if ":service/" in each]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service of a task that has to move, and of those that wait for the place it gives up."""
    if change.table is not TASKS:
        return ()
    before, after = change.before, change.after
    task = after or before
    if not task.targets:
        return ()
    found = []
    if after is not None and _has_to_move(after):
        found.append(after.service_arn)
    if before is not None and holds_targets(before) and (after is None or not holds_targets(after)):
        waiting = view.find(TASKS_TO_REGISTER, before.container_instance_arn)
        found += [each.service_arn for each in waiting]
    return found


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Deregister the service's tasks that go; if there is none, register those that came."""
    going = tuple(
        task.arn for task in islice(view.walk(TASKS_TO_DEREGISTER, key), MOVED_AT_ONCE_MAX)
    )
    if going:
        return Plan((DeregisterTargets(key, going),))
    service = view.get(SERVICES, key)
    troubles = {} if service is None else service.traffic_troubles
    held = {group: each.retry_at for group, each in troubles.items() if each.retry_at > now}
    coming = tuple(
        islice(
            (task.arn for task in view.walk(TASKS_TO_REGISTER, key) if _can_move(view, task, held)),
            MOVED_AT_ONCE_MAX,
        )
    )
    if coming:
        return Plan((RegisterTargets(key, coming),))
    if not view.count(TASKS_TO_REGISTER, key):
        return SETTLED
    return Plan((), min(held.values(), default=None))


def _has_to_move(task: Task) -> bool:
    return any(TASKS_TO_DEREGISTER.keys(task)) or any(TASKS_TO_REGISTER.keys(task))


def _can_move(view: View, task: Task, held: dict[str, datetime]) -> bool:
    """Whether one of the task's targets can be registered now."""
    return any(
        not each.state
        and task_targets.group_of(each) not in held
        and task_targets.place_to_register(view, task, each) is not None
        for each in task.targets
    )
