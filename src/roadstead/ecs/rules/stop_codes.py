"""Why a task ended by itself: its stopCode and stoppedReason.

Agents do not tell why; they tell of containers. A task that someone asked to stop has its code and
reason already, these rules are for the others.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from collections.abc import Sequence

from roadstead.ecs.records.task import Container

FAILED_TO_START = "TaskFailedToStart"
ESSENTIAL_EXITED = "EssentialContainerExited"
USER_INITIATED = "UserInitiated"
SCHEDULER_INITIATED = "ServiceSchedulerInitiated"
TERMINATION_NOTICE = "TerminationNotice"

ESSENTIAL_EXITED_REASON = "Essential container in task exited"
FAILED_TO_START_REASON = "Task failed to start"
STOPPED_BY_USER_REASON = "Task stopped by user"
DEREGISTERED_REASON = "Container instance deregistration forced by user"

REASON_CHARACTERS_MAX = 1024
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html"""

_NOT_TRIED = "TaskStoppedBefore"
"""Begins the reason of a container that was not started because its task was ending already."""


def host_reason(ec2_instance_id: str, state: str) -> str:
    """`state`: stopped or terminated."""
    return f"Host EC2 (instance {ec2_instance_id}) {state}."


def lost_reason(ec2_instance_id: str, seconds: int) -> str:
    """Roadstead's own words: ECS gives up no task for a silent agent alone."""
    return f"Host EC2 (instance {ec2_instance_id}) was not heard for {seconds} seconds."


def stop_of(
    containers: Sequence[Container], *, was_running: bool, task_reason: str
) -> tuple[str, str]:
    """(stopCode, stoppedReason) of a task that ended by itself.

    A container that never ran has no exit code; its reason tells what failed. One that has an exit
    code ran, though perhaps too briefly for its task ever to be reported as RUNNING.
    """
    if was_running:
        return ESSENTIAL_EXITED, ESSENTIAL_EXITED_REASON
    failed = next(
        (
            each.reason
            for each in containers
            if each.reason and each.exit_code is None and not each.reason.startswith(_NOT_TRIED)
        ),
        "",
    )
    if not failed and any(each.exit_code is not None and each.essential for each in containers):
        return ESSENTIAL_EXITED, ESSENTIAL_EXITED_REASON
    reason = failed or task_reason or FAILED_TO_START_REASON
    return FAILED_TO_START, reason[:REASON_CHARACTERS_MAX]


def has_essential_ended(containers: Sequence[Container]) -> bool:
    """Whether a container has ended without which the task ends."""
    return any(each.essential and each.last_status == "STOPPED" for each in containers)
