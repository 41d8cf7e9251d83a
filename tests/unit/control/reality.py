"""What really happens after a change, in the small world, second by second: to compare plans with.

Agents answer as a plan supposes, through the transitions that real agents' reports take; everything
else is the small world's own, which knows nothing of rehearsals.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from roadstead.control.planned import carry_out
from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service_tasks import standing
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.transitions.task_reports import TaskReport, report_task, report_task_health
from roadstead.state.view import Tx
from unit.ecs.reconcilers.small_world import World

START_SECONDS, STOP_SECONDS, HEALTH_SECONDS = 15, 10, 30


class Reality(World):
    """A small world whose agents answer, and which remembers what started and ended where."""

    def __init__(self, *records: Any, seed: int = 1) -> None:
        super().__init__(*records, seed=seed)
        self.moved: Counter[tuple[float, str, str, str]] = Counter()
        self.began = self.now

    def live(self, seconds: int) -> None:
        """Let so many seconds pass."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now += timedelta(seconds=1)
            for eni in list(self.view.all(NETWORK_INTERFACES)):
                self._let_answer(eni)
            for task in list(self.view.all(TASKS)):
                self._let_report(task)
            self.pass_time(0)

    def do(self, operation: str, request: dict[str, Any]) -> None:
        """A user's call."""
        self.update(lambda tx: carry_out(tx, self.call, operation, request))

    def remember(self) -> None:
        """From now on."""
        self.moved.clear()
        self.began = self.now

    def _let_answer(self, eni: NetworkInterface) -> None:
        """What is asked of a machine it has done within a second."""
        match eni.attachment and eni.attachment.status:
            case "attaching":
                self.update(lambda tx: interface_attached(tx, self.call, eni))
            case "detaching":
                self.update(lambda tx: interface_detached(tx, self.call, eni))

    def _let_report(self, task: Task) -> None:
        instance = self.view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        current = self.view.must(TASKS, task.arn)
        if instance is None or not instance.agent_connected:
            return
        if current.last_status in ("PROVISIONING", "DEPROVISIONING", "STOPPED"):
            return
        if current.desired_status == "STOPPED":
            if self._is_due(current.stopping_at, STOP_SECONDS):
                self._tell(current, "STOPPED")
        elif current.last_status == "PENDING":
            if self._is_due(current.created_at, START_SECONDS):
                self._tell(current, "RUNNING")
        elif standing(current) == "CHECKING" and self._is_due(current.started_at, HEALTH_SECONDS):
            self.update(lambda tx: self._be_healthy(tx, current))

    def _is_due(self, since: Any, seconds: int) -> bool:
        assert since is not None
        return bool(self.now >= since + timedelta(seconds=seconds))

    def _tell(self, task: Task, status: str) -> None:
        if task.last_status != "STOPPED":
            self.update(lambda tx: report_task(tx, self.call, task, TaskReport(status=status)))

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
