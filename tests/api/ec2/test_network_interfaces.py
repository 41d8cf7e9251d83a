"""Network interfaces over the API, one's own and those of services."""

from typing import Any

import pytest
from ec2_world import a_group, a_subnet, a_vpc, an_interface, default_subnets, filters

from api_server import ApiServer
from refusals import code_of, refused
from roadstead.ec2.records.network import NETWORK_INTERFACES, SUBNETS, ec2_arn
from roadstead.ec2.transitions import network_interfaces as transitions
from roadstead.state.plans import Call


def test_an_interface_has_an_address_a_name_and_the_default_group(ec2: Any, subnet: str) -> None:
    made = an_interface(
        ec2,
        subnet,
        Description="mine",
        TagSpecifications=[
            {"ResourceType": "network-interface", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
    )
    assert made["PrivateIpAddress"] == "10.0.1.4"
    assert made["PrivateDnsName"] == "ip-10-0-1-4.ec2.internal"
    assert (made["Status"], made["RequesterManaged"]) == ("available", False)
    assert [group["GroupName"] for group in made["Groups"]] == ["default"]
    assert made["TagSet"] == [{"Key": "a", "Value": "b"}]
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[made["NetworkInterfaceId"]])
    assert found["NetworkInterfaces"] == [made]


def test_the_lowest_free_address_is_given_again(ec2: Any, subnet: str) -> None:
    enis = [an_interface(ec2, subnet) for _ in range(3)]
    assert [eni["PrivateIpAddress"] for eni in enis] == ["10.0.1.4", "10.0.1.5", "10.0.1.6"]
    ec2.delete_network_interface(NetworkInterfaceId=enis[1]["NetworkInterfaceId"])
    again = an_interface(ec2, subnet)
    assert again["PrivateIpAddress"] == "10.0.1.5"
    assert again["MacAddress"] == enis[1]["MacAddress"]


def test_a_full_subnet_has_no_address_left(ec2: Any, vpc: str) -> None:
    small = a_subnet(ec2, vpc, "10.0.9.0/28")
    for _ in range(11):
        an_interface(ec2, small)
    code, message = refused(ec2.create_network_interface, SubnetId=small)
    assert code == "InsufficientFreeAddressesInSubnet"
    assert small in message


def test_in_the_default_vpc_low_addresses_are_the_instances(ec2: Any, instance: str) -> None:
    first = default_subnets(ec2)[0]["SubnetId"]
    assert an_interface(ec2, first)["PrivateIpAddress"] == "172.31.1.0"
    taken = {"SubnetId": first, "PrivateIpAddress": "172.31.0.11"}
    assert code_of(ec2.create_network_interface, **taken) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("10.0.1.9", "InvalidIPAddress.InUse"),
        ("10.0.2.9", "InvalidParameterValue"),
        ("10.0.1.3", "InvalidParameterValue"),
        ("10.0.1.255", "InvalidParameterValue"),
        ("here", "InvalidParameterValue"),
    ],
)
def test_an_address_may_be_chosen_if_it_is_free(
    ec2: Any, subnet: str, address: str, code: str
) -> None:
    made = an_interface(
        ec2, subnet, PrivateIpAddresses=[{"Primary": True, "PrivateIpAddress": "10.0.1.9"}]
    )
    assert made["PrivateIpAddress"] == "10.0.1.9"
    wanted = {"SubnetId": subnet, "PrivateIpAddress": address}
    assert code_of(ec2.create_network_interface, **wanted) == code


@pytest.mark.parametrize(
    "parameters",
    [
        {"SecondaryPrivateIpAddressCount": 1},
        {"Ipv6AddressCount": 1},
        {"InterfaceType": "efa"},
        {
            "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.0.1.9"},
                {"PrivateIpAddress": "10.0.1.8"},
            ]
        },
    ],
)
def test_what_no_interface_here_can_be_is_refused(
    ec2: Any, subnet: str, parameters: dict[str, Any]
) -> None:
    assert code_of(ec2.create_network_interface, SubnetId=subnet, **parameters) == (
        "UnsupportedOperation"
    )


