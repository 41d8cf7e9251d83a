"""What must hold after every commit, and at every start; and what derived state must agree with.

`Invariants` outlives the server: it remembers what was durable, and what may never come back. What
is wrong with a commit is for the laws (`laws/`) to tell.
"""

from collections.abc import Callable
from datetime import datetime

from roadstead.control.schema import SCHEMA
from roadstead.state.view import View
from roadstead.store.memory import Kept, MemoryLog
from roadstead.store.store import Commit, Store
from sim.constraints import Constraint
from sim.event_order import EventOrder
from sim.laws.deployments import DeploymentLaw
from sim.laws.fleets import FleetLaw
from sim.laws.instances import InstanceLaw
from sim.laws.interfaces import InterfaceLaw
from sim.laws.law import Law, Remembered
from sim.laws.placement import PlacementLaw
from sim.laws.services import ServiceLaw
from sim.laws.tasks import TaskLaw
from sim.laws.traffic import TrafficLaw
from sim.recount import recount

COMMITS_PER_RECOUNT = 400


class Invariants:
    def __init__(
        self,
        fail: Callable[[str], None],
        now: Callable[[], datetime],
        asked: Callable[[str], tuple[Constraint, ...]],
    ) -> None:
        """asked: the constraints of a RunTask, by its startedBy."""
        self.commits = 0
        self.remembered = Remembered()
        self._fail = fail
        self._view = View(SCHEMA)
        self._store: Store | None = None
        self._kept: Kept = {}
        self._durable: dict[tuple[str, str], int] = {}
        """(table, ARN) → version that whoever asked may have seen."""
        self._deleted: set[tuple[str, str]] = set()
        self._laws: tuple[Law, ...] = (
            TaskLaw(self.remembered),
            InstanceLaw(self.remembered),
            PlacementLaw(asked),
            ServiceLaw(),
            DeploymentLaw(),
            FleetLaw(now),
            InterfaceLaw(),
            TrafficLaw(),
            EventOrder(),
        )

    def watch(self, store: Store, kept: Kept) -> None:
        """A server starts on what is kept: nothing that anybody saw is missing."""
        self._view, self._store, self._kept = store.view, store, kept
        rows = {table.name: table for table in SCHEMA.tables}
        for (name, arn), version in self._durable.items():
            record = store.view.get(rows[name], arn)
            if record is None:
                if (name, arn) not in self._deleted:
                    self._fail(f"{arn} was durable and is lost")
            elif record.version < version:
                self._fail(f"{arn} was durable at {version} and is back at {record.version}")
        for problem in recount(store.view):
            self._fail(f"after a start: {problem}")
        for law in self._laws:
            law.begin(store.view)
        store.on_commit(self._committed)
        store.on_durable(self._became_durable)

    def check_recount(self) -> None:
        """Indexes and projections are what the records make of them."""
        for problem in recount(self._view):
            self._fail(problem)

    def check_replay(self) -> None:
        """If nothing is under way to the log, replaying it gives the view."""
        store = self._store
        assert store is not None
        if store.sequence != store.durable_sequence:
            return
        replayed = MemoryLog(self._kept).load(SCHEMA)
        for table in SCHEMA.tables:
            here = {each.arn: each for each in store.view.all(table)}
            there = {each.arn: each for each in replayed.all(table)}
            for arn in [*here, *(each for each in there if each not in here)]:
                if here.get(arn) != there.get(arn):
                    self._fail(f"replayed: {there.get(arn)} in place of {here.get(arn)}")

    def _became_durable(self, commit: Commit) -> None:
        known = self.remembered.known
        for change in commit.changes:
            key = change.table.name, change.arn
            if change.after is None:
                self._durable.pop(key, None)
            else:
                self._durable[key] = change.after.version
                if change.table.name in known:
                    known[change.table.name].add(change.arn)

    def _committed(self, commit: Commit) -> None:
        self.commits += 1
        for change in commit.changes:
            if change.after is None:
                self._deleted.add((change.table.name, change.arn))
        for law in self._laws:
            for problem in law.problems(commit):
                self._fail(problem)
        if self.commits % COMMITS_PER_RECOUNT == 0:
            self.check_recount()
            self.check_replay()
