"""The engine: stimulus in, instructions out.

It stands between the agent's session (payloads, manifests), the runtime (what containers do) and
the reporter (state changes). Invariants: instructions that save come before those that act; a
container has at most one step under way; resources are held from admission until nothing of a task
is left.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.agent.engine import adoption, containers, preparation, reporting, stimuli, tasks
from roadstead.agent.engine.admission import Account, task_resources
from roadstead.agent.engine.instructions import (
    Acknowledge,
    ForgetTask,
    Instruction,
    NameStopCandidates,
    Remove,
    SaveTask,
    SetTimer,
    Tell,
)
from roadstead.agent.engine.life_cycle import Step, TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState, encode_task
from roadstead.agent.engine.turn import EngineSettings, Turn
from roadstead.agent.runtime.port import Found
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.messages.payload import PayloadTask
from roadstead.ids import Ids


class _TaskHead(msgspec.Struct, rename="camel"):
    """As much of a payload's task as must be readable to say that the rest is not."""

    arn: str
    desired_status: str = ""


class Engine:
    """All tasks of one container instance."""

    def __init__(
        self, settings: EngineSettings, ids: Ids, remembered: Iterable[TaskState] = ()
    ) -> None:
        self._settings = settings
        self._ids = ids
        self._tasks = {task.arn: task for task in sorted(remembered, key=lambda t: t.order)}
        self._containers: dict[str, tuple[TaskState, ContainerState]] = {}
        self._next_order = max((t.order for t in self._tasks.values()), default=0) + 1
        self._account = Account(
            cpu_units=settings.cpu_units,
            memory_mib=settings.memory_mib,
            ports_taken=settings.ports_taken,
        )
        for task in self._tasks.values():
            self._index(task)
            if task.is_admitted and not task.is_released:
                self._account.take(task_resources(task.payload))
        self._waiting = deque(t.arn for t in self._tasks.values() if _waits(t))

    @property
    def tasks(self) -> tuple[TaskState, ...]:
        """All tasks, oldest first; to be looked at only."""
        return tuple(self._tasks.values())

    def handle(self, stimulus: stimuli.Stimulus, now: datetime) -> list[Instruction]:
        """What follows from `stimulus`; to be carried out in this order."""
        turn = Turn(self._settings, now, self._ids)
        self._take(turn, stimulus)
        self._settle(turn)
        return [*self._saves(turn), *turn.out]

    def _take(self, turn: Turn, stimulus: stimuli.Stimulus) -> None:
        match stimulus:
            case stimuli.PayloadReceived(message):
                self._payload(turn, message)
            case stimuli.ManifestReceived(message):
                self._manifest(turn, message)
            case stimuli.StopsVerified(message):
                for identity in message.stop_tasks:
                    if (task := self._tasks.get(identity.task_arn)) is not None:
                        tasks.ask_to_stop(turn, task)
            case stimuli.RuntimeFound(found):
                self._found(turn, found)
            case stimuli.ReportAccepted(task_arn):
                if (task := self._tasks.get(task_arn)) is not None:
                    reporting.accepted(turn, task)
            case stimuli.TaskRemoved(task_arn):
                if (task := self._tasks.get(task_arn)) is not None and not task.is_released:
                    tasks.released(turn, task)
            case stimuli.TimerFired(key):
                self._timer(turn, key)
            case _:
                self._container_fact(turn, stimulus)

    def _container_fact(
        self,
        turn: Turn,
        stimulus: stimuli.Pulled
        | stimuli.Created
        | stimuli.ContainerStarted
        | stimuli.StepFailed
        | stimuli.Exited
        | stimuli.Removed
        | stimuli.RemoveFailed,
    ) -> None:
        if isinstance(stimulus, stimuli.Exited):
            known = self._containers.get(stimulus.exit.container_id)
        else:
            known = self._containers.get(stimulus.container_id)
        if known is None:
            return
        task, container = known
        turn.touch(task)
        match stimulus:
            case stimuli.Pulled(_, image):
                containers.pulled(turn, task, container, image)
            case stimuli.Created():
                containers.created(turn, task, container)
            case stimuli.ContainerStarted(_, started):
                containers.started(turn, task, container, started)
            case stimuli.StepFailed(_, name, text):
                containers.failed(turn, task, container, name, text)
            case stimuli.Exited(exit_):
                containers.exited(turn, task, container, exit_)
            case stimuli.Removed():
                containers.removed(turn, task, container)
            case stimuli.RemoveFailed(_, text):
                self._remove_failed(turn, container, text)

    # Payloads and manifests

    def _payload(self, turn: Turn, message: acs.PayloadMessage) -> None:
        readable = True
        for raw in message.tasks:
            try:
                self._task_wanted(turn, _payload_tasks.decode(raw))
            except msgspec.DecodeError as error:
                readable = self._unreadable(turn, raw, str(error)) and readable
        if readable:
            turn.ask(Acknowledge(message))

    def _task_wanted(self, turn: Turn, payload: PayloadTask) -> None:
        known = self._tasks.get(payload.arn)
        if known is not None:
            if payload.desired_status == "STOPPED":
                self._stop_known(turn, known)
            return
        task = self._new_task(payload)
        if payload.desired_status == "STOPPED":
            tasks.fail(turn, task, tasks.UNKNOWN_STOP)
            return
        refusal = preparation.reason_to_refuse(payload)
        if refusal:
            tasks.fail(turn, task, refusal)
            return
        task.containers = [
            ContainerState(self._ids.hex32() + self._ids.hex32(), definition)
            for definition in payload.containers
        ]
        self._index(task)
        self._waiting.append(task.arn)
        turn.touch(task)

    def _stop_known(self, turn: Turn, task: TaskState) -> None:
        if task.status is TaskStatus.STOPPED and not task.outbox:
            reporting.report(turn, task)  # the control plane seems to have missed it
        tasks.ask_to_stop(turn, task)

    def _unreadable(self, turn: Turn, raw: msgspec.Raw, why: str) -> bool:
        """A task that cannot be decoded; True when its message may be acknowledged all the same."""
        try:
            head = _task_heads.decode(raw)
        except msgspec.DecodeError:
            turn.ask(Tell(f"a task of a payload has no readable ARN: {why}"))
            return False
        known = self._tasks.get(head.arn)
        if known is not None and known.status is not TaskStatus.STOPPED:
            if head.desired_status == "STOPPED":
                tasks.ask_to_stop(turn, known)
                return True
            turn.ask(Tell(f"{head.arn} came again and cannot be read now: {why}"))
            return True
        reason = f"UnrecogniedTaskError: Error loading task - {why}"
        if known is not None:
            known.reason = reason
            reporting.report(turn, known)
        else:
            payload = PayloadTask(arn=head.arn, desired_status="STOPPED")
            tasks.fail(turn, self._new_task(payload), reason)
        return False

    def _new_task(self, payload: PayloadTask) -> TaskState:
        """Credentials of roles are for memory only, and no container may use them here yet."""
        bare = msgspec.structs.replace(
            payload, role_credentials=None, execution_role_credentials=None
        )
        task = TaskState(arn=payload.arn, order=self._next_order, payload=bare)
        self._next_order += 1
        self._tasks[task.arn] = task
        return task

    def _manifest(self, turn: Turn, message: acs.TaskManifestMessage) -> None:
        wanted = {t.task_arn for t in message.tasks if t.desired_status == "RUNNING"}
        candidates = tuple(
            acs.TaskIdentity(
                task_arn=task.arn,
                desired_status="STOPPED",
                task_cluster_arn=task.payload.task_cluster_arn,
            )
            for task in self._tasks.values()
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

    # Restart, timers, removal

    def _found(self, turn: Turn, found: tuple[Found, ...]) -> None:
        by_id = {each.container_id: each for each in found}
        for task in list(self._tasks.values()):
            adoption.adopt(turn, task, by_id)
        for container_id in by_id:
            if container_id not in self._containers:
                turn.ask(
                    Tell(
                        f"container {container_id[:12]} is of no task known here: it is left alone"
                    )
                )

    def _timer(self, turn: Turn, key: str) -> None:
        purpose, _, subject = key.partition(":")
        if purpose in ("batch", "forget"):
            task = self._tasks.get(subject)
            if task is None:
                return
            turn.touch(task)
            if purpose == "batch":
                reporting.batch_is_due(turn, task)
            else:
                self._forget(turn, task)
            return
        known = self._containers.get(subject)
        if known is None:
            return
        task, container = known
        turn.touch(task)
        match purpose:
            case "kill":
                containers.kill(turn, container)
            case "start":
                container.is_start_late = True
            case "remove":
                turn.ask(Remove(container.container_id))

    def _forget(self, turn: Turn, task: TaskState) -> None:
        if task.outbox or not task.is_released:
            turn.ask(SetTimer(f"forget:{task.arn}", self._settings.cleanup_seconds))
            return
        del self._tasks[task.arn]

    def _remove_failed(self, turn: Turn, container: ContainerState, text: str) -> None:
        container.removal_attempts += 1
        turn.ask(Tell(f"container {container.container_id[:12]} cannot be removed: {text}"))
        if container.removal_attempts < self._settings.removals_max:
            key = f"remove:{container.container_id}"
            turn.ask(SetTimer(key, self._settings.remove_again_seconds))
        elif container.step is Step.NONE:
            container.is_removed = True
        else:
            task, _ = self._containers[container.container_id]
            reason = f"CannotCreateContainerError: its earlier run cannot be removed: {text}"
            containers.end(turn, task, container, reason=reason)

    # The end of every turn

    def _settle(self, turn: Turn) -> None:
        for task in list(turn.touched.values()):
            tasks.advance(turn, task)
            if task.is_released and task.is_admitted:
                self._account.give_back(task_resources(task.payload))
                task.is_admitted = False
        self._admit(turn)

    def _admit(self, turn: Turn) -> None:
        """First come, first served: a head that does not fit yet holds up the rest."""
        while self._waiting:
            task = self._tasks.get(self._waiting[0])
            if task is not None and _waits(task):
                wanted = task_resources(task.payload)
                if not self._account.fits(wanted):
                    return
                self._account.take(wanted)
                task.is_admitted = True
                turn.touch(task)
                tasks.advance(turn, task)
            self._waiting.popleft()

    def _saves(self, turn: Turn) -> list[Instruction]:
        saves: list[Instruction] = []
        for arn, task in turn.touched.items():
            if arn not in self._tasks:
                self._unindex(task)
                saves.append(ForgetTask(arn))
                continue
            if task.status is TaskStatus.STOPPED and task.is_released and not task.outbox:
                self._unindex(task)
                tasks.shrink(task)
            saves.append(SaveTask(arn, encode_task(task)))
        return saves

    def _index(self, task: TaskState) -> None:
        for container in task.containers:
            self._containers[container.container_id] = (task, container)

    def _unindex(self, task: TaskState) -> None:
        for container in task.containers:
            self._containers.pop(container.container_id, None)


def _waits(task: TaskState) -> bool:
    return (
        not task.is_admitted
        and task.status is TaskStatus.PENDING
        and task.desired_status is TaskStatus.RUNNING
    )


_payload_tasks = msgspec.json.Decoder(PayloadTask)
_task_heads = msgspec.json.Decoder(_TaskHead)
