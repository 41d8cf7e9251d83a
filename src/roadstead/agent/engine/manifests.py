"""Manifests: all that the control plane wants to run here, compared with what the book says.

Nothing is stopped because of a manifest alone: candidates are named, and the answer is waited for.
"""

from roadstead.agent.engine.book import TaskBook
from roadstead.agent.engine.instructions import Acknowledge, NameStopCandidates
from roadstead.agent.engine.life_cycle import TaskStatus
from roadstead.agent.engine.turn import Turn
from roadstead.agent_protocol.messages import acs


def take(turn: Turn, book: TaskBook, message: acs.TaskManifestMessage) -> None:
    """Name the tasks that run here though the manifest does not list them."""
    wanted = {t.task_arn for t in message.tasks if t.desired_status == "RUNNING"}
    candidates = tuple(
        acs.TaskIdentity(
            task_arn=task.arn,
            desired_status="STOPPED",
            task_cluster_arn=task.payload.task_cluster_arn,
        )
        for task in book
        if task.desired_status is TaskStatus.RUNNING and task.arn not in wanted
    )
    turn.ask(Acknowledge(message))
    if candidates:
        turn.ask(
            NameStopCandidates(
                acs.TaskStopVerificationMessage(
                    message_id=message.message_id, stop_candidates=candidates
                )
            )
        )
