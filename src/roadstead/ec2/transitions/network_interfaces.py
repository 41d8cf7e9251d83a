"""The only writer of network interfaces: they are made, attached, detached, deleted.

What a machine does for an attachment it is told by the attachment's status: `attaching` asks for
the device, `detaching` for its end. It answers with `interface_attached`, `interface_detached` or
`interface_failed`.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address

from msgspec.structs import replace

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import insufficient_addresses, invalid_parameter
from roadstead.ec2.records.addresses import TakenAddresses
from roadstead.ec2.records.network import (
    INTERFACES_BY_ADDRESS,
    INTERFACES_BY_INSTANCE,
    NETWORK_INTERFACES,
    InterfaceAttachment,
    NetworkInterface,
    SecurityGroup,
    Subnet,
    ec2_arn,
)
from roadstead.ec2.rules.addresses import address_range, mac_address, private_dns_name
from roadstead.ec2.rules.groups import default_group
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_interface(
    tx: Tx,
    call: Call,
    *,
    subnet: Subnet,
    groups: Iterable[str | SecurityGroup],
    description: str,
    requester_id: str = "",
    address: str = "",
    interface_type: str = "interface",
    tags: Mapping[str, str] | None = None,
    creation_token: str = "",
) -> NetworkInterface:
    """A new interface with the lowest free address of the subnet, or with `address`.

    groups: ids or records, of the subnet's VPC; none: the VPC's default group. requester_id: the
    service that makes it, which alone may change it then.
    Raises: InsufficientFreeAddressesInSubnet, InvalidIPAddress.InUse, InvalidParameterValue for an
        address that the subnet does not give away
    """
    chosen = _chosen_address(tx, subnet, address) if address else _lowest_address(tx, subnet)
    ids = tuple(each if isinstance(each, str) else each.group_id for each in groups)
    interface_id = f"eni-{call.ids.hex32()[:17]}"
    return tx.put(
        NETWORK_INTERFACES,
        NetworkInterface(
            arn=ec2_arn(subnet.scope, "network-interface", interface_id),
            network_interface_id=interface_id,
            scope=subnet.scope,
            vpc_id=subnet.vpc_id,
            subnet_id=subnet.subnet_id,
            zone=subnet.zone,
            mac_address=mac_address(subnet.vpc_id, chosen),
            private_ip_address=chosen,
            private_dns_name=private_dns_name(chosen, subnet.scope.partition("/")[2]),
            groups=ids or (default_group(tx, subnet.vpc_id).group_id,),
            description=description,
            interface_type=interface_type,
            requester_id=requester_id,
            is_requester_managed=bool(requester_id),
            created_at=call.now,
            creation_token=creation_token,
            tags=dict(tags or {}),
        ),
    )


def attach_interface(
    tx: Tx,
    call: Call,
    eni: NetworkInterface,
    instance_id: str,
    device_index: int | None = None,
    *,
    delete_on_termination: bool = False,
) -> NetworkInterface:
    """The interface on its way to an instance. Without an index it gets the lowest free one.

    Raises: InvalidParameterValue when the instance has an interface at that index.
    """
    assert eni.attachment is None, f"{eni.network_interface_id} is attached already"
    taken = {
        each.attachment.device_index
        for each in tx.find(INTERFACES_BY_INSTANCE, instance_id)
        if each.attachment is not None
    }
    if device_index is None:
        device_index = next(index for index in range(1, len(taken) + 2) if index not in taken)
    elif device_index in taken:
        raise invalid_parameter(
            f"Instance '{instance_id}' already has an interface attached at device index "
            f"'{device_index}'."
        )
    attachment = InterfaceAttachment(
        attachment_id=f"eni-attach-{call.ids.hex32()[:17]}",
        instance_id=instance_id,
        device_index=device_index,
        attached_at=call.now,
    )
    return tx.put(
        NETWORK_INTERFACES,
        replace(
            eni, attachment=attachment, failure="", delete_on_termination=delete_on_termination
        ),
    )


def interface_attached(tx: Tx, _call: Call, eni: NetworkInterface) -> NetworkInterface:
    """The machine has made the device. Heard late, of an interface that goes, it means nothing."""
    if eni.attachment is None or eni.attachment.status != "attaching":
        return eni
    return tx.put(
        NETWORK_INTERFACES,
        replace(eni, attachment=replace(eni.attachment, status="attached"), failure=""),
    )


def interface_failed(tx: Tx, _call: Call, eni: NetworkInterface, reason: str) -> NetworkInterface:
    """The machine could not make the device, or a load balancer's address, and why.

    Whoever attached it decides what next.
    """
    if eni.status not in ("attaching", "associated"):
        return eni
    return tx.put(NETWORK_INTERFACES, replace(eni, failure=reason or "unknown reason"))


def detach_interface(tx: Tx, _call: Call, eni: NetworkInterface) -> NetworkInterface:
    """The interface on its way off its instance; the machine says when it is."""
    if eni.attachment is None or eni.attachment.status == "detaching":
        return eni
    return tx.put(
        NETWORK_INTERFACES, replace(eni, attachment=replace(eni.attachment, status="detaching"))
    )


def interface_detached(tx: Tx, _call: Call, eni: NetworkInterface) -> NetworkInterface:
    """The machine has removed what there was. The interface keeps its address."""
    if eni.attachment is None:
        return eni
    return tx.put(NETWORK_INTERFACES, replace(eni, attachment=None, failure=""))


def delete_interface(tx: Tx, _call: Call, eni: NetworkInterface) -> None:
    """The interface is gone, and its address free."""
    tx.delete(NETWORK_INTERFACES, eni.arn)


def set_groups(
    tx: Tx, _call: Call, eni: NetworkInterface, groups: Sequence[str]
) -> NetworkInterface:
    """The interface in these groups and no others."""
    return tx.put(NETWORK_INTERFACES, replace(eni, groups=tuple(groups)))


def describe_as(tx: Tx, eni: NetworkInterface, description: str) -> NetworkInterface:
    """The interface with another description."""
    return tx.put(NETWORK_INTERFACES, replace(eni, description=description))


def set_delete_on_termination(tx: Tx, eni: NetworkInterface, *, delete: bool) -> NetworkInterface:
    """Whether the interface goes with its instance."""
    return tx.put(NETWORK_INTERFACES, replace(eni, delete_on_termination=delete))


def put_primary_interface(
    tx: Tx,
    call: Call,
    *,
    interface_id: str,
    instance_id: str,
    subnet: Subnet,
    mac_address: str,
    address: str,
) -> NetworkInterface:
    """An instance's first interface, as the machine that carries the instance tells of it.

    Told again it changes nothing. It is in the VPC's default group and goes with its instance.
    Raises: InvalidParameterValue for an address beside the subnet, InvalidIPAddress.InUse for one
        that another interface has.
    """
    arn = ec2_arn(subnet.scope, "network-interface", interface_id)
    before = tx.get(NETWORK_INTERFACES, arn)
    if before is not None and before.private_ip_address == address:
        return before
    if IPv4Address(address) not in subnet.network:
        raise invalid_parameter(f"Address {address} does not fall within the subnet's range.")
    _check_unused(tx, subnet, address)
    return tx.put(
        NETWORK_INTERFACES,
        NetworkInterface(
            arn=arn,
            network_interface_id=interface_id,
            scope=subnet.scope,
            vpc_id=subnet.vpc_id,
            subnet_id=subnet.subnet_id,
            zone=subnet.zone,
            mac_address=mac_address,
            private_ip_address=address,
            private_dns_name=private_dns_name(address, subnet.scope.partition("/")[2]),
            groups=(default_group(tx, subnet.vpc_id).group_id,),
            attachment=InterfaceAttachment(
                attachment_id=f"eni-attach-{call.ids.hex32()[:17]}",
                instance_id=instance_id,
                status="attached",
                attached_at=call.now,
            ),
            delete_on_termination=True,
            created_at=call.now,
        ),
    )


def instance_terminated(tx: Tx, call: Call, instance_id: str) -> None:
    """The instance's interfaces that go with it are deleted, the others are free again.

    Those of services stay attached, for the service to detach: it knows what they are for.
    """
    for eni in tx.find(INTERFACES_BY_INSTANCE, instance_id):
        if eni.delete_on_termination:
            delete_interface(tx, call, eni)
        elif not eni.is_requester_managed:
            interface_detached(tx, call, eni)


def tag_interface(tx: Tx, eni: NetworkInterface, tags: Mapping[str, str]) -> NetworkInterface:
    """The interface with these tags and no others."""
    return tx.put(NETWORK_INTERFACES, replace(eni, tags=dict(tags)))


def _lowest_address(tx: Tx, subnet: Subnet) -> str:
    first, last = address_range(subnet.cidr, carries_instances=subnet.is_default)
    found = tx.projection(TakenAddresses).lowest_free(subnet.subnet_id, first, last)
    if found is None:
        raise insufficient_addresses(subnet.subnet_id)
    return found


def _chosen_address(tx: Tx, subnet: Subnet, address: str) -> str:
    try:
        wanted = IPv4Address(address)
    except ValueError:
        raise invalid_parameter(
            f"Value ({address}) for parameter privateIpAddress is invalid. Invalid IPv4 address."
        ) from None
    first, last = address_range(subnet.cidr, carries_instances=subnet.is_default)
    if wanted not in subnet.network:
        raise invalid_parameter(f"Address {address} does not fall within the subnet's range.")
    if not first <= wanted <= last:
        raise invalid_parameter(
            f"Address {address} is in subnet's reserved address range; "
            f"this subnet gives away {first} to {last}."
        )
    _check_unused(tx, subnet, str(wanted))
    return str(wanted)


def _check_unused(tx: Tx, subnet: Subnet, address: str) -> None:
    if tx.count(INTERFACES_BY_ADDRESS, f"{subnet.vpc_id}|{address}"):
        raise ApiError("InvalidIPAddress.InUse", f"Address {address} is in use.")
