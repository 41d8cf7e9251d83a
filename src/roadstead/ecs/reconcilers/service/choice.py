"""Which of a service's tasks to stop, once it is known how many.

Up to WALKED_MAX tasks are all compared. Of more, those that are not healthy yet are taken newest
first, and the others from the fullest instances, so that the price follows what is chosen.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from roadstead.ecs.reconcilers.service.survey import (
    Survey,
    is_healthy,
    is_sick,
)
from roadstead.ecs.reconcilers.service.walks import (
    arns_of,
    coming_tasks,
    current_tasks,
    idle_tasks,
    leaving_tasks,
    tasks_standing,
    who_leaves,
    who_stays,
    young_tasks,
)
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import (
    STANDINGS,
    running_since,
    standing,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.deployment.rolling import Moves
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.rules.placement.layout import Layout, layout_of
from roadstead.ecs.rules.placement.wishes import wishes_of
from roadstead.ecs.rules.scale_in import (
    CHECKING,
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
        chosen += _first(idle_tasks(view, found), most)
    if moves.stop_coming:
        count = min(moves.stop_coming, most - len(chosen))
        chosen += _first(coming_tasks(view, found), count)
    if moves.stop_current:
        count = min(moves.stop_current, most - len(chosen))
        if found.population.current <= WALKED_MAX:
            # Protected tasks count where tasks are even; as they come last, none is chosen.
            tasks = current_tasks(view, found, also_protected=True)
            chosen += _compared(view, service, tasks, found, count)
        else:
            chosen += _of_many_current(view, service, found, count)
    if moves.stop_leaving:
        count = min(moves.stop_leaving, most - len(chosen))
        if found.population.leaving <= WALKED_MAX:
            chosen += _compared(view, service, leaving_tasks(view, found), found, count)
        else:
            chosen += _of_many_older(view, service, found, count)
    if moves.stop_staying:
        count = min(moves.stop_staying, most - len(chosen))
        chosen += _of_many_older(view, service, found, count, staying=True)
    return tuple(chosen)


def unhealthy_to_stop(view: View, found: Survey, moves: Moves, most: int) -> tuple[str, ...]:
    """Up to `most` of the unhealthy tasks that are to be stopped, those that run longest first."""
    if not moves.stop_unhealthy:
        return ()
    draining = arns_of(found.draining)
    tasks = (
        task
        for task in tasks_standing(view, found.fleet.target.id, "UNHEALTHY")
        if is_sick(task, found) and task.arn not in draining
    )
    return tuple(_first(tasks, min(moves.stop_unhealthy, most)))


def tasks_of_zone_to_stop(
    view: View, service: Service, found: Survey, zone: str, count: int, *, kept: frozenset[str]
) -> list[str]:
    """Up to `count` healthy tasks of the zone that may go. kept: tasks that may not."""
    stays = who_stays(found)

    def may_stop(task: Task) -> bool:
        return task.arn not in kept and stays(task) and is_healthy(task, found)

    return _from_the_fullest(view, service, found, may_stop, count, zone)


def all_tasks(view: View, service: Service, most: int) -> tuple[str, ...]:
    """Up to `most` of the service's tasks that were not asked to stop."""
    tasks = (
        task
        for deployment in service.deployments
        for where in STANDINGS
        for task in tasks_standing(view, deployment.id, where)
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
    not_healthy = (task for task in current_tasks(view, found) if not is_healthy(task, found))
    tasks = found.population
    unready = tasks.current - tasks.current_healthy - tasks.protected_unready
    chosen = _first(not_healthy, min(count, unready))
    stays = who_stays(found)

    def may_stop(task: Task) -> bool:
        return stays(task) and is_healthy(task, found)

    return chosen + _from_the_fullest(view, service, found, may_stop, count - len(chosen))


def _of_many_older(
    view: View, service: Service, found: Survey, count: int, *, staying: bool = False
) -> list[str]:
    """Of the tasks that leave, or stay after a failed rollout: the young ones before the others.

    The numbers count on it: young ones serve only as long as they go first.
    """
    tasks = found.population
    young = tasks.staying_young if staying else tasks.leaving_young
    chosen = _first(young_tasks(view, found, staying=staying), min(count, young))
    leaves = who_leaves(found, staying=staying)

    def may_stop(task: Task) -> bool:
        return leaves(task) and is_healthy(task, found)

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
    # Sorted: the group lists them as they came, and a rehearsal lets them come again.
    layout = _layout(view, service, found, sorted(counts))
    if layout is not None:
        return take_by_layout(counts, layout, tasks_on, count)
    return take_from_the_fullest(counts, zones, tasks_on, count)


def _candidate(task: Task, found: Survey) -> Candidate:
    match standing(task):
        case "PENDING":
            worth = PENDING
        case "UNHEALTHY":
            worth = UNHEALTHY
        case "CHECKING":
            worth = CHECKING
        case _:
            worth = HEALTHY if is_healthy(task, found) else YOUNG
    if task.protection_enabled:
        worth = _PROTECTED
    return Candidate(
        task.arn, task.availability_zone, task.container_instance_arn, running_since(task), worth
    )


def _first(tasks: Iterable[Task], most: int) -> list[str]:
    return [task.arn for task in islice(tasks, most)]
