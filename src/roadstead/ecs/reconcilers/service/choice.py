"""Which of a service's tasks to stop, once it is known how many.

Up to WALKED_MAX tasks are all compared. Of more, those that are not healthy yet are taken newest
first, and the others from the fullest instances, so that the price follows what is chosen.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from roadstead.ecs.reconcilers.service.survey import (
    COMING,
    SERVING,
    Survey,
    is_coming,
    is_healthy,
    is_sick,
    serves,
)
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import (
    STANDINGS,
    TASKS_BY_STANDING,
    Standing,
    running_since,
    standing,
    standing_key,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.deployment.rolling import Moves
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.placement.layout import Layout, layout_of
from roadstead.ecs.rules.placement.wishes import wishes_of
from roadstead.ecs.rules.scale_in import (
    HEALTHY,
    PENDING,
    UNHEALTHY,
    YOUNG,
    Candidate,
    choose_tasks_to_stop,
    take_by_layout,
    take_from_the_fullest,
)
from roadstead.state.view import View

WALKED_MAX = 500
_PROTECTED = HEALTHY + 1


def tasks_to_stop(
    view: View, service: Service, found: Survey, moves: Moves, most: int
) -> tuple[str, ...]:
    """Up to `most` tasks that scaling, the deployment or a drain stops now: idle ones first."""
    chosen: list[str] = []
    if moves.stop_idle:
        chosen += _first(_idle(view, found), most)
    if moves.stop_coming:
        count = min(moves.stop_coming, most - len(chosen))
        chosen += _first(_coming(view, found), count)
    if moves.stop_current:
        count = min(moves.stop_current, most - len(chosen))
        if found.population.current <= WALKED_MAX:
            # Protected tasks count where tasks are even; as they come last, none is chosen.
            tasks = _current(view, found, also_protected=True)
            chosen += _compared(view, service, tasks, found, count)
        else:
            chosen += _of_many_current(view, service, found, count)
    if moves.stop_leaving:
        count = min(moves.stop_leaving, most - len(chosen))
        if found.population.leaving <= WALKED_MAX:
            chosen += _compared(view, service, _leaving(view, found), found, count)
        else:
            chosen += _from_the_fullest(view, service, found, _leaves(found), count)
    if moves.stop_staying:
        count = min(moves.stop_staying, most - len(chosen))
        chosen += _from_the_fullest(view, service, found, _leaves(found, staying=True), count)
    return tuple(chosen)


def unhealthy_to_stop(view: View, found: Survey, moves: Moves, most: int) -> tuple[str, ...]:
    """Up to `most` of the unhealthy tasks that are to be stopped, those that run longest first."""
    if not moves.stop_unhealthy:
        return ()
    draining = _arns(found.draining)
    tasks = (
        task
        for task in _standing(view, found.fleet.target.id, "UNHEALTHY")
        if is_sick(task, found) and task.arn not in draining
    )
    return tuple(_first(tasks, min(moves.stop_unhealthy, most)))


def tasks_of_zone_to_stop(
    view: View, service: Service, found: Survey, zone: str, count: int, *, kept: frozenset[str]
) -> list[str]:
    """Up to `count` healthy tasks of the zone that may go. kept: tasks that may not."""
    stays = _stays(found)

    def may_stop(task: Task) -> bool:
        return task.arn not in kept and stays(task) and is_healthy(task, found)

    return _from_the_fullest(view, service, found, may_stop, count, zone)


def all_tasks(view: View, service: Service, most: int) -> tuple[str, ...]:
    """Up to `most` of the service's tasks that were not asked to stop."""
    tasks = (
        task
        for deployment in service.deployments
        for where in STANDINGS
        for task in _standing(view, deployment.id, where)
    )
    return tuple(_first(tasks, most))


def _compared(
    view: View, service: Service, tasks: Iterable[Task], found: Survey, count: int
) -> tuple[str, ...]:
    candidates = [_candidate(task, found) for task in tasks]
    layout = _layout(view, service, found, dict.fromkeys(each.instance for each in candidates))
    return choose_tasks_to_stop(candidates, count, layout)


def _layout(
    view: View, service: Service, found: Survey, instance_arns: Iterable[str]
) -> Layout | None:
    """How the strategy has laid out the service's tasks; None without one."""
    if not service.placement_strategy:
        return None
    target = found.fleet.target
    definition = view.get(TASK_DEFINITIONS, target.task_definition_arn)
    if definition is None:
        return None
    return layout_of(
        view.projection(Capacity),
        instance_arns,
        demand_of(definition, launch_type=target.launch_type),
        wishes_of(definition, strategy=service.placement_strategy),
    )


def _of_many_current(view: View, service: Service, found: Survey, count: int) -> list[str]:
    not_healthy = (task for task in _current(view, found) if not is_healthy(task, found))
    tasks = found.population
    unready = tasks.current - tasks.current_healthy - tasks.protected_unready
    chosen = _first(not_healthy, min(count, unready))
    stays = _stays(found)

    def may_stop(task: Task) -> bool:
        return stays(task) and is_healthy(task, found)

    return chosen + _from_the_fullest(view, service, found, may_stop, count - len(chosen))


