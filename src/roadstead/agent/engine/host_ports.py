"""Host ports that the runtime chose: nobody else gets one while something may still lead to it.

The control plane leads traffic to a port until it knows of its task's end. So the runtime is told
to hold every port that a task's containers got, from their start until the control plane has
acknowledged the end, and a rest longer: what it knows reaches its proxies a moment later. The
bindings stay in the task's record for as long, so a restarted agent tells its runtime again.
"""

from roadstead.agent.engine.instructions import FreePorts, HoldPorts, SetTimer
from roadstead.agent.engine.life_cycle import TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent.engine.turn import Turn


def are_held(task: TaskState) -> bool:
    """Whether the runtime holds ports for containers of this task."""
    return any(container.network_bindings for container in task.containers)


def hold(turn: Turn, container: ContainerState) -> None:
    """Its ports are its own until they are freed."""
    if container.network_bindings:
        turn.ask(HoldPorts(container.container_id, container.network_bindings))


def adopt(turn: Turn, task: TaskState) -> None:
    """After a restart of the agent: the runtime has forgotten what it held."""
    for container in task.containers:
        hold(turn, container)
    report_accepted(turn, task)


def report_accepted(turn: Turn, task: TaskState) -> None:
    """Once all that there is to tell of a stopped task is acknowledged, its ports rest a while."""
    if task.status is TaskStatus.STOPPED and not task.outbox and are_held(task):
        turn.ask(SetTimer(f"ports:{task.arn}", turn.settings.ports_rest_seconds))


def rested(turn: Turn, task: TaskState) -> None:
    """Anybody may have its ports."""
    for container in task.containers:
        if container.network_bindings:
            container.network_bindings = ()
            turn.ask(FreePorts(container.container_id))
    turn.touch(task)
