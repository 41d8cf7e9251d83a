"""A task set as the API shows it, by itself and within its service."""

from collections.abc import Collection
from typing import Any

from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_tasks import BEFORE_RUNNING
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.task_set import TaskSet
from roadstead.ecs.rules.fleets import share_of
from roadstead.ecs.views.tags import tag_list
from roadstead.state.view import View

TASK_SET_FIELDS = ("TAGS",)
"""Source: botocore:ecs#TaskSetField"""


def task_set_view(
    view: View, service: Service, task_set: TaskSet, include: Collection[str] = ()
) -> dict[str, Any]:
    """The task set with its counts; tags only if `include` names TAGS.

    Shape: TaskSet
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    counts = view.projection(TaskCounts)
    shown: dict[str, Any] = {
        "id": task_set.id,
        "taskSetArn": task_set.arn,
        "serviceArn": task_set.service_arn,
        "clusterArn": task_set.cluster_arn,
        "startedBy": task_set.started_by or None,
        "externalId": task_set.external_id or None,
        "status": task_set.status,
        "taskDefinition": task_set.task_definition_arn,
        "computedDesiredCount": share_of(service.desired_count, task_set.scale_percent),
        "pendingCount": sum(
            counts.of_deployment(task_set.id, each) for each in sorted(BEFORE_RUNNING)
        ),
        "runningCount": counts.of_deployment(task_set.id, "RUNNING"),
        "createdAt": task_set.created_at,
        "updatedAt": task_set.updated_at,
        "launchType": task_set.launch_type,
        "networkConfiguration": task_set.network_configuration,
        "loadBalancers": list(task_set.load_balancers),
        "serviceRegistries": list(task_set.service_registries),
        "scale": {"value": task_set.scale_percent, "unit": "PERCENT"},
        "stabilityStatus": task_set.stability_status,
        "stabilityStatusAt": task_set.stability_status_at,
    }
    if "TAGS" in include:
        shown["tags"] = tag_list(task_set.tags)
    return shown