def test_a_request_sent_again_makes_nothing_again(ec2: Any, subnet: str) -> None:
    once = an_interface(ec2, subnet, ClientToken="t", Description="d")
    assert an_interface(ec2, subnet, ClientToken="t", Description="d") == once
    other = {"SubnetId": subnet, "ClientToken": "t", "Description": "another"}
    assert code_of(ec2.create_network_interface, **other) == "IdempotentParameterMismatch"
    ec2.delete_network_interface(NetworkInterfaceId=once["NetworkInterfaceId"])
    assert an_interface(ec2, subnet, ClientToken="t", Description="d") != once


def test_attributes_are_changed_and_shown(ec2: Any, vpc: str, subnet: str) -> None:
    eni = an_interface(ec2, subnet)["NetworkInterfaceId"]
    group = a_group(ec2, vpc)
    modify = ec2.modify_network_interface_attribute
    modify(NetworkInterfaceId=eni, Description={"Value": "new"})
    modify(NetworkInterfaceId=eni, Groups=[group])
    modify(NetworkInterfaceId=eni, SourceDestCheck={"Value": True})
    show = ec2.describe_network_interface_attribute
    assert show(NetworkInterfaceId=eni, Attribute="description")["Description"] == {"Value": "new"}
    groups = show(NetworkInterfaceId=eni, Attribute="groupSet")["Groups"]
    assert groups == [{"GroupId": group, "GroupName": "web"}]
    checked = show(NetworkInterfaceId=eni, Attribute="sourceDestCheck")
    assert checked["SourceDestCheck"] == {"Value": True}
    public = show(NetworkInterfaceId=eni, Attribute="associatePublicIpAddress")
    assert public["AssociatePublicIpAddress"] is False
    assert code_of(show, NetworkInterfaceId=eni) == "InvalidParameterCombination"
    off = {"SourceDestCheck": {"Value": False}}
    assert code_of(modify, NetworkInterfaceId=eni, **off) == "UnsupportedOperation"
    both = {"Description": {"Value": "x"}, "Groups": [group]}
    assert code_of(modify, NetworkInterfaceId=eni, **both) == "InvalidParameterCombination"


def test_groups_of_another_vpc_and_too_many_are_refused(ec2: Any, vpc: str, subnet: str) -> None:
    eni = an_interface(ec2, subnet)["NetworkInterfaceId"]
    stranger = a_group(ec2, a_vpc(ec2, "10.9.0.0/16"))
    modify = ec2.modify_network_interface_attribute
    assert code_of(modify, NetworkInterfaceId=eni, Groups=[stranger]) == "InvalidParameterValue"
    many = [a_group(ec2, vpc, f"g{number}") for number in range(17)]
    assert code_of(modify, NetworkInterfaceId=eni, Groups=many) == (
        "SecurityGroupsPerInterfaceLimitExceeded"
    )


def test_an_interface_is_attached_and_detached(
    server: ApiServer, ec2: Any, call: Call, instance: str
) -> None:
    eni = an_interface(ec2, default_subnets(ec2)[0]["SubnetId"])["NetworkInterfaceId"]
    arn = ec2_arn(call.scope, "network-interface", eni)
    wanted = {"NetworkInterfaceId": eni, "InstanceId": instance, "DeviceIndex": 1}
    attachment = ec2.attach_network_interface(**wanted)["AttachmentId"]
    of_instance = filters(**{"attachment.instance-id": instance, "attachment.device-index": "1"})
    (found,) = ec2.describe_network_interfaces(Filters=of_instance)["NetworkInterfaces"]
    assert (found["Status"], found["Attachment"]["Status"]) == ("attaching", "attaching")
    assert code_of(ec2.attach_network_interface, **wanted) == "InvalidNetworkInterface.InUse"
    assert code_of(ec2.delete_network_interface, NetworkInterfaceId=eni) == "InvalidParameterValue"
    server.update(
        lambda tx: transitions.interface_attached(tx, call, tx.must(NETWORK_INTERFACES, arn))
    )
    goes = {"AttachmentId": attachment, "DeleteOnTermination": True}
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Attachment=goes)
    shown = ec2.describe_network_interface_attribute(
        NetworkInterfaceId=eni, Attribute="attachment"
    )["Attachment"]
    assert (shown["Status"], shown["DeleteOnTermination"]) == ("attached", True)
    ec2.detach_network_interface(AttachmentId=attachment)
    server.update(
        lambda tx: transitions.interface_detached(tx, call, tx.must(NETWORK_INTERFACES, arn))
    )
    assert code_of(ec2.detach_network_interface, AttachmentId=attachment) == (
        "InvalidAttachmentID.NotFound"
    )
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    assert code_of(ec2.describe_network_interfaces, NetworkInterfaceIds=[eni]) == (
        "InvalidNetworkInterfaceID.NotFound"
    )


