"""Tasks of a service that ended though nobody asked: why a service never gets steady.

Read from the newest STOPPED tasks of the whole control plane, a bounded number of them, so that
being asked costs the same however many tasks a service has worn out.
"""

from datetime import datetime, timedelta
from itertools import islice

from roadstead.control.plan_notes import counted
from roadstead.control.references import short
from roadstead.control.spans import span
from roadstead.control.stop_advice import stop_advice
from roadstead.ecs.records.expiry import ALL, STOPPED_TASKS, stopped_since
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import Task
from roadstead.ecs.rules.stop_codes import SCHEDULER_INITIATED, USER_INITIATED
from roadstead.ecs.transitions.service_tasks import UNHEALTHY_REASON
from roadstead.state.view import View

LOOKED_AT_MAX = 500
RECENT = timedelta(minutes=20)
"""Longer than the longest wait between two tries of a service that never starts."""


def failures_of(view: View, service: Service, now: datetime) -> list[str]:
    """How many tasks of its deployments failed lately, why the last one did, and what helps."""
    ids = {each.id for each in service.deployments}
    newest = islice(view.walk(STOPPED_TASKS, ALL, reverse=True), LOOKED_AT_MAX)
    failed = [
        task
        for task in newest
        if task.service_arn == service.arn
        and task.started_by in ids
        and _has_failed(task)
        and now - stopped_since(task) <= RECENT
    ]
    if not failed:
        return []
    last, first = failed[0], failed[-1]
    ago = span((now - stopped_since(last)).total_seconds())
    who = f"task {short(last.arn)} failed {ago} ago"
    if len(failed) > 1:
        since = span((now - stopped_since(first)).total_seconds())
        many = counted(len(failed), "task")
        who = f"{many} failed in the last {since}; the last one, {short(last.arn)}, {ago} ago"
    reason = (last.stopped_reason or "no reason told").removesuffix(".")
    return [f"{who}: {reason}. {stop_advice(last)[0].removesuffix('.')}"]


def _has_failed(task: Task) -> bool:
    """It ended by itself or was not healthy. Orphans, without stop code, did not end."""
    if task.stop_code == SCHEDULER_INITIATED:
        return task.stopped_reason == UNHEALTHY_REASON
    return task.stop_code not in ("", USER_INITIATED)
