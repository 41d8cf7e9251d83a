"""Health checks: when a container's is due, and what its results make of the container.

The engine's part of what Docker does: the first check comes one interval after the start, each
later one an interval after the end of the one before it; one success makes a container HEALTHY, and
so many failures in a row as `retries` says make it UNHEALTHY. Before its first success, failures of
checks that began within the start period do not count. UNKNOWN: there was no verdict yet.

Health is kept over a restart of the agent, as Docker keeps it over one of the ECS agent. Only a
change of health is written to the journal: a check that changes nothing costs no disk.
Source: https://docs.docker.com/reference/dockerfile/#healthcheck
"""

from datetime import timedelta
from typing import Literal

from roadstead.agent.engine.docker_config import SpecError
from roadstead.agent.engine.health_check import HealthCheck, health_check
from roadstead.agent.engine.instructions import Check, PublishHealth, SetTimer
from roadstead.agent.engine.life_cycle import ContainerStatus, Step, TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent.engine.turn import Turn
from roadstead.agent.runtime.port import Executed

MESSAGE_CHARACTERS_MAX = 1024
"""Source: agents cut the output of health checks."""


def begin(turn: Turn, task: TaskState, container: ContainerState) -> None:
    """A run of the container has begun: nothing is known of its health yet."""
    check = _check_of(container)
    if check is not None:
        container.failing_streak = 0
        container.check_begun_at = None
        _become(turn, task, container, "UNKNOWN", "")
        turn.ask(SetTimer(f"health:{container.container_id}", check.interval_seconds))


def resume(turn: Turn, container: ContainerState) -> None:
    """A restarted agent goes on checking a container that it found running."""
    check = _check_of(container)
    if check is not None:
        container.failing_streak = 0
        container.check_begun_at = None
        turn.ask(SetTimer(f"health:{container.container_id}", check.interval_seconds))


def due(turn: Turn, task: TaskState, container: ContainerState) -> None:
    """It is time to check; not a container that is stopping or between two runs."""
    check = _check_of(container)
    if check is not None and _is_to_run(task, container):
        container.check_begun_at = turn.now
        turn.ask(
            Check(
                container.container_id,
                container.restart_count,
                check.command,
                check.timeout_seconds,
            )
        )


def checked(
    turn: Turn, task: TaskState, container: ContainerState, run: int, result: Executed
) -> None:
    """A check of the container's run `run` has ended. One of an earlier run says nothing."""
    check, begun_at = _check_of(container), container.check_begun_at
    if (
        check is None
        or begun_at is None
        or run != container.restart_count
        or not _is_to_run(task, container)
    ):
        return
    container.check_begun_at = None
    message = result.output
    if result.is_timed_out:
        message = f"Health check exceeded timeout ({check.timeout_seconds:g}s): {message}"
    if result.exit_code == 0 and not result.is_timed_out:
        container.failing_streak = 0
        _become(turn, task, container, "HEALTHY", message)
    else:
        assert container.started_at is not None, "it runs"
        grace = timedelta(seconds=check.start_period_seconds)
        if container.health != "UNKNOWN" or begun_at - container.started_at >= grace:
            container.failing_streak += 1
        is_over = container.failing_streak >= check.retries
        _become(turn, task, container, "UNHEALTHY" if is_over else container.health, message)
    turn.ask(SetTimer(f"health:{container.container_id}", check.interval_seconds))


def _become(
    turn: Turn,
    task: TaskState,
    container: ContainerState,
    health: Literal["UNKNOWN", "HEALTHY", "UNHEALTHY"],
    message: str,
) -> None:
    container.health_message = message[:MESSAGE_CHARACTERS_MAX]
    if container.health_since is None:
        container.health_since = turn.now
    if container.health != health:
        container.health = health
        container.health_since = turn.now
        turn.touch(task)  # others may have waited for it
        turn.ask(PublishHealth(task.arn))


def _is_to_run(task: TaskState, container: ContainerState) -> bool:
    return (
        container.status is ContainerStatus.RUNNING
        and container.step is Step.NONE
        and task.desired_status is TaskStatus.RUNNING
    )


def _check_of(container: ContainerState) -> HealthCheck | None:
    """None too for one that cannot be read: its container was made before checks were read."""
    try:
        return health_check(container.definition)
    except SpecError:
        return None
