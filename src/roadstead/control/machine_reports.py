"""What a machine that carries instances reports: their states, and those of their interfaces.

On AWS, EC2 knows this from its own machines and tells ECS behind the scenes.
"""

from typing import Any

from roadstead.ec2.records.network import NETWORK_INTERFACES, SUBNETS, NetworkInterface, ec2_arn
from roadstead.ec2.transitions import network_interfaces
from roadstead.ecs.transitions.container_instances import instance_state_changed
from roadstead.state.plans import Call
from roadstead.state.view import Tx

Request = dict[str, Any]
Response = dict[str, Any]


def submit_instance_state_change(tx: Tx, call: Call, request: Request) -> Response:
    """An EC2 instance was started, stopped or terminated: what EC2 tells ECS on AWS.

    An instance that ECS does not know is no error: it may not have registered yet. Nor is an
    interface in a subnet that EC2 does not know: the machine says so when it finds its VPC missing.
    Raises: ValidationException for a malformed id, or a state that is not one of the three;
        InvalidIPAddress.InUse for an address that another interface has.
    Source: ours
    """
    instance_id, state = request["instanceId"], request["state"]
    primary = request.get("networkInterface")
    if primary is not None and state != "terminated":
        _put_primary_interface(tx, call, instance_id, primary)
    instance_state_changed(tx, call, instance_id, state)
    if state == "terminated":
        network_interfaces.instance_terminated(tx, call, instance_id)
    return {"acknowledgment": state}


def submit_interface_states(tx: Tx, call: Call, request: Request) -> Response:
    """Devices were made or removed, or could not be made, and why.

    Of an attachment that is another one by now, nothing is changed.
    Raises: ValidationException for a state that is not one of the three.
    Source: ours
    """
    for each in request["states"]:
        eni_id = each["networkInterfaceId"]
        eni = tx.get(NETWORK_INTERFACES, ec2_arn(call.scope, "network-interface", eni_id))
        if eni is not None and _is_meant(eni, each.get("attachmentId", "")):
            match each["state"]:
                case "attached":
                    network_interfaces.interface_attached(tx, call, eni)
                case "detached":
                    network_interfaces.interface_detached(tx, call, eni)
                case "failed":
                    network_interfaces.interface_failed(tx, call, eni, each.get("reason", ""))
    return {}


def _put_primary_interface(tx: Tx, call: Call, instance_id: str, told: Request) -> None:
    subnet = tx.get(SUBNETS, ec2_arn(call.scope, "subnet", told["subnetId"]))
    if subnet is None:
        return
    network_interfaces.put_primary_interface(
        tx,
        call,
        interface_id=told["networkInterfaceId"],
        instance_id=instance_id,
        subnet=subnet,
        mac_address=told["macAddress"],
        address=told["privateIpAddress"],
    )


def _is_meant(eni: NetworkInterface, attachment_id: str) -> bool:
    """Whether a report is about what the interface hangs on now."""
    if not attachment_id:
        return True
    return eni.attachment is not None and eni.attachment.attachment_id == attachment_id
