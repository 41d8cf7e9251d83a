"""What really happens after a change, in the small world, second by second: to compare plans with.

Agents answer as a plan supposes, through the transitions that real agents' reports take; everything
else is the small world's own, which knows nothing of rehearsals.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from given import NOW
from roadstead.control.planned import carry_out
from roadstead.control.reconcilers import RECONCILERS
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import TASKS, Task, target_key
from roadstead.ecs.rules.task_lifecycle import is_agent_to_stop, is_known_to_agent
from roadstead.ecs.transitions.task_interfaces import network_interface_of
from roadstead.ecs.transitions.task_reports import (
    ContainerReport,
    TaskReport,
    report_task,
    report_task_health,
)
from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGETS, Target
from roadstead.elbv2.transitions.targets import report_health
from roadstead.state.view import Tx
from unit.ecs.reconcilers.small_world import World

START_SECONDS, STOP_SECONDS, HEALTH_SECONDS = 15, 10, 30
CHECK_SECONDS = 30
"""The interval of a target group's health check."""


class Reality(World):
    """A small world whose agents answer, and which remembers what started and ended where."""

    def __init__(self, *records: Any, seed: int = 1) -> None:
        super().__init__(*records, seed=seed)
        self.reconcilers = {each.__name__: each for each in RECONCILERS}
        self.moved: Counter[tuple[float, str, str, str]] = Counter()
        self.began = self.now

    def live(self, seconds: int) -> None:
        """Let so many seconds pass."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now += timedelta(seconds=1)
            for task in self._in_turn():
                self._let_machine_answer(task)
            for task in self._in_turn():
                self._let_report(task)
            for task in self._in_turn():
                for each in task.targets:
                    self._let_balancer_check(self.view.get(TARGETS, target_key(each)))
            self.pass_time(0)

    def do(self, operation: str, request: dict[str, Any]) -> None:
        """A user's call."""
        self.update(lambda tx: carry_out(tx, self.call, operation, request))

    def remember(self) -> None:
        """From now on."""
        self.moved.clear()
        self.began = self.now

    def _in_turn(self) -> list[Task]:
        """As a plan supposes: the oldest task first; those made together, machine by machine."""
        return sorted(
            self.view.all(TASKS),
            key=lambda task: (
                task.created_at or NOW,
                task.container_instance_arn,
                task.service_arn,
                task.task_definition_arn,
            ),
        )

    def _let_machine_answer(self, task: Task) -> None:
        """What is asked of a machine it has done within a second."""
        eni = network_interface_of(self.view, self.view.must(TASKS, task.arn))
        if eni is None:
            return
        match eni.attachment and eni.attachment.status:
            case "attaching":
                self.update(lambda tx: interface_attached(tx, self.call, eni))
            case "detaching":
                self.update(lambda tx: interface_detached(tx, self.call, eni))

    def _let_balancer_check(self, target: Target | None) -> None:
        """A load balancer finds the target healthy, if a listener leads to it."""
        if target is None or target.status != "initial":
            return
        if not self._is_due(target.registered_at, CHECK_SECONDS):
            return
        if self.view.count(RULES_BY_TARGET_GROUP, target.target_group_arn):
            self.update(lambda tx: report_health(tx, self.call, target, healthy=True))

    def _let_report(self, task: Task) -> None:
        instance = self.view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        current = self.view.must(TASKS, task.arn)
        if instance is None or not instance.agent_connected:
            return
        if not is_known_to_agent(current.last_status):
            return
        if is_agent_to_stop(current.desired_status, current.last_status):
            if self._is_due(current.deactivated_at or current.stopping_at, STOP_SECONDS):
                self._tell(current, "STOPPED")
        elif current.last_status == "PENDING":
            if self._is_due(current.created_at, START_SECONDS):
                self._tell(current, "RUNNING")
        elif _is_unchecked(current) and self._is_due(current.started_at, HEALTH_SECONDS):
            self.update(lambda tx: self._be_healthy(tx, current))

    def _is_due(self, since: Any, seconds: int) -> bool:
        assert since is not None
        return bool(self.now >= since + timedelta(seconds=seconds))

    def _tell(self, task: Task, status: str) -> None:
        if task.last_status != "STOPPED":
            ports = (_own_port(task),) if status == "RUNNING" and task.targets else ()
            report = TaskReport(status=status, containers=ports)
            self.update(lambda tx: report_task(tx, self.call, task, report))

    def _be_healthy(self, tx: Tx, task: Task) -> None:
        healths = {each.name: "HEALTHY" for each in task.containers}
        report_task_health(tx, self.call, task.container_instance_arn, task.arn, healths)

    def _committed(self, tx: Tx) -> None:
        for change in tx.changes():
            if change.table is TASKS and change.after is not None:
                self._remember(change.before, change.after)
        super()._committed(tx)

    def _remember(self, before: Task | None, after: Task) -> None:
        kind = ""
        if before is None:
            kind = "STARTED"
        elif before.desired_status == "RUNNING" and after.desired_status == "STOPPED":
            kind = "ORPHANED" if after.last_status == "STOPPED" else "STOPPED"
        if kind:
            at = (self.now - self.began).total_seconds()
            self.moved[at, kind, after.service_arn, after.container_instance_arn] += 1


def _is_unchecked(task: Task) -> bool:
    """Whether a container's health check has no result yet."""
    return standing(task) == "CHECKING" and any(
        each.has_health_check and each.health_status == "UNKNOWN" for each in task.containers
    )


def _own_port(task: Task) -> ContainerReport:
    """On which host port the container `app` shows its port 80: each task on its own."""
    port = 40_000 + int(task.arn[-6:], 16) % 20_000
    binding = {"containerPort": 80, "hostPort": port, "protocol": "tcp"}
    return ContainerReport(name="app", network_bindings=(binding,))
