"""The stage of a rehearsal: real operations and reconcilers, on time that is a number.

Everything is written into the live view, by transactions that are all undone when the rehearsal
ends, newest first; nothing waits in between, so nobody else ever sees it. Nothing is committed, so
nothing is logged and nobody is woken.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

import msgspec

from roadstead.control.reconcilers import RECONCILERS
from roadstead.control.rehearsal.identities import RehearsalIds
from roadstead.control.rehearsal.tasks import Assumptions, Move, Turn, next_move, report, turn_of
from roadstead.ecs.reconcilers import retention
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.tuning import tuning
from roadstead.state.plans import Call, Plan, Reconciler
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

T = TypeVar("T")

REHEARSED: tuple[Reconciler, ...] = tuple(each for each in RECONCILERS if each is not retention)
"""Retention removes only what has ended: no plan is about that."""
VIRTUAL_SECONDS_MAX = 6 * 3600.0
STEPS_MAX = 20_000
IDLE_LOOKS = 2
IDLE_AFTER = timedelta(seconds=180)
"""A reconciler that was woken so often by time alone, for so long, and did nothing, waits for
something that no rehearsal brings."""

End = Literal["AT_REST", "TIME", "STEPS", "WORK"]
"""Why it ended: nothing moves any more, or a bound on virtual time, steps or real time."""
Where = tuple[str, str]
"""A reconciler's name and a key of it."""
Due = tuple[datetime, int, Turn, str, str]
"""A moment: (at, 0, turn, task ARN, move), (at, 1, (), reconciler, key) or (at, 2, (), "", ""), at
which there is only something to see. So reports come before wakes, in the order of their turns."""


class Audience(Protocol):
    """Who watches a rehearsal."""

    def before_look(self, view: View, key: str, now: datetime) -> None: ...

    def planned(self, key: str, plan: Plan, now: datetime) -> None: ...

    def changed(self, view: View, changes: list[Change], now: datetime) -> None: ...

    def moment(self, view: View, now: datetime) -> None:
        """All that was to be done at this moment is done."""
        ...


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    virtual_seconds: float = VIRTUAL_SECONDS_MAX
    steps: int = STEPS_MAX
    is_late: Callable[[], bool] = lambda: False
    """Whether it has worked for as long as it may, in real time."""


class _Idle(msgspec.Struct):
    since: datetime
    looks: int = 0


