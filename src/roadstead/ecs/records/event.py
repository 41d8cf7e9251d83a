"""Published events: what a commit changed that the world may hear of, kept for a while.

One record holds the events of one commit, so that a thousand tasks ended at once are one write.
An event holds what it tells by reference to the records as they became; its EventBridge form is
made when somebody reads it (views/events.py). What a container instance was when its load was told
is shared by all events of that version of it, in a table of its own.
"""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.records.instance_load import InstanceLoad
from roadstead.ecs.records.service import ServiceEvent
from roadstead.ecs.records.service_deployment import HookRun
from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Index, Record, Table


class TaskStateChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag="task"
):
    task: Task
    """As it became."""
    connectivity: str = ""
    """As its instance's agent was then; the task's record says it of ended tasks only."""
    connectivity_at: datetime | None = None


class ContainerInstanceStateChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag="instance"
):
    instance_arn: str
    cluster_arn: str
    state_key: str
    """The `InstanceState` that says what it was."""
    load: InstanceLoad


class ServiceAction(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag="service"
):
    cluster_arn: str
    said: ServiceEvent


class DeploymentStateChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag="deployment"
):
    service_arn: str
    cluster_arn: str
    deployment_id: str
    rollout_state: str
    """IN_PROGRESS, COMPLETED or FAILED."""
    reason: str = ""
    updated_at: datetime | None = None


class HookStateChange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag="hook"
):
    service_arn: str
    cluster_arn: str
    service_deployment_arn: str
    hook: HookRun
    """As it became."""


Event = (
    TaskStateChange
    | ContainerInstanceStateChange
    | ServiceAction
    | DeploymentStateChange
    | HookStateChange
)


class EventBatch(Record, frozen=True, kw_only=True):
    """`arn` is `events/<number of its last event>`, made by `batch_key`."""

    last: int = 0
    """The number of its last event: events are counted from 1 through all that ever were."""
    events: tuple[Event, ...] = ()
    """Empty in one batch at most: the last one, once its events are too old. It keeps the count."""
    at: datetime | None = None
    """When they happened."""
    id: str = ""
    """32 hexadecimal digits; the first 20 of them and an event's number are the event's id."""

    @property
    def first(self) -> int:
        """The number of its first event."""
        return self.last - len(self.events) + 1


def _share(batch: EventBatch) -> None:
    """As with the tasks themselves: one string for all that say the same."""
    assert TASKS.share is not None
    for event in batch.events:
        if isinstance(event, TaskStateChange):
            TASKS.share(event.task)


EVENTS = Table("events", EventBatch, _share)

EVENT_BATCHES = Index(
    "event_batches",
    EVENTS,
    lambda batch: (ALL,) if batch.events else (),
    lambda batch: batch.last,
)
"""Key: ALL. Oldest first."""


def batch_key(last: int) -> str:
    return f"events/{last:016d}"


class InstanceState(Record, frozen=True, kw_only=True):
    """`arn` is `<container instance ARN>@<its version>`, made by `state_key`.

    There as long as an event refers to it.
    """

    instance: ContainerInstance


INSTANCE_STATES = Table("event_instance_states", InstanceState)


def state_key(instance: ContainerInstance) -> str:
    return f"{instance.arn}@{instance.version}"


class EventCount:
    """How many events there are, which number came last, and who refers to which instance state.

    A projection: it follows the batches.
    """

    tables = (EVENTS,)

    def __init__(self) -> None:
        self.kept = 0
        """Events that can be read now."""
        self.last = 0
        """The number of the newest event that ever was."""
        self.empty_batch = ""
        """The ARN of the batch that only keeps the count; empty when there is none."""
        self._references: dict[str, int] = {}

    def references(self, key: str) -> int:
        """How many events refer to this instance state."""
        return self._references.get(key, 0)

    def apply(
        self,
        table: Table[Any],  # every projection is told so
        before: EventBatch | None,
        after: EventBatch | None,
    ) -> None:
        if before is not None:
            self._count(before, -1)
            if before.arn == self.empty_batch:
                self.empty_batch = ""
            if after is None and before.last == self.last:
                self.last -= len(before.events)
        if after is not None:
            self._count(after, 1)
            if not after.events:
                self.empty_batch = after.arn
            self.last = max(self.last, after.last)

    def _count(self, batch: EventBatch, sign: int) -> None:
        self.kept += sign * len(batch.events)
        for event in batch.events:
            if type(event) is ContainerInstanceStateChange:
                count = self._references.get(event.state_key, 0) + sign
                if count:
                    self._references[event.state_key] = count
                else:
                    del self._references[event.state_key]
