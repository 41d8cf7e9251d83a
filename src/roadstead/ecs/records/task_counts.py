"""TaskCounts: how many tasks are in which status, per cluster, service, deployment and instance.

A projection: it follows the tasks, so that a count in a response costs one look-up.
"""

from typing import Any

from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Table

LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
"""Source: botocore:ecs#LaunchType"""


def _counted_under(task: Task) -> tuple[str, ...]:
    keys = [f"{task.cluster_arn}|{task.launch_type}|{task.last_status}"]
    if task.container_instance_arn and task.last_status != "STOPPED":
        if task.desired_status == "RUNNING":
            keys.append(f"{task.container_instance_arn}|desired")
        keys.append(f"{task.container_instance_arn}|{task.last_status}")
    if task.service_arn and task.desired_status == "RUNNING":
        keys.append(f"{task.service_arn}|{task.last_status}")
        keys.append(f"{task.started_by}|{task.last_status}")
    if task.service_arn and task.last_status == "DEACTIVATING":
        keys.append(f"{task.service_arn}|draining")
    return tuple(keys)


class TaskCounts:
    tables = (TASKS,)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def apply(self, table: Table[Any], before: Task | None, after: Task | None) -> None:
        old = () if before is None else _counted_under(before)
        new = () if after is None else _counted_under(after)
        if old == new:
            return
        for key in old:
            left = self._counts[key] - 1
            if left:
                self._counts[key] = left
            else:
                del self._counts[key]
        for key in new:
            self._counts[key] = self._counts.get(key, 0) + 1

    def in_cluster(self, cluster_arn: str, last_status: str) -> int:
        """Tasks of the cluster by lastStatus, whatever is desired of them."""
        return sum(
            self.of_launch_type(cluster_arn, launch_type, last_status)
            for launch_type in LAUNCH_TYPES
        )

    def of_launch_type(self, cluster_arn: str, launch_type: str, last_status: str) -> int:
        """As `in_cluster`, of one launch type."""
        return self._counts.get(f"{cluster_arn}|{launch_type}|{last_status}", 0)

    def running_on(self, container_instance_arn: str) -> int:
        """Tasks of the instance whose desiredStatus is RUNNING.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
        """
        return self._counts.get(f"{container_instance_arn}|desired", 0)

    def pending_on(self, container_instance_arn: str) -> int:
        """Tasks of the instance whose lastStatus is PENDING."""
        return self._counts.get(f"{container_instance_arn}|PENDING", 0)

    def of_service(self, service_arn: str, last_status: str) -> int:
        """Tasks of the service in this lastStatus that were not asked to stop."""
        return self._counts.get(f"{service_arn}|{last_status}", 0)

    def draining_of(self, service_arn: str) -> int:
        """Tasks of the service that were asked to stop, and wait for their connections to end."""
        return self._counts.get(f"{service_arn}|draining", 0)

    def of_deployment(self, deployment_id: str, last_status: str) -> int:
        """Tasks of the deployment in this lastStatus that were not asked to stop."""
        return self._counts.get(f"{deployment_id}|{last_status}", 0)
