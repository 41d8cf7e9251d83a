"""What happens to one task: its containers step by step, its status, its end."""

from roadstead.agent.engine import containers, host_ports, reporting, task_network
from roadstead.agent.engine.instructions import Remove, RemoveTask, SetTimer
from roadstead.agent.engine.life_cycle import ContainerStatus, TaskStatus
from roadstead.agent.engine.records import TaskState
from roadstead.agent.engine.turn import Turn
from roadstead.agent_protocol.messages.payload import PayloadTask

UNKNOWN_STOP = "TaskStateError: Agent could not progress task's state to stopped"


def ask_to_stop(turn: Turn, task: TaskState) -> None:
    """The control plane wants it stopped; desired status only moves forward."""
    if task.status is not TaskStatus.STOPPED and not task.is_stop_asked:
        task.is_stop_asked = True
        task.desired_status = TaskStatus.STOPPED
        turn.touch(task)


def fail(turn: Turn, task: TaskState, reason: str) -> None:
    """It cannot be prepared, read, or found: it is STOPPED without ever having begun."""
    task.desired_status = TaskStatus.STOPPED
    task.reason = reason
    task.containers = []
    _stop(turn, task)


def advance(turn: Turn, task: TaskState) -> None:
    """Do for this task all that can be done now."""
    if task.status is TaskStatus.STOPPED:
        _finish(turn, task)
        return
    if not task.is_admitted and task.desired_status is TaskStatus.RUNNING:
        return
    task_network.advance(turn, task)
    while any(containers.advance(turn, task, container) for container in task.containers):
        pass
    statuses = {container.status for container in task.containers}
    if statuses == {ContainerStatus.STOPPED}:
        if task_network.is_gone(turn, task):
            _stop(turn, task)
    elif (
        task.status is TaskStatus.PENDING
        and task.desired_status is TaskStatus.RUNNING
        and statuses <= {ContainerStatus.RUNNING, ContainerStatus.STOPPED}
    ):
        turn.move_task(task, TaskStatus.RUNNING)
        reporting.report(turn, task)
    else:
        reporting.report_later(turn, task)


def _stop(turn: Turn, task: TaskState) -> None:
    turn.move_task(task, TaskStatus.STOPPED)
    task.desired_status = TaskStatus.STOPPED
    task.stopped_at = turn.now
    if any(container.has_run for container in task.containers):
        ends = [c.finished_at for c in task.containers if c.finished_at is not None]
        task.execution_stopped_at = task.execution_stopped_at or max(ends, default=turn.now)
    reporting.report(turn, task)
    for container in task.containers:
        if container.is_made and not container.is_removed:
            turn.ask(Remove(container.container_id))
    turn.ask(SetTimer(f"forget:{task.arn}", turn.settings.cleanup_seconds))
    _finish(turn, task)


def _finish(turn: Turn, task: TaskState) -> None:
    """Take away what is left of a stopped task, once its containers are gone."""
    waits = any(c.is_made and not c.is_removed for c in task.containers)
    if task.is_released or waits:
        return
    if any(container.is_made for container in task.containers):
        if not task.is_removing:
            task.is_removing = True
            turn.touch(task)
            turn.ask(RemoveTask(task.arn))
    else:
        released(turn, task)


def released(turn: Turn, task: TaskState) -> None:
    """Nothing of it is left in the runtime: it holds no resources any more."""
    task.is_released = True
    turn.touch(task)


def is_over(task: TaskState) -> bool:
    """Whether nothing is left to do for it but to prevent its revival."""
    return (
        task.status is TaskStatus.STOPPED
        and task.is_released
        and not task.outbox
        and not host_ports.are_held(task)
    )


def shrink(task: TaskState) -> None:
    """Keep of a task that is over only that it existed."""
    if task.containers:
        task.containers = []
        task.payload = PayloadTask(arn=task.arn, desired_status="STOPPED")
