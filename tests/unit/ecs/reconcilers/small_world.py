"""A small world: a state whose reconcilers are applied, and whose tasks move as an agent would say.

No server, no agents, no loop. `settle` looks at whatever the changes since the last look concern,
until nothing more is to be done; after every plan it checks what must never happen.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from given import NOW, TABLES, a_call, given
from roadstead.ecs.reconcilers.deployment.actions import FailDeployment
from roadstead.ecs.reconcilers.service import fleet as service_fleet
from roadstead.ecs.reconcilers.service import scheduler as service_reconciler
from roadstead.ecs.reconcilers.service.actions import (
    EndProtection,
    RestoreTasks,
    StartTasks,
    StopWaiting,
)
from roadstead.ecs.reconcilers.service.rebalancing_actions import StopRebalancing
from roadstead.ecs.reconcilers.table import RECONCILERS
from roadstead.ecs.records.service import EVENTS_BY_SERVICE, SERVICES, Service
from roadstead.ecs.records.service_tasks import running_since, standing
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, Task
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.deployment.rolling import maximum_total, minimum_running
from roadstead.ecs.rules.fleets import fleets_of
from roadstead.ecs.transitions import services as service_transitions
from roadstead.ids import SeededIds
from roadstead.state.plans import Call, Plan
from roadstead.state.records import Record
from roadstead.state.view import Tx, View

Where = tuple[str, str]
"""A reconciler's name and a key of it."""


