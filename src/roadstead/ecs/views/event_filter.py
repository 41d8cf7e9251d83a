"""Which events somebody wants to hear of: by type, cluster, service and task.

A cluster, service or task is named by its name, its id or its ARN.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.event import (
    ContainerInstanceStateChange,
    DeploymentStateChange,
    Event,
    HookStateChange,
    ServiceAction,
    TaskStateChange,
)
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.views.events import DETAIL_TYPES

TYPE_WORDS: Mapping[str, type[Any]] = {
    "task": TaskStateChange,
    "container-instance": ContainerInstanceStateChange,
    "service": ServiceAction,
    "deployment": DeploymentStateChange,
    "hook": HookStateChange,
    **{name: kind for kind, name in DETAIL_TYPES.items()},
}
"""A short word, or the detail-type itself → the kind of event."""


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Empty members filter nothing."""

    scope: str = ""
    """`account/region`."""
    types: tuple[type[Any], ...] = ()
    cluster: str = ""
    service: str = ""
    task: str = ""

    def wants(self, event: Event) -> bool:
        if self.types and type(event) not in self.types:
            return False
        cluster, service, task = _about(event)
        if self.scope and scope_of(cluster or service or task) != self.scope:
            return False
        return (
            _is_named(self.cluster, cluster)
            and _is_named(self.service, service)
            and _is_named(self.task, task)
        )


def _is_named(wanted: str, arn: str) -> bool:
    if not wanted:
        return True
    return arn == wanted or last_part(arn) == wanted


def _about(event: Event) -> tuple[str, str, str]:
    """The ARNs of the cluster, the service and the task that it is about; empty for none."""
    match event:
        case TaskStateChange():
            return event.task.cluster_arn, event.task.service_arn, event.task.arn
        case ContainerInstanceStateChange():
            return event.cluster_arn, "", ""
        case ServiceAction():
            return event.cluster_arn, event.said.service_arn, ""
        case DeploymentStateChange() | HookStateChange():
            return event.cluster_arn, event.service_arn, ""
