"""EC2 instances as far as their interfaces show them: one that runs has its primary interface."""

from roadstead.ec2.records.network import INTERFACES_BY_INSTANCE, NetworkInterface
from roadstead.state.view import View


def primary_interface(view: View, instance_id: str) -> NetworkInterface | None:
    """The interface that requests to an instance go to; None if no such instance runs."""
    found = view.first(INTERFACES_BY_INSTANCE, instance_id)
    if found is None or found.attachment is None or found.attachment.device_index != 0:
        return None
    return found


def instance_of(interface: NetworkInterface | None) -> str:
    """The id of the instance whose primary interface this is; empty if it is nobody's."""
    if interface is None or interface.attachment is None or interface.attachment.device_index:
        return ""
    return interface.attachment.instance_id
