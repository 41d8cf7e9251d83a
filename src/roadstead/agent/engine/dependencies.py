"""In what order the containers of a task start and stop.

`dependsOn` names the order; a link and a `volumesFrom` imply START. Stopping goes backwards: a
container is asked to stop when all that depend on it have stopped.
"""

from typing import Literal

import msgspec

from roadstead.agent.engine.health_check import is_checked
from roadstead.agent.engine.life_cycle import ContainerStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent_protocol.messages.payload import Condition, PayloadContainer, PayloadTask

Readiness = Literal["READY", "WAIT", "IMPOSSIBLE"]


class Verdict(msgspec.Struct, frozen=True):
    """Whether a container may be created now; `why` says what makes it impossible."""

    readiness: Readiness
    why: str = ""


READY = Verdict("READY")
WAIT = Verdict("WAIT")


def needed(container: PayloadContainer) -> tuple[tuple[str, Condition], ...]:
    """(container name, condition) of all that must be before this container may start."""
    explicit: list[tuple[str, Condition]] = [
        (each.container_name, each.condition) for each in container.depends_on
    ]
    implied: list[tuple[str, Condition]] = [
        *((link.partition(":")[0], "START") for link in container.links),
        *((each.source_container, "START") for each in container.volumes_from),
    ]
    return (*explicit, *implied)


def unknown_name(task: PayloadTask) -> str:
    """A container name that some container depends on and that the task lacks; empty: none."""
    names = {container.name for container in task.containers}
    for container in task.containers:
        for name, _ in needed(container):
            if name not in names:
                return name
    return ""


def has_cycle(task: PayloadTask) -> bool:
    """Whether some container depends, in the end, on itself."""
    waiting = {c.name: {name for name, _ in needed(c)} for c in task.containers}
    while waiting:
        free = [name for name, names in waiting.items() if not names]
        if not free:
            return True
        for name in free:
            del waiting[name]
        for names in waiting.values():
            names.difference_update(free)
    return False


def may_start(task: TaskState, container: ContainerState) -> Verdict:
    """Whether what `container` depends on is there."""
    verdict = READY
    for name, condition in needed(container.definition):
        dependency = task.container(name)
        assert dependency is not None, "the task was checked when it came"
        each = _condition(dependency, condition)
        if each.readiness == "IMPOSSIBLE":
            text = f"dependency graph: failed to resolve container ordering dependency [{name}]"
            return Verdict("IMPOSSIBLE", f"{text} for target [{container.name}]{each.why}")
        if each.readiness == "WAIT":
            verdict = WAIT
    return verdict


def may_stop(task: TaskState, container: ContainerState) -> bool:
    """Whether all containers that depend on this one have stopped, or never ran."""
    return not any(
        other.status in (ContainerStatus.RUNNING, ContainerStatus.CREATED)
        and any(name == container.name for name, _ in needed(other.definition))
        for other in task.containers
    )


def is_timed(task: TaskState, container: ContainerState) -> bool:
    """Whether a `startTimeout` of this container matters: someone waits for more than its start."""
    return container.definition.start_timeout is not None and any(
        name == container.name and condition != "START"
        for other in task.containers
        for name, condition in needed(other.definition)
    )


def _condition(dependency: ContainerState, condition: Condition) -> Verdict:
    is_over = dependency.status is ContainerStatus.STOPPED
    if is_over and not dependency.has_run:
        return Verdict("IMPOSSIBLE", ": it never started")
    match condition:
        case "START":
            return READY if dependency.has_run else WAIT
        case "COMPLETE":
            satisfied = is_over
        case "SUCCESS":
            if is_over and dependency.exit_code != 0:
                return Verdict("IMPOSSIBLE", f": it ended with exit code {dependency.exit_code}")
            satisfied = is_over
        case "HEALTHY":
            if not is_checked(dependency.definition):
                return Verdict("IMPOSSIBLE", ": it has no health check, so it never is HEALTHY")
            if is_over:
                return Verdict("IMPOSSIBLE", ": it ended")
            satisfied = dependency.health == "HEALTHY"
    if satisfied:
        return READY
    return Verdict("IMPOSSIBLE", ": its startTimeout is over") if dependency.is_start_late else WAIT
