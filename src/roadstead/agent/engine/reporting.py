"""Reports: how the control plane learns of tasks. In order per task, each kept until accepted."""

from datetime import datetime

from roadstead.agent.engine.instructions import SetTimer, Submit
from roadstead.agent.engine.life_cycle import ContainerStatus
from roadstead.agent.engine.records import (
    REASON_CHARACTERS_MAX,
    ContainerChange,
    ContainerState,
    Report,
    TaskState,
    WireBinding,
)
from roadstead.agent.engine.turn import Turn
from roadstead.agent.runtime.port import NetworkBinding


def note(task: TaskState, container: ContainerState) -> None:
    """A container runs, or has stopped: the next report says so."""
    is_over = container.status is ContainerStatus.STOPPED
    task.changes.append(
        ContainerChange(
            container_name=container.name,
            status="STOPPED" if is_over else "RUNNING",
            runtime_id=container.container_id if container.is_made else "",
            exit_code=container.exit_code if is_over else None,
            reason=container.reason,
            image_digest=container.image_digest,
            network_bindings=tuple(_wire_binding(b) for b in container.network_bindings),
        )
    )


def report(turn: Turn, task: TaskState) -> None:
    """Report the task's status and all news of its containers, now or behind earlier reports."""
    task.outbox.append(
        Report(
            task=task.arn,
            status=task.status.value,
            reason=task.reason[:REASON_CHARACTERS_MAX],
            containers=tuple(task.changes),
            pull_started_at=_seconds(task.pull_started_at),
            pull_stopped_at=_seconds(task.pull_stopped_at),
            execution_stopped_at=_seconds(task.execution_stopped_at),
        )
    )
    task.changes = []
    turn.touch(task)
    if len(task.outbox) == 1:
        turn.ask(Submit(task.outbox[0]))


def report_later(turn: Turn, task: TaskState) -> None:
    """Container news that change nothing of the task wait a while for more."""
    if task.changes and not task.is_batch_timed:
        task.is_batch_timed = True
        turn.ask(SetTimer(f"batch:{task.arn}", turn.batch_seconds()))


def batch_is_due(turn: Turn, task: TaskState) -> None:
    """The wait is over."""
    task.is_batch_timed = False
    if task.changes:
        report(turn, task)


def accepted(turn: Turn, task: TaskState) -> None:
    """The first report has arrived; the next one goes."""
    if task.outbox:
        task.outbox.pop(0)
        turn.touch(task)
    if task.outbox:
        turn.ask(Submit(task.outbox[0]))


def _wire_binding(binding: NetworkBinding) -> WireBinding:
    if binding.container_port_range:
        return WireBinding(
            bind_ip=binding.bind_ip,
            container_port_range=binding.container_port_range,
            host_port_range=binding.host_port_range,
            protocol=binding.protocol,
        )
    return WireBinding(
        bind_ip=binding.bind_ip,
        container_port=binding.container_port,
        host_port=binding.host_port,
        protocol=binding.protocol,
    )


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else round(moment.timestamp(), 3)