class Stage:
    """One rehearsal. Made by `rehearsal`, which takes everything back."""

    def __init__(
        self, view: View, call: Call, audience: Audience, assumptions: Assumptions, bounds: Bounds
    ) -> None:
        self.view = view
        self.began = call.now
        self.now = call.now
        self.steps = 0
        self._call = call
        self._ids = RehearsalIds()
        self._audience = audience
        self._assumptions = assumptions
        self._bounds = bounds
        self._reconcilers = {each.__name__: each for each in REHEARSED}
        self._written: list[Tx] = []
        self._queue: dict[Where, None] = {}
        self._bystanders: dict[Where, None] = {}
        """Nobody looks at these now in reality: they are only asked when they will. So they come
        last, and take no room from those who wait for it longer."""
        self._wakes: dict[Where, datetime] = {}
        self._idle: dict[Where, _Idle] = {}
        self._moves: dict[str, tuple[datetime, Move]] = {}
        self._due: list[Due] = []
        """A heap. Entries that the dicts above lack are stale."""

    @property
    def seconds(self) -> float:
        """How much time has passed on the stage."""
        return (self.now - self.began).total_seconds()

    def act(self, change: Callable[[Tx, Call], T]) -> T:
        """Change the state as an update does: if it raises, nothing has happened."""
        tx = Tx(self.view)
        self._written.append(tx)
        call = msgspec.structs.replace(self._call, now=self.now, ids=self._ids)
        try:
            result = change(tx, call)
        except BaseException:
            self._written.pop().undo()
            raise
        self._follow(tx.changes())
        return result

    def look_at(self, change: Change) -> None:
        """Look also at whoever a change concerns, though nothing changed just now."""
        self._bystanders.update(dict.fromkeys(self._concerned((change,))))

    def wake(self, reconciler: Reconciler, key: str, at: datetime) -> None:
        """Let the reconciler look at the key then, as it will in reality."""
        self._wake_at((reconciler.__name__, key), at)

    def expect(self, task: Task) -> None:
        """Let the task's agent report, when its time comes, what is to be reported of it."""
        move = next_move(self.view, task, self._assumptions, self.now)
        if move is None:
            self._moves.pop(task.arn, None)
        elif self._moves.get(task.arn) != move:
            self._moves[task.arn] = move
            heapq.heappush(self._due, (move[0], 0, turn_of(task, move[1]), task.arn, move[1]))

    def play(self) -> End:
        """Let reconcilers and agents work, until nothing moves or a bound is reached."""
        until = self.began + timedelta(seconds=self._bounds.virtual_seconds)
        while True:
            cut = self._settle()
            self._audience.moment(self.view, self.now)
            if cut is not None:
                return cut
            at = self._next_moment()
            if at is None:
                return "AT_REST"
            if at > until:
                return "TIME" if self._moves else "AT_REST"
            self.now = max(self.now, at)
            cut = self._pass(at)
            if cut is not None:
                return cut

    def undo(self) -> None:
        """Take everything back."""
        while self._written:
            self._written.pop().undo()

    def _settle(self) -> End | None:
        while queue := self._queue or self._bystanders:
            cut = self._count()
            if cut is not None:
                return cut
            where = next(iter(queue))
            del queue[where]
            self._look(where)
        return None

    def _count(self) -> End | None:
        self.steps += 1
        if self.steps > self._bounds.steps:
            return "STEPS"
        return "WORK" if self._bounds.is_late() else None

    def _look(self, where: Where) -> None:
        name, key = where
        self._audience.before_look(self.view, key, self.now)
        plan = self.act(lambda tx, call: self._reconcile(tx, call, name, key))
        if plan.actions:
            self._audience.planned(key, plan, self.now)
            self._idle.pop(where, None)
            self._queue[where] = None
        elif plan.wake_at is None:
            self._wakes.pop(where, None)
        else:
            self._wake_at(where, plan.wake_at)

    def _reconcile(self, tx: Tx, call: Call, name: str, key: str) -> Plan:
        plan = self._reconcilers[name].reconcile(tx, key, self.now)
        for action in plan.actions:
            action.apply(tx, call)
        return plan

    def _wake_at(self, where: Where, at: datetime) -> None:
        if self._wakes.get(where) != at:
            self._wakes[where] = at
            heapq.heappush(self._due, (at, 1, (), *where))

    def _next_moment(self) -> datetime | None:
        """When something happens next; None when nobody moves who would change anything."""
        while self._due and self._is_stale(self._due[0]):
            heapq.heappop(self._due)
        if not self._due:
            return None
        if self._moves or self._due[0][1] == 2 or any(self._busy_wakes()):
            return self._due[0][0]
        return None

    def _is_stale(self, entry: Due) -> bool:
        at, kind, _, first, second = entry
        if kind == 0:
            return self._moves.get(first) != (at, second)
        return kind == 1 and self._wakes.get((first, second)) != at

    def _busy_wakes(self) -> Iterator[bool]:
        for where in self._wakes:
            idle = self._idle.get(where)
            yield (idle is None or idle.looks < IDLE_LOOKS or self.now - idle.since < IDLE_AFTER)

    def _pass(self, at: datetime) -> End | None:
        """All that happens at this moment: first reports, each with what follows, then wakes."""
        while self._due and self._due[0][0] <= at:
            entry = heapq.heappop(self._due)
            if self._is_stale(entry):
                continue
            _, kind, _, first, second = entry
            if kind == 0:
                move = self._moves.pop(first)[1]
                self.act(lambda tx, call, arn=first, move=move: report(tx, call, arn, move))  # type: ignore[misc]  # a lambda's defaults have no types
                cut = self._settle()
                if cut is not None:
                    return cut
            elif kind == 1:
                where = (first, second)
                del self._wakes[where]
                self._idle.setdefault(where, _Idle(self.now)).looks += 1
                self._queue[where] = None
        return None

    def _follow(self, changes: list[Change]) -> None:
        self._enqueue(changes)
        for change in changes:
            task = change.after
            if change.table is not TASKS or task is None:
                continue
            self.expect(task)
            if task.started_at == self.now:
                healthy_after = tuning(self.view).healthy_after_running_seconds
                heapq.heappush(
                    self._due, (self.now + timedelta(seconds=healthy_after), 2, (), "", "")
                )
        if changes:
            self._audience.changed(self.view, changes, self.now)

    def _enqueue(self, changes: Iterable[Change]) -> None:
        for where in self._concerned(changes):
            self._queue[where] = None
            self._idle.pop(where, None)

    def _concerned(self, changes: Iterable[Change]) -> Iterator[Where]:
        for change in changes:
            for name, reconciler in self._reconcilers.items():
                for key in reconciler.affected(self.view, change):
                    yield name, key


@contextmanager
def rehearsal(
    view: View,
    call: Call,
    audience: Audience,
    assumptions: Assumptions,
    bounds: Bounds,
) -> Iterator[Stage]:
    """A stage on this state; whatever happened on it is undone at the end, however it ends."""
    stage = Stage(view, call, audience, assumptions, bounds)
    try:
        yield stage
    finally:
        stage.undo()
