"""Fleets: our own stops leave the minimum, and have a cause; our own starts keep the maximum."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import msgspec

from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
)
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment.rolling import maximum_total, minimum_running
from roadstead.state.records import Change
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.constraints import Constraint, constraints_of, is_member
from sim.fleets import Fleet, fleets_of, is_checked, is_draining, is_serving, is_unhealthy

SCHEDULER = "ServiceSchedulerInitiated"


class Moved(msgspec.Struct):
    """What the scheduler did to a service in one commit."""

    stopped: list[Task]
    """As they were before."""
    started: list[Task]


class FleetLaw:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for arn, moved in _moved(commit.changes).items():
            service = self._view.get(SERVICES, arn)
            if service is None or service.status != "ACTIVE":
                continue
            for task in moved.stopped:
                yield from self._protected(service, task)
            if service.scheduling_strategy == "DAEMON":
                yield from self._daemon(service, moved.stopped)
                continue
            live = self._view.find(LIVE_TASKS_BY_SERVICE, arn)
            tasks = [each for each in live if each.desired_status == "RUNNING"]
            for fleet in fleets_of(service):
                yield from self._fleet(fleet, tasks, moved)

    def _fleet(self, fleet: Fleet, tasks: list[Task], moved: Moved) -> Iterator[str]:
        there = [each for each in tasks if each.started_by in fleet.ids]
        stopped = [each for each in moved.stopped if each.started_by in fleet.ids]
        started = sum(each.started_by in fleet.ids for each in moved.started)
        least = minimum_running(fleet.wanted, fleet.minimum_percent)
        yield from self._minimum(fleet.name, least, there, stopped)
        most = max(
            maximum_total(fleet.wanted, fleet.maximum_percent),
            len(there) - started + len(stopped),
        )
        if started and len(there) > most:
            yield f"{fleet.name}: {started} started, {len(there)} now, the most is {most}"
        left = [each for each in there if each not in moved.started]
        yield from self._causes(fleet, stopped, left)

    def _minimum(
        self, name: str, least: int, there: list[Task], stopped: list[Task]
    ) -> Iterator[str]:
        """In healthy tasks and in RUNNING ones."""
        for serves, what in ((self._is_healthy, "healthy"), (is_serving, "RUNNING")):
            serving = sum(serves(each) for each in there)
            before = serving + sum(serves(each) for each in stopped)
            if serving < min(least, before):
                yield f"{name}: {before} → {serving} {what}, the minimum is {least}"

    def _causes(self, fleet: Fleet, stopped: list[Task], left: list[Task]) -> Iterator[str]:
        """Nobody is stopped for nothing; an agent that is away is nothing."""
        before = [*left, *stopped]
        current = sum(each.started_by == fleet.target.id for each in before)
        for task in stopped:
            if is_draining(self._view, task) or self._is_sick(task):
                continue
            if task.started_by == fleet.target.id:
                if current <= fleet.wanted:
                    yield f"{task.arn} of {fleet.name} was stopped for nothing"
            elif fleet.is_failed and len(before) <= fleet.wanted:
                yield f"{task.arn} was stopped for {fleet.name}, which FAILED"

    def _protected(self, service: Service, task: Task) -> Iterator[str]:
        """Only a task is stopped that was found unhealthy, or whose time is over; or a daemon's
        where it is not wanted any more."""
        ends_at = task.protection_expires_at
        is_over = ends_at is not None and ends_at <= self._now()
        instance = self._view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        is_misplaced = (
            task.is_daemon
            and instance is not None
            and not is_member(instance, self._constraints_of(service))
        )
        if task.protection_enabled and not (is_over or self._is_sick(task) or is_misplaced):
            yield f"{task.arn} was stopped though protected until {ends_at}"

    def _daemon(self, service: Service, stopped: list[Task]) -> Iterator[str]:
        """Only what is on ACTIVE instances that match counts; elsewhere all may be stopped."""
        view = self._view
        constraints = self._constraints_of(service)
        active = {
            each.arn
            for each in view.find(LISTED_CONTAINER_INSTANCES, f"{service.cluster_arn}|ACTIVE")
            if is_member(each, constraints)
        }
        there = [
            each
            for each in view.find(LIVE_TASKS_BY_SERVICE, service.arn)
            if each.desired_status == "RUNNING" and each.container_instance_arn in active
        ]
        gone = [each for each in stopped if each.container_instance_arn in active]
        least = minimum_running(service.desired_count, service.minimum_healthy_percent)
        yield from self._minimum(service.arn, least, there, gone)
        for task in gone:
            if task.started_by == service.deployments[0].id and not self._is_sick(task):
                instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
                yield f"{task.arn} of the daemon {service.arn} was stopped on {instance}"

    def _constraints_of(self, service: Service) -> tuple[Constraint, ...]:
        definition = self._view.get(TASK_DEFINITIONS, service.task_definition_arn)
        return constraints_of(definition, service)

    def _is_sick(self, task: Task) -> bool:
        """Found unhealthy, after the grace that its service gives it."""
        service = self._view.must(SERVICES, task.service_arn)
        grace = timedelta(seconds=service.health_check_grace_period_seconds)
        return is_unhealthy(task) and (
            task.started_at is not None and task.started_at + grace <= self._now()
        )

    def _is_healthy(self, task: Task) -> bool:
        """By its health checks, and load balancers, or RUNNING for long enough."""
        if not is_serving(task) or is_checked(task) or task.targets:
            return is_serving(task)
        waits = timedelta(seconds=tuning(self._view).healthy_after_running_seconds)
        return task.started_at is not None and self._now() - task.started_at >= waits


def _moved(changes: tuple[Change, ...]) -> dict[str, Moved]:
    """By service. What others stop, or ends by itself, is no move of ours."""
    found: dict[str, Moved] = {}
    for change in changes:
        before, after = change.before, change.after
        if change.table is not TASKS or after is None or not after.service_arn:
            continue
        if before is None:
            found.setdefault(after.service_arn, Moved([], [])).started.append(after)
        elif (
            before.desired_status == "RUNNING"
            and after.desired_status == "STOPPED"
            and after.stop_code == SCHEDULER
        ):
            found.setdefault(after.service_arn, Moved([], [])).stopped.append(before)
    return found
