"""Task scale-in protection is set and taken away."""

from datetime import datetime

import msgspec

from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.view import Tx


def protect_task(tx: Tx, task: Task, expires_at: datetime) -> Task:
    """Neither scale-in nor a deployment stops the task until then."""
    return tx.put(
        TASKS,
        msgspec.structs.replace(task, protection_enabled=True, protection_expires_at=expires_at),
    )


def end_protection(tx: Tx, task: Task) -> Task:
    """The task may be stopped again."""
    if not task.protection_enabled:
        return task
    return tx.put(
        TASKS, msgspec.structs.replace(task, protection_enabled=False, protection_expires_at=None)
    )
