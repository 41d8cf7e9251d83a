"""Adoption: a restarted agent compares what it remembers with what the runtime still has."""

from roadstead.agent.engine import containers, health, host_ports, task_network
from roadstead.agent.engine.container_spec import container_spec
from roadstead.agent.engine.instructions import Create, Remove, SetTimer, Submit
from roadstead.agent.engine.life_cycle import ContainerStatus, Step, TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent.engine.turn import Turn
from roadstead.agent.runtime.port import Found

VANISHED = "ContainerVanishedError: No container matching saved ID found"


def adopt(turn: Turn, task: TaskState, found: dict[str, Found]) -> None:
    """Bring a remembered task up to what is, and take up again what was under way."""
    turn.touch(task)
    task.is_batch_timed = False
    task.is_removing = False
    host_ports.adopt(turn, task)
    for container in task.containers:
        if container.status is ContainerStatus.STOPPED:
            _remove_again(turn, container)
        else:
            _adopt_container(turn, task, container, found.get(container.container_id))
    task_network.adopt(turn, task)
    if task.outbox:
        turn.ask(Submit(task.outbox[0]))
    if task.stopped_at is not None:
        remembered = (turn.now - task.stopped_at).total_seconds()
        seconds = min(
            max(turn.settings.cleanup_seconds - remembered, 0.0), turn.settings.cleanup_seconds
        )
        turn.ask(SetTimer(f"forget:{task.arn}", seconds))


def _remove_again(turn: Turn, container: ContainerState) -> None:
    if container.is_made and not container.is_removed:
        turn.ask(Remove(container.container_id))


def _adopt_container(
    turn: Turn, task: TaskState, container: ContainerState, found: Found | None
) -> None:
    was_restarting = containers.is_restarting(container)
    step, container.step = container.step, Step.NONE
    container.early_exit = None
    if found is not None:  # after a power loss more may be there than the last records know
        container.is_made = True
        if container.status is ContainerStatus.NONE:
            turn.move_container(container, ContainerStatus.PULLED)
    if found is None or found.state == "created":
        if was_restarting:
            _restart_again(turn, task, container, is_there=found is not None, step=step)
        elif container.status is ContainerStatus.RUNNING:
            containers.end(turn, task, container, reason=VANISHED)
        elif container.status is ContainerStatus.CREATED and found is None:
            turn.move_container(container, ContainerStatus.PULLED)
        return
    if was_restarting and step is Step.RESTART_REMOVE and found.state == "exited":
        _restart_again(turn, task, container, is_there=True, step=step)
        return
    if found.started is not None and (
        container.status is not ContainerStatus.RUNNING or was_restarting
    ):
        container.step = Step.RESTART_START if was_restarting else Step.START
        containers.started(turn, task, container, found.started)
    elif found.state == "running":
        health.resume(turn, container)
    if found.state == "exited" and found.exit is not None:
        _exited_meanwhile(turn, task, container, found)
    elif found.state == "running" and container.signalled_at is not None:
        _arm_kill(turn, container)


def _exited_meanwhile(turn: Turn, task: TaskState, container: ContainerState, found: Found) -> None:
    assert found.exit is not None
    if container.status is ContainerStatus.RUNNING:
        containers.exited(turn, task, container, found.exit)
    else:  # it was never seen running: it ran and ended while no agent looked
        container.exit_code = found.exit.exit_code
        container.finished_at = found.exit.finished_at
        container.has_run = container.has_run or found.started is not None
        containers.end(turn, task, container, reason=found.exit.reason)


def _restart_again(
    turn: Turn, task: TaskState, container: ContainerState, *, is_there: bool, step: Step
) -> None:
    """The agent was killed between two runs of a container."""
    if task.desired_status is TaskStatus.STOPPED:
        containers.end(turn, task, container)
        return
    if step is Step.RESTART_REMOVE and is_there:
        container.step = Step.RESTART_REMOVE
        turn.ask(Remove(container.container_id))
        return
    container.step = Step.RESTART_CREATE
    turn.ask(Create(container_spec(task, container, turn.settings.surroundings)))


def _arm_kill(turn: Turn, container: ContainerState) -> None:
    assert container.signalled_at is not None
    timeout = containers.stop_timeout(turn, container)
    waited = (turn.now - container.signalled_at).total_seconds()
    seconds = min(max(timeout - waited, 0.0), timeout)
    turn.ask(SetTimer(f"kill:{container.container_id}", seconds))
