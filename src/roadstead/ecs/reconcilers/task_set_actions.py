"""The steps of the task set reconciler's plans."""

import msgspec

from roadstead.ecs.records.task_set import TASK_SETS
from roadstead.ecs.transitions import task_sets
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class NoteStability(msgspec.Struct, frozen=True):
    """The set has what it wants, or has not."""

    task_set_arn: str
    stability_status: str

    @property
    def reason(self) -> str:
        return f"its tasks are in {self.stability_status}"

    def apply(self, tx: Tx, call: Call) -> None:
        task_set = tx.get(TASK_SETS, self.task_set_arn)
        if task_set is not None:
            task_sets.note_stability(tx, call, task_set, self.stability_status)


class DropTaskSet(msgspec.Struct, frozen=True):
    """Remove a set that was deleted and has no task left."""

    task_set_arn: str

    @property
    def reason(self) -> str:
        return "it was deleted and its last task has ended"

    def apply(self, tx: Tx, call: Call) -> None:
        task_set = tx.get(TASK_SETS, self.task_set_arn)
        if task_set is not None:
            task_sets.drop_task_set(tx, task_set)
