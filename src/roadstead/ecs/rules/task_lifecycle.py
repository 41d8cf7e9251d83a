"""The life of a task: which lastStatus an event leads to, as a table.

The only place that knows the moves; `docs/design/task-lifecycle.md` draws them. Nothing moves back:
every move leads to a status further on in `ORDER`. Agents skip statuses and report late or twice,
so an event that a status has no move for leaves the task as it is.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

from enum import StrEnum
from typing import NamedTuple

from roadstead.ecs.records.task import Task

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
"""All of ECS's statuses, in the order in which a task passes them. Which of them a task passes is
said by its `Course`."""


class Course(NamedTuple):
    """Which steps a task takes besides PENDING, RUNNING and STOPPED."""

    has_interface: bool = False
    """It has an interface of its own: PROVISIONING before the agent knows it, DEPROVISIONING after
    its last container."""
    has_traffic: bool = False
    """Load balancers or names lead to it: ACTIVATING until it is registered, DEACTIVATING until it
    is not, and STOPPING only then."""


PLAIN = Course()


def course_of(task: Task) -> Course:
    """The steps that this task takes."""
    return Course(task.interface is not None, bool(task.targets or task.registrations))


class TaskEvent(StrEnum):
    INTERFACE_ATTACHED = "INTERFACE_ATTACHED"
    """Its interface is in its instance's namespace: the agent can be told of it."""
    REPORTED_PENDING = "REPORTED_PENDING"
    """The agent has the task; not all containers have started."""
    REPORTED_RUNNING = "REPORTED_RUNNING"
    ACTIVATED = "ACTIVATED"
    """It is registered wherever traffic should come from."""
    STOP_WANTED = "STOP_WANTED"
    """desiredStatus became STOPPED: the agent is told, and its report moves the task."""
    DEACTIVATED = "DEACTIVATED"
    """No traffic is led to it any more, and what was led to it is answered."""
    REPORTED_STOPPED = "REPORTED_STOPPED"
    INTERFACE_DELETED = "INTERFACE_DELETED"
    """Its interface is gone; or there never was one, and there will be none."""
    HOST_LOST = "HOST_LOST"
    """No agent will ever report of the task again."""


MOVES: dict[tuple[str, TaskEvent], str] = {
    ("PROVISIONING", TaskEvent.INTERFACE_ATTACHED): "PENDING",
    ("PROVISIONING", TaskEvent.STOP_WANTED): "DEPROVISIONING",
    ("PENDING", TaskEvent.REPORTED_RUNNING): "ACTIVATING",
    ("PENDING", TaskEvent.REPORTED_STOPPED): "DEPROVISIONING",
    ("ACTIVATING", TaskEvent.ACTIVATED): "RUNNING",
    ("ACTIVATING", TaskEvent.STOP_WANTED): "DEACTIVATING",
    ("ACTIVATING", TaskEvent.REPORTED_STOPPED): "DEPROVISIONING",
    ("RUNNING", TaskEvent.STOP_WANTED): "DEACTIVATING",
    ("RUNNING", TaskEvent.REPORTED_STOPPED): "DEPROVISIONING",
    ("DEACTIVATING", TaskEvent.DEACTIVATED): "STOPPING",
    ("DEACTIVATING", TaskEvent.REPORTED_STOPPED): "DEPROVISIONING",
    ("STOPPING", TaskEvent.REPORTED_STOPPED): "DEPROVISIONING",
    ("DEPROVISIONING", TaskEvent.INTERFACE_DELETED): "STOPPED",
    **{(status, TaskEvent.HOST_LOST): "STOPPED" for status in ORDER},
}
"""Where an event leads; what is not here leaves the task where it is. A step that is not on the
task's course is passed over (`next_status`)."""

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


def first_status(course: Course = PLAIN) -> str:
    """The lastStatus of a task that was just made."""
    return "PROVISIONING" if course.has_interface else "PENDING"


def next_status(last_status: str, event: TaskEvent, course: Course = PLAIN) -> str:
    """The lastStatus of a task after the event."""
    after = MOVES.get((last_status, event), last_status)
    if after == last_status:
        return last_status
    if after == "ACTIVATING" and not course.has_traffic:
        return "RUNNING"
    if after == "DEACTIVATING" and not course.has_traffic:
        return last_status
    if after == "DEPROVISIONING" and not course.has_interface:
        return "STOPPED"
    return after


def has_started(last_status: str) -> bool:
    """Whether all its containers were once started."""
    return last_status in ("ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING")


def is_agent_to_stop(desired_status: str, last_status: str) -> bool:
    """Whether the agent is to be told now that the task should end.

    A task that is DEACTIVATING still answers requests: its agent hears of the stop afterwards.
    """
    return desired_status == "STOPPED" and last_status != "DEACTIVATING"


def is_known_to_agent(last_status: str) -> bool:
    """Whether the agent of the task's instance has been, or may be, told of it."""
    return last_status not in ("PROVISIONING", "DEPROVISIONING", "STOPPED")


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
    """The moves as a mermaid diagram, of a task that takes every step."""
    arrows = [
        f"    {status} --> {after}: {event.value}" for (status, event), after in MOVES.items()
    ]
    return "\n".join(
        (
            "stateDiagram-v2",
            "    [*] --> PROVISIONING: with an interface of its own",
            "    [*] --> PENDING",
            *(arrow for arrow in arrows if "STOPPED --> STOPPED" not in arrow),
            "    STOPPED --> [*]: after an hour",
        )
    )
