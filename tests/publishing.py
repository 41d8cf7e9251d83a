"""What a change of the state publishes, for tests of events."""

from collections.abc import Callable
from typing import Any

from given import NOW
from roadstead.ecs.records.event import EVENT_BATCHES, EventBatch
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.transitions.events import publish
from roadstead.ecs.views.events import event_view
from roadstead.ids import SeededIds
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


def derive(tx: Tx, changes: list[Change]) -> None:
    """Publish as the server does, at noon; the drawn part of ids is always the same."""
    publish(tx, changes, NOW, SeededIds(7))


def committed(view: View, change: Callable[[Tx], object]) -> EventBatch | None:
    """The events of a commit that did this; None for none."""
    tx = Tx(view)
    former = view.last(EVENT_BATCHES, ALL)
    change(tx)
    derive(tx, tx.changes())
    latest = view.last(EVENT_BATCHES, ALL)
    return None if latest is former else latest


def published(view: View, change: Callable[[Tx], object]) -> list[dict[str, Any]]:
    """The same in EventBridge's form."""
    batch = committed(view, change)
    if batch is None:
        return []
    return [event_view(view, batch, number) for number in range(batch.first, batch.last + 1)]


def all_published(view: View) -> list[dict[str, Any]]:
    """Every event that is kept, oldest first."""
    return [
        event_view(view, batch, number)
        for batch in view.walk(EVENT_BATCHES, ALL)
        for number in range(batch.first, batch.last + 1)
    ]


def names(events: list[dict[str, Any]]) -> list[str]:
    """What kinds of events they are."""
    return [
        each["detail-type"].removeprefix("ECS ").removesuffix(" State Change") for each in events
    ]
