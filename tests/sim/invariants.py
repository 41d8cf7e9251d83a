"""What must hold after every commit, and at every start; and what derived state must agree with.

`Invariants` outlives the server: it remembers what was durable, and what may never come back.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.schema import SCHEMA
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, LIVE_TASKS_BY_SERVICE, TASKS, Task
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment import maximum_total, minimum_running
from roadstead.ecs.rules.task_lifecycle import ORDER
from roadstead.state.records import Change
from roadstead.state.view import View
from roadstead.store.memory import Kept, MemoryLog
from roadstead.store.store import Commit, Store
from sim.event_order import EventOrder

SCHEDULER = "ServiceSchedulerInitiated"
COMMITS_PER_RECOUNT = 400
RUNS_ASKED = "sim-run-"
"""RunTask requests of the simulated user are told apart by startedBy: `sim-run-<n>-<count>`."""


class Invariants:
    def __init__(self, fail: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self.commits = 0
        self._fail = fail
        self._now = now
        self._view = View(SCHEMA)
        self._store: Store | None = None
        self._kept: Kept = {}
        self._durable: dict[tuple[str, str], int] = {}
        """(table, ARN) → version that whoever asked may have seen."""
        self._deleted: set[tuple[str, str]] = set()
        self._known: dict[str, set[str]] = {TASKS.name: set(), CONTAINER_INSTANCES.name: set()}
        """ARNs that were durable once: none is ever given again."""
        self._events = EventOrder()
        self._started_by: dict[str, set[str]] = {}
        self.orphans: set[str] = set()
        """Tasks that a deregistration or a lost host ended: their containers may run on."""

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
        self._events.begin(store.view)
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
        for change in commit.changes:
            key = change.table.name, change.arn
            if change.after is None:
                self._durable.pop(key, None)
            else:
                self._durable[key] = change.after.version
                if change.table.name in self._known:
                    self._known[change.table.name].add(change.arn)

    def _committed(self, commit: Commit) -> None:
        self.commits += 1
        for change in commit.changes:
            if change.after is None:
                self._deleted.add((change.table.name, change.arn))
            if change.table is TASKS:
                self._task(change.before, change.after)
            elif change.table is CONTAINER_INSTANCES:
                self._instance(change.arn, change.before, change.after)
            elif change.table is SERVICES:
                self._service(change.before, change.after)
        self._rolling(commit.changes)
        for problem in self._events.problems(commit):
            self._fail(problem)
        if self.commits % COMMITS_PER_RECOUNT == 0:
            self.check_recount()
            self.check_replay()

    # Tasks

    def _task(self, before: Task | None, after: Task | None) -> None:
        if after is None:
            assert before is not None
            if before.last_status != "STOPPED":
                self._fail(f"{before.arn} is removed though {before.last_status}")
        elif before is None:
            self._placed(after)
        else:
            self._moved(before, after)

    def _moved(self, before: Task, after: Task) -> None:
        arn = after.arn
        if ORDER.index(after.last_status) < ORDER.index(before.last_status):
            self._fail(f"{arn} went back from {before.last_status} to {after.last_status}")
        if before.desired_status == "STOPPED" and after.desired_status != "STOPPED":
            self._fail(f"{arn} was asked to stop and is wanted again")
        if after.last_status == "STOPPED" and after.desired_status != "STOPPED":
            self._fail(f"{arn} is STOPPED and wanted")
        for field in ("container_instance_arn", "task_definition_arn", "service_arn", "started_by"):
            if getattr(before, field) != getattr(after, field):
                self._fail(f"{field} of {arn} changed")
        for field in ("stop_code", "stopped_reason", "started_at", "stopped_at", "stopping_at"):
            old = getattr(before, field)
            if old and getattr(after, field) != old:
                self._fail(f"{field} of {arn} changed from {old} to {getattr(after, field)}")
        if after.last_status == "STOPPED" and before.last_status != "STOPPED":
            if after.stopped_at is None:
                self._fail(f"{arn} is STOPPED and nobody knows since when")
            if after.connectivity == "DISCONNECTED":
                self.orphans.add(arn)

    def _placed(self, task: Task) -> None:
        view = self._view
        if task.arn in self._known[TASKS.name]:
            self._fail(f"{task.arn} exists for the second time")
        instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        if instance is None or instance.status != "ACTIVE" or not instance.agent_connected:
            self._fail(f"{task.arn} was placed on {instance}")
            return
        self._not_overcommitted(instance)
        definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
        if definition is None:
            self._fail(f"{task.arn} has no definition")
            return
        service = view.get(SERVICES, task.service_arn) if task.service_arn else None
        if task.service_arn and (service is None or service.status != "ACTIVE"):
            self._fail(f"{task.arn} was started for {task.service_arn}, which is not ACTIVE")
        if definition.status != "ACTIVE" and not task.service_arn:
            self._fail(f"{task.arn} was started from {definition.status} {definition.arn}")
        self._asked_for(task)
        if task.is_daemon:
            here = view.find(LIVE_TASKS_BY_INSTANCE, task.container_instance_arn)
            if sum(each.service_arn == task.service_arn for each in here) != 1:
                self._fail(f"{instance.arn} has two tasks of {task.service_arn}")

    def _asked_for(self, task: Task) -> None:
        """A request that was tried again started nothing twice."""
        if task.started_by.startswith(RUNS_ASKED):
            tasks = self._started_by.setdefault(task.started_by, set())
            tasks.add(task.arn)
            lasting = [a for a in tasks if self._view.get(TASKS, a) or a in self._known[TASKS.name]]
            if len(lasting) > int(task.started_by.rpartition("-")[2]):
                self._fail(f"{task.started_by} started {len(lasting)} tasks")

    # Container instances

    def _instance(
        self, arn: str, before: ContainerInstance | None, after: ContainerInstance | None
    ) -> None:
        if before is None:
            if arn in self._known[CONTAINER_INSTANCES.name]:
                self._fail(f"{arn} was removed and is back")
            return
        if after is None:
            if before.status != "INACTIVE":
                self._fail(f"{arn} is removed though {before.status}")
            return
        if before.status == "INACTIVE" and (after.status != "INACTIVE" or after.agent_connected):
            self._fail(f"{arn} was deregistered and is {after.status}, {after.agent_connected=}")
        if after.connections < before.connections:
            self._fail(f"{arn} counts its connections backwards")
        if after.status == "INACTIVE" and self._view.count(LIVE_TASKS_BY_INSTANCE, arn):
            self._fail(f"{arn} is INACTIVE and has live tasks")

    def _not_overcommitted(self, instance: ContainerInstance) -> None:
        tasks = [
            each
            for each in self._view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
            if each.desired_status == "RUNNING"
        ]
        cpu_units = sum(each.cpu_units for each in tasks)
        memory_mib = sum(each.memory_mib for each in tasks)
        if cpu_units > instance.cpu_units or memory_mib > instance.memory_mib:
            self._fail(f"{instance.arn} has {cpu_units} cpu and {memory_mib} MiB on it")
        ports = list(ports_as_codes(instance.reserved_ports, instance.reserved_ports_udp))
        for task in tasks:
            ports += ports_as_codes(task.host_ports, task.host_ports_udp)
        if len(ports) != len(set(ports)):
            self._fail(f"{instance.arn} has a port on it twice: {sorted(ports)}")

    # Services

    def _service(self, before: Service | None, after: Service | None) -> None:
        if after is None:
            assert before is not None
            if before.status != "INACTIVE":
                self._fail(f"{before.arn} is removed though {before.status}")
            return
        statuses = [each.status for each in after.deployments]
        if statuses != ["PRIMARY"] + ["ACTIVE"] * (len(statuses) - 1):
            self._fail(f"{after.arn} has deployments {statuses}")
        if before is not None and before.created_at == after.created_at:
            order = ("ACTIVE", "DRAINING", "INACTIVE")
            if order.index(after.status) < order.index(before.status):
                self._fail(f"{after.arn} went back from {before.status} to {after.status}")
        self._deployed(before, after)

    def _deployed(self, before: Service | None, after: Service) -> None:
        """A new deployment of a revision that is not ACTIVE: only where it was in use before."""
        primary = after.deployments[0]
        is_same = before is not None and before.created_at == after.created_at
        if is_same and before is not None and before.deployments[0].id == primary.id:
            return
        definition = self._view.get(TASK_DEFINITIONS, primary.task_definition_arn)
        if definition is not None and definition.status == "ACTIVE":
            return
        if not (is_same and before is not None) or (
            before.deployments[0].task_definition_arn != primary.task_definition_arn
        ):
            self._fail(f"{after.arn} deploys {primary.task_definition_arn}, which is not ACTIVE")

    def _rolling(self, changes: tuple[Change, ...]) -> None:
        """Our own stops leave the minimum, our own starts stay within the maximum."""
        stopped: dict[str, list[Task]] = {}
        started: dict[str, int] = {}
        for change in changes:
            if change.table is not TASKS or change.after is None or not change.after.service_arn:
                continue
            before, after = change.before, change.after
            if before is None:
                started[after.service_arn] = started.get(after.service_arn, 0) + 1
            elif (
                before.desired_status == "RUNNING"
                and after.desired_status == "STOPPED"
                and after.stop_code == SCHEDULER
            ):
                stopped.setdefault(after.service_arn, []).append(before)
        for arn in dict.fromkeys((*stopped, *started)):
            service = self._view.get(SERVICES, arn)
            if service is None or service.status != "ACTIVE":
                continue
            if service.scheduling_strategy == "DAEMON":
                self._daemon_within(service, stopped.get(arn, []))
            else:
                self._within(service, stopped.get(arn, []), started.get(arn, 0))

    def _within(self, service: Service, stopped: list[Task], started: int) -> None:
        tasks = [
            each
            for each in self._view.find(LIVE_TASKS_BY_SERVICE, service.arn)
            if each.desired_status == "RUNNING"
        ]
        least = minimum_running(service.desired_count, service.minimum_healthy_percent)
        for serves, what in ((self._is_healthy, "healthy"), (_is_running, "RUNNING")):
            there = sum(serves(each) for each in tasks)
            before = there + sum(serves(each) for each in stopped)
            if there < min(least, before):
                self._fail(f"{service.arn}: {before} → {there} {what}, the minimum is {least}")
        most = max(
            maximum_total(service.desired_count, service.maximum_percent),
            len(tasks) - started + len(stopped),
        )
        if started and len(tasks) > most:
            self._fail(f"{service.arn}: {started} started, {len(tasks)} now, the most is {most}")

    def _daemon_within(self, service: Service, stopped: list[Task]) -> None:
        """The same of a DAEMON service: only what is on ACTIVE instances counts."""
        view = self._view
        key = f"{service.cluster_arn}|ACTIVE"
        active = {each.arn for each in view.find(LISTED_CONTAINER_INSTANCES, key)}
        there = sum(
            self._is_healthy(each)
            for each in view.find(LIVE_TASKS_BY_SERVICE, service.arn)
            if each.desired_status == "RUNNING" and each.container_instance_arn in active
        )
        gone = (each for each in stopped if each.container_instance_arn in active)
        before = there + sum(self._is_healthy(each) for each in gone)
        least = minimum_running(len(active), service.minimum_healthy_percent)
        if there < min(least, before):
            self._fail(f"{service.arn}: {before} → {there} healthy, the minimum is {least}")

    def _is_healthy(self, task: Task) -> bool:
        """It has been RUNNING for as long as it takes to count as healthy."""
        waits = timedelta(seconds=tuning(self._view).healthy_after_running_seconds)
        return (
            task.last_status == "RUNNING"
            and task.started_at is not None
            and self._now() - task.started_at >= waits
        )


def _is_running(task: Task) -> bool:
    return task.last_status == "RUNNING"


def recount(view: View) -> Iterator[str]:
    """Where indexes and projections differ from those made anew of the same records."""
    fresh = View(SCHEMA)
    for table in SCHEMA.tables:
        fresh.load(table, list(view.all(table)))
    for index in SCHEMA.indexes:
        here, there = view._buckets[index.name], fresh._buckets[index.name]
        if here != there:
            yield f"{index} is {here}, and should be {there}"
    here, there = (each.projection(TaskCounts)._counts for each in (view, fresh))
    if here != there:
        yield f"TaskCounts has {here}, and should have {there}"
    here, there = (_capacity(each) for each in (view, fresh))
    if here != there:
        yield f"Capacity has {here}, and should have {there}"


def _capacity(view: View) -> dict[str, Any]:
    """What the projection knows of each instance, group and zone, as plain values."""
    capacity = view.projection(Capacity)
    known: dict[str, Any] = {}
    for arn, seat in capacity._seats.items():
        zone, slot = seat.zone, seat.slot
        arrays = None
        if zone is not None:
            of_slot = (zone.cpu_left, zone.memory_left, zone.tasks, zone.active, zone.takes)
            arrays = zone.name, *(int(each[slot]) for each in of_slot)
        known[arn] = seat.cpu_units, seat.memory_mib, seat.tasks, dict(seat.ports), arrays
    for cluster in view.all(CLUSTERS):
        for zone in capacity.zones(cluster.arn):
            known[f"{cluster.arn}|{zone.name}"] = zone.size, zone.tasks_total
        for name, groups in capacity._groups.get(cluster.arn, {}).items():
            by_zone = {zone.name: count for zone, count in groups.by_zone.items()}
            known[f"{cluster.arn}|{name}"] = dict(groups.by_instance), by_zone
    return known
