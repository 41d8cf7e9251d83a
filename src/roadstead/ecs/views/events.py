"""Published events in EventBridge's form.

Details of tasks and container instances are what Describe shows, with times as ISO strings.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from roadstead.aws.arns import parse_arn
from roadstead.ecs.records.event import (
    INSTANCE_STATES,
    ContainerInstanceStateChange,
    DeploymentStateChange,
    Event,
    EventBatch,
    HookStateChange,
    ServiceAction,
    TaskStateChange,
)
from roadstead.ecs.rules.event_causes import DEPLOYMENT_EVENTS, HOOK_EVENTS
from roadstead.ecs.views.container_instance import loaded_instance_view
from roadstead.ecs.views.task import recorded_task_view
from roadstead.state.view import View

SOURCE = "aws.ecs"
DETAIL_TYPES: Mapping[type[Any], str] = {
    TaskStateChange: "ECS Task State Change",
    ContainerInstanceStateChange: "ECS Container Instance State Change",
    ServiceAction: "ECS Service Action",
    DeploymentStateChange: "ECS Deployment State Change",
    HookStateChange: "ECS Hook State Change",
}
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html"""


def event_view(view: View, batch: EventBatch, number: int) -> dict[str, Any]:
    """The event of that number, whole.

    The view must be the one that holds the batch: a container instance's state is read from it.
    """
    event = batch.events[number - batch.first]
    arn, detail = _told(view, event, batch.at)
    subject = parse_arn(arn)
    return {
        "version": "0",
        "id": event_id(batch, number),
        "detail-type": DETAIL_TYPES[type(event)],
        "source": SOURCE,
        "account": subject.account,
        "time": _seconds_iso(batch.at),
        "region": subject.region,
        "resources": [arn],
        "detail": detail,
    }


def event_json(view: View, batch: EventBatch, number: int) -> bytes:
    """The event of that number as one line of JSON."""
    return msgspec.json.encode(event_view(view, batch, number))


def event_id(batch: EventBatch, number: int) -> str:
    """A UUID, the same whenever it is asked for: drawn for the batch, ending in the number."""
    drawn = batch.id
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{number:012x}"


def number_of(identifier: str) -> int:
    """The number of the event that has this id.

    Raises: ValueError for what is no id of ours
    """
    if len(identifier) != 36:
        raise ValueError(identifier)
    return int(identifier[-12:], 16)


def _told(view: View, event: Event, at: datetime | None) -> tuple[str, dict[str, Any]]:
    """The ARN of whom it is about, and the detail."""
    match event:
        case TaskStateChange():
            return event.task.arn, _task(event, at)
        case ContainerInstanceStateChange():
            return event.instance_arn, _instance(view, event, at)
        case ServiceAction():
            return event.said.service_arn, _action(event)
        case DeploymentStateChange():
            return event.service_arn, _deployment(event)
        case HookStateChange():
            return event.service_deployment_arn, _hook(event, at)


def _task(event: TaskStateChange, at: datetime | None) -> dict[str, Any]:
    shown = recorded_task_view(event.task)
    if event.connectivity:
        shown["connectivity"] = event.connectivity
        shown["connectivityAt"] = event.connectivity_at
    del shown["tags"]
    for attachment in shown["attachments"]:
        attachment["type"] = "eni"  # as events call what the API calls ElasticNetworkInterface
    shown["updatedAt"] = at
    return _with_iso_times(shown)


def _instance(
    view: View, event: ContainerInstanceStateChange, at: datetime | None
) -> dict[str, Any]:
    state = view.must(INSTANCE_STATES, event.state_key)
    shown = loaded_instance_view(state.instance, event.load)
    del shown["tags"]
    shown["clusterArn"] = event.cluster_arn
    shown["updatedAt"] = at
    return _with_iso_times(shown)


def _action(event: ServiceAction) -> dict[str, Any]:
    """`message` is ours: the sentence that the service's own events have."""
    said = event.said
    shown = {
        "eventType": said.event_type,
        "eventName": said.event_name,
        "clusterArn": event.cluster_arn,
        "createdAt": said.created_at,
        **said.extras,
    }
    if said.message:
        shown["message"] = said.message
    return _with_iso_times(shown)


def _deployment(event: DeploymentStateChange) -> dict[str, Any]:
    name, kind = DEPLOYMENT_EVENTS[event.rollout_state]
    return _with_iso_times(
        {
            "eventType": kind,
            "eventName": name,
            "clusterArn": event.cluster_arn,
            "deploymentId": event.deployment_id,
            "updatedAt": event.updated_at,
            "reason": event.reason,
        }
    )


def _hook(event: HookStateChange, at: datetime | None) -> dict[str, Any]:
    name, kind = HOOK_EVENTS[event.hook.status]
    return _with_iso_times(
        {
            "eventType": kind,
            "eventName": name,
            "hookId": event.hook.hook_id,
            "hookType": event.hook.target_type,
            "expiresAt": event.hook.expires_at,
            "lifecycleStage": event.hook.stage,
            "clusterArn": event.cluster_arn,
            "serviceArn": event.service_arn,
            "serviceDeploymentArn": event.service_deployment_arn,
            "updatedAt": at,
        }
    )


def _with_iso_times(shown: dict[str, Any]) -> dict[str, Any]:
    """The same with times as strings, to the millisecond; members that are None are left out."""
    return {name: _iso(value) for name, value in shown.items() if value is not None}


def _iso(shown: Any) -> Any:
    kind = type(shown)
    if kind is str or kind is int:
        return shown
    if kind is dict:
        return _with_iso_times(shown)
    if kind is list or kind is tuple:
        return [_iso(value) for value in shown]
    if kind is datetime:
        text: str = shown.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    return shown


def _seconds_iso(at: datetime | None) -> str:
    assert at is not None
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
