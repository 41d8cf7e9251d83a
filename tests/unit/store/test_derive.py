"""What a store derives from an update is part of its commit: kept with it, undone with it."""

import asyncio
from collections.abc import Sequence

import pytest

from given import a_cluster, a_task, an_instance, task_arn
from publishing import derive
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.event import EVENTS, TaskStateChange
from roadstead.ecs.records.task import TASKS
from roadstead.state.records import Change
from roadstead.state.view import Tx
from roadstead.store.log import LogError
from roadstead.store.memory import Kept, MemoryLog
from roadstead.store.store import Commit, Store


def test_it_sees_the_changes_and_what_it_writes_joins_their_commit() -> None:
    seen: list[list[str]] = []

    def count(tx: Tx, changes: Sequence[Change]) -> None:
        seen.append([each.arn for each in changes])
        tx.put(CLUSTERS, Cluster(arn=f"{a_cluster().arn}-count", name=str(len(changes))))

    store = Store(MemoryLog(), SCHEMA, SystemClock(), derive=count)
    commits: list[Commit] = []
    store.on_commit(commits.append)
    store.update(lambda tx: tx.put(CLUSTERS, a_cluster()))
    assert seen == [[a_cluster().arn]]
    assert [[change.arn for change in each.changes] for each in commits] == [
        [a_cluster().arn, f"{a_cluster().arn}-count"]
    ]


def test_it_is_not_asked_when_nothing_changed() -> None:
    def never(tx: Tx, changes: Sequence[Change]) -> None:
        raise AssertionError(changes)

    store = Store(MemoryLog(), SCHEMA, SystemClock(), derive=never)
    store.update(lambda tx: tx.delete(CLUSTERS, "none"))
    assert store.sequence == 0


def test_if_it_raises_nothing_has_happened() -> None:
    def fails(tx: Tx, changes: Sequence[Change]) -> None:
        tx.put(CLUSTERS, Cluster(arn=f"{a_cluster().arn}-half"))
        raise ValueError(len(changes))

    store = Store(MemoryLog(), SCHEMA, SystemClock(), derive=fails)
    with pytest.raises(ValueError, match="1"):
        store.update(lambda tx: tx.put(CLUSTERS, a_cluster()))
    assert store.view.size(CLUSTERS) == 0
    assert store.sequence == 0


@pytest.mark.parametrize("crash", ["before the log", "after the log"])
def test_a_crash_neither_loses_nor_invents_an_event(crash: str) -> None:
    """A task is in the log exactly when its events are."""
    kept: Kept = {}

    async def dies() -> None:
        raise LogError("killed")

    async def lives() -> None:
        return

    async def play() -> None:
        log = MemoryLog(kept)
        store = Store(log, SCHEMA, SystemClock(), derive=derive)
        async with asyncio.TaskGroup() as group:
            group.create_task(store.run())
            store.update(lambda tx: tx.put(CONTAINER_INSTANCES, an_instance(1)))
            store.update(lambda tx: tx.put(TASKS, a_task(1)))
            store.close()
        log = MemoryLog(
            kept,
            before_append=dies if crash == "before the log" else lives,
            after_append=dies,
        )
        store = Store(log, SCHEMA, SystemClock(), derive=derive)
        store.update(lambda tx: tx.put(TASKS, a_task(2)))
        with pytest.raises(LogError):
            await store.run()

    asyncio.run(play())
    view = Store(MemoryLog(kept), SCHEMA, SystemClock(), derive=derive).view
    told = [
        event.task
        for batch in view.all(EVENTS)
        for event in batch.events
        if isinstance(event, TaskStateChange)
    ]
    assert sorted(told, key=lambda task: task.arn) == sorted(
        view.all(TASKS), key=lambda task: task.arn
    )
    assert (view.get(TASKS, task_arn(2)) is not None) == (crash == "after the log")
