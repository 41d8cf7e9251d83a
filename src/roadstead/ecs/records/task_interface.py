"""Whose interface is where: the indexes by which tasks of network mode awsvpc are found."""

from roadstead.ecs.records.task import TASKS, Task
from roadstead.state.records import Index


def has_interface(task: Task | None) -> bool:
    """Whether it has, or is to have, an interface that is not deleted yet."""
    return task is not None and task.interface is not None and task.interface.status != "DELETED"


def attachment_arn(task: Task) -> str:
    """The ARN of an awsvpc task's interface as it knows it: `…:attachment/<cluster>/<UUID>`."""
    assert task.interface is not None
    cluster = task.cluster_arn.replace(":cluster/", ":attachment/", 1)
    return f"{cluster}/{task.interface.attachment_id}"


TASKS_WITH_INTERFACE = Index(
    "tasks_with_interface",
    TASKS,
    lambda task: (
        (task.interface.network_interface_id,)
        if task.interface is not None
        and task.interface.network_interface_id
        and task.interface.status != "DELETED"
        else ()
    ),
)
"""Key: network interface id. The task whose interface it is, until the interface is deleted."""

TASKS_BY_ATTACHMENT = Index(
    "tasks_by_attachment",
    TASKS,
    lambda task: () if task.interface is None else (task.interface.attachment_id,),
)
"""Key: the id of the attachment that an awsvpc task's interface is to it."""

INTERFACES_LEFT = Index(
    "interfaces_left",
    TASKS,
    lambda task: (
        (task.interface.private_ipv4_address,)
        if task.interface is not None
        and task.last_status == "STOPPED"
        and task.interface.private_ipv4_address
        and has_interface(task)
        else ()
    ),
)
"""Key: address. STOPPED tasks, given up with their hosts, whose interfaces are still there."""


INTERFACES_UNDER_WAY = Index(
    "interfaces_under_way",
    TASKS,
    lambda task: (
        (task.cluster_arn,)
        if task.interface is not None
        and has_interface(task)
        and (task.desired_status == "STOPPED" or task.last_status == "PROVISIONING")
        else ()
    ),
)
"""Key: cluster ARN. Tasks whose interfaces come, or are to go."""
