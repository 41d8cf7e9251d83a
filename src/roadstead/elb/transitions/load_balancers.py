"""The only writer of ClassicLoadBalancer: made with an interface a subnet, changed, deleted.

An interface of a load balancer is made and deleted here and nowhere else: its address is the load
balancer's own as long as the load balancer is in that subnet.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from roadstead.acm.transitions.certificates import set_users
from roadstead.aws.domains import of_load_balancer
from roadstead.ec2.records.network import LOAD_BALANCING, NETWORK_INTERFACES, Subnet, ec2_arn
from roadstead.ec2.transitions import network_interfaces
from roadstead.elb.records.load_balancer import (
    CLASSIC_BY_CERTIFICATE,
    CLASSIC_LOAD_BALANCERS,
    ClassicHealthCheck,
    ClassicListener,
    ClassicLoadBalancer,
)
from roadstead.elb.transitions.instances import follow_load_balancer, remove_instances
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_load_balancer(
    tx: Tx,
    call: Call,
    name: str,
    *,
    scheme: str,
    subnets: Iterable[Subnet],
    security_groups: tuple[str, ...],
    listeners: tuple[ClassicListener, ...],
    tags: dict[str, str],
) -> ClassicLoadBalancer:
    """A load balancer with an address in each of its subnets. It checks its first listener's port.

    Raises: InsufficientFreeAddressesInSubnet
    """
    chosen = list(subnets)
    load_balancer = ClassicLoadBalancer(
        arn=call.arn("elasticloadbalancing", f"loadbalancer/{name}"),
        name=name,
        scope=call.scope,
        scheme=scheme,
        dns_name=of_load_balancer(
            name, call.ids.digits(10), call.region, is_internal=scheme == "internal"
        ),
        vpc_id=chosen[0].vpc_id,
        security_groups=security_groups,
        listeners=listeners,
        health_check=ClassicHealthCheck(target=f"TCP:{listeners[0].instance_port}"),
        created_at=call.now,
        tags=tags,
    )
    return _put(tx, None, _placed(tx, call, load_balancer, chosen))


def set_subnets(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, subnets: Iterable[Subnet]
) -> ClassicLoadBalancer:
    """Let it be in these subnets: where it was, with the address that it had.

    Raises: InsufficientFreeAddressesInSubnet
    """
    chosen = list(subnets)
    wanted = {each.subnet_id for each in chosen}
    for subnet_id, (interface_id, _) in zip(
        load_balancer.subnets, load_balancer.addresses, strict=True
    ):
        if subnet_id not in wanted:
            _delete_interface(tx, call, load_balancer, interface_id)
    changed = _put(tx, load_balancer, _placed(tx, call, load_balancer, chosen))
    follow_load_balancer(tx, call, changed)
    return changed


def set_security_groups(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, groups: tuple[str, ...]
) -> ClassicLoadBalancer:
    """Let these security groups hold for all of its interfaces."""
    for interface_id, _ in load_balancer.addresses:
        interface = tx.get(
            NETWORK_INTERFACES, ec2_arn(load_balancer.scope, "network-interface", interface_id)
        )
        if interface is not None:
            network_interfaces.set_groups(tx, call, interface, groups)
    return _put(tx, load_balancer, replace(load_balancer, security_groups=groups))


def set_listeners(
    tx: Tx, load_balancer: ClassicLoadBalancer, listeners: Iterable[ClassicListener]
) -> ClassicLoadBalancer:
    """Let these be its listeners."""
    return _put(tx, load_balancer, replace(load_balancer, listeners=tuple(listeners)))


def set_health_check(
    tx: Tx, load_balancer: ClassicLoadBalancer, health_check: ClassicHealthCheck
) -> ClassicLoadBalancer:
    """Let its instances be asked this."""
    return _put(tx, load_balancer, replace(load_balancer, health_check=health_check))


def set_attributes(
    tx: Tx, load_balancer: ClassicLoadBalancer, attributes: Mapping[str, Any]
) -> ClassicLoadBalancer:
    """Set these members of the record."""
    return _put(tx, load_balancer, replace(load_balancer, **attributes))


def set_tags(
    tx: Tx, load_balancer: ClassicLoadBalancer, tags: Mapping[str, str]
) -> ClassicLoadBalancer:
    """Let these be its tags."""
    return _put(tx, load_balancer, replace(load_balancer, tags=dict(tags)))


def delete_load_balancer(tx: Tx, call: Call, load_balancer: ClassicLoadBalancer) -> None:
    """The load balancer, its instances' registrations and its interfaces are gone."""
    remove_instances(tx, load_balancer.arn)
    for interface_id, _ in load_balancer.addresses:
        _delete_interface(tx, call, load_balancer, interface_id)
    tx.delete(CLASSIC_LOAD_BALANCERS, load_balancer.arn)
    _note_users(tx, load_balancer.listeners)


def _put(
    tx: Tx, before: ClassicLoadBalancer | None, after: ClassicLoadBalancer
) -> ClassicLoadBalancer:
    if after == before:
        return after
    stored = tx.put(CLASSIC_LOAD_BALANCERS, after)
    held = () if before is None else before.listeners
    if held != after.listeners:
        _note_users(tx, (*held, *after.listeners))
    return stored


def _note_users(tx: Tx, listeners: Iterable[ClassicListener]) -> None:
    """Tell Certificate Manager which load balancers use these listeners' certificates now."""
    for arn in dict.fromkeys(each.ssl_certificate_id for each in listeners):
        if arn:
            users = (each.arn for each in tx.find(CLASSIC_BY_CERTIFICATE, arn))
            set_users(tx, arn, "elb", users)


def _placed(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, subnets: list[Subnet]
) -> ClassicLoadBalancer:
    held = dict(zip(load_balancer.subnets, load_balancer.addresses, strict=True))
    return replace(
        load_balancer,
        subnets=tuple(each.subnet_id for each in subnets),
        zones=tuple(each.zone for each in subnets),
        addresses=tuple(
            held.get(each.subnet_id) or _make_interface(tx, call, load_balancer, each)
            for each in subnets
        ),
    )


def _make_interface(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, subnet: Subnet
) -> tuple[str, str]:
    interface = network_interfaces.create_interface(
        tx,
        call,
        subnet=subnet,
        groups=load_balancer.security_groups,
        description=f"ELB {load_balancer.name}",
        requester_id=LOAD_BALANCING,
    )
    return interface.network_interface_id, interface.private_ip_address


def _delete_interface(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, interface_id: str
) -> None:
    interface = tx.get(
        NETWORK_INTERFACES, ec2_arn(load_balancer.scope, "network-interface", interface_id)
    )
    if interface is not None:
        network_interfaces.delete_interface(tx, call, interface)
