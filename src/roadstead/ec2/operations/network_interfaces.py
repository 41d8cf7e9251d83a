"""Network interfaces: create, describe, attach, detach, modify, delete.

Those that a service made for its own needs are shown to everybody and changed by nobody but it.
"""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import (
    auth_failure,
    instance_not_found,
    invalid_combination,
    invalid_parameter,
    operation_not_permitted,
)
from roadstead.ec2.operations.listing import Listing, describe
from roadstead.ec2.operations.tokens import creation_token, made_before
from roadstead.ec2.records.instances import primary_interface
from roadstead.ec2.records.network import (
    INTERFACES_BY_ATTACHMENT,
    INTERFACES_BY_GROUP,
    INTERFACES_BY_INSTANCE,
    INTERFACES_BY_SCOPE,
    INTERFACES_BY_SUBNET,
    INTERFACES_BY_TOKEN,
    INTERFACES_BY_VPC,
    NetworkInterface,
)
from roadstead.ec2.rules import named
from roadstead.ec2.rules.beyond import refuse_others
from roadstead.ec2.rules.groups import groups_of
from roadstead.ec2.rules.tags import given_tags
from roadstead.ec2.transitions import network_interfaces as transitions
from roadstead.ec2.views.network_interfaces import (
    INTERFACE_FIELDS,
    attachment,
    group_identifiers,
    network_interface,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]


def create_network_interface(tx: Tx, call: Call, request: Request) -> Response:
    """An interface with an address of a subnet, attached to nothing yet.

    Raises: InvalidSubnetID.NotFound, InvalidGroup.NotFound, InvalidParameterValue,
        InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet, IdempotentParameterMismatch,
        UnsupportedOperation for IPv6, prefixes, several addresses and special types
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
    """
    refuse_others(
        "CreateNetworkInterface",
        request,
        {"SubnetId", "Description", "PrivateIpAddress", "PrivateIpAddresses", "Groups"},
    )
    before = made_before(tx, call, INTERFACES_BY_TOKEN, request)
    if before is None:
        subnet = named.subnet(tx, call.scope, request["SubnetId"])
        before = transitions.create_interface(
            tx,
            call,
            subnet=subnet,
            groups=groups_of(tx, subnet.vpc_id, request.get("Groups", ())),
            description=request.get("Description", ""),
            address=_wanted_address(request),
            tags=given_tags(request, "network-interface"),
            creation_token=creation_token(request),
        )
    return {
        "NetworkInterface": network_interface(tx, before),
        "ClientToken": request.get("ClientToken"),
    }


DESCRIBE_NETWORK_INTERFACES = Listing(
    operation="DescribeNetworkInterfaces",
    result="NetworkInterfaces",
    ids="NetworkInterfaceIds",
    named=named.interface,
    fields=INTERFACE_FIELDS,
    by_scope=INTERFACES_BY_SCOPE,
    narrower={
        "attachment.attachment-id": INTERFACES_BY_ATTACHMENT,
        "attachment.instance-id": INTERFACES_BY_INSTANCE,
        "group-id": INTERFACES_BY_GROUP,
        "subnet-id": INTERFACES_BY_SUBNET,
        "vpc-id": INTERFACES_BY_VPC,
    },
    shown=network_interface,
)


