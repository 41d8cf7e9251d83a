"""DescribeProgress: how far it is to something that one waits for, and what holds it up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from roadstead.control.failed_tasks import failures_of
from roadstead.control.interface_notes import interface_note
from roadstead.control.plan_notes import counted, machine, names
from roadstead.control.references import short, the_cluster, the_instance, the_service, the_task
from roadstead.control.rehearsal.journal import healthy_tasks
from roadstead.control.service_state import state_of_service
from roadstead.control.spans import span
from roadstead.control.traffic_notes import drain_note, waits_for_traffic
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import TASKS_BY_STANDING, standing_key
from roadstead.ecs.records.task import (
    LIVE_TASKS_BY_INSTANCE,
    LIVE_TASKS_BY_SERVICE,
    PROTECTED_TASKS,
    Task,
)
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.task_lifecycle import ORDER
from roadstead.state.plans import Call
from roadstead.state.view import View

_SHOWN_REASONS_MAX = 5

Row = dict[str, Any]


def describe_progress(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Of each target: whether it is there, how much is left, and what holds it up.

    A target that can never get there says so (`isImpossible`): a STOPPED task does not run again.
    Raises: ClusterNotFoundException; InvalidParameterException and ServiceNotFoundException for a
        target that is not there, naming those that are; ValidationException for an unknown
        condition, and for none or too many targets.
    Source: ADR-0021
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    measure = _CONDITIONS[request["condition"]]
    rows = []
    for target in request["targets"]:
        row = measure(view, call, cluster, target)
        row["target"] = target
        row["reasons"] = row["reasons"][:_SHOWN_REASONS_MAX]
        rows.append(row)
    return {
        "condition": request["condition"],
        "isDone": all(row["isDone"] for row in rows),
        "isImpossible": any(row["isImpossible"] for row in rows),
        "targets": rows,
    }


def _row(
    arn: str,
    name: str,
    state: str,
    left: int,
    reasons: list[str],
    *,
    done: bool,
    never: bool = False,
) -> Row:
    return {
        "arn": arn,
        "name": name,
        "state": state,
        "left": left,
        "reasons": reasons,
        "isDone": done,
        "isImpossible": never,
    }


def _drained(view: View, call: Call, cluster: Cluster, target: str) -> Row:
    """No task is left on the instance, whoever asked it to end."""
    instance = the_instance(view, call, cluster, target)
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    reasons: list[str] = []
    if tasks:
        if instance.status == "ACTIVE":
            reasons.append("it is ACTIVE: nobody drains it; set its status to DRAINING")
        reasons += _what_stays(view, instance, tasks)
    done = not tasks and instance.status != "ACTIVE"
    if not tasks and not done:
        reasons.append("it is ACTIVE, though without tasks: it may get new ones at any time")
    state = f"{instance.status}, {counted(len(tasks), 'task')} left"
    row = _row(instance.arn, machine(instance), state, len(tasks), reasons, done=done)
    return row if instance.draining_since is None else {**row, "since": instance.draining_since}


def _what_stays(view: View, instance: ContainerInstance, tasks: list[Task]) -> list[str]:
    ending = [task for task in tasks if task.desired_status == "STOPPED"]
    staying = [task for task in tasks if task.desired_status != "STOPPED"]
    alone = [task for task in staying if not task.service_arn]
    reasons = []
    if tasks and not instance.agent_connected:
        reasons.append("its agent is not connected, so it reports no end of a task")
    by_service: dict[str, int] = {}
    for task in staying:
        if task.service_arn:
            by_service[task.service_arn] = by_service.get(task.service_arn, 0) + 1
    reasons += [
        f"service {short(arn)} still needs {counted(count, 'task')} here"
        for arn, count in sorted(by_service.items(), key=lambda each: -each[1])
    ]
    if alone:
        ids = names(short(task.arn) for task in alone)
        reasons.append(f"{counted(len(alone), 'standalone task')}, which nobody stops: {ids}")
    if ending:
        reasons.append(f"{counted(len(ending), 'task')} asked to stop, not ended yet")
    drains = drain_note(view, ending)
    return [*reasons, drains] if drains else reasons


def _deregistered(view: View, call: Call, cluster: Cluster, target: str) -> Row:
    instance = the_instance(view, call, cluster, target)
    tasks = view.count(LIVE_TASKS_BY_INSTANCE, instance.arn)
    done = instance.status == "INACTIVE"
    reasons = []
    if not done:
        reasons.append(f"it is {instance.status}: nobody has deregistered it")
        if tasks:
            reasons.append(f"{counted(tasks, 'task')} on it: without force they must end first")
    state = f"{instance.status}, {counted(tasks, 'task')}"
    return _row(instance.arn, machine(instance), state, 0 if done else 1, reasons, done=done)


def _stable(view: View, call: Call, cluster: Cluster, target: str) -> Row:
    """Steady as the scheduler says it, with every task that it wants."""
    service = the_service(view, call, cluster, target)
    counts = view.projection(TaskCounts)
    running = counts.of_service(service.arn, "RUNNING")
    gone = service.status != "ACTIVE"
    done = not gone and service.is_steady and running >= service.desired_count
    healthy = healthy_tasks(view, service, call.now)
    left = 0 if done else max(1, service.desired_count - healthy)
    reasons = [] if done else what_holds_up(view, service, call.now)
    state = f"{running}/{service.desired_count} RUNNING, {healthy} healthy"
    if gone:
        state = service.status
        reasons = [f"it is {service.status}: it was deleted"]
    return _row(service.arn, service.name, state, left, reasons, done=done, never=gone)


def what_holds_up(view: View, service: Service, now: datetime) -> list[str]:
    """Why a service is not steady, the most telling first; one sentence each, without a stop."""
    reasons = []
    state = state_of_service(view, service)
    if state.no_place is not None:
        reasons.append(state.no_place["message"].removesuffix("."))
    elif state.outcome not in ("SETTLED", "IN_PROGRESS") and not _is_throttled(service, now):
        reasons.append(state.reason.removesuffix("."))
    for deployment in service.deployments:
        if deployment.next_try_at is not None and deployment.next_try_at > now:
            wait = _text(deployment.next_try_at - now)
            failed = counted(deployment.failed_starts, "task")
            reasons.append(f"{failed} in a row never reached RUNNING: the next try is in {wait}")
        if deployment.rollout_state == "FAILED":
            reasons.append(f"deployment {deployment.id} FAILED: {deployment.rollout_state_reason}")
    reasons += failures_of(view, service, now)
    return reasons + _protected(view, service, now) + _tasks_on_their_way(view, service, now)


def _is_throttled(service: Service, now: datetime) -> bool:
    """The wait for the next try is told with its end."""
    tries = (each.next_try_at for each in service.deployments)
    return any(moment is not None and moment > now for moment in tries)


def _protected(view: View, service: Service, now: datetime) -> list[str]:
    """Tasks that would go, were they not protected."""
    running = view.projection(TaskCounts).of_service(service.arn, "RUNNING")
    if running <= service.desired_count and len(service.deployments) < 2:
        return []
    ends = [
        task.protection_expires_at
        for task in view.find(PROTECTED_TASKS, service.arn)
        if task.protection_expires_at is None or task.protection_expires_at > now
    ]
    if not ends:
        return []
    known = [each for each in ends if each is not None]
    until = f", until {max(known):%H:%M:%S} UTC at most" if len(known) == len(ends) else ""
    return [
        f"{counted(len(ends), 'task')} protected from scale-in{until}: they end when they are "
        "done, or when UpdateTaskProtection takes it from them"
    ]


def _tasks_on_their_way(view: View, service: Service, now: datetime) -> list[str]:
    reasons = []
    healthy_after = timedelta(seconds=tuning(view).healthy_after_running_seconds)
    for number, deployment in enumerate(service.deployments):
        pending = view.find(TASKS_BY_STANDING, standing_key(deployment.id, "PENDING"))
        if pending:
            reasons.append(_pending(view, pending, now))
        for where, what in (("CHECKING", "no health check result yet"), ("UNHEALTHY", "UNHEALTHY")):
            count = view.count(TASKS_BY_STANDING, f"{deployment.id}|{where}")
            if count:
                reasons.append(f"{counted(count, 'task')}: {what}")
        running = standing_key(deployment.id, "RUNNING")
        young = view.count_after(TASKS_BY_STANDING, running, now - healthy_after)
        if number == 0 and young:
            newest = view.last(TASKS_BY_STANDING, running)
            assert newest is not None
            left = (newest.started_at or now) + healthy_after - now
            reasons.append(
                f"{counted(young, 'task')} RUNNING for too short a time to count as healthy: the "
                f"last one does in {_text(left)}"
            )
        elif number:
            running_still = view.count(TASKS_BY_STANDING, running)
            if running_still:
                reasons.append(
                    f"{counted(running_still, 'task')} of the older deployment {deployment.id}"
                )
    live = view.find(LIVE_TASKS_BY_SERVICE, service.arn)
    ending = [task for task in live if task.desired_status == "STOPPED"]
    if ending:
        reasons.append(f"{counted(len(ending), 'task')} asked to stop, not ended yet")
    drains = drain_note(view, ending)
    return [*reasons, drains] if drains else reasons


def _pending(view: View, pending: list[Task], now: datetime) -> str:
    oldest = min(pending, key=lambda task: (task.created_at or now, task.arn))
    instance = view.get(CONTAINER_INSTANCES, oldest.container_instance_arn)
    where = "" if instance is None else f" on {machine(instance)}"
    if instance is not None and not instance.agent_connected:
        where += ", whose agent is not connected"
    since = _text(now - (oldest.created_at or now))
    waits = interface_note(view, oldest) or waits_for_traffic(view, oldest)
    why = f": {waits}" if waits else ""
    statuses = " or ".join(sorted({each.last_status for each in pending}, key=ORDER.index))
    return f"{counted(len(pending), 'task')} {statuses}, the oldest for {since}{where}{why}"


def _running(view: View, call: Call, cluster: Cluster, target: str) -> Row:
    task = the_task(view, call, cluster, target)
    done = task.last_status == "RUNNING" and task.desired_status == "RUNNING"
    never = not done and task.desired_status == "STOPPED"
    reasons: list[str] = []
    if never:
        reasons.append(
            f"it was asked to stop, or ended: {task.stopped_reason or 'no reason given'}"
        )
    elif not done:
        reasons.append(_pending(view, [task], call.now))
    state = f"{task.last_status}, desired {task.desired_status}"
    return _row(task.arn, short(task.arn), state, int(not done), reasons, done=done, never=never)


def _stopped(view: View, call: Call, cluster: Cluster, target: str) -> Row:
    task = the_task(view, call, cluster, target)
    done = task.last_status == "STOPPED"
    reasons: list[str] = []
    if not done:
        if task.desired_status == "RUNNING":
            reasons.append("nobody has asked it to stop, and it has not ended by itself")
        else:
            since = _text(call.now - (task.stopping_at or call.now))
            reasons.append(f"asked to stop {since} ago: {task.stopped_reason}")
        instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
        waits = interface_note(view, task) or waits_for_traffic(view, task)
        if waits:
            reasons.append(waits)
        elif instance is not None and not instance.agent_connected:
            reasons.append(f"the agent of {machine(instance)} is not connected")
    state = f"{task.last_status}, desired {task.desired_status}"
    return _row(task.arn, short(task.arn), state, int(not done), reasons, done=done)


def _text(time: timedelta) -> str:
    return span(time.total_seconds())


_CONDITIONS: dict[str, Callable[[View, Call, Cluster, str], Row]] = {
    "DRAINED": _drained,
    "DEREGISTERED": _deregistered,
    "STABLE": _stable,
    "RUNNING": _running,
    "STOPPED": _stopped,
}
