"""The store: all or none, group commit, watches. On a memory log, whose faults the tests choose."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.task import TASKS
from roadstead.state.view import Tx, View
from roadstead.store.log import LogError
from roadstead.store.memory import MemoryLog
from roadstead.store.store import Commit, Store, StoreFailed

ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/"


def put(name: str, status: str = "ACTIVE") -> Callable[[Tx], Cluster]:
    return lambda tx: tx.put(CLUSTERS, Cluster(arn=ARN + name, name=name, status=status))


def played(story: Callable[[Store], Coroutine[Any, Any, None]], log: MemoryLog) -> None:
    """Run the story beside the store's own routine."""

    async def play() -> None:
        store = Store(log, SCHEMA, SystemClock())
        async with asyncio.TaskGroup() as group:
            group.create_task(store.run())
            await story(store)
            store.close()

    asyncio.run(play())


class Gate:
    """Holds each batch until it is opened for one."""

    def __init__(self) -> None:
        self._permits = asyncio.Semaphore(0)
        self.waiting = 0

    async def __call__(self) -> None:
        self.waiting += 1
        await self._permits.acquire()
        self.waiting -= 1

    def open(self) -> None:
        self._permits.release()


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_an_update_that_raises_leaves_no_trace() -> None:
    log = MemoryLog()

    async def story(store: Store) -> None:
        def fails(tx: Tx) -> None:
            put("a")(tx)
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            store.update(fails)
        assert store.view.size(CLUSTERS) == 0
        assert store.sequence == 0

    played(story, log)
    assert log.kept == {}


def test_what_is_durable_is_in_the_log() -> None:
    log = MemoryLog()

    async def story(store: Store) -> None:
        store.update(put("a"))
        assert store.durable_sequence == 0
        await store.durable()
        assert store.durable_sequence == 1
        assert list(log.kept) == [("clusters", ARN + "a")]

    played(story, log)


def test_an_update_without_changes_is_no_commit() -> None:
    async def story(store: Store) -> None:
        store.update(put("a"))
        await store.durable()
        store.update(lambda tx: tx.put(CLUSTERS, tx.must(CLUSTERS, ARN + "a")))
        assert store.sequence == 1

    played(story, MemoryLog())


def test_while_one_batch_is_written_the_next_gathers_and_keeps_the_last_version_only() -> None:
    gate = Gate()
    log = MemoryLog(before_append=gate)

    async def story(store: Store) -> None:
        store.update(put("a"))
        await turns()
        assert gate.waiting == 1
        for status in ("PROVISIONING", "FAILED", "ACTIVE"):
            store.update(put("b", status))
        store.update(put("c"))
        gate.open()
        await store.durable(1)
        assert store.durable_sequence == 1
        gate.open()
        await store.durable()
        assert store.durable_sequence == 5

    played(story, log)
    assert log.batches == 2
    replayed = MemoryLog(log.kept).load(SCHEMA)
    assert replayed.must(CLUSTERS, ARN + "b").version == 3


def test_those_who_wait_for_an_earlier_commit_do_not_wait_for_a_later_one() -> None:
    gate = Gate()

    async def story(store: Store) -> None:
        store.update(put("a"))
        await turns()
        store.update(put("b"))
        async with asyncio.TaskGroup() as group:
            both = group.create_task(store.durable(2))
            first = group.create_task(store.durable(1))
            await turns()
            gate.open()
            await turns()
            assert first.done()
            assert not both.done()
            gate.open()

    played(story, MemoryLog(before_append=gate))


def test_watchers_of_commits_see_them_at_once_and_those_of_durable_ones_in_order_later() -> None:
    gate = Gate()
    seen: list[str] = []

    async def story(store: Store) -> None:
        store.on_commit(lambda commit: seen.append(f"made {commit.sequence}"))
        store.on_durable(lambda commit: seen.append(f"durable {commit.sequence}"))
        store.update(put("a"))
        store.update(put("b"))
        assert seen == ["made 1", "made 2"]
        gate.open()
        await store.durable()

    played(story, MemoryLog(before_append=gate))
    assert seen == ["made 1", "made 2", "durable 1", "durable 2"]


def test_a_watcher_that_fails_harms_neither_the_update_nor_other_watchers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Commit] = []

    def fails(commit: Commit) -> None:
        raise ValueError("broken watcher")

    async def story(store: Store) -> None:
        store.on_commit(fails)
        store.on_commit(seen.append)
        store.update(put("a"))

    played(story, MemoryLog())
    assert [commit.sequence for commit in seen] == [1]
    assert "broken watcher" in caplog.text


def test_a_log_that_fails_ends_the_store_and_nobody_hears_of_what_was_not_kept() -> None:
    async def full() -> None:
        raise LogError("the disk is full")

    told: list[Commit] = []

    async def play() -> None:
        store = Store(MemoryLog(before_append=full), SCHEMA, SystemClock())
        store.on_durable(told.append)
        store.update(put("a"))
        waiter = asyncio.get_running_loop().create_task(store.durable())
        with pytest.raises(LogError, match="full"):
            await store.run()
        await turns()
        assert not waiter.done()
        waiter.cancel()
        with pytest.raises(StoreFailed):
            store.update(put("b"))

    asyncio.run(play())
    assert told == []


def test_a_crash_after_the_log_took_a_batch_loses_nothing_that_was_told() -> None:
    async def crash() -> None:
        raise LogError("power cut")

    log = MemoryLog(after_append=crash)

    async def play() -> None:
        store = Store(log, SCHEMA, SystemClock())
        store.update(put("a"))
        with pytest.raises(LogError):
            await store.run()
        assert store.durable_sequence == 0

    asyncio.run(play())
    assert MemoryLog(log.kept).load(SCHEMA).size(CLUSTERS) == 1


def test_closing_the_store_writes_what_was_committed_first() -> None:
    log = MemoryLog()

    async def story(store: Store) -> None:
        store.update(put("a"))

    played(story, log)
    assert len(log.kept) == 1


def test_a_view_can_be_replaced_in_one_step_and_watchers_look_at_everything_again() -> None:
    seen: list[bool] = []

    async def story(store: Store) -> None:
        store.update(put("a"))
        await store.durable()
        await turns()
        store.on_commit(lambda commit: seen.append(commit.reloaded))
        newer = View(SCHEMA)
        newer.load(CLUSTERS, [Cluster(arn=ARN + "b", name="b", version=1)])
        store.swap(newer)
        assert store.view.get(CLUSTERS, ARN + "a") is None
        assert store.view.get(CLUSTERS, ARN + "b") is not None
        await store.durable()

    played(story, MemoryLog())
    assert seen == [True]


def test_an_update_that_takes_too_long_is_counted_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class SteppingClock(SystemClock):
        def __init__(self) -> None:
            self.seconds = 0.0

        def monotonic(self) -> float:
            self.seconds += 0.011
            return self.seconds

    store = Store(MemoryLog(), SCHEMA, SteppingClock())
    store.update(put("a"))
    assert store.slow_updates == 1
    assert "11.0 ms" in caplog.text


def test_nothing_of_another_table_is_in_a_replayed_view() -> None:
    log = MemoryLog()

    async def story(store: Store) -> None:
        store.update(put("a"))

    played(story, log)
    assert MemoryLog(log.kept).load(SCHEMA).size(TASKS) == 0
