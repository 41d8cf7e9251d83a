"""The only writer of LoadBalancer: made with an interface in each subnet, active, changed, deleted.

An interface of a load balancer is made and deleted here and nowhere else: its address is the load
balancer's own as long as the load balancer is in that subnet.
"""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from roadstead.aws.domains import of_load_balancer
from roadstead.ec2.records.network import LOAD_BALANCING, NETWORK_INTERFACES, Subnet, ec2_arn
from roadstead.ec2.transitions import network_interfaces
from roadstead.elbv2.records.load_balancer import (
    LISTENERS_BY_LOAD_BALANCER,
    LOAD_BALANCERS,
    LoadBalancer,
    LoadBalancerAddress,
)
from roadstead.elbv2.transitions.listeners import delete_listener
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class Place(msgspec.Struct, frozen=True):
    """A subnet that a load balancer is to be in, and its address there if one was asked for."""

    subnet: Subnet
    address: str = ""


def create_load_balancer(
    tx: Tx,
    call: Call,
    name: str,
    *,
    type: str,
    scheme: str,
    places: Iterable[Place],
    security_groups: tuple[str, ...],
    tags: dict[str, str],
) -> LoadBalancer:
    """A load balancer that is provisioning, with an address in each of its subnets.

    Raises: InsufficientFreeAddressesInSubnet
    """
    kind = "app" if type == "application" else "net"
    ident = call.ids.hex32()[:16]
    chosen = list(places)
    load_balancer = LoadBalancer(
        arn=call.arn("elasticloadbalancing", f"loadbalancer/{kind}/{name}/{ident}"),
        name=name,
        scope=call.scope,
        type=type,
        scheme=scheme,
        dns_name=of_load_balancer(
            name, call.ids.digits(10), call.region, is_internal=scheme == "internal"
        ),
        vpc_id=chosen[0].subnet.vpc_id,
        security_groups=security_groups,
        created_at=call.now,
        tags=tags,
    )
    return tx.put(
        LOAD_BALANCERS,
        replace(
            load_balancer,
            addresses=tuple(_enter(tx, call, load_balancer, place) for place in chosen),
        ),
    )


def activate(tx: Tx, call: Call, load_balancer: LoadBalancer) -> LoadBalancer:  # noqa: ARG001  # as its siblings
    """The proxy serves it."""
    if load_balancer.state == "active":
        return load_balancer
    return tx.put(LOAD_BALANCERS, replace(load_balancer, state="active"))


def set_subnets(
    tx: Tx, call: Call, load_balancer: LoadBalancer, places: Iterable[Place]
) -> LoadBalancer:
    """Let it be in these subnets: where it was, with the address that it had.

    Raises: InsufficientFreeAddressesInSubnet
    """
    chosen = list(places)
    wanted = {place.subnet.subnet_id for place in chosen}
    for each in load_balancer.addresses:
        if each.subnet_id not in wanted:
            _leave(tx, call, load_balancer, each)
    held = {each.subnet_id: each for each in load_balancer.addresses}
    addresses = tuple(
        held.get(place.subnet.subnet_id) or _enter(tx, call, load_balancer, place)
        for place in chosen
    )
    if addresses == load_balancer.addresses:
        return load_balancer
    return tx.put(LOAD_BALANCERS, replace(load_balancer, addresses=addresses))


def set_security_groups(
    tx: Tx, call: Call, load_balancer: LoadBalancer, groups: tuple[str, ...]
) -> LoadBalancer:
    """Let these security groups hold for all of its interfaces."""
    if groups == load_balancer.security_groups:
        return load_balancer
    for each in load_balancer.addresses:
        interface = tx.get(
            NETWORK_INTERFACES,
            ec2_arn(load_balancer.scope, "network-interface", each.network_interface_id),
        )
        if interface is not None:
            network_interfaces.set_groups(tx, call, interface, groups)
    return tx.put(LOAD_BALANCERS, replace(load_balancer, security_groups=groups))


def set_attributes(
    tx: Tx, load_balancer: LoadBalancer, attributes: Mapping[str, str]
) -> LoadBalancer:
    """Set these attributes, besides those that were set before."""
    merged = {**load_balancer.attributes, **attributes}
    if merged == load_balancer.attributes:
        return load_balancer
    return tx.put(LOAD_BALANCERS, replace(load_balancer, attributes=merged))


def delete_load_balancer(tx: Tx, call: Call, load_balancer: LoadBalancer) -> None:
    """The load balancer, its listeners with their rules, and its interfaces are gone."""
    for listener in tx.find(LISTENERS_BY_LOAD_BALANCER, load_balancer.arn):
        delete_listener(tx, call, listener)
    for each in load_balancer.addresses:
        _leave(tx, call, load_balancer, each)
    tx.delete(LOAD_BALANCERS, load_balancer.arn)


def _enter(tx: Tx, call: Call, load_balancer: LoadBalancer, place: Place) -> LoadBalancerAddress:
    is_application = load_balancer.type == "application"
    interface = network_interfaces.create_interface(
        tx,
        call,
        subnet=place.subnet,
        groups=load_balancer.security_groups,
        description=f"ELB {load_balancer.arn.partition('loadbalancer/')[2]}",
        requester_id=LOAD_BALANCING,
        address=place.address,
        interface_type="interface" if is_application else "network_load_balancer",
    )
    if not load_balancer.security_groups:
        # A network load balancer without groups lets everybody in, not the default group only.
        interface = network_interfaces.set_groups(tx, call, interface, ())
    return LoadBalancerAddress(
        subnet_id=place.subnet.subnet_id,
        zone=place.subnet.zone,
        network_interface_id=interface.network_interface_id,
        address=interface.private_ip_address,
    )


def _leave(tx: Tx, call: Call, load_balancer: LoadBalancer, address: LoadBalancerAddress) -> None:
    interface = tx.get(
        NETWORK_INTERFACES,
        ec2_arn(load_balancer.scope, "network-interface", address.network_interface_id),
    )
    if interface is not None:
        network_interfaces.delete_interface(tx, call, interface)
