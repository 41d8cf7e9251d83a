"""The targets of tasks: made, registered, followed, deregistered; the only writer of them.

Invariant: a task's agent hears of a stop only when no target of the task is REGISTERED or DRAINING
any more, unless the task dies by itself.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ecs.records.balancer_states import state_of
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_revision import ServiceRevision
from roadstead.ecs.records.task import TASKS, TASKS_BY_TARGET, Task, TaskTarget, target_key
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.task_traffic import holds_targets
from roadstead.ecs.rules import traffic_events
from roadstead.ecs.rules.load_balancers.places import Place, place_of
from roadstead.ecs.rules.traffic import (
    health_of_state,
    health_of_targets,
    is_dead,
    progressed,
)
from roadstead.ecs.transitions import balancer_calls
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.traffic_troubles import note_troubles, without_troubles
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

replace = msgspec.structs.replace


def targets_of(revision: ServiceRevision | None) -> tuple[TaskTarget, ...]:
    """The targets of a task of this revision, none of them registered yet."""
    if revision is None:
        return ()
    resolved = revision.resolved_target_groups
    return tuple(
        TaskTarget(
            container_name=each["containerName"],
            container_port=each["containerPort"],
            target_group_arn=resolved[number] if resolved else each.get("targetGroupArn", ""),
            load_balancer_name=each.get("loadBalancerName", ""),
        )
        for number, each in enumerate(revision.load_balancers)
    )


def place_to_register(view: View, task: Task, target: TaskTarget) -> Place | None:
    """Where requests for the target are to be led; None while that is not known, or is taken.

    It is taken as long as another task is registered there, or drains, and has not ended: what
    still comes for that one must not come to this one.
    """
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    if definition is None or instance is None:
        return None
    place = place_of(definition, task, target, instance.ec2_instance_id)
    if place is None:
        return None
    key = target_key(replace(target, target_id=place.target_id, port=place.port))
    for other in view.find(TASKS_BY_TARGET, key):
        if other.arn != task.arn and holds_targets(other):
            return None
    return place


def register_tasks(tx: Tx, call: Call, service_arn: str, task_arns: Iterable[str]) -> None:
    """Register the tasks' targets that are not yet; whoever has all of them is RUNNING.

    What a load balancer refuses is said, and tried again later.
    """
    service = tx.get(SERVICES, service_arn)
    troubled = {} if service is None else service.traffic_troubles
    registered: Counter[str] = Counter()
    refusals: dict[str, ApiError] = {}
    for arn in task_arns:
        task = tx.must(TASKS, arn)
        targets = []
        for target in task.targets:
            group = group_of(target)
            place = None
            is_waiting = group in refusals or (
                group in troubled and troubled[group].retry_at > call.now
            )
            if not target.state and not is_waiting:
                place = place_to_register(tx, task, target)
            if place is not None:
                placed = replace(target, target_id=place.target_id, port=place.port)
                _vacate(tx, call, task, target_key(placed))
                try:
                    balancer_calls.register(tx, call, placed)
                except ApiError as refusal:
                    refusals[group] = refusal
                else:
                    target = replace(placed, state="REGISTERED", health="UNKNOWN", reason="")
                    registered[group] += 1
            targets.append(target)
        _put(tx, call, task, tuple(targets))
    if service is None:
        return
    for group, count in registered.items():
        service = announce(tx, call, service, traffic_events.registered(service, group, count))
    service = without_troubles(tx, service, registered)
    note_troubles(tx, call, service, refusals)


def deregister_tasks(tx: Tx, call: Call, service_arn: str, task_arns: Iterable[str]) -> None:
    """Lead no new request to these tasks, which are to stop or have ended.

    What is under way to a task that lives is answered by it; for one that has died nothing waits.
    """
    deregistered: Counter[str] = Counter()
    draining: Counter[str] = Counter()
    for arn in task_arns:
        task = tx.must(TASKS, arn)
        targets = []
        for target in task.targets:
            if target.state == "REGISTERED":
                state = "GONE"
                if not _is_shared(tx, task, target):
                    state = balancer_calls.deregister(tx, call, arn, target)
                target = replace(target, state=state, health="UNKNOWN")
                deregistered[group_of(target)] += 1
            targets.append(target)
        if any(each.state == "DRAINING" for each in targets) and not is_dead(task):
            draining[task.started_by] += 1
        _put(tx, call, task, _without_dead_drains(tx, call, task, tuple(targets)))
    service = tx.get(SERVICES, service_arn)
    if service is None:
        return
    for group, count in deregistered.items():
        service = announce(tx, call, service, traffic_events.deregistered(service, group, count))
    for deployment_id, count in draining.items():
        service = announce(
            tx, call, service, traffic_events.draining(service, deployment_id, count)
        )


def follow_targets(tx: Tx, call: Call, task: Task) -> Task:
    """The task's targets as its load balancers have them now, and what follows for the task."""
    targets = followed(tx, task)
    return _put(tx, call, task, _without_dead_drains(tx, call, task, targets))


