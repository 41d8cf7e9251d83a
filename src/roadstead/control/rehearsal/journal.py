"""What is seen of a rehearsal: tasks that start and end, and how healthy each service is meanwhile.

Services are watched from the moment before something of theirs changes, so that what they were like
before is known.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from roadstead.ecs.reconcilers.service.survey import healthy_count
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_tasks import TASKS_BY_STANDING, Standing, standing_key
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.rules.deployment.rolling import minimum_running
from roadstead.elbv2.records.target_group import TARGETS, Target
from roadstead.state.plans import Plan
from roadstead.state.records import Change
from roadstead.state.view import View

Kind = Literal["STARTED", "STOPPED", "ORPHANED"]


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """A task was started, asked to stop, or given up with its host."""

    at: datetime
    kind: Kind
    task_arn: str
    service_arn: str
    container_instance_arn: str
    task_definition_arn: str
    reason: str = ""


class Drain(msgspec.Struct, kw_only=True):
    """Targets of one group that began to drain."""

    count: int = 0
    longest: timedelta = timedelta()


class Watched(msgspec.Struct, kw_only=True):
    """One service while the rehearsal lasts."""

    before: Service
    healthy_before: int
    healthy: int
    healthy_lowest: int
    minimum: int
    """As many must be healthy: by its percentages before and after, the lesser desired count."""
    below: timedelta = timedelta()
    below_since: datetime | None = None
    first_below: datetime | None = None
    steady_at: datetime | None = None


class Journal:
    """The audience of a rehearsal, and its memory."""

    def __init__(self) -> None:
        self.movements: list[Movement] = []
        self.services: dict[str, Watched] = {}
        self.emptied: dict[str, datetime] = {}
        """Instances of which the last task ended: ARN → when."""
        self.drains: dict[str, Drain] = {}
        """By target group ARN."""
        self._dirty: dict[str, None] = {}

    def watch(self, view: View, service_arn: str, now: datetime) -> None:
        """From now on; a service that is watched already is not begun anew."""
        service = view.get(SERVICES, service_arn)
        if service is None or service_arn in self.services:
            return
        healthy = healthy_tasks(view, service, now)
        minimum = _minimum(service, service)
        self.services[service_arn] = Watched(
            before=service,
            healthy_before=healthy,
            healthy=healthy,
            healthy_lowest=healthy,
            minimum=minimum,
            below_since=now if healthy < minimum else None,
            first_below=now if healthy < minimum else None,
        )

    # The audience's part

    def before_look(self, view: View, key: str, now: datetime) -> None:
        if view.get(SERVICES, key) is not None:
            self.watch(view, key, now)

    def planned(self, key: str, plan: Plan, now: datetime) -> None:
        """Nothing: what a plan does is seen from the changes."""

    def changed(self, view: View, changes: list[Change], now: datetime) -> None:
        for change in changes:
            if change.table is TASKS:
                self._task_changed(view, change.before, change.after, now)
            elif change.table is SERVICES:
                self._service_changed(change.after, now)
            elif change.table is TARGETS:
                self._target_changed(change.before, change.after, now)

    def moment(self, view: View, now: datetime) -> None:
        for arn in self._dirty:
            self._measure(view, arn, now)
        self._dirty.clear()
        for arn, watched in self.services.items():
            if watched.below_since is not None:
                self._measure(view, arn, now)

    def finish(self, now: datetime) -> None:
        """No more is to come."""
        for watched in self.services.values():
            _rise(watched, now)

    def _task_changed(
        self, view: View, before: Task | None, after: Task | None, now: datetime
    ) -> None:
        if after is None:
            return
        if before is None:
            self._note("STARTED", after, now)
        elif before.desired_status == "RUNNING" and after.desired_status == "STOPPED":
            gone = after.last_status == "STOPPED" and before.last_status != "STOPPED"
            self._note("ORPHANED" if gone else "STOPPED", after, now)
        if after.last_status == "STOPPED" and after.container_instance_arn:
            arn = after.container_instance_arn
            if not view.count(LIVE_TASKS_BY_INSTANCE, arn):
                self.emptied[arn] = now
        if after.service_arn:
            self._dirty[after.service_arn] = None

    def _target_changed(self, before: Target | None, after: Target | None, now: datetime) -> None:
        if after is None or after.draining_until is None:
            return
        if before is None or before.status != "draining":
            drain = self.drains.setdefault(after.target_group_arn, Drain())
            drain.count += 1
            drain.longest = max(drain.longest, after.draining_until - now)

    def _note(self, kind: Kind, task: Task, now: datetime) -> None:
        self.movements.append(
            Movement(
                at=now,
                kind=kind,
                task_arn=task.arn,
                service_arn=task.service_arn,
                container_instance_arn=task.container_instance_arn,
                task_definition_arn=task.task_definition_arn,
                reason=task.stopped_reason if kind != "STARTED" else "",
            )
        )

    def _service_changed(self, service: Service | None, now: datetime) -> None:
        if service is None or service.arn not in self.services:
            return
        self._dirty[service.arn] = None
        watched = self.services[service.arn]
        watched.minimum = _minimum(watched.before, service)
        if service.is_steady and watched.steady_at is None:
            watched.steady_at = now
        elif not service.is_steady:
            watched.steady_at = None

    def _measure(self, view: View, service_arn: str, now: datetime) -> None:
        watched = self.services.get(service_arn)
        service = view.get(SERVICES, service_arn)
        if watched is None or service is None:
            return
        watched.healthy = healthy_tasks(view, service, now)
        watched.healthy_lowest = min(watched.healthy_lowest, watched.healthy)
        if watched.healthy >= watched.minimum:
            _rise(watched, now)
        elif watched.below_since is None:
            watched.below_since = now
            watched.first_below = watched.first_below or now


def healthy_tasks(view: View, service: Service, now: datetime) -> int:
    """How many tasks of the service serve: healthy by their checks or, without, by their age.

    Of older deployments all that run serve already.
    """
    serving: tuple[Standing, ...] = ("RUNNING", "HEALTHY")
    primary = sum(healthy_count(view, service, each, now) for each in service.deployments[:1])
    return primary + sum(
        view.count(TASKS_BY_STANDING, standing_key(older.id, where))
        for older in service.deployments[1:]
        for where in serving
    )


def _minimum(before: Service, service: Service) -> int:
    if service.status != "ACTIVE":
        return 0
    desired = min(before.desired_count, service.desired_count)
    return minimum_running(desired, service.minimum_healthy_percent)


def _rise(watched: Watched, now: datetime) -> None:
    if watched.below_since is not None:
        watched.below += now - watched.below_since
        watched.below_since = None
