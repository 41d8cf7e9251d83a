"""Constraints bind: no task is ever placed where its own forbid it at that moment."""

from collections.abc import Callable, Iterator

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.constraints import Constraint, constraints_of, is_distinct, is_member
from sim.laws.tasks import RUNS_ASKED


class PlacementLaw:
    def __init__(self, asked: Callable[[str], tuple[Constraint, ...]]) -> None:
        self._asked = asked
        """The constraints of a RunTask, by its startedBy."""

    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for change in commit.changes:
            if change.table is TASKS and change.before is None:
                yield from self._placed(change.after)

    def _placed(self, task: Task) -> Iterator[str]:
        view = self._view
        if not task.service_arn and not task.started_by.startswith(RUNS_ASKED):
            return  # StartTask names its instance; only resources are asked
        instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        assert instance is not None
        definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
        service = view.get(SERVICES, task.service_arn) if task.service_arn else None
        constraints = constraints_of(definition, service)
        if service is None:
            constraints += self._asked(task.started_by)
        if not is_member(instance, constraints):
            yield f"{task.arn} was placed on {instance.arn} in spite of {constraints}"
        here = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        if is_distinct(constraints):
            group = [e for e in here if e.group == task.group and e.desired_status == "RUNNING"]
            if len(group) != 1:
                yield f"{instance.arn} has {len(group)} tasks of {task.group}, to be distinct"
        daemons = [each for each in here if each.is_daemon and each.service_arn == task.service_arn]
        if len(daemons) > 1:
            yield f"{instance.arn} has two tasks of {task.service_arn}"