def followed(view: View, task: Task) -> tuple[TaskTarget, ...]:
    """The task's targets as its load balancers have them now; not stored."""
    return tuple(_followed(view, task, each) for each in task.targets)


def is_behind(view: View, task: Task) -> bool:
    """Whether the task is to be told something of its targets, or can go on."""
    targets = followed(view, task)
    if targets != task.targets or progressed(replace(task, targets=targets)) != task.last_status:
        return True
    return is_dead(task) and any(each.state == "DRAINING" for each in targets)


def group_of(target: TaskTarget) -> str:
    """The ARN of a target group, or the name of a Classic load balancer."""
    return target.target_group_arn or target.load_balancer_name


def _followed(view: View, task: Task, target: TaskTarget) -> TaskTarget:
    if target.state not in ("REGISTERED", "DRAINING"):
        return target
    seen = state_of(view, task.arn, target)
    if seen is None:
        is_wanted = target.state == "REGISTERED" and task.desired_status == "RUNNING"
        return replace(
            target, state="" if is_wanted else "GONE", health="UNKNOWN", reason="", description=""
        )
    if target.state == "DRAINING":
        if seen.state == "draining":
            return target
        # Somebody has registered it again: the task that took its place, or by hand.
        return replace(target, state="GONE" if _is_others(view, task, target) else "REGISTERED")
    return replace(
        target,
        health=health_of_state(seen.state),
        reason=seen.reason,
        description=seen.description,
    )


def _is_others(view: View, task: Task, target: TaskTarget) -> bool:
    """Whether the place is another task's now."""
    return any(
        each.arn != task.arn and _holds(each, target_key(target))
        for each in view.find(TASKS_BY_TARGET, target_key(target))
    )


def _is_shared(view: View, task: Task, target: TaskTarget) -> bool:
    """Whether another task needs the same instance in the same Classic load balancer."""
    name = target.load_balancer_name
    return bool(name) and any(
        each.load_balancer_name == name and each.state == "REGISTERED"
        for other in view.find(TASKS_BY_TARGET, f"{name}|{target.target_id}")
        if other.arn != task.arn
        for each in other.targets
    )


def _holds(task: Task, key: str) -> bool:
    return any(each.state == "REGISTERED" and target_key(each) == key for each in task.targets)


def _vacate(tx: Tx, call: Call, task: Task, key: str) -> None:
    """Tasks that were registered at this place have ended: it is theirs no more."""
    for other in tx.find(TASKS_BY_TARGET, key):
        if other.arn == task.arn:
            continue
        targets = []
        for target in other.targets:
            if target_key(target) == key and target.state == "REGISTERED":
                balancer_calls.deregister(tx, call, other.arn, target)
            targets.append(replace(target, state="GONE") if target_key(target) == key else target)
        _put(tx, call, other, tuple(targets))


def _without_dead_drains(
    tx: Tx, call: Call, task: Task, targets: tuple[TaskTarget, ...]
) -> tuple[TaskTarget, ...]:
    if not is_dead(task):
        return targets
    ended = []
    for target in targets:
        if target.state == "DRAINING":
            balancer_calls.stop_draining(tx, call, task.arn, target)
            target = replace(target, state="GONE")
        ended.append(target)
    return tuple(ended)


def _put(tx: Tx, call: Call, task: Task, targets: tuple[TaskTarget, ...]) -> Task:
    after = replace(task, targets=targets, target_health=health_of_targets(targets))
    return put_progressed(tx, call, task, after)


def put_progressed(tx: Tx, call: Call, before: Task, after: Task) -> Task:
    """The task with what became of its targets and registrations, and as far as these let it go."""
    changes: dict[str, Any] = {"last_status": progressed(after)}
    if changes["last_status"] == "RUNNING" and after.started_at is None:
        changes["started_at"] = call.now
    if changes["last_status"] == "STOPPING" and after.last_status == "DEACTIVATING":
        changes["deactivated_at"] = call.now
    after = replace(after, **changes)
    return before if after == before else tx.put(TASKS, after)
