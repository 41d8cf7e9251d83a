"""Whose traffic is to be changed: tasks to be registered at their load balancers, or deregistered.

An index entry is work to do, so that a look costs what is to be done, however many tasks serve.
"""

from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Index

REGISTERED_WHILE = ("ACTIVATING", "RUNNING")
"""The lastStatus of tasks that traffic is led to."""
BEHIND_TRAFFIC = ("DEPROVISIONING", "STOPPED")
"""The lastStatus of tasks whose containers have ended, or that are nobody's any more."""


def _wants_targets(task: Task) -> bool:
    return (
        task.desired_status == "RUNNING"
        and task.last_status in REGISTERED_WHILE
        and any(not each.state for each in task.targets)
    )


def _has_targets_left(task: Task) -> bool:
    return task.desired_status == "STOPPED" and any(
        each.state == "REGISTERED" for each in task.targets
    )


TASKS_TO_REGISTER = Index(
    "tasks_to_register",
    TASKS,
    lambda task: (
        (task.service_arn, task.container_instance_arn)
        if task.targets and _wants_targets(task)
        else ()
    ),
)
"""Key: service ARN, or container instance ARN. Tasks that run, and are not yet wherever their
traffic should come from."""

TASKS_TO_DEREGISTER = Index(
    "tasks_to_deregister",
    TASKS,
    lambda task: (task.service_arn,) if task.targets and _has_targets_left(task) else (),
)
"""Key: service ARN. Tasks that are to stop, or have ended, and still get new requests."""


def holds_targets(task: Task) -> bool:
    """Whether requests that were led to the task may still be under way to it."""
    return task.last_status not in BEHIND_TRAFFIC and any(
        each.state in ("REGISTERED", "DRAINING") for each in task.targets
    )
