"""The reconcile loop: who is looked at, when, and what happens when a reconciler is wrong."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ids import SeededIds
from roadstead.server.loops import UNSETTLED_PLANS_MAX, ReconcileLoop
from roadstead.state.plans import SETTLED, Action, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View
from roadstead.store.memory import MemoryLog
from roadstead.store.store import Store

ARN = "arn:aws:ecs:eu-west-1:123456789012:cluster/"


class FakeClock:
    """Time that passes only when told, or when somebody sleeps with nothing else to do."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        until = self.seconds + seconds
        await asyncio.sleep(0)
        while self.seconds < until:
            await asyncio.sleep(0)


class SetStatus(msgspec.Struct, frozen=True):
    arn: str
    status: str
    reason: str = "for the test"

    def apply(self, tx: Tx, call: Call) -> None:
        assert call.region == "eu-west-1"
        cluster = tx.must(CLUSTERS, self.arn)
        tx.put(CLUSTERS, msgspec.structs.replace(cluster, status=self.status))


class Finishing:
    """A reconciler that makes every cluster ACTIVE, one that is FAILED ten seconds later."""

    __name__ = "tests.finishing"

    def __init__(self) -> None:
        self.looked_at: list[str] = []
        self.broken = False

    def keys(self, view: View) -> Iterable[str]:
        return [cluster.arn for cluster in view.all(CLUSTERS)]

    def affected(self, view: View, change: Change) -> Iterable[str]:
        return (change.arn,)

    def reconcile(self, view: View, key: str, now: datetime) -> Plan:
        self.looked_at.append(key.removeprefix(ARN))
        if self.broken:
            raise ValueError("a bug")
        cluster = view.get(CLUSTERS, key)
        if cluster is None or cluster.status == "ACTIVE":
            return SETTLED
        if cluster.status == "FAILED":
            assert cluster.created_at is not None
            due = cluster.created_at + timedelta(seconds=10)
            if now < due:
                return Plan(wake_at=due)
        actions: tuple[Action, ...] = (SetStatus(key, "ACTIVE"),)
        return Plan(actions)


class Restless(Finishing):
    """Never content: what a wrong reconciler would be."""

    def reconcile(self, view: View, key: str, now: datetime) -> Plan:
        self.looked_at.append(key)
        status = "A" if view.must(CLUSTERS, key).status == "B" else "B"
        actions: tuple[Action, ...] = (SetStatus(key, status),)
        return Plan(actions)


class World:
    def __init__(self, reconciler: Finishing | None = None) -> None:
        self.clock = FakeClock()
        self.store = Store(MemoryLog(), SCHEMA, self.clock)
        self.reconciler = reconciler or Finishing()
        self.loop = self.new_loop()

    def new_loop(self) -> ReconcileLoop:
        return ReconcileLoop(
            self.reconciler,
            self.store,
            self.clock,
            SeededIds(1),
            account="123456789012",
            region="us-east-1",
        )

    def put(self, name: str, status: str) -> None:
        record = Cluster(arn=ARN + name, name=name, status=status, created_at=self.clock.now())
        self.store.update(lambda tx: tx.put(CLUSTERS, record))

    def status(self, name: str) -> str:
        return self.store.view.must(CLUSTERS, ARN + name).status

    def work(self) -> None:
        self.loop.wake_due()
        self.loop.work(1.0)


def test_a_commit_leads_the_loop_to_whom_it_concerns_and_the_plan_is_applied() -> None:
    world = World()
    world.put("a", "PROVISIONING")
    world.work()
    assert world.status("a") == "ACTIVE"
    assert world.loop.plans_applied == 1


def test_after_a_plan_the_key_is_looked_at_until_it_is_settled() -> None:
    world = World()
    world.put("a", "PROVISIONING")
    world.work()
    assert world.reconciler.looked_at == ["a", "a"]
    assert world.loop.idle


def test_many_commits_about_one_key_are_one_look() -> None:
    world = World()
    for status in ("ACTIVE", "INACTIVE", "ACTIVE"):
        world.put("a", status)
    world.work()
    assert world.reconciler.looked_at == ["a"]


