"""Tasks only go forward, and those that a request asked for are started once."""

from collections.abc import Iterator

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.task_lifecycle import ORDER
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.laws.law import Remembered

RUNS_ASKED = "sim-run-"
"""RunTask requests of the simulated user are told apart by startedBy: `sim-run-<n>-<count>`."""
_STAYS = ("container_instance_arn", "task_definition_arn", "service_arn", "started_by")
_STAYS_ONCE_SAID = ("stop_code", "stopped_reason", "started_at", "stopped_at", "stopping_at")


class TaskLaw:
    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered
        self._started_by: dict[str, set[str]] = {}

    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for change in commit.changes:
            if change.table is not TASKS:
                continue
            before, after = change.before, change.after
            if after is None:
                if before.last_status != "STOPPED":
                    yield f"{before.arn} is removed though {before.last_status}"
            elif before is None:
                yield from self._started(after)
            else:
                yield from self._moved(before, after)

    def _moved(self, before: Task, after: Task) -> Iterator[str]:
        arn = after.arn
        if ORDER.index(after.last_status) < ORDER.index(before.last_status):
            yield f"{arn} went back from {before.last_status} to {after.last_status}"
        if before.desired_status == "STOPPED" and after.desired_status != "STOPPED":
            yield f"{arn} was asked to stop and is wanted again"
        if after.last_status == "STOPPED" and after.desired_status != "STOPPED":
            yield f"{arn} is STOPPED and wanted"
        for field in _STAYS:
            if getattr(before, field) != getattr(after, field):
                yield f"{field} of {arn} changed"
        for field in _STAYS_ONCE_SAID:
            old = getattr(before, field)
            if old and getattr(after, field) != old:
                yield f"{field} of {arn} changed from {old} to {getattr(after, field)}"
        if after.last_status == "STOPPED" and before.last_status != "STOPPED":
            if after.stopped_at is None:
                yield f"{arn} is STOPPED and nobody knows since when"
            if after.connectivity == "DISCONNECTED":
                self._remembered.orphans.add(arn)
            if "was not heard for" in after.stopped_reason:
                yield from self._given_up(before, after)

    def _given_up(self, before: Task, after: Task) -> Iterator[str]:
        """Only with a grace, only what a service replaces, and only if nobody hears its host."""
        instance = self._view.get(CONTAINER_INSTANCES, after.container_instance_arn)
        if not tuning(self._view).dead_host_grace_seconds:
            yield f"{after.arn} was given up, and there is no grace"
        if before.is_daemon or not before.service_arn:
            yield f"{after.arn} was given up though nothing replaces it"
        if instance is None or instance.agent_connected:
            yield f"{after.arn} was given up on {instance}"

    def _started(self, task: Task) -> Iterator[str]:
        view = self._view
        if task.arn in self._remembered.known[TASKS.name]:
            yield f"{task.arn} exists for the second time"
        definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
        if definition is None:
            yield f"{task.arn} has no definition"
        elif definition.status != "ACTIVE" and not task.service_arn:
            yield f"{task.arn} was started from {definition.status} {definition.arn}"
        service = view.get(SERVICES, task.service_arn) if task.service_arn else None
        if task.service_arn and (service is None or service.status != "ACTIVE"):
            yield f"{task.arn} was started for {task.service_arn}, which is not ACTIVE"
        if task.started_by.startswith(RUNS_ASKED):
            yield from self._asked_for(task)

    def _asked_for(self, task: Task) -> Iterator[str]:
        """A request that was tried again started nothing twice."""
        tasks = self._started_by.setdefault(task.started_by, set())
        tasks.add(task.arn)
        known = self._remembered.known[TASKS.name]
        lasting = [each for each in tasks if self._view.get(TASKS, each) or each in known]
        if len(lasting) > int(task.started_by.rpartition("-")[2]):
            yield f"{task.started_by} started {len(lasting)} tasks"
