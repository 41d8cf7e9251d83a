"""A fleet's tasks one by one, by what is to become of them: idle, coming, leaving, current.

The words are those of `Population`; whoever walks stops as soon as enough are chosen.
"""

from collections.abc import Callable, Iterable, Iterator

from roadstead.ecs.reconcilers.service.survey import (
    COMING,
    SERVING,
    Survey,
    is_coming,
    is_sick,
    serves,
)
from roadstead.ecs.records.service_tasks import (
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import Task
from roadstead.state.view import View


def idle_tasks(view: View, found: Survey) -> Iterator[Task]:
    """Those that must go and do not serve."""
    target = found.fleet.target.id
    draining = arns_of(found.draining)
    for older in found.fleet.older:
        # Of the former deployment only those on DRAINING instances are idle: they follow.
        unready = ("UNHEALTHY",) if older.id == found.former_id else ("UNHEALTHY", *COMING)
        for where in unready:
            for task in tasks_standing(view, older.id, where):
                if not (task.protection_enabled or task.arn in draining or is_coming(task, found)):
                    yield task
    for task in found.draining:
        if (task.started_by == target and is_sick(task, found)) or not (
            task.protection_enabled or serves(task)
        ):
            yield task


def coming_tasks(view: View, found: Survey) -> Iterator[Task]:
    """Those of the former deployment that do not serve yet, newest first."""
    draining = arns_of(found.draining)
    for where in (*COMING, "UNHEALTHY"):
        for task in tasks_standing(view, found.former_id, where, newest_first=True):
            if is_coming(task, found) and not task.protection_enabled and task.arn not in draining:
                yield task


def leaving_tasks(view: View, found: Survey) -> Iterator[Task]:
    """Those that serve, must go and may."""
    leaves = who_leaves(found)
    if not found.fleet.is_failed:
        for older in found.fleet.older:
            for where in SERVING:
                yield from filter(leaves, tasks_standing(view, older.id, where))
    for task in found.draining:
        if (task.started_by == found.fleet.target.id or found.fleet.is_failed) and leaves(task):
            yield task


def who_leaves(found: Survey, *, staying: bool = False) -> Callable[[Task], bool]:
    """Whether a task is one of those that serve, must go and may.

    staying: instead, one that stays after a failed rollout as long as there are not too many.
    """
    older = frozenset(each.id for each in found.fleet.older)
    draining = arns_of(found.draining)

    def leaves(task: Task) -> bool:
        if task.protection_enabled or not serves(task):
            return False
        if task.arn in draining:
            return not staying
        return task.started_by in older and found.fleet.is_failed == staying

    return leaves


def current_tasks(view: View, found: Survey, *, also_protected: bool = False) -> Iterator[Task]:
    """Newest first within a standing, those of least worth before."""
    stays = who_stays(found, also_protected=also_protected)
    for where in STANDINGS:
        for task in tasks_standing(view, found.fleet.target.id, where, newest_first=True):
            if stays(task):
                yield task


def who_stays(found: Survey, *, also_protected: bool = False) -> Callable[[Task], bool]:
    """Whether a task is as it should be, and may be given up all the same."""
    target = found.fleet.target.id
    draining = arns_of(found.draining)

    def stays(task: Task) -> bool:
        return (
            standing(task) is not None
            and task.started_by == target
            and task.arn not in draining
            and not is_sick(task, found)
            and (also_protected or not task.protection_enabled)
        )

    return stays


def tasks_standing(
    view: View, deployment_id: str, where: Standing, *, newest_first: bool = False
) -> Iterator[Task]:
    """The deployment's tasks that stand there, oldest first."""
    return view.walk(TASKS_BY_STANDING, standing_key(deployment_id, where), reverse=newest_first)


def arns_of(tasks: Iterable[Task]) -> frozenset[str]:
    """To ask whether a task is one of them."""
    return frozenset(task.arn for task in tasks)
