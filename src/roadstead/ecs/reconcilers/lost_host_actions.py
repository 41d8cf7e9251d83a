"""The step of a plan for a host that was not heard for too long."""

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.transitions import container_instances
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class GiveUpTasks(msgspec.Struct, frozen=True):
    """Record the host's service tasks as STOPPED, so that they are replaced."""

    container_instance_arn: str
    task_arns: tuple[str, ...]
    seconds: int

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks of a host that was not heard for {self.seconds} s"

    def apply(self, tx: Tx, call: Call) -> None:
        instance = tx.must(CONTAINER_INSTANCES, self.container_instance_arn)
        container_instances.give_up_tasks(tx, call, instance, self.task_arns, self.seconds)
