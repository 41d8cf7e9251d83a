"""Tasks follow their targets: what load balancers say of them, and when nothing is under way.

A key is a task. Level, not edge: it compares what the task says of its targets with what the load
balancers hold of them.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.records.task import TASKS, TASKS_BY_TARGET
from roadstead.ecs.transitions.task_targets import follow_targets, is_behind
from roadstead.elb.records.instance import CLASSIC_INSTANCES
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class FollowTargets(msgspec.Struct, frozen=True):
    """A load balancer has found out something of a task's target."""

    task_arn: str

    @property
    def reason(self) -> str:
        return "its targets are not what they were"

    def apply(self, tx: Tx, call: Call) -> None:
        follow_targets(tx, call, tx.must(TASKS, self.task_arn))


def keys(view: View) -> Iterable[str]:
    """Every task that has targets."""
    return [task.arn for task in view.all(TASKS) if task.targets]


def affected(view: View, change: Change) -> Iterable[str]:
    """The tasks of a target; and a task whose own state may now be all there is to wait for."""
    if change.table is TARGETS:
        return [task.arn for task in view.find(TASKS_BY_TARGET, change.arn)]
    if change.table is CLASSIC_INSTANCES:
        instance = change.after or change.before
        name = instance.load_balancer_arn.rpartition("/")[2]
        found = view.find(TASKS_BY_TARGET, f"{name}|{instance.instance_id}")
        return [task.arn for task in found]
    if change.table is not TASKS or change.after is None or not change.after.targets:
        return ()
    before, after = change.before, change.after
    is_same = before is not None and (
        (before.last_status, before.desired_status, before.targets)
        == (after.last_status, after.desired_status, after.targets)
    )
    return () if is_same else (after.arn,)


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # every one is asked so
    """Let the task say what its load balancers say, and go on if it can."""
    task = view.get(TASKS, key)
    if task is None or not task.targets or not is_behind(view, task):
        return SETTLED
    return Plan((FollowTargets(key),))
