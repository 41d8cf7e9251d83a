"""Events are published here, in the commit that they tell of, and removed.

Invariants: events are numbered without gaps in the order of their commits, so those of one record
are in the order of its versions; an instance state is there exactly as long as an event refers to
it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.event import (
    EVENT_BATCHES,
    EVENTS,
    INSTANCE_STATES,
    ContainerInstanceStateChange,
    DeploymentStateChange,
    Event,
    EventBatch,
    EventCount,
    HookStateChange,
    InstanceState,
    ServiceAction,
    TaskStateChange,
    batch_key,
    state_key,
)
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.records.instance_load import load_of
from roadstead.ecs.records.service import SERVICE_EVENTS, SERVICES
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.connectivity import connectivity_of
from roadstead.ecs.rules.event_causes import (
    frees_or_takes,
    is_instance_told,
    is_task_told,
    told_deployments,
    told_hooks,
)
from roadstead.ids import Ids
from roadstead.state.records import Change
from roadstead.state.view import Tx


class News(msgspec.Struct):
    """What a commit has to tell, while it is being gathered."""

    events: list[Event]
    instances: dict[str, None]
    """Container instances to be told of, each once, after the rest."""


def publish(tx: Tx, changes: Sequence[Change], now: datetime, ids: Ids) -> None:
    """Write what these changes tell, and remove the oldest events beyond the limit."""
    news = News([], {})
    for change in changes:
        tell = _TELLERS.get(change.table.name)
        if tell is not None:
            tell(tx, change, news)
    for arn in news.instances:
        instance = tx.get(CONTAINER_INSTANCES, arn)
        if instance is not None:
            news.events.append(_instance_event(tx, instance))
    if news.events:
        _append(tx, tuple(news.events), now, ids)


def forget_batches(tx: Tx, arns: Iterable[str]) -> None:
    """Remove events; of the newest batch the number stays, so that counting goes on."""
    count = tx.projection(EventCount)
    for arn in arns:
        batch = tx.get(EVENTS, arn)
        if batch is not None and batch.events:
            if batch.last == count.last:
                tx.put(EVENTS, EventBatch(arn=arn, version=batch.version, last=batch.last))
            else:
                tx.delete(EVENTS, arn)
            _forget_states(tx, batch)


def _tell_task(tx: Tx, change: Change, news: News) -> None:
    before, after = change.before, change.after
    if is_task_told(before, after):
        connectivity, since = connectivity_of(
            after, tx.get(CONTAINER_INSTANCES, after.container_instance_arn)
        )
        news.events.append(
            TaskStateChange(task=after, connectivity=connectivity, connectivity_at=since)
        )
        if frees_or_takes(before, after):
            news.instances[after.container_instance_arn] = None


def _tell_instance(tx: Tx, change: Change, news: News) -> None:  # noqa: ARG001  # as its like
    if is_instance_told(change.before, change.after):
        news.instances[change.arn] = None


def _tell_service(tx: Tx, change: Change, news: News) -> None:  # noqa: ARG001  # as its like
    for deployment in told_deployments(change.before, change.after):
        news.events.append(
            DeploymentStateChange(
                service_arn=change.arn,
                cluster_arn=change.after.cluster_arn,
                deployment_id=deployment.id,
                rollout_state=deployment.rollout_state,
                reason=deployment.rollout_state_reason,
                updated_at=deployment.updated_at,
            )
        )


def _tell_service_event(tx: Tx, change: Change, news: News) -> None:
    said = change.after
    if change.before is None and said is not None and said.event_name:
        service = tx.get(SERVICES, said.service_arn)
        cluster_arn = "" if service is None else service.cluster_arn
        news.events.append(ServiceAction(cluster_arn=cluster_arn, said=said))


def _tell_hooks(tx: Tx, change: Change, news: News) -> None:  # noqa: ARG001  # as its like
    for hook in told_hooks(change.before, change.after):
        news.events.append(
            HookStateChange(
                service_arn=change.after.service_arn,
                cluster_arn=change.after.cluster_arn,
                service_deployment_arn=change.arn,
                hook=hook,
            )
        )


_TELLERS: dict[str, Callable[[Tx, Change, News], Any]] = {
    TASKS.name: _tell_task,
    CONTAINER_INSTANCES.name: _tell_instance,
    SERVICES.name: _tell_service,
    SERVICE_EVENTS.name: _tell_service_event,
    SERVICE_DEPLOYMENTS.name: _tell_hooks,
}


def _instance_event(tx: Tx, instance: ContainerInstance) -> ContainerInstanceStateChange:
    key = state_key(instance)
    if tx.get(INSTANCE_STATES, key) is None:
        tx.put(INSTANCE_STATES, InstanceState(arn=key, version=1, instance=instance))
    return ContainerInstanceStateChange(
        instance_arn=instance.arn,
        cluster_arn=instance.cluster_arn,
        state_key=key,
        load=load_of(tx, instance.arn),
    )


def _append(tx: Tx, events: tuple[Event, ...], now: datetime, ids: Ids) -> None:
    count = tx.projection(EventCount)
    if count.empty_batch:
        tx.delete(EVENTS, count.empty_batch)
    last = count.last + len(events)
    tx.put(
        EVENTS,
        EventBatch(
            arn=batch_key(last),
            version=1,
            last=last,
            events=events,
            at=now,
            id=ids.hex32(),
        ),
    )
    kept_max = tuning(tx).events_kept_max
    while count.kept > kept_max:
        oldest = tx.first(EVENT_BATCHES, ALL)
        if oldest is None or oldest.last == last:
            return
        tx.delete(EVENTS, oldest.arn)
        _forget_states(tx, oldest)


def _forget_states(tx: Tx, batch: EventBatch) -> None:
    """Remove the instance states to which only this batch referred."""
    count = tx.projection(EventCount)
    for event in batch.events:
        if type(event) is ContainerInstanceStateChange and not count.references(event.state_key):
            tx.delete(INSTANCE_STATES, event.state_key)
