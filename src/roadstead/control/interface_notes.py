"""What a task's network interface waits for, in one sentence for people."""

from roadstead.control.placement_view import machine_of
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_interface import has_interface
from roadstead.ecs.transitions.task_interfaces import network_interface_of
from roadstead.state.view import View


def interface_note(view: View, task: Task) -> str:
    """Empty when the interface holds nothing up."""
    interface = task.interface
    if interface is None or not has_interface(task):
        return ""
    if not interface.network_interface_id:
        return "its network interface is being made" if task.desired_status == "RUNNING" else ""
    eni = network_interface_of(view, task)
    if eni is None or eni.attachment is None:
        return ""
    named = f"its network interface {interface.network_interface_id}"
    where = machine_of(view, task.container_instance_arn)
    match eni.attachment.status:
        case "attaching" if task.last_status == "PROVISIONING":
            limit = interface.expires_at
            until = (
                "" if limit is None else f"; the task fails if it is not by {limit:%H:%M:%S} UTC"
            )
            return f"{named} is being attached to {where}{until}"
        case "detaching":
            return f"{named} is being detached from {where}"
        case _ if task.last_status == "STOPPED":
            return f"{named} is kept while connections to {eni.private_ip_address} drain"
    return ""
