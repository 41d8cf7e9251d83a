"""Service tasks of hosts that were not heard for longer than the grace that was chosen.

A key is a container instance. ECS itself waits for a silent agent for ever, and so does Roadstead
unless told otherwise (`Tuning.dead_host_grace_seconds`, ADR-0018). Standalone tasks and those of
DAEMON services are left alone: nothing would take their place.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.ecs.records.tuning import TUNING, tuning
from roadstead.ecs.transitions import container_instances
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

GIVEN_UP_AT_ONCE_MAX = 50


class GiveUpTasks(msgspec.Struct, frozen=True):
    """Record the host's service tasks as STOPPED, so that they are replaced."""

    container_instance_arn: str
    task_arns: tuple[str, ...]
    seconds: int

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks of a host that was not heard for {self.seconds} s"

    def apply(self, tx: Tx, call: Call) -> None:
        instance = tx.must(CONTAINER_INSTANCES, self.container_instance_arn)
        container_instances.give_up_tasks(tx, call, instance, self.task_arns, self.seconds)


def keys(view: View) -> Iterable[str]:
    """Every instance whose agent is not connected."""
    return [each.arn for each in view.all(CONTAINER_INSTANCES) if _is_silent(each)]


def affected(view: View, change: Change) -> Iterable[str]:
    """An instance that fell silent; all silent ones if the grace is another now."""
    if change.table is TUNING:
        return keys(view)
    if change.table is not CONTAINER_INSTANCES or change.after is None:
        return ()
    return (change.arn,) if _is_silent(change.after) else ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Give up the instance's service tasks once the grace is over."""
    grace_seconds = tuning(view).dead_host_grace_seconds
    instance = view.get(CONTAINER_INSTANCES, key)
    if not grace_seconds or instance is None or not _is_silent(instance):
        return SETTLED
    silent_since = max(
        each for each in (instance.disconnected_at, instance.awaited_since) if each is not None
    )
    lost_at = silent_since + timedelta(seconds=grace_seconds)
    if now < lost_at:
        return Plan((), lost_at)
    arns = tuple(
        task.arn
        for task in view.find(LIVE_TASKS_BY_INSTANCE, key)
        if task.service_arn and not task.is_daemon
    )
    if not arns:
        return SETTLED
    return Plan((GiveUpTasks(key, arns[:GIVEN_UP_AT_ONCE_MAX], grace_seconds),))


def _is_silent(instance: ContainerInstance) -> bool:
    """Whether its agent was connected once and is not now."""
    return (
        instance.status != "INACTIVE"
        and not instance.agent_connected
        and instance.disconnected_at is not None
    )
