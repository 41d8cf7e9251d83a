"""A fleet's tasks one by one, by what is to become of them: idle, coming, leaving, current.

The words are those of `Population`; whoever walks stops as soon as enough are chosen.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from roadstead.ecs.reconcilers.service.survey import (
    COMING,
    SERVING,
    Survey,
    is_coming,
    is_healthy,
    is_sick,
    may_come,
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
        # Of what may be waited for, only tasks on DRAINING instances are idle: they follow.
        unready = ("UNHEALTHY",) if may_come(found, older.id) else ("UNHEALTHY", *COMING)
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
    """Those of older deployments that do not serve yet and may be waited for, newest first."""
    draining = arns_of(found.draining)
    deployments = [each.id for each in found.fleet.older if may_come(found, each.id)]
    for where in (*COMING, "UNHEALTHY"):
        for deployment_id in deployments:
            for task in tasks_standing(view, deployment_id, where, newest_first=True):
                if not (task.protection_enabled or task.arn in draining) and is_coming(task, found):
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


def young_tasks(view: View, found: Survey, *, staying: bool = False) -> Iterator[Task]:
    """Those that leave, or stay after a failed rollout, and are too young to be healthy.

    As few are walked as are young, however many leave.
    """
    leaves = who_leaves(found, staying=staying)
    if staying or not found.fleet.is_failed:
        for older in found.fleet.older:
            running = tasks_standing(view, older.id, "RUNNING", newest_first=True)
            young = takewhile(lambda task: not is_healthy(task, found), running)
            yield from filter(leaves, young)
    for task in found.draining:
        is_other = task.started_by == found.fleet.target.id or found.fleet.is_failed
        if is_other and leaves(task) and not is_healthy(task, found):
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