def test_an_interface_goes_to_a_known_instance_of_its_zone(
    ec2: Any, subnet: str, instance: str
) -> None:
    attach = ec2.attach_network_interface
    far = an_interface(ec2, default_subnets(ec2)[1]["SubnetId"])["NetworkInterfaceId"]
    there = {"InstanceId": instance, "DeviceIndex": 1}
    assert code_of(attach, NetworkInterfaceId=far, **there) == "InvalidParameterCombination"
    near = an_interface(ec2, default_subnets(ec2)[0]["SubnetId"])["NetworkInterfaceId"]
    assert code_of(attach, NetworkInterfaceId=near, InstanceId="i-1", DeviceIndex=1) == (
        "InvalidInstanceID.NotFound"
    )
    first = {"InstanceId": instance, "DeviceIndex": 0}
    assert code_of(attach, NetworkInterfaceId=near, **first) == "InvalidParameterValue"
    second = {**there, "NetworkCardIndex": 1}
    assert code_of(attach, NetworkInterfaceId=near, **second) == "UnsupportedOperation"


def test_an_instances_first_interface_stays(ec2: Any, instance: str) -> None:
    of_instance = filters(**{"attachment.instance-id": instance})
    (eni,) = ec2.describe_network_interfaces(Filters=of_instance)["NetworkInterfaces"]
    assert (eni["PrivateIpAddress"], eni["Status"]) == ("172.31.0.10", "in-use")
    attachment = eni["Attachment"]["AttachmentId"]
    assert code_of(ec2.detach_network_interface, AttachmentId=attachment) == (
        "OperationNotPermitted"
    )


def test_eni_owned_by_service(server: ApiServer, ec2: Any, call: Call, instance: str) -> None:
    subnet = ec2_arn(call.scope, "subnet", default_subnets(ec2)[0]["SubnetId"])

    def attach(tx: Any) -> Any:
        eni = transitions.create_interface(
            tx,
            call,
            subnet=tx.must(SUBNETS, subnet),
            groups=(),
            description="arn:aws:ecs:us-east-1:123456789012:attachment/1",
            requester_id="amazon-ecs",
        )
        return transitions.attach_interface(tx, call, eni, instance)

    made = server.update(attach)
    eni = made.network_interface_id
    (shown,) = ec2.describe_network_interfaces(Filters=filters(requester_managed="true"))[
        "NetworkInterfaces"
    ]
    assert (shown["RequesterId"], shown["RequesterManaged"]) == ("amazon-ecs", True)
    assert shown["Description"].endswith(":attachment/1")
    attachment = shown["Attachment"]["AttachmentId"]
    assert refused(ec2.detach_network_interface, AttachmentId=attachment) == (
        "OperationNotPermitted",
        f"You are not allowed to manage '{attachment}' attachments.",
    )
    assert code_of(ec2.delete_network_interface, NetworkInterfaceId=eni) == "InvalidParameterValue"
    modify = ec2.modify_network_interface_attribute
    named = {"Description": {"Value": "mine"}}
    assert code_of(modify, NetworkInterfaceId=eni, **named) == "AuthFailure"
    server.update(
        lambda tx: transitions.interface_detached(tx, call, tx.must(NETWORK_INTERFACES, made.arn))
    )
    assert code_of(ec2.delete_network_interface, NetworkInterfaceId=eni) == "AuthFailure"
    again = {"NetworkInterfaceId": eni, "InstanceId": instance, "DeviceIndex": 3}
    assert code_of(ec2.attach_network_interface, **again) == "AuthFailure"
