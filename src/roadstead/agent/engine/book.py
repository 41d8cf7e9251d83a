"""The book of tasks: all that one container instance knows of, and what waits to be admitted."""

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from roadstead.agent.engine.life_cycle import TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent_protocol.messages.payload import PayloadTask


class TaskBook:
    """Tasks by ARN, oldest first; their containers by id, as long as something is left of them."""

    def __init__(self, remembered: Iterable[TaskState]) -> None:
        self._tasks = {task.arn: task for task in sorted(remembered, key=lambda t: t.order)}
        self._containers: dict[str, tuple[TaskState, ContainerState]] = {}
        self._next_order = max((t.order for t in self._tasks.values()), default=0) + 1
        self.waiting = deque(t.arn for t in self._tasks.values() if waits(t))
        """ARNs of tasks that came and are not admitted yet, first come first."""
        for task in self._tasks.values():
            self.note_containers(task)

    def __iter__(self) -> Iterator[TaskState]:
        return iter(tuple(self._tasks.values()))

    def task(self, arn: str) -> TaskState | None:
        """The task, if it is known."""
        return self._tasks.get(arn)

    def container(self, container_id: str) -> tuple[TaskState, ContainerState] | None:
        """The container and its task, if something may be left of it."""
        return self._containers.get(container_id)

    def add(self, payload: PayloadTask) -> TaskState:
        """A task that was not known. Credentials of roles are for memory only, and no container
        may use them here yet.
        """
        bare = msgspec.structs.replace(
            payload, role_credentials=None, execution_role_credentials=None
        )
        task = TaskState(arn=payload.arn, order=self._next_order, payload=bare)
        self._next_order += 1
        self._tasks[task.arn] = task
        return task

    def forget(self, task: TaskState) -> None:
        """Nothing tells any more that it existed."""
        del self._tasks[task.arn]

    def note_containers(self, task: TaskState) -> None:
        """Find its containers by their ids from now on."""
        for container in task.containers:
            self._containers[container.container_id] = (task, container)

    def drop_containers(self, task: TaskState) -> None:
        """Nothing is left of its containers."""
        for container in task.containers:
            self._containers.pop(container.container_id, None)


def waits(task: TaskState) -> bool:
    """Whether a task is to run and is not admitted yet."""
    return (
        not task.is_admitted
        and task.status is TaskStatus.PENDING
        and task.desired_status is TaskStatus.RUNNING
    )
