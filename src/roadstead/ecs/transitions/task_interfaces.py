"""The interface of an awsvpc task is made, reaches its instance, and is given back.

Invariants: an attachment's status only moves forward; a task that ends by its own course is STOPPED
in the same moment in which its interface is gone. What EC2 keeps of an interface is written by
EC2's own transitions.
"""

from datetime import timedelta
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import (
    INTERFACES_BY_INSTANCE,
    NETWORK_INTERFACES,
    SUBNETS,
    NetworkInterface,
    ec2_arn,
)
from roadstead.ec2.rules.groups import groups_of
from roadstead.ec2.transitions import network_interfaces as ec2
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import attachment_arn, has_interface
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.stop_codes import FAILED_TO_START, REASON_CHARACTERS_MAX
from roadstead.ecs.rules.task_lifecycle import TaskEvent, course_of, next_status
from roadstead.ecs.transitions.balancer_calls import stop_draining
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

REQUESTER = "amazon-ecs"


def network_interface_of(view: View, task: Task) -> NetworkInterface | None:
    """What EC2 keeps of the task's interface; None when it is not made yet, or gone."""
    interface = task.interface
    if interface is None or not interface.network_interface_id:
        return None
    scope = scope_of(task.arn)
    arn = ec2_arn(scope, "network-interface", interface.network_interface_id)
    return view.get(NETWORK_INTERFACES, arn)


def create_interface(tx: Tx, call: Call, task: Task) -> Task:
    """Make the task's interface and have its instance's machine make the device.

    If EC2 refuses, the task has failed.
    """
    assert task.interface is not None
    instance = tx.must(CONTAINER_INSTANCES, task.container_instance_arn)
    if _is_full(tx, instance):
        reason = (
            "Unexpected EC2 error while attempting to attach network interface to instance "
            f"'{instance.ec2_instance_id}': AttachmentLimitExceeded"
        )
        return fail_interface(tx, call, task, reason)
    try:
        eni = _made(tx, call, task)
    except ApiError as refused:
        subnet_id = task.interface.subnet_id
        reason = (
            "Unexpected EC2 error while attempting to Create Network Interface in subnet "
            f"'{subnet_id}': {refused.code}"
        )
        return fail_interface(tx, call, task, reason)
    eni = ec2.attach_interface(tx, call, eni, instance.ec2_instance_id)
    return _put(
        tx,
        task,
        status="ATTACHING",
        network_interface_id=eni.network_interface_id,
        mac_address=eni.mac_address,
        private_ipv4_address=eni.private_ip_address,
        private_dns_name=eni.private_dns_name,
        expires_at=call.now + timedelta(seconds=tuning(tx).interface_wait_seconds),
    )


def confirm_interface(tx: Tx, call: Call, task: Task) -> Task:
    """The interface is in its instance: the agent can be told of the task."""
    assert task.interface is not None
    if task.interface.status != "ATTACHING":
        return task
    eni = network_interface_of(tx, task)
    if eni is not None:
        ec2.interface_attached(tx, call, eni)
    status = next_status(task.last_status, TaskEvent.INTERFACE_ATTACHED, course_of(task))
    task = msgspec.structs.replace(task, last_status=status)
    return _put(tx, task, status="ATTACHED", expires_at=None)


def attachment_reported(tx: Tx, call: Call, task: Task, reference: str, status: str) -> Task:
    """An agent has seen the device. reference: the attachment's ARN, of this task or of none."""
    if status != "ATTACHED" or not has_interface(task) or reference != attachment_arn(task):
        return task
    return confirm_interface(tx, call, task)


def fail_interface(tx: Tx, call: Call, task: Task, reason: str) -> Task:
    """The task ends without ever having been told to its agent."""
    reason = reason[:REASON_CHARACTERS_MAX]
    return stop_task(tx, call, task, reason=reason, stop_code=FAILED_TO_START)


def detach_interface(tx: Tx, call: Call, task: Task) -> Task:
    """The machine is to remove the device."""
    eni = network_interface_of(tx, task)
    if eni is not None:
        ec2.detach_interface(tx, call, eni)
    return _put(tx, task, status="DETACHING", expires_at=None)


def delete_interface(tx: Tx, call: Call, task: Task) -> Task:
    """The interface is gone, or there never was one; so the task that waited for it is STOPPED.

    What still drained to it has nobody to answer, and must not drain to the address's next owner.
    """
    eni = network_interface_of(tx, task)
    if eni is not None:
        for target in task.targets:
            if target.state == "DRAINING" and target.target_id == eni.private_ip_address:
                stop_draining(tx, call, task.arn, target)
        ec2.delete_interface(tx, call, ec2.interface_detached(tx, call, eni))
    return _put(tx, _ended(call, task), status="DELETED", expires_at=None)


def host_is_gone(tx: Tx, call: Call, ec2_instance_id: str) -> None:
    """The machine was terminated: nobody has to remove a device of it any more."""
    for eni in tx.find(INTERFACES_BY_INSTANCE, ec2_instance_id):
        if eni.requester_id == REQUESTER:
            ec2.interface_detached(tx, call, eni)


def _is_full(view: View, instance: ContainerInstance) -> bool:
    """Whether the machine has as many interfaces for tasks as it takes.

    Placement counts those of the container instance; a machine whose agent registered anew may
    still have those of the tasks that were given up with the former one.
    """
    most = instance.task_interfaces_max
    if view.count(INTERFACES_BY_INSTANCE, instance.ec2_instance_id) < most:
        return False
    there = view.find(INTERFACES_BY_INSTANCE, instance.ec2_instance_id)
    return sum(each.requester_id == REQUESTER for each in there) >= most


def _made(tx: Tx, call: Call, task: Task) -> NetworkInterface:
    """Raises: ApiError in EC2's words."""
    assert task.interface is not None
    subnet_id = task.interface.subnet_id
    subnet = tx.get(SUBNETS, ec2_arn(scope_of(task.arn), "subnet", subnet_id))
    if subnet is None:
        raise ApiError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist.")
    return ec2.create_interface(
        tx,
        call,
        subnet=subnet,
        groups=groups_of(tx, subnet.vpc_id, task.interface.security_groups),
        description=attachment_arn(task),
        requester_id=REQUESTER,
    )


def _ended(call: Call, task: Task) -> Task:
    """As after its agent's last report, which one that its agent never knew has not had."""
    course = course_of(task)
    ending = next_status(task.last_status, TaskEvent.STOP_WANTED, course)
    status = next_status(ending, TaskEvent.INTERFACE_DELETED, course)
    if status == task.last_status:
        return task
    return msgspec.structs.replace(
        task,
        last_status=status,
        stopped_at=call.now,
        connectivity=task.connectivity or "CONNECTED",
        connectivity_at=task.connectivity_at or task.started_at or task.created_at,
        containers=tuple(
            each
            if each.last_status == "STOPPED"
            else msgspec.structs.replace(each, last_status="STOPPED")
            for each in task.containers
        ),
    )


def _put(tx: Tx, task: Task, **changes: Any) -> Task:
    assert task.interface is not None
    interface = msgspec.structs.replace(task.interface, **changes)
    return tx.put(TASKS, msgspec.structs.replace(task, interface=interface))
