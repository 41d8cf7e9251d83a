"""The life of a task: which lastStatus an event leads to, as a table.

The only place that knows the moves; `docs/design/task-lifecycle.md` draws them. Nothing moves back:
every move leads to the same status or to one further on in `ORDER`. Events come from agents, which
skip statuses and report late or twice, so every event has an answer in every status.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from enum import StrEnum

ORDER = (
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
)
"""All of ECS's statuses, in the order in which a task passes them. Tasks without an interface, a
load balancer or a capacity provider pass PENDING, RUNNING and STOPPED only."""


class TaskEvent(StrEnum):
    REPORTED_PENDING = "REPORTED_PENDING"
    """The agent has the task; not all containers have started."""
    REPORTED_RUNNING = "REPORTED_RUNNING"
    REPORTED_STOPPED = "REPORTED_STOPPED"
    STOP_WANTED = "STOP_WANTED"
    """desiredStatus became STOPPED: the agent is told, and its report moves the task."""
    HOST_LOST = "HOST_LOST"
    """No agent will ever report of the task again."""


MOVES: dict[tuple[str, TaskEvent], str] = {
    ("PENDING", TaskEvent.REPORTED_PENDING): "PENDING",
    ("PENDING", TaskEvent.REPORTED_RUNNING): "RUNNING",
    ("PENDING", TaskEvent.REPORTED_STOPPED): "STOPPED",
    ("PENDING", TaskEvent.STOP_WANTED): "PENDING",
    ("PENDING", TaskEvent.HOST_LOST): "STOPPED",
    ("RUNNING", TaskEvent.REPORTED_PENDING): "RUNNING",
    ("RUNNING", TaskEvent.REPORTED_RUNNING): "RUNNING",
    ("RUNNING", TaskEvent.REPORTED_STOPPED): "STOPPED",
    ("RUNNING", TaskEvent.STOP_WANTED): "RUNNING",
    ("RUNNING", TaskEvent.HOST_LOST): "STOPPED",
    ("STOPPED", TaskEvent.REPORTED_PENDING): "STOPPED",
    ("STOPPED", TaskEvent.REPORTED_RUNNING): "STOPPED",
    ("STOPPED", TaskEvent.REPORTED_STOPPED): "STOPPED",
    ("STOPPED", TaskEvent.STOP_WANTED): "STOPPED",
    ("STOPPED", TaskEvent.HOST_LOST): "STOPPED",
}

CONTAINER_ORDER = ("PENDING", "RUNNING", "STOPPED")
REPORTED = {
    "PENDING": TaskEvent.REPORTED_PENDING,
    "RUNNING": TaskEvent.REPORTED_RUNNING,
    "STOPPED": TaskEvent.REPORTED_STOPPED,
}
"""What a reported status means. Agents know many more, but report earlier ones as PENDING.

Source: agent:ecs-agent/api/task/status/taskstatus.go
"""
_EARLIER = frozenset(
    {"", "NONE", "MANIFEST_PULLED", "PULLED", "CREATED", "RESOURCES_PROVISIONED", "ZOMBIE"}
)


def next_status(last_status: str, event: TaskEvent) -> str:
    """The lastStatus of a task after the event."""
    return MOVES[last_status, event]


def reported_event(status: str) -> TaskEvent | None:
    """The event that a reported task status is; None for a word no agent says."""
    status = status.upper()
    return REPORTED.get("PENDING" if status in _EARLIER else status)


def later_container_status(now: str, reported: str) -> str:
    """The status of a container after a report: never an earlier one; unknown words are PENDING."""
    reported = reported.upper()
    if reported not in CONTAINER_ORDER:
        reported = "PENDING"
    return CONTAINER_ORDER[max(CONTAINER_ORDER.index(now), CONTAINER_ORDER.index(reported))]


def mermaid() -> str:
    """The moves as a mermaid diagram, without those that stay where they are."""
    arrows = [
        f"    {status} --> {after}: {event.value}"
        for (status, event), after in MOVES.items()
        if after != status
    ]
    return "\n".join(
        ("stateDiagram-v2", "    [*] --> PENDING", *arrows, "    STOPPED --> [*]: after an hour")
    )
