"""ReconcileLoop: drives a reconciler. Queueing, de-duplication, waking and backoff for all of them.

A commit says where to look (`affected`); the loop looks there (`reconcile`) and applies the plan in
the same update. It holds keys only, never changes, so that its memory is bounded by what exists;
what it forgets in a crash it finds again, because every start looks at all `keys`.
"""

import asyncio
import heapq
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from roadstead.clock import Clock
from roadstead.ids import Ids
from roadstead.server.calls import own_call, own_call_about
from roadstead.server.waiting import wait_for_news
from roadstead.state.plans import Call, Plan, Reconciler
from roadstead.state.view import Tx
from roadstead.store.store import Commit, Store, StoreFailed

TURN_SECONDS_MAX = 0.005
"""After so long, requests get their turn."""
BACKOFF_SECONDS_MIN = 1.0
BACKOFF_SECONDS_MAX = 60.0
UNSETTLED_PLANS_MAX = 10_000
"""So many plans in a row for one key, none of them empty, and the reconciler is taken for wrong."""

log = logging.getLogger(__name__)


class ReconcileLoop:
    """One reconciler at work on one store. `run` it in the program's TaskGroup."""

    def __init__(
        self,
        reconciler: Reconciler,
        store: Store,
        clock: Clock,
        ids: Ids,
        *,
        account: str,
        region: str,
    ) -> None:
        """`account` and `region` stand in calls for keys that are not ARNs."""
        self.name = reconciler.__name__.partition("reconcilers.")[2] or reconciler.__name__
        self.plans_applied = 0
        self.failures = 0
        self._reconciler = reconciler
        self._store = store
        self._clock = clock
        self._ids = ids
        self._account = account
        self._region = region
        self._queue: dict[str, None] = {}
        self._wakes: list[tuple[datetime, str]] = []  # a heap; entries `_wake_of` lacks are stale
        self._wake_of: dict[str, datetime] = {}
        self._failures_of: dict[str, int] = {}
        self._unsettled: dict[str, int] = {}
        self._news = asyncio.Event()
        store.on_commit(self._committed)
        self.look_at_everything()

    @property
    def idle(self) -> bool:
        """Nothing to look at now; something may be due later."""
        return not self._queue

    def look_at_everything(self) -> None:
        """Queue all keys."""
        self._enqueue(self._reconciler.keys(self._store.view))

    async def run(self) -> None:
        """Look wherever there is something to look at, for ever. Ends when the store does."""
        while True:
            self.wake_due()
            if self._queue:
                try:
                    self.work(TURN_SECONDS_MAX)
                except StoreFailed:
                    return
                await self._clock.sleep(0)
            else:
                await self._wait()

    def wake_due(self) -> None:
        """Queue the keys whose time has come."""
        now = self._clock.now()
        while self._wakes and self._wakes[0][0] <= now:
            at, key = heapq.heappop(self._wakes)
            if self._wake_of.get(key) == at:
                del self._wake_of[key]
                self._queue[key] = None

    def work(self, seconds_max: float) -> None:
        """Reconcile queued keys, oldest first, until none is left or the time is up.

        Raises: StoreFailed
        """
        began = self._clock.monotonic()
        while self._queue:
            key = next(iter(self._queue))
            del self._queue[key]
            self._look_at(key)
            if self._clock.monotonic() - began >= seconds_max:
                return

    def _look_at(self, key: str) -> None:
        now = self._clock.now()
        try:
            plan = self._store.update(lambda tx: self._reconcile(tx, key, now))
        except StoreFailed:
            raise
        except Exception:  # a reconciler that fails on one key must not stop the others
            self.failures += 1
            tries = self._failures_of[key] = self._failures_of.get(key, 0) + 1
            seconds = min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS_MIN * 2.0 ** min(tries - 1, 10))
            log.exception("%s failed on %s; trying again in %.0f s", self.name, key, seconds)
            self._wake_at(key, now + timedelta(seconds=seconds))
            return
        self._failures_of.pop(key, None)
        self._settle(key, plan, now)

    def _reconcile(self, tx: Tx, key: str, now: datetime) -> Plan:
        """Decide and apply in one update: the reconciler sees its own writes."""
        plan = self._reconciler.reconcile(tx, key, now)
        if plan.actions:
            call = self._call(key, now)
            for action in plan.actions:
                action.apply(tx, call)
        return plan

    def _settle(self, key: str, plan: Plan, now: datetime) -> None:
        """Note when to look again: at once after a plan that did something, else when it says."""
        if not plan.actions:
            self._unsettled.pop(key, None)
            if plan.wake_at is None:
                self._wake_of.pop(key, None)
            else:
                self._wake_at(key, plan.wake_at)
            return
        self.plans_applied += 1
        for action in plan.actions:
            log.info("%s: %s: %s", self.name, key, action.reason)
        plans = self._unsettled[key] = self._unsettled.get(key, 0) + 1
        if plans < UNSETTLED_PLANS_MAX:
            self._queue[key] = None
            return
        self._unsettled.pop(key)
        self._queue.pop(key, None)
        log.error("%s does not settle on %s: %d plans in a row", self.name, key, plans)
        self._wake_at(key, now + timedelta(seconds=BACKOFF_SECONDS_MAX))

    def _wake_at(self, key: str, at: datetime) -> None:
        if self._wake_of.get(key) != at:
            self._wake_of[key] = at
            heapq.heappush(self._wakes, (at, key))

    def _call(self, key: str, now: datetime) -> Call:
        start = key.find("arn:")
        if start >= 0:
            return own_call_about(key[start:], now, self._ids)
        return own_call(self._account, self._region, now, self._ids)

    def _committed(self, commit: Commit) -> None:
        if commit.reloaded:
            self.look_at_everything()
            return
        view, queue, affected = self._store.view, self._queue, self._reconciler.affected
        try:
            for change in commit.changes:
                for key in affected(view, change):
                    queue[key] = None
        except Exception:  # whom it concerns is not known, so look at all of them
            log.exception("%s does not know whom commit %d affects", self.name, commit.sequence)
            self.look_at_everything()
        if queue:
            self._news.set()

    def _enqueue(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._queue[key] = None
        if self._queue:
            self._news.set()

    async def _wait(self) -> None:
        """Return when a commit concerns somebody, or the earliest wake has come."""
        seconds = None
        if self._wakes:
            seconds = (self._wakes[0][0] - self._clock.now()).total_seconds()
        await wait_for_news(self._news, self._clock, seconds)
