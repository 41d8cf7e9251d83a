"""The steps of a plan for DAEMON services that other services do not know."""

import msgspec

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.transitions import daemon_tasks
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class StartDaemonTasks(msgspec.Struct, frozen=True):
    """Start a task on each of these instances."""

    service_arn: str
    container_instance_arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.container_instance_arns)} container instances lack their task"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        daemon_tasks.start_daemon_tasks(tx, call, service, self.container_instance_arns)


class CountInstances(msgspec.Struct, frozen=True):
    """There are more or fewer instances for the service than before."""

    service_arn: str
    matching: int

    @property
    def reason(self) -> str:
        return f"{self.matching} container instances match"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        daemon_tasks.count_instances(tx, call, service, self.matching)


class StopViolatingTask(msgspec.Struct, frozen=True):
    """Stop a task whose instance no longer meets the service's constraints."""

    service_arn: str
    task_arn: str

    @property
    def reason(self) -> str:
        return "its container instance no longer matches"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        daemon_tasks.stop_violating_task(tx, call, service, self.task_arn)
