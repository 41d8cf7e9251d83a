"""What happens to one container: facts from the runtime, and its next step."""

from roadstead.agent.engine import dependencies, health, host_ports, reporting, task_network
from roadstead.agent.engine.container_spec import container_spec
from roadstead.agent.engine.docker_config import SpecError
from roadstead.agent.engine.instructions import Create, Pull, Remove, SetTimer, Signal, Start
from roadstead.agent.engine.life_cycle import RESTART_STEPS, ContainerStatus, Step, TaskStatus
from roadstead.agent.engine.records import REASON_CHARACTERS_MAX, ContainerState, TaskState
from roadstead.agent.engine.restart_policy import restarts
from roadstead.agent.engine.turn import Turn
from roadstead.agent.runtime.port import Exit, Image, Started

EXIT_CODE_UNRESOLVED = 143
"""Of a container whose dependencies can never be met. Source: observed of the ECS agent."""
STOPPED_BEFORE_PULL = (
    "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task"
)


def pulled(turn: Turn, task: TaskState, container: ContainerState, image: Image) -> None:
    """Its image is present. A pull that outlasted its container is forgotten."""
    if container.step is not Step.PULL:
        return
    task.pull_stopped_at = turn.now
    container.step = Step.NONE
    container.image_digest = image.digest
    container.stop_signal = image.stop_signal
    turn.move_container(container, ContainerStatus.PULLED)


def created(turn: Turn, task: TaskState, container: ContainerState) -> None:
    """The runtime has made it, up to but without the first instruction."""
    match container.step:
        case Step.CREATE:
            container.step = Step.NONE
            turn.move_container(container, ContainerStatus.CREATED)
        case Step.RESTART_CREATE if task.desired_status is TaskStatus.STOPPED:
            end(turn, task, container)
        case Step.RESTART_CREATE:
            container.step = Step.RESTART_START
            turn.ask(Start(container.container_id))


def started(turn: Turn, task: TaskState, container: ContainerState, start: Started) -> None:
    """It runs; if its end was told already, it has ended too."""
    if container.step not in (Step.START, Step.RESTART_START):
        return
    is_restart = container.step is Step.RESTART_START
    container.step = Step.NONE
    container.started_at = start.started_at
    container.network_bindings = start.network_bindings
    container.has_run = True
    host_ports.hold(turn, container)
    if is_restart:
        container.restart_count += 1
    else:
        turn.move_container(container, ContainerStatus.RUNNING)
        container.exit_code = None
        reporting.note(task, container)
        if dependencies.is_timed(task, container):
            seconds = float(container.definition.start_timeout or 0)
            turn.ask(SetTimer(f"start:{container.container_id}", seconds))
    health.begin(turn, task, container)
    if container.early_exit is not None:
        early, container.early_exit = container.early_exit, None
        exited(turn, task, container, early)


def failed(turn: Turn, task: TaskState, container: ContainerState, name: str, text: str) -> None:
    """A step of it failed: it is over."""
    if container.step is Step.PULL:
        task.pull_stopped_at = turn.now
    if container.status is ContainerStatus.STOPPED or container.step is Step.NONE:
        return
    end(turn, task, container, reason=f"{name}: {text}")


def exited(turn: Turn, task: TaskState, container: ContainerState, exit_: Exit) -> None:
    """Its process has ended, or so it was told while a start is still under way."""
    if container.step in (Step.START, Step.RESTART_START):
        container.early_exit = exit_
        return
    if container.status is not ContainerStatus.RUNNING or container.step is not Step.NONE:
        return
    if container.started_at is not None and exit_.finished_at < container.started_at:
        return  # the end of an earlier run, told again
    container.exit_code = exit_.exit_code
    container.finished_at = exit_.finished_at
    if task.desired_status is TaskStatus.RUNNING and restarts(container, exit_):
        container.step = Step.RESTART_REMOVE
        turn.ask(Remove(container.container_id))
        return
    end(turn, task, container, reason=exit_.reason)


