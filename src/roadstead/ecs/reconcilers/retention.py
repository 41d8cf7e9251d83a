"""What has ended is kept for a while, then removed: tasks, instances, services, client tokens.

A key is a kind of record; the oldest of each kind says when to look again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import msgspec

from roadstead.ecs.reconcilers.retention_actions import (
    ForgetDeployments,
    ForgetEvents,
    ForgetInstances,
    ForgetServices,
    ForgetTasks,
    ForgetTokens,
)
from roadstead.ecs.records import expiry
from roadstead.ecs.records.account import CLIENT_TOKENS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.event import EVENT_BATCHES, EVENTS, EventBatch
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import Tuning, tuning
from roadstead.state.plans import SETTLED, Action, Plan
from roadstead.state.records import Change, Index
from roadstead.state.view import View

FORGOTTEN_AT_ONCE_MAX = 100


class Kind(msgspec.Struct, frozen=True):
    """One kind of record that is removed after a while."""

    index: Index[Any]
    ended_at: Callable[[Any], datetime]
    kept_seconds: Callable[[Tuning], int]
    forget: Callable[[tuple[str, ...]], Action]


def _happened_at(batch: EventBatch) -> datetime:
    assert batch.at is not None
    return batch.at


KINDS = {
    TASKS.name: Kind(
        expiry.STOPPED_TASKS,
        expiry.stopped_since,
        lambda numbers: numbers.stopped_task_kept_seconds,
        ForgetTasks,
    ),
    CONTAINER_INSTANCES.name: Kind(
        expiry.INACTIVE_INSTANCES,
        expiry.inactive_since,
        lambda numbers: numbers.inactive_instance_kept_seconds,
        ForgetInstances,
    ),
    SERVICES.name: Kind(
        expiry.INACTIVE_SERVICES,
        expiry.deleted_since,
        lambda numbers: numbers.inactive_service_kept_seconds,
        ForgetServices,
    ),
    SERVICE_DEPLOYMENTS.name: Kind(
        expiry.FINISHED_DEPLOYMENTS,
        expiry.finished_since,
        lambda numbers: numbers.service_deployment_kept_seconds,
        ForgetDeployments,
    ),
    CLIENT_TOKENS.name: Kind(
        expiry.USED_TOKENS,
        expiry.used_since,
        lambda numbers: numbers.client_token_kept_seconds,
        ForgetTokens,
    ),
    EVENTS.name: Kind(
        EVENT_BATCHES,
        _happened_at,
        lambda numbers: numbers.event_kept_seconds,
        ForgetEvents,
    ),
}


def keys(view: View) -> Iterable[str]:  # noqa: ARG001  # every reconciler is asked so
    """The kinds, by the names of their tables."""
    return KINDS


def affected(view: View, change: Change) -> Iterable[str]:
    """The kind of a record that has just ended and is the next of its kind to go.

    If there is an older one, the kind is looked at in its time.
    """
    kind = KINDS.get(change.table.name)
    if kind is None or change.after is None or not any(kind.index.keys(change.after)):
        return ()
    oldest = view.first(kind.index, expiry.ALL)
    return (change.table.name,) if oldest is not None and oldest.arn == change.arn else ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Remove the records of this kind that ended long enough ago."""
    kind = KINDS.get(key)
    if kind is None:
        return SETTLED
    kept = timedelta(seconds=kind.kept_seconds(tuning(view)))
    oldest = view.first(kind.index, expiry.ALL)
    if oldest is None:
        return SETTLED
    if kind.ended_at(oldest) + kept > now:
        return Plan((), kind.ended_at(oldest) + kept)
    due = takewhile(
        lambda record: kind.ended_at(record) + kept <= now, view.walk(kind.index, expiry.ALL)
    )
    return Plan((kind.forget(tuple(each.arn for each in islice(due, FORGOTTEN_AT_ONCE_MAX))),))