class World:
    def __init__(self, *records: Record, seed: int = 1) -> None:
        self.view: View = given(*records)
        self.now: datetime = NOW
        self.ids = SeededIds(seed)
        self.wakes: dict[Where, datetime] = {}
        self.queue: dict[Where, None] = {}
        self.reconcilers = {each.__name__: each for each in RECONCILERS}
        for name, reconciler in self.reconcilers.items():
            for key in reconciler.keys(self.view):
                self.queue[name, key] = None

    @property
    def call(self) -> Call:
        return a_call(now=self.now, ids=self.ids)

    def update(self, change: Callable[[Tx], Any]) -> Any:
        """What somebody else changes, and then whatever follows from it."""
        tx = Tx(self.view)
        result = change(tx)
        self._committed(tx)
        self.settle()
        return result

    def put(self, *records: Record) -> None:
        self.update(lambda tx: [tx.put(TABLES[type(each)], each) for each in records])

    def settle(self) -> list[Plan]:
        """Reconcile until nothing is left to do now; returns the plans that did something."""
        done: list[Plan] = []
        while self.queue:
            assert len(done) < 1000, f"does not settle: {_reasons(done[-1])}"
            name, key = where = next(iter(self.queue))
            del self.queue[where]
            plan = self._look(name, key)
            if plan.actions:
                done.append(plan)
                self.queue[where] = None
            elif plan.wake_at is None:
                self.wakes.pop(where, None)
            else:
                assert plan.wake_at > self.now, f"wakes at once: {plan} at {self.now}"
                self.wakes[where] = plan.wake_at
        return done

    def pass_time(self, seconds: float) -> None:
        """Let time pass, waking whoever asked for it, each at its moment."""
        until = self.now + timedelta(seconds=seconds)
        while self.wakes and min(self.wakes.values()) <= until:
            self.now = max(self.now, min(self.wakes.values()))
            for where in [where for where, at in self.wakes.items() if at <= self.now]:
                del self.wakes[where]
                self.queue[where] = None
            self.settle()
        self.now = until

    # What agents and users do.

    def report(self, task: Task, last_status: str, **fields: Any) -> None:
        """The agent says that the task is RUNNING or STOPPED."""
        self.update(lambda tx: tx.put(TABLES[Task], self._reported(task, last_status, fields)))

    def agents_work(self, arn: str) -> None:
        """Every PENDING task of the service gets RUNNING, every one asked to stop is STOPPED."""

        def work(tx: Tx) -> None:
            for task in tx.find(LIVE_TASKS_BY_SERVICE, arn):
                if task.desired_status == "STOPPED":
                    tx.put(TABLES[Task], self._reported(task, "STOPPED", {}))
                elif task.last_status == "PENDING":
                    tx.put(TABLES[Task], self._reported(task, "RUNNING", {}))

        self.update(work)

    def work_for(self, arn: str, seconds: float, step: float = 20) -> None:
        """Agents that answer at once, for so long."""
        for _ in range(int(seconds / step)):
            self.agents_work(arn)
            self.pass_time(step)
        self.agents_work(arn)

    def update_service(self, arn: str, *, deploy: bool = False, **fields: Any) -> None:
        self.update(
            lambda tx: service_transitions.change_service(
                tx, self.call, self.service(arn), deploy=deploy, **fields
            )
        )

    # What tests look at.

    def service(self, arn: str) -> Service:
        return self.view.must(SERVICES, arn)

    def tasks(self, arn: str) -> list[Task]:
        """Tasks of the service that were not asked to stop."""
        live = self.view.find(LIVE_TASKS_BY_SERVICE, arn)
        return [task for task in live if standing(task) is not None]

    def events(self, arn: str) -> list[str]:
        """Oldest first, ids of tasks and deployments written as `*`."""
        found = self.view.find(EVENTS_BY_SERVICE, arn)
        return [without_ids(event.message) for event in found if event.message]

    # What must never happen.

    def _look(self, name: str, key: str) -> Plan:
        tx = Tx(self.view)
        plan = self.reconcilers[name].reconcile(tx, key, self.now)
        before = self._numbers(key)
        for action in plan.actions:
            assert action.reason
            action.apply(tx, self.call)
        self._committed(tx)
        self._check_numbers(key, plan, before, self._numbers(key))
        self._check_services()
        self._check_settled(name, key, plan)
        return plan

    def _numbers(self, key: str) -> dict[str, tuple[int, int, int]]:
        """The tasks of each of the service's fleets: healthy ones, RUNNING ones and all."""
        service = self.view.get(SERVICES, key)
        if service is None:
            return {}
        numbers = {}
        for fleet in fleets_of(service):
            members = {each.id for each in (fleet.target, *fleet.older)}
            tasks = [task for task in self.tasks(key) if task.started_by in members]
            healthy = sum(self.is_healthy(task) for task in tasks)
            running = sum(self.is_running(task) for task in tasks)
            numbers[fleet.target.id] = healthy, running, len(tasks)
        return numbers

    def is_running(self, task: Task) -> bool:
        """Whether it serves, however long: by its health checks, if it has any."""
        if task.last_status != "RUNNING" or task.target_health not in ("", "HEALTHY"):
            return False
        checked = [each for each in task.containers if each.has_health_check and each.essential]
        if checked and task.health_status != "UNKNOWN":
            return task.health_status == "HEALTHY"
        return all(each.health_status == "HEALTHY" for each in checked)

    def is_healthy(self, task: Task) -> bool:
        """By its health checks, or RUNNING for a while."""
        if not self.is_running(task):
            return False
        is_checked = bool(task.targets) or any(
            each.has_health_check and each.essential for each in task.containers
        )
        age = (self.now - running_since(task)).total_seconds()
        return is_checked or age >= tuning(self.view).healthy_after_running_seconds

    def _check_numbers(
        self,
        key: str,
        plan: Plan,
        before: dict[str, tuple[int, int, int]],
        after: dict[str, tuple[int, int, int]],
    ) -> None:
        service = self.view.get(SERVICES, key)
        if service is None or not plan.actions or service.scheduling_strategy == "DAEMON":
            return
        starts = [each for each in plan.actions if isinstance(each, StartTasks | RestoreTasks)]
        if service.status != "ACTIVE":
            assert not starts, "a deleted service starts tasks"
            return
        for fleet in fleets_of(service):
            if fleet.target.id not in before:
                continue
            *serving_before, all_before = before[fleet.target.id]
            *serving, number = after[fleet.target.id]
            least = minimum_running(fleet.desired_count, fleet.minimum_healthy_percent)
            for was, now in zip(serving_before, serving, strict=True):
                assert now >= min(least, was), f"{was} → {now} below {least}: {_reasons(plan)}"
            most = maximum_total(fleet.desired_count, fleet.maximum_percent)
            if not any(isinstance(each, FailDeployment) for each in plan.actions):
                assert number <= max(most, all_before), f"above {most}: {_reasons(plan)}"

    def _check_services(self) -> None:
        for service in self.view.all(SERVICES):
            statuses = [each.status for each in service.deployments]
            if service.deployment_controller != "ECS":
                assert statuses.count("PRIMARY") <= 1, statuses
                continue
            assert statuses == ["PRIMARY"] + ["ACTIVE"] * (len(statuses) - 1), statuses

    def _check_settled(self, name: str, key: str, plan: Plan) -> None:
        """What fits into one plan is settled by it."""
        if name != service_reconciler.__name__ or self._is_full(plan):
            return
        steps = EndProtection | StopRebalancing | StopWaiting
        if any(isinstance(each, steps) for each in plan.actions):
            return  # what it makes possible comes next
        service = self.view.get(SERVICES, key)
        if service is not None and service.availability_zone_rebalancing == "ENABLED":
            return  # rebalancing goes step by step; that it ends, `settle` sees
        if service is not None and any(each.waiting_reason for each in service.deployments):
            return  # a fleet that waits takes the room that another's stops make in the next look
        again = self.reconcilers[name].reconcile(self.view, key, self.now)
        assert not again.actions, f"{_reasons(again)} after {_reasons(plan)}"

    def _is_full(self, plan: Plan) -> bool:
        """Whether it holds as many tasks as a plan may: there may be more to do."""
        return any(
            getattr(each, "count", 0) >= service_fleet.STARTED_AT_ONCE_MAX
            or len(getattr(each, "task_arns", ())) >= service_fleet.STOPPED_AT_ONCE_MAX
            for each in plan.actions
        )

    def _committed(self, tx: Tx) -> None:
        for change in tx.changes():
            for name, reconciler in self.reconcilers.items():
                for key in reconciler.affected(self.view, change):
                    self.queue[name, key] = None

    def _reported(self, task: Task, last_status: str, fields: dict[str, Any]) -> Task:
        fields = {"last_status": last_status, **fields}
        if last_status == "RUNNING" and task.started_at is None:
            fields.setdefault("started_at", self.now)
        if last_status == "STOPPED":
            code = "EssentialContainerExited" if task.started_at else "TaskFailedToStart"
            fields = {
                "desired_status": "STOPPED",
                "stopped_at": self.now,
                "stop_code": task.stop_code or code,
                **fields,
            }
        return msgspec.structs.replace(task, **fields)


def _reasons(plan: Plan) -> list[str]:
    return [f"{type(each).__name__}: {each.reason}" for each in plan.actions]


def without_ids(message: str) -> str:
    message = re.sub(r"task [0-9a-f]{32}", "task *", message)
    message = re.sub(r"instance [0-9a-f]{32}", "instance *", message)
    return re.sub(r"ecs-svc/\d+", "*", message)


def ids_of(tasks: Iterable[Task]) -> set[str]:
    return {task.arn for task in tasks}
