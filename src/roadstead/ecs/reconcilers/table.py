"""What Roadstead does by itself in ECS: every reconciler, for the server's loops and for tests."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from roadstead.ecs.reconcilers import lost_host, retention, task_definition, task_set
from roadstead.ecs.reconcilers.daemon import leaving as daemon_leaving
from roadstead.ecs.reconcilers.daemon import scheduler as daemon_scheduler
from roadstead.ecs.reconcilers.deployment import course as deployment_course
from roadstead.ecs.reconcilers.service import scheduler as service_scheduler
from roadstead.state.plans import Plan
from roadstead.state.records import Change
from roadstead.state.view import View


class Reconciler(Protocol):
    """A module with these three functions and a name."""

    __name__: str

    def keys(self, view: View) -> Iterable[str]:
        """Everything it would look at: asked at the start."""
        ...

    def affected(self, view: View, change: Change) -> Iterable[str]:
        """What it should look at after this change."""
        ...

    def reconcile(self, view: View, key: str, now: datetime) -> Plan:
        """What should change, given what is."""
        ...


RECONCILERS: tuple[Reconciler, ...] = (
    service_scheduler,
    deployment_course,
    daemon_scheduler,
    daemon_leaving,
    lost_host,
    retention,
    task_definition,
    task_set,
)
