"""Interfaces of tasks: one each, of nobody else, at an address that nothing else is led to."""

from collections.abc import Iterator

from roadstead.ec2.records.network import (
    INTERFACES_BY_ADDRESS,
    INTERFACES_BY_INSTANCE,
    NETWORK_INTERFACES,
    NetworkInterface,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task, target_key
from roadstead.ecs.records.task_interface import TASKS_WITH_INTERFACE, has_interface
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, TARGETS_BY_ADDRESS
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.fronts import holders

ATTACHMENT_ORDER = ("PRECREATED", "ATTACHING", "ATTACHED", "DETACHING", "DELETED")
_EC2_ORDER = ("attaching", "attached", "detaching")
_WITH_AGENT = ("PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING")
_STAYS_ONCE_SAID = ("network_interface_id", "private_ipv4_address", "mac_address", "subnet_id")
ECS = "amazon-ecs"


class InterfaceLaw:
    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for change in commit.changes:
            if change.table is NETWORK_INTERFACES and change.after is not None:
                yield from self._interface(change.before, change.after)
            elif change.table is TASKS:
                yield from self._task(change.before, change.after)

    def _interface(self, before: NetworkInterface | None, after: NetworkInterface) -> Iterator[str]:
        view, name = self._view, after.network_interface_id
        key = f"{after.vpc_id}|{after.private_ip_address}"
        if view.count(INTERFACES_BY_ADDRESS, key) != 1:
            yield f"{name} shares {key}: {view.find(INTERFACES_BY_ADDRESS, key)}"
        if after.requester_id != ECS:
            return
        owners = view.find(TASKS_WITH_INTERFACE, name)
        if len(owners) != 1:
            yield f"{name} is that of {[each.arn for each in owners]}"
        if before is None:
            yield from self._begun(after)
        elif before.attachment is not None and after.attachment is not None:
            was, now = before.attachment.status, after.attachment.status
            if _EC2_ORDER.index(now) < _EC2_ORDER.index(was):
                yield f"{name} went back from {was} to {now}"
        elif before.attachment is None and after.attachment is not None:
            yield f"{name} was off its instance and is attached again"
        if after.attachment is not None:
            yield from self._load(after.attachment.instance_id, owners)

    def _begun(self, eni: NetworkInterface) -> Iterator[str]:
        """Nothing that was led to the task that had the address before may reach this one."""
        for target in self._view.find(TARGETS_BY_ADDRESS, eni.private_ip_address):
            group = self._view.get(TARGET_GROUPS, target.target_group_arn)
            if group is not None and group.vpc_id == eni.vpc_id and group.target_type == "ip":
                held = [each.arn for each in holders(self._view, target.arn)]
                yield f"{eni.network_interface_id} gets the address of {target.arn} of {held}"

    def _load(self, instance_id: str, owners: list[Task]) -> Iterator[str]:
        """No more at a time than the instance takes, its own one aside."""
        there = [
            each
            for each in self._view.find(INTERFACES_BY_INSTANCE, instance_id)
            if each.requester_id == ECS
        ]
        for task in owners:
            instance = self._view.get(CONTAINER_INSTANCES, task.container_instance_arn)
            if instance is None:
                continue
            if instance.ec2_instance_id != instance_id:
                yield f"the interface of {task.arn} is on {instance_id}"
            if len(there) > instance.task_interfaces_max:
                yield f"{instance_id} has {len(there)} interfaces for tasks"

    def _task(self, before: Task | None, after: Task | None) -> Iterator[str]:
        if after is None:
            if has_interface(before):
                assert before is not None
                yield f"{before.arn} is removed and has {before.interface}"
            return
        interface = after.interface
        if interface is None:
            return
        if before is not None and before.interface is not None:
            was = before.interface
            if ATTACHMENT_ORDER.index(interface.status) < ATTACHMENT_ORDER.index(was.status):
                yield f"the attachment of {after.arn} went back from {was.status}"
            for field in _STAYS_ONCE_SAID:
                if getattr(was, field) and getattr(was, field) != getattr(interface, field):
                    yield f"{field} of the interface of {after.arn} changed"
        is_going = interface.status in ("DETACHING", "DELETED")
        if is_going and any(each.state == "REGISTERED" for each in after.targets):
            yield f"the interface of {after.arn} is {interface.status}, and requests are led there"
        if interface.status == "DETACHING" and after.last_status == "STOPPED":
            for key in (target_key(each) for each in after.targets):
                target = self._view.get(TARGETS, key)
                if target is not None and target.id == interface.private_ipv4_address:
                    yield f"the orphan {after.arn} loses its interface, {key} is {target.status}"
        if after.last_status in _WITH_AGENT and interface.status != "ATTACHED":
            yield f"{after.arn} is {after.last_status}, its interface {interface.status}"
        if (
            after.last_status == "STOPPED"
            and after.connectivity != "DISCONNECTED"
            and interface.status != "DELETED"
        ):
            yield f"{after.arn} is STOPPED and has its interface: {interface.status}"