def describe_network_interfaces(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidNetworkInterfaceID.NotFound, and those of `describe`

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
    """
    return describe(view, call, request, DESCRIBE_NETWORK_INTERFACES)


def describe_network_interface_attribute(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidNetworkInterfaceID.NotFound, InvalidParameterCombination

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html
    """
    eni = named.interface(view, call.scope, request["NetworkInterfaceId"])
    shown: Response = {"NetworkInterfaceId": eni.network_interface_id}
    match request.get("Attribute"):
        case "description":
            return {**shown, "Description": {"Value": eni.description}}
        case "groupSet":
            return {**shown, "Groups": group_identifiers(view, eni)}
        case "sourceDestCheck":
            return {**shown, "SourceDestCheck": {"Value": True}}
        case "attachment":
            attached = None if eni.attachment is None else attachment(eni, eni.attachment)
            return {**shown, "Attachment": attached}
        case "associatePublicIpAddress":
            return {**shown, "AssociatePublicIpAddress": False}
        case _:
            raise invalid_combination("No attributes specified.")


def modify_network_interface_attribute(tx: Tx, call: Call, request: Request) -> Response:
    """One attribute: the description, the groups, or whether it goes with its instance.

    Raises: InvalidNetworkInterfaceID.NotFound, InvalidGroup.NotFound, InvalidParameterValue,
        InvalidParameterCombination, InvalidAttachmentID.NotFound, AuthFailure for a service's
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
    """
    known = {"NetworkInterfaceId", "Description", "Groups", "Attachment"}
    if request.get("SourceDestCheck", {}).get("Value") is True:
        known.add("SourceDestCheck")
    elif "SourceDestCheck" in request:
        request = {**request, "SourceDestCheck": "off"}
    refuse_others("ModifyNetworkInterfaceAttribute", request, known)
    if sum(each in request for each in ("Description", "Groups", "Attachment")) > 1:
        raise invalid_combination("Fields for multiple attribute types specified.")
    eni = named.interface(tx, call.scope, request["NetworkInterfaceId"])
    _check_own(eni)
    if "Description" in request:
        transitions.describe_as(tx, eni, request["Description"].get("Value", ""))
    if request.get("Groups"):
        groups = groups_of(tx, eni.vpc_id, request["Groups"])
        transitions.set_groups(tx, call, eni, [each.group_id for each in groups])
    if "Attachment" in request:
        _modify_attachment(tx, eni, request["Attachment"])
    return {}


def attach_network_interface(tx: Tx, call: Call, request: Request) -> Response:
    """The interface on its way to an instance of its zone.

    Raises: InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterface.InUse,
        InvalidInstanceID.NotFound, InvalidParameterCombination, InvalidParameterValue,
        AuthFailure for a service's
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
    """
    refuse_others(
        "AttachNetworkInterface", request, {"NetworkInterfaceId", "InstanceId", "DeviceIndex"}
    )
    eni = named.interface(tx, call.scope, request["NetworkInterfaceId"])
    _check_own(eni)
    if eni.attachment is not None:
        raise ApiError(
            "InvalidNetworkInterface.InUse", f"Interface: [{eni.network_interface_id}] in use."
        )
    primary = primary_interface(tx, request["InstanceId"])
    if primary is None or primary.scope != call.scope:
        raise instance_not_found(request["InstanceId"])
    if primary.vpc_id != eni.vpc_id or primary.zone != eni.zone:
        raise invalid_combination(
            "You may not attach a network interface to an instance if they are not in the same "
            f"availability zone: the interface is in {eni.zone} of {eni.vpc_id}, the instance in "
            f"{primary.zone} of {primary.vpc_id}."
        )
    attached = transitions.attach_interface(
        tx, call, eni, request["InstanceId"], request["DeviceIndex"]
    )
    assert attached.attachment is not None, "it was attached just now"
    return {"AttachmentId": attached.attachment.attachment_id, "NetworkCardIndex": 0}


def detach_network_interface(tx: Tx, call: Call, request: Request) -> Response:
    """The interface on its way off its instance.

    Raises: InvalidAttachmentID.NotFound, OperationNotPermitted for a service's and for an
        instance's first
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
    """
    eni = named.attached_interface(tx, call.scope, request["AttachmentId"])
    assert eni.attachment is not None, "it was found by its attachment"
    if eni.is_requester_managed:
        raise operation_not_permitted(
            f"You are not allowed to manage '{request['AttachmentId']}' attachments."
        )
    if eni.attachment.device_index == 0:
        raise operation_not_permitted("The network interface at device index 0 cannot be detached.")
    transitions.detach_interface(tx, call, eni)
    return {}


def delete_network_interface(tx: Tx, call: Call, request: Request) -> Response:
    """The interface is gone, and its address free.

    Raises: InvalidNetworkInterfaceID.NotFound, InvalidParameterValue while it is in use,
        AuthFailure for a service's
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html
    """
    eni = named.interface(tx, call.scope, request["NetworkInterfaceId"])
    if eni.attachment is not None or eni.status == "associated":
        raise invalid_parameter(
            f"Network interface '{eni.network_interface_id}' is currently in use."
        )
    _check_own(eni)
    transitions.delete_interface(tx, call, eni)
    return {}


def _check_own(eni: NetworkInterface) -> None:
    """Raises: AuthFailure for an interface that a service made"""
    if eni.is_requester_managed:
        raise auth_failure(
            "You do not have permission to access the specified resource: "
            f"{eni.network_interface_id} is managed by {eni.requester_id}."
        )


def _wanted_address(request: Request) -> str:
    """The one address that the request names, or "".

    Raises: InvalidParameterCombination, InvalidParameterValue
    """
    listed = request.get("PrivateIpAddresses", [])
    if len(listed) > 1:
        refuse_others("CreateNetworkInterface", {"a second PrivateIpAddress": True}, frozenset())
    named_address: str = request.get("PrivateIpAddress", "")
    if listed and named_address:
        raise invalid_combination(
            "Only one of PrivateIpAddress and PrivateIpAddresses may be specified."
        )
    return named_address or (listed[0].get("PrivateIpAddress", "") if listed else "")


def _modify_attachment(tx: Tx, eni: NetworkInterface, given: dict[str, Any]) -> None:
    if eni.attachment is None or eni.attachment.attachment_id != given.get("AttachmentId"):
        raise ApiError(
            "InvalidAttachmentID.NotFound",
            f"{eni.network_interface_id} has no attachment '{given.get('AttachmentId', '')}'.",
        )
    if given.get("DeleteOnTermination") is not None:
        transitions.set_delete_on_termination(tx, eni, delete=given["DeleteOnTermination"])
