"""The engine: stimulus in, instructions out.

It stands between the agent's session (payloads, manifests), the runtime (what containers do) and
the reporter (state changes). Invariants: instructions that save come before those that act; a
container has at most one step under way; resources are held from admission until nothing of a task
is left.
"""

from collections.abc import Iterable
from datetime import datetime

from roadstead.agent.engine import (
    adoption,
    containers,
    health,
    host_ports,
    manifests,
    payloads,
    reporting,
    stimuli,
    task_network,
    tasks,
)
from roadstead.agent.engine.admission import Account, task_resources
from roadstead.agent.engine.book import TaskBook, waits
from roadstead.agent.engine.instructions import (
    ForgetTask,
    Instruction,
    Remove,
    SaveTask,
    SetTimer,
    Tell,
)
from roadstead.agent.engine.life_cycle import Step
from roadstead.agent.engine.records import ContainerState, TaskState, encode_task
from roadstead.agent.engine.turn import EngineSettings, Turn
from roadstead.agent.runtime.port import Found
from roadstead.ids import Ids


class Engine:
    """All tasks of one container instance."""

    def __init__(
        self, settings: EngineSettings, ids: Ids, remembered: Iterable[TaskState] = ()
    ) -> None:
        self._settings = settings
        self._ids = ids
        self._book = TaskBook(remembered)
        self._account = Account(
            cpu_units=settings.cpu_units,
            memory_mib=settings.memory_mib,
            ports_taken=settings.ports_taken,
        )
        for task in self._book:
            if task.is_admitted and not task.is_released:
                self._account.take(task_resources(task.payload))

    @property
    def tasks(self) -> tuple[TaskState, ...]:
        """All tasks, oldest first; to be looked at only."""
        return tuple(self._book)

    def task(self, arn: str) -> TaskState | None:
        """The task, if it is known; to be looked at only."""
        return self._book.task(arn)

    def handle(self, stimulus: stimuli.Stimulus, now: datetime) -> list[Instruction]:
        """What follows from `stimulus`; to be carried out in this order."""
        turn = Turn(self._settings, now, self._ids)
        self._take(turn, stimulus)
        self._settle(turn)
        return [*self._saves(turn), *turn.out]

    def _take(self, turn: Turn, stimulus: stimuli.Stimulus) -> None:
        match stimulus:
            case stimuli.PayloadReceived(message):
                payloads.take(turn, self._book, message)
            case stimuli.ManifestReceived(message):
                manifests.take(turn, self._book, message)
            case stimuli.StopsVerified(message):
                for identity in message.stop_tasks:
                    if (task := self._book.task(identity.task_arn)) is not None:
                        tasks.ask_to_stop(turn, task)
            case stimuli.RuntimeFound(found):
                self._found(turn, found)
            case stimuli.ReportAccepted(task_arn):
                if (task := self._book.task(task_arn)) is not None:
                    reporting.accepted(turn, task)
                    host_ports.report_accepted(turn, task)
            case stimuli.TaskRemoved(task_arn):
                if (task := self._book.task(task_arn)) is not None and not task.is_released:
                    tasks.released(turn, task)
            case stimuli.NetworkPrepared() | stimuli.NetworkFailed() | stimuli.NetworkReleased():
                self._network_fact(turn, stimulus)
            case stimuli.Checked(container_id, run, result):
                if (known := self._book.container(container_id)) is not None:
                    health.checked(turn, *known, run, result)
            case stimuli.TimerFired(key):
                self._timer(turn, key)
            case _:
                self._container_fact(turn, stimulus)

    def _network_fact(
        self,
        turn: Turn,
        stimulus: stimuli.NetworkPrepared | stimuli.NetworkFailed | stimuli.NetworkReleased,
    ) -> None:
        task = self._book.task(stimulus.task_arn)
        if task is None:
            return
        match stimulus:
            case stimuli.NetworkPrepared():
                task_network.prepared(turn, task)
            case stimuli.NetworkFailed(_, name, text):
                task_network.failed(turn, task, name, text)
            case stimuli.NetworkReleased():
                task_network.released(turn, task)

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
            known = self._book.container(stimulus.exit.container_id)
        else:
            known = self._book.container(stimulus.container_id)
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
                self._remove_failed(turn, task, container, text)

    # Restart, timers, removal

    def _found(self, turn: Turn, found: tuple[Found, ...]) -> None:
        by_id = {each.container_id: each for each in found}
        for task in self._book:
            adoption.adopt(turn, task, by_id)
        for container_id in by_id:
            if self._book.container(container_id) is None:
                turn.ask(
                    Tell(
                        f"container {container_id[:12]} is of no task known here: it is left alone"
                    )
                )

    def _timer(self, turn: Turn, key: str) -> None:
        purpose, _, subject = key.partition(":")
        if purpose in ("batch", "forget", "ports"):
            if (task := self._book.task(subject)) is not None:
                self._task_timer(turn, purpose, task)
            return
        known = self._book.container(subject)
        if known is None:
            return
        task, container = known
        if purpose == "health":
            health.due(turn, task, container)
            return
        turn.touch(task)
        match purpose:
            case "kill":
                containers.kill(turn, container)
            case "start":
                container.is_start_late = True
            case "remove":
                turn.ask(Remove(container.container_id))

    def _task_timer(self, turn: Turn, purpose: str, task: TaskState) -> None:
        turn.touch(task)
        match purpose:
            case "batch":
                reporting.batch_is_due(turn, task)
            case "ports":
                host_ports.rested(turn, task)
            case "forget":
                self._forget(turn, task)

    def _forget(self, turn: Turn, task: TaskState) -> None:
        if task.outbox or not task.is_released or host_ports.are_held(task):
            turn.ask(SetTimer(f"forget:{task.arn}", self._settings.cleanup_seconds))
            return
        self._book.forget(task)

    def _remove_failed(
        self, turn: Turn, task: TaskState, container: ContainerState, text: str
    ) -> None:
        container.removal_attempts += 1
        turn.ask(Tell(f"container {container.container_id[:12]} cannot be removed: {text}"))
        if container.removal_attempts < self._settings.removals_max:
            key = f"remove:{container.container_id}"
            turn.ask(SetTimer(key, self._settings.remove_again_seconds))
        elif container.step is Step.NONE:
            container.is_removed = True
        else:
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
        while self._book.waiting:
            task = self._book.task(self._book.waiting[0])
            if task is not None and waits(task):
                wanted = task_resources(task.payload)
                if not self._account.fits(wanted):
                    return
                self._account.take(wanted)
                task.is_admitted = True
                turn.touch(task)
                tasks.advance(turn, task)
            self._book.waiting.popleft()

    def _saves(self, turn: Turn) -> list[Instruction]:
        saves: list[Instruction] = []
        for arn, task in turn.touched.items():
            if self._book.task(arn) is None:
                self._book.drop_containers(task)
                saves.append(ForgetTask(arn))
                continue
            if tasks.is_over(task):
                self._book.drop_containers(task)
                tasks.shrink(task)
            saves.append(SaveTask(arn, encode_task(task)))
        return saves
