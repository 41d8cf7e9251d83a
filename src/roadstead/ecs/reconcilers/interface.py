"""The interfaces of awsvpc tasks: made before the task can start, given back after its end.

A key is a task. Its machine answers through EC2's record of the interface; in between there is
nothing to do but wait, for a device that does not come until the task has failed.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from roadstead.ec2.records.network import (
    INTERFACES_BY_INSTANCE,
    NETWORK_INTERFACES,
    NetworkInterface,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import (
    INTERFACES_LEFT,
    INTERFACES_UNDER_WAY,
    TASKS_WITH_INTERFACE,
    has_interface,
)
from roadstead.ecs.transitions import task_interfaces as transitions
from roadstead.ecs.transitions.task_interfaces import network_interface_of
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS,
    TARGETS_BY_ADDRESS,
    Target,
)
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

TIMEOUT_REASON = "Timeout waiting for network interface provisioning to complete."
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""


class ChangeInterface(msgspec.Struct, frozen=True):
    """One step of a task's interface."""

    task_arn: str
    reason: str
    step: Callable[[Tx, Call, Task], Task]

    def apply(self, tx: Tx, call: Call) -> None:
        self.step(tx, call, tx.must(TASKS, self.task_arn))


class FailInterface(msgspec.Struct, frozen=True):
    """The task ends without having begun."""

    task_arn: str
    reason: str

    def apply(self, tx: Tx, call: Call) -> None:
        transitions.fail_interface(tx, call, tx.must(TASKS, self.task_arn), self.reason)


def keys(view: View) -> Iterable[str]:
    """Every task whose interface comes, or is to go."""
    return [
        task.arn
        for cluster_arn in view.keys(INTERFACES_UNDER_WAY)
        for task in view.find(INTERFACES_UNDER_WAY, cluster_arn)
    ]


def affected(view: View, change: Change) -> Iterable[str]:
    """The task itself; of an interface, the one whose it is; of a target, those given up there."""
    if change.table is TASKS:
        return (change.arn,) if has_interface(change.after) else ()
    if change.table is NETWORK_INTERFACES:
        eni: NetworkInterface = change.after or change.before
        return _arns(view.find(TASKS_WITH_INTERFACE, eni.network_interface_id))
    if change.table is TARGETS:
        target: Target = change.after or change.before
        return _arns(view.find(INTERFACES_LEFT, target.address))
    if change.table is CONTAINER_INSTANCES and change.after is None:
        return _left_by(view, change.before)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """What is next for the task's interface."""
    task = view.get(TASKS, key)
    if task is None or not has_interface(task):
        return SETTLED
    if task.last_status == "PROVISIONING" and task.desired_status == "RUNNING":
        return _coming(view, task, now)
    if task.last_status in ("PROVISIONING", "DEPROVISIONING", "STOPPED"):
        return _going(view, task)
    return SETTLED


def _coming(view: View, task: Task, now: datetime) -> Plan:
    interface = task.interface
    assert interface is not None
    if not interface.network_interface_id:
        return _do(task, "it is to have an interface", transitions.create_interface)
    eni = network_interface_of(view, task)
    named = f"network interface {interface.network_interface_id}"
    if eni is None or eni.attachment is None:
        reason = f"Unexpected EC2 error: {named} was {'deleted' if eni is None else 'detached'}."
        return _fail(task, reason)
    if eni.failure:
        where = eni.attachment.instance_id
        return _fail(
            task,
            f"Unexpected EC2 error while attempting to attach {named} to {where}: {eni.failure}",
        )
    if eni.attachment.status == "attached":
        return _do(task, "its interface is attached", transitions.confirm_interface)
    if interface.expires_at is not None and interface.expires_at <= now:
        return _fail(task, TIMEOUT_REASON)
    return Plan((), interface.expires_at)


def _going(view: View, task: Task) -> Plan:
    if any(each.state == "REGISTERED" for each in task.targets):
        return SETTLED  # no load balancer may take for a target what is another's next
    eni = network_interface_of(view, task)
    if eni is None or eni.attachment is None or eni.failure or _is_forgotten(view, task):
        return _do(task, "nothing holds its interface", transitions.delete_interface)
    assert task.interface is not None
    if task.interface.status == "DETACHING" or _is_answering(view, task, eni):
        return SETTLED
    return _do(task, "its interface is not needed any more", transitions.detach_interface)


def _is_answering(view: View, task: Task, eni: NetworkInterface) -> bool:
    """Whether a task that was given up with its host may still answer what it got before.

    Its containers run on. Of one that ended by itself there is nobody to answer.
    """
    return task.last_status == "STOPPED" and any(
        target.status == "draining" and _is_in(view, target, eni.vpc_id)
        for target in view.find(TARGETS_BY_ADDRESS, eni.private_ip_address)
    )


def _is_in(view: View, target: Target, vpc_id: str) -> bool:
    group = view.get(TARGET_GROUPS, target.target_group_arn)
    return group is not None and group.vpc_id in ("", vpc_id)


def _is_forgotten(view: View, task: Task) -> bool:
    """An hour after its deregistration nobody waits for the machine any more."""
    return view.get(CONTAINER_INSTANCES, task.container_instance_arn) is None


def _left_by(view: View, instance: ContainerInstance) -> list[str]:
    found: list[str] = []
    for eni in view.find(INTERFACES_BY_INSTANCE, instance.ec2_instance_id):
        found += _arns(view.find(TASKS_WITH_INTERFACE, eni.network_interface_id))
    return found


def _arns(tasks: Iterable[Task]) -> list[str]:
    return [task.arn for task in tasks]


def _do(task: Task, reason: str, step: Callable[[Tx, Call, Task], Task]) -> Plan:
    return Plan((ChangeInterface(task.arn, reason, step),))


def _fail(task: Task, reason: str) -> Plan:
    return Plan((FailInterface(task.arn, reason),))
