"""What an agent was told of its tasks on one connection, and what it has not acknowledged yet.

Invariants: a task is told the same only once, and nothing after STOPPED; an unacknowledged RUNNING
is not sent again after the STOPPED that overtakes it; nothing is sent again more than `RESENDS_MAX`
times.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from roadstead.agent_protocol.messages.payload import DesiredStatus

RESEND_SECONDS = 60.0
"""A payload that is not acknowledged by then is sent again on the same connection."""
RESENDS_MAX = 3
"""Per connection; a payload that the agent cannot read stays unacknowledged for ever."""


class TaskDelivery(msgspec.Struct, frozen=True):
    """What an agent shall be told of one task. `payload`: its payload task, dict or struct."""

    arn: str
    desired_status: DesiredStatus
    payload: Any


class _Unacknowledged(msgspec.Struct):
    arn: str
    desired_status: DesiredStatus
    frame: str
    resend_at_seconds: float
    resends: int = 0


class Deliveries:
    """The deliveries of one connection. All moments are readings of `Clock.monotonic()`."""

    def __init__(self) -> None:
        self._told: dict[str, DesiredStatus] = {}
        self._unacknowledged: dict[str, _Unacknowledged] = {}
        self._message_of_task: dict[str, str] = {}

    @property
    def wake_at_seconds(self) -> float | None:
        """When something is to be sent again; None: nothing is."""
        resends = (e.resend_at_seconds for e in self._unacknowledged.values() if _may_resend(e))
        return min(resends, default=None)

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """ARNs of the tasks whose delivery was not acknowledged yet, oldest first."""
        return tuple(entry.arn for entry in self._unacknowledged.values())

    def told(self, task_arn: str) -> DesiredStatus | None:
        """What the agent was told of a task."""
        return self._told.get(task_arn)

    def is_news(self, delivery: TaskDelivery) -> bool:
        """Whether the agent was not told so yet, nor that the task is to be STOPPED."""
        return self._told.get(delivery.arn) not in (delivery.desired_status, "STOPPED")

    def sent(self, message_id: str, delivery: TaskDelivery, frame: str, at_seconds: float) -> None:
        """Note what was just sent; it takes the place of what was sent of the task before."""
        self._drop_pending(delivery.arn)
        self._told[delivery.arn] = delivery.desired_status
        self._message_of_task[delivery.arn] = message_id
        self._unacknowledged[message_id] = _Unacknowledged(
            delivery.arn, delivery.desired_status, frame, at_seconds + RESEND_SECONDS
        )

    def acknowledged(self, message_id: str) -> tuple[str, DesiredStatus] | None:
        """(task ARN, status it was told) of a delivery; None when the message was no such."""
        entry = self._unacknowledged.pop(message_id, None)
        if entry is None:
            return None
        if self._message_of_task.get(entry.arn) == message_id:
            del self._message_of_task[entry.arn]
        return entry.arn, entry.desired_status

    def forget(self, arns: Iterable[str]) -> None:
        """These tasks need no delivery any more."""
        for arn in arns:
            self._told.pop(arn, None)
            self._drop_pending(arn)

    def take_due(self, at_seconds: float) -> list[str]:
        """The frames to be sent again now, noted as sent."""
        due = [
            entry
            for entry in self._unacknowledged.values()
            if _may_resend(entry) and at_seconds >= entry.resend_at_seconds
        ]
        for entry in due:
            entry.resends += 1
            entry.resend_at_seconds = at_seconds + RESEND_SECONDS
        return [entry.frame for entry in due]

    def _drop_pending(self, arn: str) -> None:
        message_id = self._message_of_task.pop(arn, None)
        if message_id is not None:
            self._unacknowledged.pop(message_id, None)


def _may_resend(entry: _Unacknowledged) -> bool:
    return entry.resends < RESENDS_MAX
