"""Interfaces as EC2 keeps them, beside the tasks whose they are (`given`)."""

from typing import Any

from given import REGION, SCOPE, a_security_group, a_task_interface, ago
from roadstead.ec2.records.network import InterfaceAttachment, NetworkInterface, ec2_arn


def a_network_interface(
    number: int = 1, *, subnet: int = 1, instance: int = 1, status: str = "attached", **fields: Any
) -> NetworkInterface:
    """What EC2 keeps of `a_task_interface` of the same number, attached to instance 1.

    status: empty for one that is not attached.
    """
    known = a_task_interface(number, subnet=subnet)
    attachment = InterfaceAttachment(
        attachment_id=f"eni-attach-{number:017x}",
        instance_id=f"i-{instance:017x}",
        device_index=number,
        status=status,
        attached_at=ago(600),
    )
    return NetworkInterface(
        **{
            "arn": ec2_arn(SCOPE, "network-interface", known.network_interface_id),
            "network_interface_id": known.network_interface_id,
            "scope": SCOPE,
            "vpc_id": f"vpc-{1:017x}",
            "subnet_id": known.subnet_id,
            "zone": f"{REGION}a",
            "mac_address": known.mac_address,
            "private_ip_address": known.private_ipv4_address,
            "private_dns_name": known.private_dns_name,
            "groups": (a_security_group().group_id,),
            "requester_id": "amazon-ecs",
            "is_requester_managed": True,
            "attachment": attachment if status else None,
            "created_at": ago(600),
            **fields,
        }
    )


def a_primary_interface(number: int) -> NetworkInterface:
    """Of the EC2 instance of that number, in `vpc-1` of `balancing`."""
    return NetworkInterface(
        arn=f"eni-{number}",
        network_interface_id=f"eni-{number}",
        scope=SCOPE,
        vpc_id="vpc-1",
        zone=f"{REGION}a",
        private_ip_address=f"172.31.0.{number}",
        attachment=InterfaceAttachment(
            attachment_id=f"eni-attach-{number}",
            instance_id=f"i-{number:017x}",
            status="attached",
        ),
    )
