"""What a law is, and what all of them remember beyond the life of one server."""

from collections.abc import Iterator
from typing import Protocol

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS
from roadstead.state.view import View
from roadstead.store.store import Commit


class Law(Protocol):
    def begin(self, view: View) -> None:
        """A server starts on this."""
        ...

    def problems(self, commit: Commit) -> Iterator[str]:
        """What is wrong with a commit; the view is as it became."""
        ...


class Remembered:
    """What must not come back, nor be done twice."""

    def __init__(self) -> None:
        self.known: dict[str, set[str]] = {TASKS.name: set(), CONTAINER_INSTANCES.name: set()}
        """ARNs that were durable once: none is ever given again."""
        self.orphans: set[str] = set()
        """Tasks that a deregistration or a lost host ended: their containers may run on."""