def removed(turn: Turn, task: TaskState, container: ContainerState) -> None:
    """The runtime keeps nothing of it any more."""
    if container.step is not Step.RESTART_REMOVE:
        container.is_removed = True
    elif task.desired_status is TaskStatus.STOPPED:
        container.is_made = False
        end(turn, task, container)
    else:
        container.step = Step.RESTART_CREATE
        _create(turn, task, container)


def end(turn: Turn, task: TaskState, container: ContainerState, *, reason: str = "") -> None:
    """It is over; an essential one takes the task with it."""
    container.step = Step.NONE
    container.reason = reason[:REASON_CHARACTERS_MAX]
    container.finished_at = container.finished_at or turn.now
    turn.move_container(container, ContainerStatus.STOPPED)
    reporting.note(task, container)
    if container.definition.essential and task.desired_status is TaskStatus.RUNNING:
        task.desired_status = TaskStatus.STOPPED
        task.execution_stopped_at = container.finished_at


def advance(turn: Turn, task: TaskState, container: ContainerState) -> bool:
    """Take its next step, if it can; True when its status changed at once."""
    if container.status is ContainerStatus.STOPPED:
        return False
    if task.desired_status is TaskStatus.STOPPED:
        return _advance_to_stop(turn, task, container)
    if container.step is not Step.NONE:
        return False
    match container.status:
        case ContainerStatus.NONE:
            container.step = Step.PULL
            task.pull_started_at = task.pull_started_at or turn.now
            turn.ask(Pull(container.container_id, container.definition.image))
        case ContainerStatus.PULLED:
            return _advance_to_create(turn, task, container)
        case ContainerStatus.CREATED if task_network.is_ready(task):
            container.step = Step.START
            turn.ask(Start(container.container_id))
    return False


def _advance_to_create(turn: Turn, task: TaskState, container: ContainerState) -> bool:
    verdict = dependencies.may_start(task, container)
    if verdict.readiness == "WAIT":
        return False
    if verdict.readiness == "IMPOSSIBLE":
        container.exit_code = EXIT_CODE_UNRESOLVED
        end(turn, task, container, reason=f"CannotStartContainerError: {verdict.why}")
        return True
    container.step = Step.CREATE
    _create(turn, task, container)
    return container.status is ContainerStatus.STOPPED


def _create(turn: Turn, task: TaskState, container: ContainerState) -> None:
    try:
        spec = container_spec(task, container, turn.settings.surroundings)
    except SpecError as error:
        end(turn, task, container, reason=str(error))
        return
    container.is_made = True
    turn.ask(Create(spec))


def _advance_to_stop(turn: Turn, task: TaskState, container: ContainerState) -> bool:
    if container.step is Step.PULL or container.status in (
        ContainerStatus.NONE,
        ContainerStatus.PULLED,
    ):
        if container.step is Step.CREATE:
            return False
        asked_before_pull = task.is_stop_asked and container.status is ContainerStatus.NONE
        end(turn, task, container, reason=STOPPED_BEFORE_PULL if asked_before_pull else "")
        return True
    if container.step is not Step.NONE:
        return False
    if container.status is ContainerStatus.CREATED:
        end(turn, task, container)
        return True
    if container.signalled_at is None and dependencies.may_stop(task, container):
        container.signalled_at = turn.now
        turn.ask(Signal(container.container_id, container.stop_signal))
        turn.ask(SetTimer(f"kill:{container.container_id}", stop_timeout(turn, container)))
    return False


def stop_timeout(turn: Turn, container: ContainerState) -> float:
    """Seconds between the stop signal and SIGKILL."""
    own = container.definition.stop_timeout
    return turn.settings.stop_timeout_seconds if own is None else float(own)


def kill(turn: Turn, container: ContainerState) -> None:
    """It did not obey its stop signal. Repeated until it is gone."""
    if container.status is ContainerStatus.RUNNING and container.signalled_at is not None:
        turn.ask(Signal(container.container_id, "SIGKILL"))
        again = turn.settings.kill_again_seconds
        turn.ask(SetTimer(f"kill:{container.container_id}", again))


def is_restarting(container: ContainerState) -> bool:
    """Whether it is between two runs."""
    return container.step in RESTART_STEPS