def _from_the_fullest(
    view: View,
    service: Service,
    found: Survey,
    may_stop: Callable[[Task], bool],
    count: int,
    zone: str = "",
) -> list[str]:
    """Up to `count` tasks of the service that may be stopped, where most of its tasks are.

    zone: the only one to look in, if any is named.
    """
    group = view.projection(Capacity).group(service.cluster_arn, service.arn)
    if group is None or count <= 0:
        return []

    def tasks_on(instance_arn: str) -> list[str]:
        tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance_arn)
        here = [each for each in tasks if each.service_arn == service.arn and may_stop(each)]
        here.sort(key=lambda each: (running_since(each), each.arn))
        return [each.arn for each in here]

    zones = {}
    for arn in group.by_instance:
        instance = view.get(CONTAINER_INSTANCES, arn)
        name = "" if instance is None else instance.availability_zone
        if name == zone or not zone:
            zones[arn] = name
    counts = Counter({arn: group.by_instance[arn] for arn in zones})
    layout = _layout(view, service, found, counts)
    if layout is not None:
        return take_by_layout(counts, layout, tasks_on, count)
    return take_from_the_fullest(counts, zones, tasks_on, count)


def _idle(view: View, found: Survey) -> Iterator[Task]:
    target = found.fleet.target.id
    draining = _arns(found.draining)
    for older in found.fleet.older:
        # Of the former deployment only those on DRAINING instances are idle: they follow.
        unready = ("UNHEALTHY",) if older.id == found.former_id else ("UNHEALTHY", *COMING)
        for where in unready:
            for task in _standing(view, older.id, where):
                if not (task.protection_enabled or task.arn in draining or is_coming(task, found)):
                    yield task
    for task in found.draining:
        if (task.started_by == target and is_sick(task, found)) or not (
            task.protection_enabled or serves(task)
        ):
            yield task


def _coming(view: View, found: Survey) -> Iterator[Task]:
    draining = _arns(found.draining)
    for where in (*COMING, "UNHEALTHY"):
        for task in _standing(view, found.former_id, where, newest_first=True):
            if is_coming(task, found) and not task.protection_enabled and task.arn not in draining:
                yield task


def _leaving(view: View, found: Survey) -> Iterator[Task]:
    leaves = _leaves(found)
    if not found.fleet.is_failed:
        for older in found.fleet.older:
            for where in SERVING:
                yield from filter(leaves, _standing(view, older.id, where))
    for task in found.draining:
        if (task.started_by == found.fleet.target.id or found.fleet.is_failed) and leaves(task):
            yield task


def _leaves(found: Survey, *, staying: bool = False) -> Callable[[Task], bool]:
    """Whether a task is one of those that serve, must go and may.

    staying: instead, one that stays after a failed rollout as long as there are not too many.
    """
    older = frozenset(each.id for each in found.fleet.older)
    draining = _arns(found.draining)

    def leaves(task: Task) -> bool:
        if task.protection_enabled or not serves(task):
            return False
        if task.arn in draining:
            return not staying
        return task.started_by in older and found.fleet.is_failed == staying

    return leaves


def _current(view: View, found: Survey, *, also_protected: bool = False) -> Iterator[Task]:
    """Newest first within a standing, those of least worth before."""
    stays = _stays(found, also_protected=also_protected)
    for where in STANDINGS:
        for task in _standing(view, found.fleet.target.id, where, newest_first=True):
            if stays(task):
                yield task


def _stays(found: Survey, *, also_protected: bool = False) -> Callable[[Task], bool]:
    """Whether a task is as it should be, and may be given up all the same."""
    target = found.fleet.target.id
    draining = _arns(found.draining)

    def stays(task: Task) -> bool:
        return (
            standing(task) is not None
            and task.started_by == target
            and task.arn not in draining
            and not is_sick(task, found)
            and (also_protected or not task.protection_enabled)
        )

    return stays


def _standing(
    view: View, deployment_id: str, where: Standing, *, newest_first: bool = False
) -> Iterator[Task]:
    return view.walk(TASKS_BY_STANDING, standing_key(deployment_id, where), reverse=newest_first)


def _candidate(task: Task, found: Survey) -> Candidate:
    match standing(task):
        case "PENDING":
            worth = PENDING
        case "UNHEALTHY":
            worth = UNHEALTHY
        case _:
            worth = HEALTHY if is_healthy(task, found) else YOUNG
    if task.protection_enabled:
        worth = _PROTECTED
    return Candidate(
        task.arn, task.availability_zone, task.container_instance_arn, running_since(task), worth
    )


def _first(tasks: Iterable[Task], most: int) -> list[str]:
    return [task.arn for task in islice(tasks, most)]


def _arns(tasks: Iterable[Task]) -> frozenset[str]:
    return frozenset(task.arn for task in tasks)
