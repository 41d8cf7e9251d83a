"""Task definitions that were deleted while used: gone with the last task and service."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.records.service import SERVICES, SERVICES_BY_DEFINITION
from roadstead.ecs.records.task import LIVE_TASKS_BY_DEFINITION, TASKS
from roadstead.ecs.records.task_definition import LISTED_TASK_DEFINITIONS, TASK_DEFINITIONS
from roadstead.ecs.transitions.task_definitions import is_referred_to, remove_task_definition
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

_DELETED = "DELETE_IN_PROGRESS"


class RemoveTaskDefinition(msgspec.Struct, frozen=True):
    """Forget a deleted revision that nothing uses."""

    task_definition_arn: str
    reason: str = "No task and no service uses the deleted task definition any more."

    def apply(self, tx: Tx, call: Call) -> None:
        definition = tx.get(TASK_DEFINITIONS, self.task_definition_arn)
        if definition is not None:
            remove_task_definition(tx, definition)


def keys(view: View) -> Iterable[str]:
    """Every revision that is DELETE_IN_PROGRESS."""
    return [
        definition.arn
        for key in list(view.keys(LISTED_TASK_DEFINITIONS))
        if key.endswith(f"|{_DELETED}")
        for definition in view.find(LISTED_TASK_DEFINITIONS, key)
    ]


def affected(view: View, change: Change) -> Iterable[str]:
    """Deleted revisions that a task or a service stopped using, and those just deleted."""
    if change.table is TASKS:
        arns = LIVE_TASKS_BY_DEFINITION.keys(change.before) if change.before else ()
    elif change.table is SERVICES:
        arns = SERVICES_BY_DEFINITION.keys(change.before) if change.before else ()
    elif change.table is TASK_DEFINITIONS:
        arns = (change.arn,)
    else:
        return ()
    return [arn for arn in arns if _is_deleted(view, arn)]


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # every reconciler is asked so
    """Remove the revision once nothing refers to it."""
    if not _is_deleted(view, key) or is_referred_to(view, key):
        return SETTLED
    return Plan((RemoveTaskDefinition(key),))


def _is_deleted(view: View, arn: str) -> bool:
    definition = view.get(TASK_DEFINITIONS, arn)
    return definition is not None and definition.status == _DELETED
