"""Whether a task's agent can be reached, and since when."""

from datetime import datetime

from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.task import Task


def connectivity_of(task: Task, instance: ContainerInstance | None) -> tuple[str, datetime | None]:
    """A live task is as connected as the agent of its instance; an ended one as it was last.

    Shape: Task.connectivity, Task.connectivityAt; empty when nothing is known
    """
    if task.connectivity:
        return task.connectivity, task.connectivity_at
    if instance is None:
        return "", None
    born = task.created_at
    if not instance.agent_connected:
        return "DISCONNECTED", instance.disconnected_at or born
    since = instance.connected_at
    return "CONNECTED", born if since is None or (born and born > since) else since
