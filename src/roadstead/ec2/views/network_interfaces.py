"""Network interfaces as EC2 shows them, and what filters find of them."""

from typing import Any

from roadstead.ec2.records.network import (
    SECURITY_GROUPS,
    InterfaceAttachment,
    NetworkInterface,
    ec2_arn,
)
from roadstead.ec2.rules.zones import zone_id
from roadstead.ec2.views.tags import owner_of, tag_list, yes_no
from roadstead.state.view import View

Shown = dict[str, Any]


def network_interface(view: View, one: NetworkInterface) -> Shown:
    return {
        "NetworkInterfaceId": one.network_interface_id,
        "OwnerId": owner_of(one.scope),
        "VpcId": one.vpc_id,
        "SubnetId": one.subnet_id,
        "AvailabilityZone": one.zone,
        "AvailabilityZoneId": zone_id(one.zone),
        "Status": one.status,
        "Description": one.description,
        "InterfaceType": one.interface_type,
        "MacAddress": one.mac_address,
        "PrivateIpAddress": one.private_ip_address,
        "PrivateDnsName": one.private_dns_name,
        "PrivateIpAddresses": [
            {
                "Primary": True,
                "PrivateIpAddress": one.private_ip_address,
                "PrivateDnsName": one.private_dns_name,
            }
        ],
        "Ipv6Addresses": [],
        "Groups": group_identifiers(view, one),
        "Attachment": None if one.attachment is None else attachment(one, one.attachment),
        "RequesterId": one.requester_id or None,
        "RequesterManaged": one.is_requester_managed,
        "SourceDestCheck": True,
        "TagSet": tag_list(one.tags),
    }


def group_identifiers(view: View, one: NetworkInterface) -> list[Shown]:
    """The interface's groups with their names."""
    found = []
    for group_id in one.groups:
        group = view.get(SECURITY_GROUPS, ec2_arn(one.scope, "security-group", group_id))
        found.append({"GroupId": group_id, "GroupName": group.name if group else ""})
    return found


def attachment(one: NetworkInterface, attached: InterfaceAttachment) -> Shown:
    return {
        "AttachmentId": attached.attachment_id,
        "InstanceId": attached.instance_id,
        "InstanceOwnerId": owner_of(one.scope),
        "DeviceIndex": attached.device_index,
        "NetworkCardIndex": 0,
        "Status": attached.status,
        "AttachTime": attached.attached_at,
        "DeleteOnTermination": one.delete_on_termination,
    }


INTERFACE_FIELDS = {
    "addresses.primary": lambda _view, _one: ("true",),
    "addresses.private-ip-address": lambda _view, one: (one.private_ip_address,),
    "attachment.attach-time": lambda _view, one: _attached(
        one, lambda each: each.attached_at.isoformat() if each.attached_at else ""
    ),
    "attachment.attachment-id": lambda _view, one: _attached(one, lambda each: each.attachment_id),
    "attachment.delete-on-termination": lambda _view, one: (
        yes_no(one.delete_on_termination) if one.attachment else ()
    ),
    "attachment.device-index": lambda _view, one: _attached(
        one, lambda each: str(each.device_index)
    ),
    "attachment.instance-id": lambda _view, one: _attached(one, lambda each: each.instance_id),
    "attachment.instance-owner-id": lambda _view, one: _attached(
        one, lambda _each: owner_of(one.scope)
    ),
    "attachment.status": lambda _view, one: _attached(one, lambda each: each.status),
    "availability-zone": lambda _view, one: (one.zone,),
    "availability-zone-id": lambda _view, one: (zone_id(one.zone),),
    "description": lambda _view, one: (one.description,),
    "group-id": lambda _view, one: one.groups,
    "group-name": lambda view, one: [each["GroupName"] for each in group_identifiers(view, one)],
    "interface-type": lambda _view, one: (one.interface_type,),
    "mac-address": lambda _view, one: (one.mac_address,),
    "network-interface-id": lambda _view, one: (one.network_interface_id,),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "private-dns-name": lambda _view, one: (one.private_dns_name,),
    "private-ip-address": lambda _view, one: (one.private_ip_address,),
    "requester-id": lambda _view, one: (one.requester_id,) if one.requester_id else (),
    "requester-managed": lambda _view, one: yes_no(one.is_requester_managed),
    "source-dest-check": lambda _view, _one: ("true",),
    "status": lambda _view, one: (one.status,),
    "subnet-id": lambda _view, one: (one.subnet_id,),
    "vpc-id": lambda _view, one: (one.vpc_id,),
}


def _attached(one: NetworkInterface, field: Any) -> tuple[str, ...]:
    return () if one.attachment is None else (field(one.attachment),)
