"""What a client may ask about tasks that exist; `task_starts` makes new ones."""

from collections.abc import Callable, Iterator
from typing import Any

from roadstead.ecs.errors import invalid_parameter, service_not_found, unsupported_feature
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.operations.references import (
    arn_in_cluster,
    cluster_in_any_status,
    inactive_cluster,
    the_cluster,
)
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import LISTED_TASKS, TASKS, Task
from roadstead.ecs.rules.stop_codes import STOPPED_BY_USER_REASON, USER_INITIATED
from roadstead.ecs.rules.task_definition.choices import check_choice
from roadstead.ecs.transitions import tasks as transitions
from roadstead.ecs.views.task import task_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

DESCRIBED_MAX = 100
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""
STOP_REASON_CHARACTERS_MAX = 255
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"""
_PAGE_MAX = 100
_DESIRED_STATUSES = ("RUNNING", "PENDING", "STOPPED")
_LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_FILTERS = ("containerInstance", "family", "serviceName", "launchType", "daemonName")


def stop_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Ask a task to stop; one that was asked already is returned as it is.

    Raises: ClusterNotFoundException; InvalidParameterException for a task that does not exist and
        for a reason that is too long.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    reason = request.get("reason") or STOPPED_BY_USER_REASON
    if len(reason) > STOP_REASON_CHARACTERS_MAX:
        raise invalid_parameter(f"reason can have up to {STOP_REASON_CHARACTERS_MAX} characters.")
    task = tx.get(TASKS, arn_in_cluster(call, cluster, "task", request["task"]))
    if task is None:
        raise invalid_parameter("The referenced task was not found.")
    task = transitions.stop_task(tx, call, task, reason=reason, stop_code=USER_INITIATED)
    return {"task": task_view(tx, task, with_tags=True)}


def describe_tasks(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Up to 100 tasks by id or ARN; `failures` name the unknown ones.

    Of a deleted cluster, those that had tags are still there.
    Raises: ClusterNotFoundException; InvalidParameterException for none, too many or malformed
        references, or an unknown word in include.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
    """
    cluster = cluster_in_any_status(view, call, request.get("cluster"))
    references = request["tasks"]
    if not references:
        raise invalid_parameter("Tasks cannot be empty.")
    if len(references) > DESCRIBED_MAX:
        raise invalid_parameter(
            f"Up to {DESCRIBED_MAX} tasks can be described at once, not {len(references)}."
        )
    include = request.get("include") or ()
    for member in include:
        check_choice("include", member, ("TAGS",))
    tasks, failures = [], []
    for reference in references:
        arn = arn_in_cluster(call, cluster, "task", reference)
        task = view.get(TASKS, arn)
        if task is None or (cluster.status == "INACTIVE" and not task.was_tagged):
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            tasks.append(task_view(view, task, with_tags=bool(include)))
    if cluster.status == "INACTIVE" and not tasks:
        raise inactive_cluster()
    return {"tasks": tasks, "failures": failures}


def list_tasks(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """ARNs of the tasks that match all filters, in order of ARN.

    Raises: ClusterNotFoundException; ServiceNotFoundException; InvalidParameterException for an
        unknown container instance, startedBy beside another filter, a word that is no status or
        launch type, maxResults out of range or a token of another list;
        UnsupportedFeatureException for daemonName.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    cluster = the_cluster(view, call, request.get("cluster"))
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    after = after_text("ListTasks", request)
    tasks, more = one_page(
        "ListTasks",
        request,
        _matching(view, call, cluster, request, after),
        size,
        lambda task: task.arn,
    )
    return {"taskArns": [task.arn for task in tasks], **more}


def _matching(
    view: View, call: Call, cluster: Cluster, request: dict[str, Any], after: str | None
) -> Iterator[Task]:
    """Walks the smallest of the filters' buckets, and asks the other filters of each task."""
    # PENDING is accepted and matches nothing: no task has it as its desiredStatus.
    desired_status = request.get("desiredStatus") or "RUNNING"
    check_choice("desiredStatus", desired_status, _DESIRED_STATUSES)
    under = f"{cluster.arn}|{desired_status}"
    filters = list(_filters(view, call, cluster, request))
    key = min(
        (f"{under}|{suffix}" for suffix, _ in filters if suffix),
        key=lambda each: view.count(LISTED_TASKS, each),
        default=under,
    )
    for task in view.walk(LISTED_TASKS, key, after=after):
        if all(matches(task) for _, matches in filters):
            yield task


_Filter = tuple[str, Callable[[Task], bool]]
"""End of its bucket's key, empty when it has none; and what it asks of a task."""


def _filters(
    view: View, call: Call, cluster: Cluster, request: dict[str, Any]
) -> Iterator[_Filter]:
    started_by = request.get("startedBy")
    if started_by:
        if any(request.get(name) for name in _FILTERS):
            raise invalid_parameter("startedBy must be the only filter.")
        yield f"startedBy={started_by}", lambda task: task.started_by == started_by
    if request.get("daemonName"):
        raise unsupported_feature("daemonName is not implemented yet.")
    family = request.get("family")
    if family:
        yield f"family={family}", lambda task: task.family == family
    if request.get("serviceName"):
        service = arn_in_cluster(call, cluster, "service", request["serviceName"])
        if view.get(SERVICES, service) is None:
            raise service_not_found()
        yield f"service={service}", lambda task: task.service_arn == service
    if request.get("containerInstance"):
        instance = arn_in_cluster(call, cluster, "container-instance", request["containerInstance"])
        if view.get(CONTAINER_INSTANCES, instance) is None:
            raise invalid_parameter("The referenced container instance was not found.")
        yield f"instance={instance}", lambda task: task.container_instance_arn == instance
    launch_type = request.get("launchType")
    if launch_type:
        check_choice("launchType", launch_type, _LAUNCH_TYPES)
        bucket = "" if launch_type == "EC2" else f"launchType={launch_type}"
        yield bucket, lambda task: task.launch_type == launch_type
