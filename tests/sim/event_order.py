"""What must hold of published events at every commit: none is missing, none is invented."""

from collections.abc import Iterator

from roadstead.ecs.records.event import EVENTS, EventCount, TaskStateChange
from roadstead.ecs.records.task import TASKS
from roadstead.state.view import View
from roadstead.store.store import Commit


class EventOrder:
    """Numbers go on without gap; the tasks told of are those that moved, as they became."""

    def __init__(self) -> None:
        self._last = 0
        self._versions: dict[str, int] = {}
        """Of each task, as it was last told."""

    def begin(self, view: View) -> None:
        """A server starts on this."""
        self._last = view.projection(EventCount).last
        self._versions = {each.arn: each.version for each in view.all(TASKS)}

    def problems(self, commit: Commit) -> Iterator[str]:
        """What is wrong with the events of a commit."""
        told = {}
        for change in commit.changes:
            if change.table is EVENTS and change.before is None and change.after is not None:
                batch = change.after
                if batch.first != self._last + 1:
                    yield f"event {batch.first} follows event {self._last}"
                self._last = batch.last
                for event in batch.events:
                    if isinstance(event, TaskStateChange):
                        arn, version = event.task.arn, event.task.version
                        if arn in told or version <= self._versions.get(arn, 0):
                            yield f"version {version} of {arn} is told late or twice"
                        told[arn] = event.task
                        self._versions[arn] = version
        for change in commit.changes:
            if change.table is not TASKS or change.after is None:
                if change.table is TASKS:
                    self._versions.pop(change.arn, None)
                continue
            before, after = change.before, change.after
            event = told.pop(change.arn, None)
            has_moved = (
                before is None
                or before.last_status != after.last_status
                or before.desired_status != after.desired_status
            )
            if has_moved and event is not after:
                yield f"{change.arn} became {after.last_status}, its event says {event}"
        for arn in told:
            yield f"an event tells of {arn}, which did not change"