def test_a_loop_looks_at_everything_when_it_starts() -> None:
    world = World()
    world.put("a", "ACTIVE")
    world.put("b", "ACTIVE")
    world.work()
    world.reconciler.looked_at.clear()
    world.new_loop().work(1.0)
    assert world.reconciler.looked_at == ["a", "b"]


def test_it_looks_again_when_the_plan_said_and_not_before() -> None:
    world = World()
    world.put("a", "FAILED")
    world.work()
    world.clock.seconds = 9.9
    world.work()
    assert world.reconciler.looked_at == ["a"]
    world.clock.seconds = 10.0
    world.work()
    assert world.status("a") == "ACTIVE"


def test_a_wake_that_was_overtaken_is_forgotten() -> None:
    world = World()
    world.put("a", "FAILED")
    world.work()
    world.put("a", "ACTIVE")
    world.work()
    world.reconciler.looked_at.clear()
    world.clock.seconds = 60.0
    world.work()
    assert world.reconciler.looked_at == []


def test_a_reconciler_that_raises_changes_nothing_and_is_tried_again_later_and_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    world.put("a", "PROVISIONING")
    world.reconciler.broken = True
    tried_at = []
    for second in range(20):
        world.clock.seconds = float(second)
        before = world.loop.failures
        world.work()
        if world.loop.failures > before:
            tried_at.append(second)
    assert tried_at == [0, 1, 3, 7, 15]
    assert world.status("a") == "PROVISIONING"
    assert "a bug" in caplog.text


def test_a_key_that_fails_does_not_keep_others_from_being_looked_at() -> None:
    world = World()
    world.put("a", "PROVISIONING")
    world.reconciler.broken = True
    world.work()
    world.reconciler.broken = False
    world.put("b", "PROVISIONING")
    world.work()
    assert (world.status("a"), world.status("b")) == ("PROVISIONING", "ACTIVE")


def test_a_reconciler_that_never_settles_is_slowed_down(caplog: pytest.LogCaptureFixture) -> None:
    world = World(Restless())
    world.put("a", "A")
    world.work()
    assert len(world.reconciler.looked_at) == UNSETTLED_PLANS_MAX
    assert "does not settle" in caplog.text


def test_work_stops_when_its_time_is_up_and_goes_on_where_it_stopped() -> None:
    world = World()
    for name in "abc":
        world.put(name, "ACTIVE")
    world.loop.work(0.0)
    assert world.reconciler.looked_at == ["a"]
    world.loop.work(1.0)
    assert world.reconciler.looked_at == ["a", "b", "c"]


def test_a_reconciler_that_cannot_say_whom_a_change_affects_looks_at_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Forgetful(Finishing):
        def affected(self, view: View, change: Change) -> Iterable[str]:
            raise KeyError("a bug")

    world = World(Forgetful())
    world.put("a", "PROVISIONING")
    world.work()
    assert world.status("a") == "ACTIVE"
    assert "does not know whom" in caplog.text


def test_a_replaced_view_is_looked_at_whole() -> None:
    world = World()
    newer = View(SCHEMA)
    newer.load(CLUSTERS, [Cluster(arn=ARN + "z", name="z", status="PROVISIONING", version=1)])
    world.store.swap(newer)
    world.work()
    assert world.status("z") == "ACTIVE"


def test_running_it_sleeps_until_a_commit_or_the_time_a_plan_named() -> None:
    async def story() -> None:
        world = World()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(world.loop.run())
            world.put("a", "FAILED")
            world.put("b", "PROVISIONING")
            for _ in range(20):
                await asyncio.sleep(0)
            assert (world.status("a"), world.status("b")) == ("FAILED", "ACTIVE")
            world.clock.seconds = 10.0
            for _ in range(20):
                await asyncio.sleep(0)
            assert world.status("a") == "ACTIVE"
            running.cancel()

    asyncio.run(story())
